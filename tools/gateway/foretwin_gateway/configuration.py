"""Reads the configuration file. What it may say stands in README.md; example.yaml shows it."""

from __future__ import annotations

import pathlib
import re
from collections.abc import Callable

from . import settings as s
from .configuration_items import read_items
from .problems import EnvironmentFailure, InputError, Problem
from .strict_yaml import Entry, Fields, parse

LONGEST_RETRY_S = 5.0


class Reader:
    """Everything that reading needs to know: where files lie."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.folder = folder

    def path(self, entry: Entry) -> pathlib.Path | None:
        """A path relative to the configuration file."""
        text = entry.text()
        return None if text is None else self.folder / text

    def secret(self, entry: Entry) -> s.Secret | None:
        if not entry.children():
            entry.refuse(f"'{entry.name}' does not belong into this file",
                         "write {file: PATH} or {environment: VARIABLE}")
            return None
        fields = entry.fields(["file", "environment"])
        if fields.one_of(["file", "environment"]) is None:
            return None
        if "file" in fields:
            return s.Secret(file=self.path(fields["file"]))
        return s.Secret(variable=fields["environment"].text())

    def user(self, fields: Fields) -> tuple[str | None, s.Secret | None]:
        user = fields.read("user", Entry.text)
        password = self.secret(fields["password"]) if "password" in fields else None
        if "password" in fields and "user" not in fields:
            fields["password"].refuse("a password without a user", "add user: beside it")
        return user, password

    def tls(self, entry: Entry) -> s.Tls | None:
        fields = entry.fields(["authority", "certificate", "key"], needed=["authority"])
        together(fields, ["certificate", "key"])
        authority = fields.read("authority", self.path_of)
        return authority and s.Tls(authority, fields.read("certificate", self.path_of),
                                   fields.read("key", self.path_of))

    def path_of(self, entry: Entry) -> pathlib.Path | None:
        return self.path(entry)


def together(fields: Fields, words: list[str]) -> bool:
    """All of these keys or none; True when all stand there."""
    found = [word for word in words if word in fields]
    if found and len(found) < len(words):
        missing = [word for word in words if word not in found]
        fields[found[0]].refuse(f"'{found[0]}' alone says too little",
                                f"add {' and '.join(missing)}: beside it, or remove it")
    return len(found) == len(words)


def read_broker(reader: Reader, entry: Entry) -> s.Broker | None:
    fields = entry.fields(["host", "port", "client", "user", "password", "tls", "keep_alive",
                           "retry"], needed=["host", "client"])
    host, client = fields.read("host", Entry.text), fields.read("client", Entry.text)
    user, password = reader.user(fields)
    tls = reader.tls(fields["tls"]) if "tls" in fields else None
    port = fields.read("port", Entry.integer, 8883 if "tls" in fields else 1883,
                       lowest=1, highest=65535)
    keep_alive_s = fields.read("keep_alive", Entry.seconds, 30.0, lowest=1.0)
    retry_s = fields.read("retry", Entry.seconds, LONGEST_RETRY_S)
    if host is None or client is None:
        return None
    return s.Broker(host, port, client, user, password, tls, keep_alive_s, retry_s)


def topic_word(entry: Entry) -> str | None:
    word = entry.text()
    if word is not None and (re.search(r"[/#+]", word) or not word.isprintable()):
        entry.refuse(f"'{word}' cannot be part of a topic", "leave out / # and +")
        return None
    return word


def read_sparkplug(entry: Entry) -> s.Sparkplug | None:
    fields = entry.fields(["group", "node", "primary_host", "keep_sent"],
                          needed=["group", "node"])
    group, node = fields.read("group", topic_word), fields.read("node", topic_word)
    host = fields.read("primary_host", topic_word)
    keep_s = fields.read("keep_sent", Entry.seconds, 90.0, lowest=0.0)
    return s.Sparkplug(group, node, host, keep_s) if group and node else None


def read_json_topics(entry: Entry) -> s.JsonTopics | None:
    fields = entry.fields(["topic", "status"], needed=["topic", "status"])
    topic, status = fields.read("topic", Entry.text), fields.read("status", Entry.text)
    if topic is not None:
        words = re.findall(r"\{(.*?)\}", topic)
        if sorted(words) != ["device", "item"] or re.search(r"[#+]", topic):
            fields["topic"].refuse(f"'{topic}' is no topic for all items", "name each of {device} "
                                   "and {item} once and leave out # and +, as in "
                                   "plant/{device}/{item}")
            topic = None
    if status is not None and re.search(r"[#+{}]", status):
        fields["status"].refuse(f"'{status}' is no topic", "leave out # + { and }")
        status = None
    return s.JsonTopics(topic, status) if topic and status else None


def read_publish(entry: Entry) -> s.Sparkplug | s.JsonTopics | None:
    fields = entry.fields(["sparkplug", "json"])
    which = fields.one_of(["sparkplug", "json"])
    if which is None:
        return None
    return read_sparkplug(fields[which]) if which == "sparkplug" else read_json_topics(
        fields[which])


def read_store(reader: Reader, entry: Entry) -> s.Store | None:
    fields = entry.fields(["file", "at_most"], needed=["file", "at_most"])
    file = fields.read("file", reader.path_of)
    size = fields.read("at_most", Entry.size_bytes)
    return s.Store(file, size) if file and size else None


def url_of(entry: Entry, scheme: str) -> str | None:
    url = entry.text()
    if url is not None and not re.fullmatch(re.escape(scheme) + r"://[^/\s@]+(/\S*)?", url):
        entry.refuse(f"'{url}' is no address of this protocol",
                     f"write {scheme}://HOST:PORT, without user and password")
        return None
    return url


def read_opcua(reader: Reader, entry: Entry) -> s.OpcUa | None:
    fields = entry.fields(["url", "publishing", "sampling", "timeout", "certificate", "key",
                           "server_certificate", "user", "password"], needed=["url"])
    url = fields.read("url", url_of, scheme="opc.tcp")
    secure = together(fields, ["certificate", "key", "server_certificate"])
    user, password = reader.user(fields)
    if password is not None and not secure:
        fields["password"].refuse("a password over an open connection",
                                  "add certificate, key and server_certificate")
    publishing_s = fields.read("publishing", Entry.seconds, 0.5)
    sampling_s = fields.read("sampling", Entry.seconds, publishing_s)
    timeout_s = fields.read("timeout", Entry.seconds, 4.0)
    return url and s.OpcUa(url, publishing_s, sampling_s, timeout_s,
                           fields.read("certificate", reader.path_of),
                           fields.read("key", reader.path_of),
                           fields.read("server_certificate", reader.path_of), user, password)


def read_modbus(_: Reader, entry: Entry) -> s.Modbus | None:
    fields = entry.fields(["host", "port", "framing", "unit", "timeout", "gap", "poll", "words"],
                          needed=["host"])
    host = fields.read("host", Entry.text)
    return host and s.Modbus(
        host, fields.read("port", Entry.integer, 502, lowest=1, highest=65535),
        fields.read("framing", Entry.choice, "tcp", words=["tcp", "rtu"]) == "rtu",
        fields.read("unit", Entry.integer, 1, lowest=0, highest=255),
        fields.read("timeout", Entry.seconds, 2.0),
        fields.read("gap", Entry.integer, 0, lowest=0, highest=100))


def read_coap(_: Reader, entry: Entry) -> s.Coap | None:
    fields = entry.fields(["url", "renew", "timeout"], needed=["url"])
    url = fields.read("url", url_of, scheme="coap")
    return url and s.Coap(url.rstrip("/"), fields.read("renew", Entry.seconds, 60.0),
                          fields.read("timeout", Entry.seconds, 5.0))


PROTOCOLS: dict[str, Callable] = {"opcua": read_opcua, "modbus": read_modbus, "coap": read_coap}


def read_source(reader: Reader, name: str, entry: Entry) -> s.Source | None:
    fields = entry.fields([*PROTOCOLS, "retry", "devices"], needed=["devices"])
    which = fields.one_of(PROTOCOLS)
    retry_s = fields.read("retry", Entry.seconds, LONGEST_RETRY_S)
    if which is None:
        return None
    protocol = PROTOCOLS[which](reader, fields[which])
    if "devices" not in fields:
        return None
    items = read_items(fields["devices"], which, fields[which])
    return s.Source(name, protocol, retry_s, tuple(items)) if protocol else None


def read_sources(reader: Reader, entry: Entry) -> tuple[s.Source, ...]:
    """All sources; a device belongs to one of them."""
    found: list[s.Source] = []
    owner: dict[str, str] = {}
    for name, child in entry.items():
        source = read_source(reader, name, child)
        for device in source.devices if source else ():
            if device in owner:
                child.refuse(f"device '{device}' is also told by '{owner[device]}'",
                             "a device lives and dies with one source: give it another name")
            owner[device] = name
        if source:
            found.append(source)
    if not found and not entry.problems:
        entry.refuse("there are no sources", "name at least one below sources:")
    return tuple(found)


def read_text(text: str, file: str, folder: pathlib.Path) -> s.Settings:
    """The settings, or InputError with every problem of the text."""
    problems: list[Problem] = []
    reader = Reader(folder)
    top = parse(text, file, problems)
    words = ["foretwin_gateway", "broker", "publish", "store", "sources"]
    fields = top.fields(words, needed=words)
    fields.read("foretwin_gateway", Entry.integer, lowest=1, highest=1)
    broker = read_broker(reader, fields["broker"]) if "broker" in fields else None
    publish = read_publish(fields["publish"]) if "publish" in fields else None
    store = read_store(reader, fields["store"]) if "store" in fields else None
    sources = read_sources(reader, fields["sources"]) if "sources" in fields else ()
    if problems or broker is None or publish is None or store is None:
        raise InputError(sorted(dict.fromkeys(problems),
                                key=lambda one: (one.place.line, one.place.column)))
    return s.Settings(broker, publish, store, sources)


def read_file(path: pathlib.Path) -> s.Settings:
    """As read_text; a file that cannot be read is a failure of the environment."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise EnvironmentFailure(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError:
        text = "\x00"  # refused by the reader of YAML, with its place
    return read_text(text, str(path), path.parent)
