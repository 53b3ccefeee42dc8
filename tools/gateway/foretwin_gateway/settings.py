"""What a configuration says, as plain values; made by configuration.py, read by everybody else."""

from __future__ import annotations

import dataclasses
import pathlib
from typing import Any

from .sample import Kind


@dataclasses.dataclass(frozen=True)
class Secret:
    """Where a secret stands: in a file or in a variable of the environment, never in the text."""

    file: pathlib.Path | None = None
    variable: str | None = None


@dataclasses.dataclass(frozen=True)
class Tls:
    authority: pathlib.Path
    certificate: pathlib.Path | None = None
    key: pathlib.Path | None = None


@dataclasses.dataclass(frozen=True)
class Broker:
    host: str
    port: int
    client: str
    user: str | None = None
    password: Secret | None = None
    tls: Tls | None = None
    keep_alive_s: float = 30.0
    retry_s: float = 5.0  # the longest wait between two attempts


@dataclasses.dataclass(frozen=True)
class Sparkplug:
    group: str
    node: str
    primary_host: str | None = None
    keep_sent_s: float = 90.0  # sent samples are kept so long, for a host that died unnoticed


@dataclasses.dataclass(frozen=True)
class JsonTopics:
    topic: str  # with {device} and {item}
    status: str  # where the gateway tells of itself


@dataclasses.dataclass(frozen=True)
class Store:
    file: pathlib.Path
    at_most_bytes: int


@dataclasses.dataclass(frozen=True)
class OpcUaAddress:
    node: str


@dataclasses.dataclass(frozen=True)
class ModbusAddress:
    """table is coil, discrete, input or holding; address counts from 0, as on the wire."""

    table: str
    address: int
    encoding: str  # bit, int16 ... float64
    low_word_first: bool
    scale: float
    offset: float
    poll_s: float


@dataclasses.dataclass(frozen=True)
class CoapAddress:
    path: str
    form: str | None  # text, json, cbor; None: as the server says
    value: tuple[str | int, ...]
    time: tuple[str | int, ...] | None


Address = OpcUaAddress | ModbusAddress | CoapAddress


@dataclasses.dataclass(frozen=True)
class Item:
    device: str
    name: str
    kind: Kind
    address: Any  # an Address: the one of its source's protocol
    unit: str = ""
    deadband: float | None = None  # in the item's unit; 0 tells changes only, None everything


@dataclasses.dataclass(frozen=True)
class OpcUa:
    url: str
    publishing_s: float
    sampling_s: float
    timeout_s: float
    certificate: pathlib.Path | None = None  # with the next two: Basic256Sha256, SignAndEncrypt
    key: pathlib.Path | None = None
    server_certificate: pathlib.Path | None = None
    user: str | None = None
    password: Secret | None = None


@dataclasses.dataclass(frozen=True)
class Modbus:
    host: str
    port: int
    rtu_framing: bool
    unit: int
    timeout_s: float
    gap: int  # registers that nobody asked for and that may be read along


@dataclasses.dataclass(frozen=True)
class Coap:
    url: str
    renew_s: float
    timeout_s: float


@dataclasses.dataclass(frozen=True)
class Source:
    """One connection; its devices live and die with it."""

    name: str
    protocol: OpcUa | Modbus | Coap
    retry_s: float
    items: tuple[Item, ...]

    @property
    def devices(self) -> list[str]:
        return list(dict.fromkeys(item.device for item in self.items))


@dataclasses.dataclass(frozen=True)
class Settings:
    broker: Broker
    publish: Sparkplug | JsonTopics
    store: Store
    sources: tuple[Source, ...]
