"""Registers to values, and addresses to as few requests as possible. No connection here."""

from __future__ import annotations

import dataclasses
import struct
from collections.abc import Iterable, Sequence

from .settings import Item, ModbusAddress

# Name -> (struct code, registers). Within a register the high byte comes first, always (Modbus
# Application Protocol 1.1b3, section 4.2); the order of registers is the device's own affair.
ENCODINGS = {"int16": ("h", 1), "uint16": ("H", 1), "int32": ("i", 2), "uint32": ("I", 2),
             "int64": ("q", 4), "uint64": ("Q", 4), "float32": ("f", 2), "float64": ("d", 4)}
MOST_REGISTERS = 125  # in one response (same, section 6.3)
MOST_BITS = 2000  # (same, section 6.1)


def registers_of(encoding: str) -> int:
    """How many registers (bits, of coils) a value takes."""
    return 1 if encoding == "bit" else ENCODINGS[encoding][1]


def decode(words: Sequence[int], address: ModbusAddress) -> int | float:
    """The value in registers, times scale, plus offset; an integer stays one without both."""
    code, count = ENCODINGS[address.encoding]
    if len(words) != count:
        raise ValueError(f"{len(words)} registers for {address.encoding}, which has {count}")
    ordered = reversed(words) if address.low_word_first else words
    value = struct.unpack(f">{code}", b"".join(struct.pack(">H", word) for word in ordered))[0]
    if address.scale == 1.0 and address.offset == 0.0:
        return value
    return value * address.scale + address.offset


@dataclasses.dataclass(frozen=True)
class Request:
    """One read of neighbouring registers or bits, and the items in it."""

    table: str
    first: int
    count: int
    items: tuple[Item, ...]


def requests_of(items: Iterable[Item], gap: int) -> list[Request]:
    """Groups items of one polling period; at most `gap` unasked addresses are read along."""
    found: list[Request] = []
    ordered = sorted(items, key=lambda item: (item.address.table, item.address.address))
    for item in ordered:
        address = item.address
        end = address.address + registers_of(address.encoding)
        most = MOST_BITS if address.encoding == "bit" else MOST_REGISTERS
        last = found[-1] if found else None
        if (last is not None and last.table == address.table
                and address.address <= last.first + last.count + gap
                and end - last.first <= most):
            count = max(last.count, end - last.first)
            found[-1] = Request(last.table, last.first, count, last.items + (item,))
        else:
            found.append(Request(address.table, address.address, end - address.address, (item,)))
    return found
