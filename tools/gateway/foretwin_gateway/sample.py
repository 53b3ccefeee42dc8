"""The one thing that all protocols give: a value of an item at an instant, and how good it is."""

from __future__ import annotations

import dataclasses
import enum
import sys
import time

Value = float | int | bool | str | None

LONGEST_TEXT = 65_536  # bytes of UTF-8
LARGEST_NUMBER = sys.float_info.max
INTEGER_LOWEST, INTEGER_HIGHEST = -2**63, 2**63 - 1


class Quality(enum.IntEnum):
    """Numbers are those of Sparkplug's Quality property."""

    BAD = 0
    GOOD = 192
    STALE = 500  # the last usable value, or one that its source calls uncertain


class Kind(str, enum.Enum):
    """What an item's values are; declared, never guessed."""

    NUMBER = "number"  # float64
    INTEGER = "integer"  # int64
    BOOLEAN = "boolean"
    TEXT = "text"


@dataclasses.dataclass(frozen=True)
class Sample:
    """A value of one item; time in ns since 1970 UTC; value None when nothing usable was read."""

    device: str
    item: str
    time_ns: int
    value: Value
    quality: Quality
    status: str = ""  # what the source called it, when it is not plainly good


def now_ns() -> int:
    """The gateway's clock, ns since 1970 UTC."""
    return time.time_ns()


def fitted(value: object, kind: Kind) -> Value:
    """The value as its declared kind, or ValueError with what it is instead."""
    match kind:
        case Kind.BOOLEAN if isinstance(value, (bool, int)) and value in (0, 1):
            return bool(value)
        case Kind.TEXT if isinstance(value, str):
            if len(value.encode()) > LONGEST_TEXT:  # refuses what is no UTF-8, too
                raise ValueError(f"a text of more than {LONGEST_TEXT} bytes")
            return str(value)
        case Kind.INTEGER if (isinstance(value, int) and not isinstance(value, bool)
                              and INTEGER_LOWEST <= value <= INTEGER_HIGHEST):
            return int(value)
        case Kind.INTEGER if (isinstance(value, float) and value.is_integer()
                              and abs(value) <= 2**53):
            return int(value)
        case Kind.NUMBER if isinstance(value, (int, float)) and not isinstance(value, bool):
            if abs(value) <= LARGEST_NUMBER:  # never true of NaN
                return float(value)
    raise ValueError(f"{value!r} is no {kind.value}"[:200])


def refitted(sample: Sample, kind: Kind) -> Sample:
    """The sample from the queue as its item's kind now; bad when the kind has changed since."""
    if sample.value is None:
        return sample
    try:
        return dataclasses.replace(sample, value=fitted(sample.value, kind))
    except ValueError as error:
        return dataclasses.replace(sample, value=None, quality=Quality.BAD, status=str(error))
