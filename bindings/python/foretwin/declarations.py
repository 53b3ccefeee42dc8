"""What a device class declares: parameters, state, timers, figures, chance, flow, power."""

from __future__ import annotations

import math
from typing import Any, Union, overload

__all__ = [
    "calendar",
    "choice",
    "draws",
    "figure",
    "flow",
    "law",
    "parameter",
    "power",
    "state",
    "text",
    "timer",
]

Number = Union[int, float]

KINDS = {
    "number": 0,
    "fraction": 1,
    "quantity": 2,
    "count": 3,
    "boolean": 4,
    "choice": 5,
    "text": 6,
    "law": 7,
    "calendar": 8,
}
_FIGURES = {"total": 0, "mean": 1, "time average": 2, "last": 3}
_TIMER_CLASSES = {
    "processing end": 0,
    "repair end": 1,
    "arrival": 3,
    "failure": 4,
    "planned maintenance": 5,
    "sampling": 6,
}


class Declared:
    """What a class attribute declares, until the class is made."""

    def __init__(self, group: str, **told: Any) -> None:
        self.group = group
        self.told = told


def number_of(word: str, known: dict[str, int], what: str) -> int:
    if word not in known:
        raise ValueError(f"there is no {what} {word!r}; known: {', '.join(known)}")
    return known[word]


def parameter(
    default: str | Number | bool | None = None,
    *,
    unit: str = "",
    kind: str | None = None,
    lowest: float = -math.inf,
    highest: float = math.inf,
    meaning: str,
) -> Any:
    """A value that a scenario gives the device, or leaves at its default.

    Args:
        default: as a scenario would write it (``"22 kW"``); None: the scenario must give it.
        unit: of a quantity. Handlers see the value in this unit, as ``float``.
        kind: ``"quantity"`` with a unit and ``"number"`` without one unless told; or ``"fraction"``
            (``"5 %"`` is 0.05), ``"count"`` (``int``), ``"boolean"`` (``bool``).
        lowest: in ``unit``, inclusive; so is ``highest``.
        meaning: one sentence for people.
    """
    if kind is None:
        kind = "quantity" if unit else "boolean" if isinstance(default, bool) else "number"
    usual = (
        None
        if default is None
        else str(default).lower()
        if isinstance(default, bool)
        else str(default)
    )
    return Declared(
        "parameter",
        kind=kind,
        required=default is None,
        unit=unit,
        lowest=float(lowest),
        highest=float(highest),
        usual=usual,
        choices="",
        meaning=meaning,
    )


def _other_parameter(
    kind: str, default: str | None, meaning: str, required: bool, **told: Any
) -> Any:
    own = {"unit": "", "lowest": -math.inf, "highest": math.inf, "choices": "", **told}
    return Declared(
        "parameter", kind=kind, usual=default, required=required, meaning=meaning, **own
    )


def law(default: str | None = None, *, unit: str, lowest: float = 0.0, meaning: str) -> Any:
    """A distribution that a scenario gives: ``{lognormal: {mean: 3 s, sd: 1 s}}``, or one value.

    Drawn from by :meth:`Device.sample`, in ``unit``. ``default`` as a scenario would write it.
    """
    return _other_parameter("law", default, meaning, default is None, unit=unit, lowest=lowest)


def choice(*choices: str, default: str | None = None, meaning: str) -> Any:
    """One of several words; handlers see the word."""
    return _other_parameter(
        "choice", default, meaning, default is None, choices=" | ".join(choices)
    )


def text(default: str | None = None, *, meaning: str) -> Any:
    """Free text, one line."""
    return _other_parameter("text", default, meaning, default is None)


def calendar(*, meaning: str = "when it is on shift; always unless told") -> Any:
    """Lets a scenario name a calendar; the attribute must be called ``calendar``.

    The handler ``on_shift(self, open)`` hears its edges, and :attr:`Device.on_shift` tells.
    """
    return _other_parameter("calendar", None, meaning, False)


@overload
def state(initial: int, *, size: int = ...) -> Any: ...


@overload
def state(initial: float | str, *, size: int = ...) -> Any: ...


def state(initial: float | int | str = 0.0, *, size: int = 1) -> Any:
    """A plain value that the device keeps: in every snapshot, fork and fingerprint.

    Args:
        initial: its value at the start; an ``int`` makes it a 64-bit integer, a ``float`` a double;
            the name of a parameter of the class: a double that begins with that value.
        size: more than 1 makes it that many values, as in ``self.levels[2] += 1``.
    """
    return Declared("state", initial=initial, size=size)


def timer(*, slots: int | str = 1, kind: str = "processing end") -> Any:
    """A kind of event of the device's own, set by :meth:`Device.after`.

    A timer called ``done`` calls ``on_done(self)``, or ``on_done(self, slot)`` when it has more
    than one slot; without such a method, ``on_timer(self, timer, slot)``.

    Args:
        slots: how many can be pending at once, each replacing only its own; or the name of a
            parameter of kind ``"count"``.
        kind: what it is about, for what comes first at one instant: ``"processing end"``,
            ``"repair end"``, ``"arrival"``, ``"failure"``, ``"planned maintenance"``,
            ``"sampling"``.
    """
    return Declared(
        "timer", slots=slots, timer_class=number_of(kind, _TIMER_CLASSES, "kind of timer")
    )


def draws() -> Any:
    """A purpose of random numbers: a stream of its own, named ``device/purpose``."""
    return Declared("purpose")


def figure(*, unit: str = "1", kind: str = "total", resolution: float = 2.0**-30) -> Any:
    """A figure that the device reports, with an interval like every other; see Device.record.

    Measured is what is recorded after the end of the warm-up, and without one after time 0. What
    happens at that very instant comes before, as in native devices: what ``start`` records, or a
    timer set to 0 s in it, is in no total and no mean. A level (``"time average"``, ``"last"``)
    that was recorded before lasts on.

    Args:
        unit: "1" for a plain number.
        kind: ``"total"`` (sum of what is recorded), ``"mean"`` (of what is recorded), ``"time
            average"`` (of a level that lasts until the next record), ``"last"`` (that level at the
            end).
        resolution: values are counted in whole multiples of it, so that sums are exact; about 1e-9
            unless told.
    """
    return Declared(
        "figure",
        unit=unit,
        kind=number_of(kind, _FIGURES, "kind of figure"),
        resolution=resolution,
    )


def flow(*, capacity: str | int | None = "unlimited") -> Any:
    """Lets parts flow through: the scenario gives ``next``, and ``capacity`` if it likes.

    ``on_part(self, part)`` is called with the ticket of each part that came in (0, 1, 2, ...);
    :meth:`Device.send_on` lets it leave, and ``on_left(self, part)`` hears that it did.
    ``capacity=None``: the scenario must give it.
    """
    return Declared("flow", capacity=None if capacity is None else str(capacity))


def power(*, highest: float) -> Any:
    """Lets the device draw power, metered by the plant's tariff; ``highest`` in W."""
    return Declared("power", highest=float(highest))
