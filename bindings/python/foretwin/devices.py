"""Devices of your own: a class that declares what it is becomes a device like any other.

A class derived from :class:`Device` is a device type from the moment it is defined; its name in
scenarios is the class name in small letters with underscores (``DryingOven``: ``drying_oven``). Its
parameters are checked with their units, its state is in every snapshot and fork, its figures come
with intervals, and it runs with any executor on any number of threads.

>>> import foretwin as ft
>>> class Kiosk(ft.Device):
...     '''One server, first come first served.'''
...
...     time = ft.law(unit="s", meaning="time of one customer")
...     served = ft.figure(unit="part", kind="total")
...     busy = ft.state(0)
...     next_part = ft.state(0)
...     last = ft.state(-1)
...     done = ft.timer()
...     service = ft.draws()
...     flow = ft.flow(capacity="unlimited")
...
...     def begin(self):
...         if not self.busy and self.next_part <= self.last:
...             self.busy = 1
...             self.after(self.done, self.sample(self.time, self.service, self.next_part))
...
...     def on_part(self, part):
...         self.last = part
...         self.begin()
...
...     def on_done(self):
...         self.record(self.served, 1)
...         self.send_on(self.next_part)
...         self.next_part += 1
...         self.busy = 0
...         self.begin()
>>> scenario = ft.load('''
... foretwin: 1
... name: a kiosk
... time: {horizon: 8 h}
... devices:
...   Door: {type: source, every: {exponential: {mean: 60 s}}, when_full: lost, next: Kiosk}
...   Kiosk: {type: kiosk, time: {exponential: {mean: 45 s}}, next: Street}
...   Street: {type: sink}
... ''')
>>> study = scenario.run(replications=8, seed=1, progress=False)
>>> study.fingerprint == scenario.run(replications=8, seed=1, threads=1, progress=False).fingerprint
True

**What keeps the promise of equal results.** State is what is declared, and nothing else: an
attribute that is not declared cannot be assigned. Chance comes from :meth:`Device.uniform` and its
like alone: a handler that asks ``random``, ``numpy.random`` or ``time`` breaks the promise, and no
check can see it. So does one that writes to globals: handlers of several devices and futures run on
several threads. Results are then bit-identical on any number of threads with the same build and the
same type of processor.
"""

from __future__ import annotations

import inspect
import math
import re
from collections.abc import Callable
from typing import Any, Union, overload

from . import _engine

__all__ = [
    "Device",
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

_KINDS = {
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


class _Declared:
    """What a class attribute declares, until the class is made."""

    def __init__(self, group: str, **told: Any) -> None:
        self.group = group
        self.told = told


def _number_of(word: str, known: dict[str, int], what: str) -> int:
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
    usual = None if default is None else str(default).lower() if isinstance(default, bool) else str(default)
    return _Declared(
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


def _other_parameter(kind: str, default: str | None, meaning: str, required: bool, **told: Any) -> Any:
    own = {"unit": "", "lowest": -math.inf, "highest": math.inf, "choices": "", **told}
    return _Declared(
        "parameter", kind=kind, usual=default, required=required, meaning=meaning, **own
    )


def law(default: str | None = None, *, unit: str, lowest: float = 0.0, meaning: str) -> Any:
    """A distribution that a scenario gives: ``{lognormal: {mean: 3 s, sd: 1 s}}``, or one value.

    Drawn from by :meth:`Device.sample`, in ``unit``. ``default`` as a scenario would write it.
    """
    return _other_parameter("law", default, meaning, default is None, unit=unit, lowest=lowest)


def choice(*choices: str, default: str | None = None, meaning: str) -> Any:
    """One of several words; handlers see the word."""
    return _other_parameter("choice", default, meaning, default is None, choices=" | ".join(choices))


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
    return _Declared("state", initial=initial, size=size)


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
    return _Declared("timer", slots=slots, timer_class=_number_of(kind, _TIMER_CLASSES, "kind of timer"))


def draws() -> Any:
    """A purpose of random numbers: a stream of its own, named ``device/purpose``."""
    return _Declared("purpose")


def figure(*, unit: str = "1", kind: str = "total", resolution: float = 1e-9) -> Any:
    """A figure that the device reports, with an interval like every other; see Device.record.

    Args:
        unit: "1" for a plain number.
        kind: ``"total"`` (sum of what is recorded), ``"mean"`` (of what is recorded), ``"time
            average"`` (of a level that lasts until the next record), ``"last"`` (that level at the
            end).
        resolution: values are counted in whole multiples of it, so that sums are exact.
    """
    return _Declared("figure", unit=unit, kind=_number_of(kind, _FIGURES, "kind of figure"), resolution=resolution)


def flow(*, capacity: str | int | None = "unlimited") -> Any:
    """Lets parts flow through: the scenario gives ``next``, and ``capacity`` if it likes.

    ``on_part(self, part)`` is called with the ticket of each part that came in (0, 1, 2, ...);
    :meth:`Device.send_on` lets it leave, and ``on_left(self, part)`` hears that it did.
    ``capacity=None``: the scenario must give it.
    """
    return _Declared("flow", capacity=None if capacity is None else str(capacity))


def power(*, highest: float) -> Any:
    """Lets the device draw power, metered by the plant's tariff; ``highest`` in W."""
    return _Declared("power", highest=float(highest))


def _snake_case(name: str) -> str:
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name)
    return words.lower()


class _Reader:
    """Turns the declarations of a class into what the engine registers."""

    def __init__(self, declared: dict[str, _Declared]) -> None:
        self.groups: dict[str, list[tuple[str, dict[str, Any]]]] = {
            group: [] for group in ("parameter", "state", "timer", "purpose", "figure", "flow", "power")
        }
        for name, one in declared.items():
            self.groups[one.group].append((name, one.told))

    def number_of(self, group: str, name: str) -> int:
        for number, (known, _) in enumerate(self.groups[group]):
            if known == name:
                return number
        raise ValueError(f"there is no {group} {name!r}")

    def only(self, group: str, key: str, otherwise: Any) -> Any:
        given = self.groups[group]
        if len(given) > 1:
            raise ValueError(f"a device declares {group} once, not as {[name for name, _ in given]}")
        return given[0][1][key] if given else otherwise

    def parameters(self) -> list[dict[str, Any]]:
        return [
            {**told, "name": name, "kind": _number_of(told["kind"], _KINDS, "kind of parameter")}
            for name, told in self.groups["parameter"]
        ]

    def states(self) -> list[dict[str, Any]]:
        made = []
        for name, told in self.groups["state"]:
            initial = told["initial"]
            from_parameter = isinstance(initial, str)
            made.append(
                {
                    "name": name,
                    "size": told["size"],
                    "integer": isinstance(initial, int),
                    "parameter": self.number_of("parameter", initial) if from_parameter else -1,
                    "initial": 0.0 if from_parameter else float(initial),
                    "initial_count": int(initial) if isinstance(initial, int) else 0,
                }
            )
        return made

    def timers(self, methods: dict[str, Callable[..., Any]]) -> list[dict[str, Any]]:
        made = []
        for name, told in self.groups["timer"]:
            slots = told["slots"]
            named = isinstance(slots, str)
            made.append(
                {
                    "name": name,
                    "timer_class": told["timer_class"],
                    "slots": 1 if named else slots,
                    "parameter": self.number_of("parameter", slots) if named else -1,
                    "function": methods.get(f"on_{name}"),
                    "has_slot": named or slots != 1,
                }
            )
        return made

    def declared(self, name: str, doc: str, methods: dict[str, Callable[..., Any]]) -> dict[str, Any]:
        first, _, rest = doc.partition("\n\n")
        return {
            "type": name,
            "summary": " ".join(first.split()),
            "limits": " ".join(rest.split()) or "as its class says",
            "parameters": self.parameters(),
            "states": self.states(),
            "timers": self.timers(methods),
            "purposes": [name for name, _ in self.groups["purpose"]],
            "figures": [{**told, "name": name} for name, told in self.groups["figure"]],
            "flow": bool(self.groups["flow"]),
            "capacity": self.only("flow", "capacity", None),
            "highest_power_w": self.only("power", "highest", 0.0),
        }

    def describe(self, made: type) -> None:
        """Gives the class its attributes: values of the device at work, or numbers of what is asked."""
        for number, (name, told) in enumerate(self.groups["parameter"]):
            kind = told["kind"]
            if kind == "law":
                setattr(made, name, number)
            else:
                _engine.describe(made, name, "text" if kind in ("text", "choice") else kind, number, 1)
        first = {"number": 0, "integer": 0}
        for told in self.states():
            kind = "integer" if told["integer"] else "number"
            size = told["size"]
            _engine.describe(made, told["name"], kind if size == 1 else kind + "s", first[kind], size)
            first[kind] += size
        for group in ("timer", "purpose", "figure"):
            for number, (name, _) in enumerate(self.groups[group]):
                setattr(made, name, number)


_HANDLERS = {
    "start": "start",
    "on_timer": "timer",
    "on_part": "part",
    "on_left": "left",
    "on_shift": "shift",
    "finish": "finish",
}


class _DeviceMeta(type):
    """Makes a device type of a class."""

    def __new__(
        cls,
        name: str,
        bases: tuple[type, ...],
        namespace: dict[str, Any],
        *,
        type: str | None = None,  # noqa: A002 - the word of the file
        compile: bool = False,  # noqa: A002
        register: bool = True,
    ) -> Any:
        declared: dict[str, _Declared] = {}
        for base in bases:
            declared.update(getattr(base, "_declared", {}))
        own = {key: value for key, value in namespace.items() if isinstance(value, _Declared)}
        declared.update(own)
        for key in own:
            if key.startswith("_"):
                raise ValueError(f"{name}.{key}: what is declared has no underscore in front")
            del namespace[key]
        namespace["__slots__"] = ()
        namespace["_declared"] = declared
        made = super().__new__(cls, name, bases, namespace)
        if not any(isinstance(base, _DeviceMeta) for base in bases):
            return made
        reader = _Reader(declared)
        reader.describe(made)
        if register:
            made.device_type = type or _snake_case(name)
            _register(made, made.device_type, reader, compile)
        return made

    def __init__(cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **told: Any) -> None:
        super().__init__(name, bases, namespace)

    def __call__(cls, *arguments: Any, **more: Any) -> Any:
        raise TypeError(
            f"{cls.__name__} is a device type: write  type: {getattr(cls, 'device_type', '...')}  in a "
            "scenario; the engine makes its devices"
        )


def _methods_of(made: type) -> dict[str, Callable[..., Any]]:
    methods = {}
    for name in dir(made):
        value = inspect.getattr_static(made, name)
        if inspect.isfunction(value) and (name.startswith("on_") or name in _HANDLERS):
            methods[name] = value
    return methods


def _register(made: type, name: str, reader: _Reader, compile: bool) -> None:  # noqa: A002
    methods = _methods_of(made)
    timers = {f"on_{timer}" for timer, _ in reader.groups["timer"]}
    clash = [timer for timer, _ in reader.groups["timer"] if f"on_{timer}" in _HANDLERS]
    if clash:
        raise ValueError(f"{made.__name__}: {clash[0]!r} is no name for a timer; its handler is taken")
    unknown = [method for method in methods if method not in _HANDLERS and method not in timers]
    if unknown:
        raise ValueError(
            f"{made.__name__}.{unknown[0]}: there is no such timer; declare "
            f"{unknown[0][3:]} = ft.timer(), or choose another name"
        )
    doc = inspect.cleandoc(made.__doc__ or "") if made.__doc__ else made.__name__
    handlers: dict[str, Any] = {
        _HANDLERS[method]: function for method, function in methods.items() if method in _HANDLERS
    }
    kept: Any = None
    declared = reader.declared(name, doc, methods)
    if compile:
        from .compiled import compile_handlers

        handlers, kept = compile_handlers(made, reader, methods)
    _engine.register_device(made, declared, handlers, kept)


class Device(_engine.DeviceBase, metaclass=_DeviceMeta, register=False):
    """A device type of your own; see the module for a whole one.

    Class attributes declare it (:func:`parameter`, :func:`law`, :func:`state`, :func:`figure`,
    :func:`timer`, :func:`draws`, :func:`flow`, :func:`power`, ...), methods handle what happens, all of
    them optional:

    ==========================  ===================================================================
    ``start(self)``             at time 0
    ``on_NAME(self)``           the timer NAME has fired; ``(self, slot)`` when it has several slots
    ``on_timer(self, t, slot)`` any timer without a handler of its own
    ``on_part(self, part)``     a part has come in (``flow``)
    ``on_left(self, part)``     a part that was sent on has left
    ``on_shift(self, open)``    its calendar opens or closes; also at time 0
    ``finish(self)``            figures are told: record what is due. What it changes is for that
                                report alone
    ==========================  ===================================================================

    An exception in a handler stops the study: it is the ``__cause__`` of the
    :class:`foretwin.InputError` that names device, handler and time.

    While a handler runs it may ask, besides its own attributes:

    ``now``, ``now_ns``, ``name``, ``on_shift``, ``parts_inside``, ``capacity``
        seconds since the run began; nanoseconds; the device's name; whether its calendar is open;
        parts it holds; parts it can hold.
    ``after(timer, seconds, slot=0)``, ``cancel(timer, slot=0)``, ``due(timer, slot=0)``
        set, take back, and when it fires (s; inf when it is not set).
    ``uniform(draws, low, high)``, ``exponential(draws, mean)``, ``normal(draws, mean, sd)``,
    ``lognormal(draws, mean, sd)``, ``weibull(draws, shape, scale)``, ``gamma(draws, shape, mean)``,
    ``whole(draws, n)``, ``sample(law, draws)``
        random numbers, the next of the stream; with ``part`` as last argument, the one of that part
        and visit, which is the same in every alternative.
    ``record(figure, value)``, ``set_power(watts)``
        a value of a figure (a level lasts until the next one); power drawn from now on.
    ``send_on(part)``, ``scrap(part)``, ``let_in(open)``
        the part may go to ``next``; leaves the plant here; whether parts are let in.
    ``part_number(part)``, ``part_source``, ``part_visits``, ``part_entered``, ``part_arrived``
        of a part that is held: its number in its source, number of the source, times it went back,
        when it entered the plant and this device (s).

    Keywords of the class: ``type="name"`` in scenarios; ``compile=True`` compiles the handlers with
    Numba (``pip install foretwin[numba]``), which then run without the interpreter's lock;
    ``register=False`` for a base class that is no type itself.
    """
