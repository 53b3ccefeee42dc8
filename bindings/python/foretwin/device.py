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
import re
from collections.abc import Callable
from typing import Any

from . import _engine
from ._asked import DeviceBase
from .declarations import (
    KINDS,
    Declared,
    calendar,
    choice,
    draws,
    figure,
    flow,
    law,
    number_of,
    parameter,
    power,
    state,
    text,
    timer,
)

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


def _snake_case(name: str) -> str:
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name)
    return words.lower()


class _Reader:
    """Turns the declarations of a class into what the engine registers."""

    def __init__(self, declared: dict[str, Declared]) -> None:
        self.groups: dict[str, list[tuple[str, dict[str, Any]]]] = {
            group: []
            for group in ("parameter", "state", "timer", "purpose", "figure", "flow", "power")
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
            names = [name for name, _ in given]
            raise ValueError(f"a device declares {group} once, not as {names}")
        return given[0][1][key] if given else otherwise

    def parameters(self) -> list[dict[str, Any]]:
        return [
            {**told, "name": name, "kind": number_of(told["kind"], KINDS, "kind of parameter")}
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

    def declared(
        self, name: str, doc: str, methods: dict[str, Callable[..., Any]]
    ) -> dict[str, Any]:
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
        """Gives the class its attributes: values of the device at work, or what to ask it by."""
        for number, (name, told) in enumerate(self.groups["parameter"]):
            kind = told["kind"]
            if kind == "law":
                setattr(made, name, number)
                continue
            # "number" alone would be a state.
            seen = {"choice": "text", "number": "parameter"}.get(kind, kind)
            _engine.describe(made, name, seen, number, 1)
        first = {"number": 0, "integer": 0}
        for told in self.states():
            kind = "integer" if told["integer"] else "number"
            size = told["size"]
            _engine.describe(
                made, told["name"], kind if size == 1 else kind + "s", first[kind], size
            )
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

    device_type: str  #: what a scenario writes behind `type:`

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
        declared: dict[str, Declared] = {}
        for base in bases:
            declared.update(getattr(base, "_declared", {}))
        own = {key: value for key, value in namespace.items() if isinstance(value, Declared)}
        declared.update(own)
        for key in own:
            if key.startswith("_"):
                raise ValueError(f"{name}.{key}: what is declared has no underscore in front")
            del namespace[key]
        namespace["__slots__"] = ()
        namespace["_declared"] = declared
        made = super().__new__(cls, name, bases, namespace)
        _check_that_it_keeps_nothing(made)
        _check_that_no_handler_waits(made)
        if not any(isinstance(base, _DeviceMeta) for base in bases):
            return made
        reader = _Reader(declared)
        reader.describe(made)
        if register:
            made.device_type = type or _snake_case(name)
            _register(made, made.device_type, reader, compile)
        return made

    def __init__(
        cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **told: Any
    ) -> None:
        super().__init__(name, bases, namespace)

    def __call__(cls, *arguments: Any, **more: Any) -> Any:
        raise TypeError(
            f"{cls.__name__} is a device type: write  type: {getattr(cls, 'device_type', '...')}  "
            "in a scenario; the engine makes its devices"
        )


def _methods_of(made: type) -> dict[str, Callable[..., Any]]:
    methods: dict[str, Callable[..., Any]] = {}
    for name in dir(made):
        value = inspect.getattr_static(made, name)
        if inspect.isfunction(value) and (name.startswith("on_") or name in _HANDLERS):
            methods[name] = value
    return methods


def _check_that_no_handler_waits(made: type) -> None:
    """A generator or a coroutine would be made and thrown away: nothing would happen, silently."""
    for method, function in _methods_of(made).items():
        kinds = (
            (inspect.iscoroutinefunction, "async def"),
            (inspect.isasyncgenfunction, "async def"),
            (inspect.isgeneratorfunction, "yield"),
        )
        for is_it, word in kinds:
            if is_it(function):
                raise ValueError(
                    f"{made.__name__}.{method} is written with `{word}`, but handlers cannot "
                    "wait: set a timer with self.after(self.NAME, seconds), and go on in on_NAME"
                )


def _check_that_it_keeps_nothing(made: type) -> None:
    """`self` lives for one call: what an attribute of its own kept would be lost, silently."""
    for base in made.__mro__:
        if base is object or base is DeviceBase or isinstance(base, _DeviceMeta):
            continue
        if vars(base).get("__slots__", ("__dict__",)):
            raise ValueError(
                f"{made.__name__}: its base {base.__name__} lets instances keep attributes that "
                f"are no state, and would be lost: write  __slots__ = ()  in {base.__name__}, and "
                "declare what is to be kept with ft.state in the device class"
            )


def _register(made: type, name: str, reader: _Reader, compile: bool) -> None:  # noqa: A002
    methods = _methods_of(made)
    timers = {f"on_{timer}" for timer, _ in reader.groups["timer"]}
    clash = [timer for timer, _ in reader.groups["timer"] if f"on_{timer}" in _HANDLERS]
    if clash:
        raise ValueError(f"{made.__name__}: {clash[0]!r} is no name for a timer: it is taken")
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


class Device(DeviceBase, metaclass=_DeviceMeta, register=False):
    """A device type of your own; see the module for a whole one.

    Class attributes declare it (:func:`parameter`, :func:`law`, :func:`state`, :func:`figure`,
    :func:`timer`, :func:`draws`, :func:`flow`, :func:`power`, ...); methods handle what happens,
    all of them optional:

    ==========================  ===================================================================
    ``start(self)``             at time 0, before measuring begins: record levels, no totals
    ``on_NAME(self)``           the timer NAME has fired; ``(self, slot)`` when it has several slots
    ``on_timer(self, t, slot)`` any timer without a handler of its own
    ``on_part(self, part)``     a part has come in (``flow``)
    ``on_left(self, part)``     a part that was sent on has left
    ``on_shift(self, open)``    its calendar opens or closes; also at time 0
    ``finish(self)``            figures are told: record what is due. What it changes is for that
                                report alone
    ==========================  ===================================================================

    Handlers cannot wait (no ``yield``, no ``async def``): they set a timer, and the next handler
    goes on. A mixin of a device class says ``__slots__ = ()``.

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
