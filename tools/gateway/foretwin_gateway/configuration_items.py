"""Reads the devices and items of a source: what is read where, and as what."""

from __future__ import annotations

import re
from collections.abc import Callable

from . import settings as s
from .modbus_registers import ENCODINGS, registers_of
from .sample import Kind
from .strict_yaml import Entry, Fields

COMMON = ["type", "unit", "deadband"]
TABLES = ["coil", "discrete", "input", "holding"]
NODE = re.compile(r"(ns=\d+;)?([is]=.+|g=[0-9a-fA-F-]{36}|b=[A-Za-z0-9+/=]+)")


def payload_path(entry: Entry) -> tuple[str | int, ...] | None:
    """`channels[2].level` as keys and indices; `.` alone is the whole payload."""
    text = entry.text()
    if text is None:
        return None
    if text == ".":
        return ()
    if not re.fullmatch(r"[^.\[\]]+(\[\d+\])*(\.[^.\[\]]+(\[\d+\])*)*", text):
        entry.refuse(f"'{text}' is no path into a payload",
                     "write keys and indices, as in channels[2].level, or . for all of it")
        return None
    return tuple(int(number) if number else key
                 for number, key in re.findall(r"\[(\d+)\]|([^.\[\]]+)", text))


def read_kind(fields: Fields, usual: Kind) -> Kind:
    return Kind(fields.read("type", Entry.choice, usual.value, words=[kind.value for kind in Kind]))


def opcua_item(entry: Entry, _: Fields | None) -> tuple[Kind, s.Address] | None:
    fields = entry.fields(["node", *COMMON], needed=["node"])
    node = fields.read("node", Entry.text)
    if node is not None and not NODE.fullmatch(node):
        fields["node"].refuse(f"'{node}' is no node id", "write ns=2;s=Name or ns=2;i=1001")
        return None
    return node and (read_kind(fields, Kind.NUMBER), s.OpcUaAddress(node))


def modbus_item(entry: Entry, source: Fields | None) -> tuple[Kind, s.Address] | None:
    fields = entry.fields([*TABLES, "encoding", "words", "scale", "offset", "poll", *COMMON])
    table = fields.one_of(TABLES)
    if table is None or source is None:
        return None
    bits = table in ("coil", "discrete")
    encoding = "bit"
    if bits and "encoding" in fields:
        fields["encoding"].refuse(f"a {table} is one bit", "remove encoding")
    elif not bits:
        encoding = fields.read("encoding", Entry.choice, "uint16", words=list(ENCODINGS))
    last = 65536 - registers_of(encoding)
    address = fields[table].integer(0, last)
    words = ["high_first", "low_first"]
    usual = source.read("words", Entry.choice, "high_first", words=words)
    scale = fields.read("scale", Entry.number, 1.0)
    offset = fields.read("offset", Entry.number, 0.0)
    scaled = "scale" in fields or "offset" in fields or encoding.startswith("float")
    kind = read_kind(fields, Kind.BOOLEAN if bits else Kind.NUMBER if scaled else Kind.INTEGER)
    if kind is Kind.TEXT or (kind is Kind.BOOLEAN) != bits:
        fields["type"].refuse(f"a {table} with encoding {encoding} is no {kind.value}",
                              "remove type, or write " + ("boolean" if bits else "number"))
    if address is None:
        return None
    return kind, s.ModbusAddress(
        table, address, encoding, fields.read("words", Entry.choice, usual, words=words)
        == "low_first", scale, offset,
        fields.read("poll", Entry.seconds, source.read("poll", Entry.seconds, 1.0)))


def coap_item(entry: Entry, _: Fields | None) -> tuple[Kind, s.Address] | None:
    fields = entry.fields(["path", "form", "value", "time", *COMMON], needed=["path"])
    path = fields.read("path", Entry.text)
    if path is not None and not re.fullmatch(r"/\S+", path):
        fields["path"].refuse(f"'{path}' is no path of a resource", "begin it with /")
        return None
    form = fields.read("form", Entry.choice, words=["text", "json", "cbor"])
    value = fields.read("value", payload_path, ())
    time = fields.read("time", payload_path)
    return path and (read_kind(fields, Kind.NUMBER), s.CoapAddress(path, form, value, time))


READERS: dict[str, Callable] = {"opcua": opcua_item, "modbus": modbus_item, "coap": coap_item}


def read_item(device: str, name: str, entry: Entry, protocol: str,
              source: Fields | None) -> s.Item | None:
    read = READERS[protocol](entry, source)
    if not read:
        return None
    kind, address = read
    fields = Fields(entry, entry.children())
    deadband = fields.read("deadband", Entry.number, lowest=0.0)
    if deadband and kind in (Kind.TEXT, Kind.BOOLEAN):
        fields["deadband"].refuse(f"'{name}' is {kind.value}, which knows no distance",
                                  "write deadband: 0 to have changes only")
    return s.Item(device, name, kind, address, fields.read("unit", Entry.text, ""), deadband)


def read_items(devices: Entry, protocol: str, source: Entry) -> list[s.Item]:
    """All items below devices:, in file order."""
    known = Fields(source, source.children()) if protocol == "modbus" else None
    items = []
    for device, body in devices.items():
        for name, entry in body.items():
            item = read_item(device, name, entry, protocol, known)
            if item:
                items.append(item)
    if not items and not devices.problems:
        devices.refuse("there are no items", "write DEVICE: {ITEM: {...}} below devices:")
    return items
