"""Bytes of a CoAP payload to a value and, where told, its time. No connection here."""

from __future__ import annotations

import datetime
import json
import re

import cbor2

from .sample import Kind
from .settings import CoapAddress

FORMS = {0: "text", 50: "json", 60: "cbor"}  # IANA's CoAP content formats
LARGEST_TIME_S = 9.2e9  # the year 2261, where 64-bit nanoseconds end


def unpack(payload: bytes, form: str) -> object:
    """The payload as nested lists and dicts; ValueError when it is none of its form."""
    try:
        if form == "json":
            return json.loads(payload)
        if form == "cbor":
            return cbor2.loads(payload)
        return payload.decode("utf-8").strip()
    except (UnicodeDecodeError, RecursionError, cbor2.CBORDecodeError,
            json.JSONDecodeError) as error:
        raise ValueError(f"no {form}: {error}") from None


def from_text(text: str, kind: Kind) -> object:
    """Plain text as its declared kind where it reads as one; else the text."""
    if kind is Kind.BOOLEAN:
        return {"true": True, "false": False, "1": True, "0": False}.get(text, text)
    if kind is not Kind.TEXT and re.fullmatch(r"[-+]?\d+", text):
        return int(text)
    if kind is not Kind.TEXT and re.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d{1,4})?", text):
        return float(text)
    return text


def at_path(tree: object, path: tuple[str | int, ...]) -> object:
    """What stands at keys and indices; ValueError names the first that is missing."""
    for step in path:
        try:
            tree = tree[step]  # type: ignore[index]
        except (KeyError, IndexError, TypeError):
            raise ValueError(f"nothing at '{step}'") from None
    return tree


def time_ns(told: object) -> int:
    """Seconds since 1970 UTC (number) or ISO 8601 text with a zone, as ns since 1970 UTC."""
    if isinstance(told, datetime.datetime):
        told = told.isoformat()
    if isinstance(told, str):
        try:
            instant = datetime.datetime.fromisoformat(told)
        except ValueError:
            raise ValueError(f"no time: '{told[:40]}'") from None
        if instant.tzinfo is None:
            raise ValueError(f"a time without zone: '{told[:40]}'")
        since = instant - datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
        return (since // datetime.timedelta(microseconds=1)) * 1000
    if isinstance(told, bool) or not isinstance(told, (int, float)) \
            or not abs(told) <= LARGEST_TIME_S:
        raise ValueError(f"no time: {str(told)[:40]}")
    whole = int(told)
    return whole * 10**9 + round((told - whole) * 10**9)


def read(payload: bytes, content_format: int | None, address: CoapAddress,
         kind: Kind) -> tuple[object, int | None]:
    """(value, time in ns or None) of an item; ValueError says why there is none."""
    form = address.form or FORMS.get(content_format if content_format is not None else 0)
    if form is None:
        raise ValueError(f"content format {content_format} is not known")
    tree = unpack(payload, form)
    told = None if address.time is None else time_ns(at_path(tree, address.time))
    value = at_path(tree, address.value)
    return from_text(value, kind) if form == "text" and isinstance(value, str) else value, told
