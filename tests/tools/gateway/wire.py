"""Sparkplug payloads read from their bytes by hand: a second opinion on the gateway's encoder.

Protobuf wire format: a key (field number x 8 + wire type) before each value; wire type 0 is a
varint, 1 eight bytes, 2 a length and bytes, 5 four bytes.
"""

import struct


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at


def fields(data):
    """(field number, raw value) in order."""
    at = 0
    while at < len(data):
        key, at = varint(data, at)
        kind = key & 7
        if kind == 0:
            value, at = varint(data, at)
        elif kind == 2:
            size, at = varint(data, at)
            value, at = data[at:at + size], at + size
        else:
            size = {1: 8, 5: 4}[kind]
            value, at = data[at:at + size], at + size
        yield key >> 3, value


def signed(value):
    return value - 2**64 if value >= 2**63 else value


VALUES = {10: int, 11: signed, 12: lambda raw: struct.unpack("<f", raw)[0],
          13: lambda raw: struct.unpack("<d", raw)[0], 14: bool, 15: bytes.decode}


def properties(data):
    keys, values = [], []
    for number, raw in fields(data):
        if number == 1:
            keys.append(raw.decode())
        elif number == 2:
            told = {one: value for one, value in fields(raw) if one > 2}
            (kind, value), = told.items()
            values.append(value.decode() if kind == 8 else value)
    return dict(zip(keys, values, strict=True))


def metric(data):
    told = {"historical": False, "null": False, "value": None, "properties": {}}
    names = {2: "alias", 3: "time_ms", 4: "datatype"}
    for number, raw in fields(data):
        if number == 1:
            told["name"] = raw.decode()
        elif number in names:
            told[names[number]] = raw
        elif number == 5:
            told["historical"] = bool(raw)
        elif number == 7:
            told["null"] = bool(raw)
        elif number == 9:
            told["properties"] = properties(raw)
        else:
            told["value"] = VALUES[number](raw)
    return told


def payload(data):
    """{"time_ms", "sequence" or none, "metrics"}"""
    told = {"metrics": []}
    for number, raw in fields(data):
        if number == 2:
            told["metrics"].append(metric(raw))
        else:
            told[{1: "time_ms", 3: "sequence"}[number]] = raw
    return told


def command(name, value):
    """A payload with one Boolean metric, as a host sends it."""
    inner = bytes([10, len(name)]) + name.encode() + bytes([32, 11, 112, int(value)])
    return bytes([18, len(inner)]) + inner
