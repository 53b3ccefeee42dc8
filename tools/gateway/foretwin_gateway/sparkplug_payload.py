"""Sparkplug B payloads as bytes. No connection and no state here.

The message is described in code from the field numbers of the Sparkplug specification 3.0, chapter
6.4 (payload), of which only what the gateway speaks is named; protobuf skips the rest.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.message import DecodeError

from .sample import Kind, Quality, Value

INT32, INT64, DOUBLE, BOOLEAN, STRING = 3, 4, 10, 11, 12  # datatypes of the specification
DATATYPE = {Kind.INTEGER: INT64, Kind.NUMBER: DOUBLE, Kind.BOOLEAN: BOOLEAN, Kind.TEXT: STRING}
FIELD = descriptor_pb2.FieldDescriptorProto
MESSAGES = {  # name -> (field, number, type, repeated, name of the message, in oneof "value")
    "Payload": [("timestamp", 1, FIELD.TYPE_UINT64), ("metrics", 2, "Metric[]"),
                ("seq", 3, FIELD.TYPE_UINT64)],
    "Metric": [("name", 1, FIELD.TYPE_STRING), ("alias", 2, FIELD.TYPE_UINT64),
               ("timestamp", 3, FIELD.TYPE_UINT64), ("datatype", 4, FIELD.TYPE_UINT32),
               ("is_historical", 5, FIELD.TYPE_BOOL), ("is_null", 7, FIELD.TYPE_BOOL),
               ("properties", 9, "PropertySet"), ("int_value", 10, FIELD.TYPE_UINT32),
               ("long_value", 11, FIELD.TYPE_UINT64), ("float_value", 12, FIELD.TYPE_FLOAT),
               ("double_value", 13, FIELD.TYPE_DOUBLE), ("boolean_value", 14, FIELD.TYPE_BOOL),
               ("string_value", 15, FIELD.TYPE_STRING)],
    "PropertySet": [("keys", 1, "string[]"), ("values", 2, "PropertyValue[]")],
    "PropertyValue": [("type", 1, FIELD.TYPE_UINT32), ("is_null", 2, FIELD.TYPE_BOOL),
                      ("int_value", 3, FIELD.TYPE_UINT32), ("long_value", 4, FIELD.TYPE_UINT64),
                      ("string_value", 8, FIELD.TYPE_STRING)],
}


def describe() -> dict[str, Any]:
    """The message classes by name."""
    package = "foretwin.sparkplug"
    file = descriptor_pb2.FileDescriptorProto(name="foretwin_sparkplug.proto", package=package,
                                              syntax="proto2")
    for name, fields in MESSAGES.items():
        message = file.message_type.add(name=name)
        if any(field[0] == "int_value" for field in fields):
            message.oneof_decl.add(name="value")
        for field_name, number, kind in fields:
            field = message.field.add(name=field_name, number=number, label=FIELD.LABEL_OPTIONAL)
            if field_name.endswith("_value"):
                field.oneof_index = 0
            if isinstance(kind, str):
                if kind.endswith("[]"):
                    field.label = FIELD.LABEL_REPEATED
                    kind = kind[:-2]
                field.type = FIELD.TYPE_STRING if kind == "string" else FIELD.TYPE_MESSAGE
                if kind != "string":
                    field.type_name = f".{package}.{kind}"
            else:
                field.type = kind
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return {name: message_factory.GetMessageClass(
        pool.FindMessageTypeByName(f"{package}.{name}")) for name in MESSAGES}


CLASSES = describe()
Payload = CLASSES["Payload"]


@dataclasses.dataclass(frozen=True)
class Metric:
    """One metric to send; a birth has name and alias, data has the alias alone. Time in ms UTC."""

    time_ms: int
    kind: Kind
    value: Value
    name: str | None = None
    alias: int | None = None
    historical: bool = False
    quality: Quality | None = None
    status: str = ""
    unit: str = ""


def encode(metrics: Iterable[Metric], time_ms: int, sequence: int | None) -> bytes:
    """The payload of a message; NDEATH alone has no sequence number."""
    payload = Payload(timestamp=time_ms)
    if sequence is not None:
        payload.seq = sequence
    for metric in metrics:
        add_metric(payload, metric)
    return payload.SerializeToString()


def add_metric(payload, metric: Metric) -> None:
    told = payload.metrics.add(timestamp=metric.time_ms, datatype=DATATYPE[metric.kind])
    if metric.name is not None:
        told.name = metric.name
    if metric.alias is not None:
        told.alias = metric.alias
    if metric.historical:
        told.is_historical = True
    set_value(told, metric.kind, metric.value)
    if metric.quality is not None:
        add_property(told, "Quality", INT32, int_value=int(metric.quality))
    if metric.status:
        add_property(told, "Status", STRING, string_value=metric.status)
    if metric.unit:
        add_property(told, "engUnit", STRING, string_value=metric.unit)


def set_value(told, kind: Kind, value: Value) -> None:
    if value is None:
        told.is_null = True
    elif kind is Kind.NUMBER:
        told.double_value = float(value)
    elif kind is Kind.INTEGER:
        told.long_value = int(value) % 2**64  # two's complement, as the specification wants it
    elif kind is Kind.BOOLEAN:
        told.boolean_value = bool(value)
    else:
        told.string_value = str(value)


def add_property(told, key: str, datatype: int, **value: object) -> None:
    told.properties.keys.append(key)
    told.properties.values.add(type=datatype, **value)


def asks_rebirth(payload: bytes) -> bool:
    """True when a command says Node Control/Rebirth = true; bytes that are no payload say no."""
    try:
        command = Payload.FromString(payload)
    except DecodeError:
        return False
    return any(metric.name == "Node Control/Rebirth" and metric.boolean_value
               for metric in command.metrics)
