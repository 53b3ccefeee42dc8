"""Handlers of a device class compiled by Numba: the same methods, without the interpreter.

``class Oven(ft.Device, compile=True)`` compiles every handler, and every method that they call, to
machine code against the engine's plain C interface (``models/external/device_abi.h``). ``self`` is
then the address of the device at work: its attributes are loads and stores, its methods calls of
the engine. What Numba cannot compile is told when the class is defined.

Differences from the interpreted class: integers are 64 bits wide and wrap around; an exception (an
index outside a state of several values is one) stops the study without its text; a wrong request to
the engine stops the study when the handler ends, not at once; attributes that are text
(``ft.text``, ``ft.choice``, ``name``) cannot be asked.
"""

# Numba and llvmlite have no complete types: checking stops at their door.
# mypy: ignore-errors

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

__all__ = ["compile_handlers"]

try:
    from llvmlite import ir
    from numba import cfunc, njit, types
    from numba.core import cgutils
    from numba.core.typing.templates import AttributeTemplate, infer_getattr
    from numba.extending import (
        intrinsic,
        lower_getattr_generic,
        lower_setattr_generic,
        models,
        overload_method,
        register_model,
    )
    from numba.np import arrayobj
except ImportError as missing:
    raise ImportError("compile=True needs Numba: pip install foretwin[numba]") from missing

# Places of the services in the table of device_abi.h, with their result and arguments behind the
# device.
_F, _I, _L = types.float64, types.int32, types.int64
_NOTHING = types.void
_SERVICES: dict[str, tuple[int, Any, tuple[Any, ...]]] = {
    "now": (0, _L, ()),
    "after": (1, _NOTHING, (_I, _I, _F)),
    "cancel": (2, _NOTHING, (_I, _I)),
    "due": (3, _L, (_I, _I)),
    "draw": (4, _F, (_I, _L, _I, _F, _F)),
    "draw_parameter": (5, _F, (_I, _L, _I)),
    "record": (6, _NOTHING, (_I, _F)),
    "set_power": (7, _NOTHING, (_F,)),
    "part_fact": (8, _L, (_L, _I)),
    "send_on": (9, _NOTHING, (_L,)),
    "scrap": (10, _NOTHING, (_L,)),
    "let_in": (11, _NOTHING, (_I,)),
    "parts_inside": (12, _L, ()),
    "capacity": (13, _L, ()),
    "on_shift": (14, _I, ()),
}
_FAIL = 17
_NEVER = 2**63 - 1
# State of several values is an array in the memory of the kernel: an index outside it would write
# the state of a neighbour.
_CHECKED = {"boundscheck": True}

_POINTER = ir.IntType(8).as_pointer()
_HEAD = ir.LiteralStructType([_POINTER] * 4 + [ir.IntType(64)])
_FIELDS = {"parameters": 1, "numbers": 2, "counts": 3}


class _View(types.Type):
    """The type of ``self`` in compiled handlers; one subclass per device class."""

    attributes: dict[str, tuple[Any, ...]] = {}


def _field(builder: Any, device: Any, number: int) -> Any:
    head = builder.bitcast(device, _HEAD.as_pointer())
    return builder.load(cgutils.gep_inbounds(builder, head, 0, number))


def _element(context: Any, builder: Any, device: Any, field: str, kind: Any, number: int) -> Any:
    base = builder.bitcast(
        _field(builder, device, _FIELDS[field]), context.get_data_type(kind).as_pointer()
    )
    return builder.gep(base, [ir.Constant(ir.IntType(64), number)])


def _service_pointer(builder: Any, device: Any, place: int, kind: Any) -> Any:
    table = builder.bitcast(_field(builder, device, 0), _POINTER.as_pointer())
    entry = builder.load(builder.gep(table, [ir.Constant(ir.IntType(64), place)]))
    return builder.bitcast(entry, kind.as_pointer())


def _service(name: str) -> Any:
    place, result, wanted = _SERVICES[name]

    @intrinsic
    def call(typing_context: Any, device: Any, arguments: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
            values = [given[0]]
            for number, kind in enumerate(wanted):
                value = builder.extract_value(given[1], number)
                values.append(context.cast(builder, value, signature.args[1].types[number], kind))
            returned = ir.VoidType() if result is _NOTHING else context.get_value_type(result)
            kinds = [_POINTER] + [context.get_value_type(kind) for kind in wanted]
            pointer = _service_pointer(builder, given[0], place, ir.FunctionType(returned, kinds))
            answer = builder.call(pointer, values)
            return context.get_dummy_value() if result is _NOTHING else answer

        return result(device, arguments), generate

    return call


_now = _service("now")
_after = _service("after")
_cancel = _service("cancel")
_due = _service("due")
_draw = _service("draw")
_draw_parameter = _service("draw_parameter")
_record = _service("record")
_set_power = _service("set_power")
_part_fact = _service("part_fact")
_send_on = _service("send_on")
_scrap = _service("scrap")
_let_in = _service("let_in")
_parts_inside = _service("parts_inside")
_capacity = _service("capacity")
_on_shift = _service("on_shift")


def _note_exception(reader: Any) -> Any:
    """What tells the engine that a handler raised. Compiled code does not know what."""
    arrays = [
        f"{told['name']} ({told['size']} values)" for told in reader.states() if told["size"] > 1
    ]
    guess = f", for instance at an index outside {' or '.join(arrays)}" if arrays else ""
    told = f"an exception in a compiled handler{guess}; compile=False tells which"

    @intrinsic
    def note(typing_context: Any, device: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
            text = context.insert_const_string(builder.module, told)
            kind = ir.FunctionType(ir.VoidType(), [_POINTER, _POINTER])
            builder.call(_service_pointer(builder, given[0], _FAIL, kind), [given[0], text])
            return context.get_dummy_value()

        return types.void(device), generate

    return note


# -- attributes ------------------------------------------------------------------------------------

_PROPERTIES = {
    "now": types.float64,
    "now_ns": types.int64,
    "parts_inside": types.int64,
    "capacity": types.float64,
    "on_shift": types.boolean,
}


@njit
def _get_now(self):
    return _now(self, ()) * 1e-9


@njit
def _get_now_ns(self):
    return _now(self, ())


@njit
def _get_parts_inside(self):
    return _parts_inside(self, ())


@njit
def _get_capacity(self):
    places = _capacity(self, ())
    return float("inf") if places == _NEVER else float(places)


@njit
def _get_on_shift(self):
    return _on_shift(self, ()) != 0


_GETTERS = {
    "now": _get_now,
    "now_ns": _get_now_ns,
    "parts_inside": _get_parts_inside,
    "capacity": _get_capacity,
    "on_shift": _get_on_shift,
}


@infer_getattr
class _Attributes(AttributeTemplate):
    key = _View

    def generic_resolve(self, view: Any, name: str) -> Any:
        if name in view.attributes:
            return view.attributes[name][0]
        return _PROPERTIES.get(name)


@lower_getattr_generic(_View)
def _lower_get(context: Any, builder: Any, view: Any, device: Any, name: str) -> Any:
    if name in _PROPERTIES:
        getter = _GETTERS[name]
        signature = _PROPERTIES[name](view)
        return context.compile_internal(builder, getter.py_func, signature, [device])
    kind, field, number, size = view.attributes[name]
    if field == "constant":
        return context.get_constant(kind, number)
    if size > 1:
        array = arrayobj.make_array(kind)(context, builder)
        arrayobj.populate_array(
            array,
            data=_element(context, builder, device, field, kind.dtype, number),
            shape=[context.get_constant(types.intp, size)],
            strides=[context.get_constant(types.intp, 8)],
            itemsize=context.get_constant(types.intp, 8),
            meminfo=None,
        )
        return array._getvalue()
    stored = types.float64 if field == "parameters" else kind
    value = builder.load(_element(context, builder, device, field, stored, number))
    if kind is types.boolean:
        return builder.fcmp_ordered("!=", value, ir.Constant(ir.DoubleType(), 0.0))
    return context.cast(builder, value, stored, kind)


@lower_setattr_generic(_View)
def _lower_set(context: Any, builder: Any, signature: Any, given: Any, name: str) -> None:
    kind, field, number, size = signature.args[0].attributes[name]
    if field not in ("numbers", "counts") or size > 1:
        raise AttributeError(f"'{name}' is no state: it cannot be assigned")
    value = context.cast(builder, given[1], signature.args[1], kind)
    builder.store(value, _element(context, builder, given[0], field, kind, number))


# -- methods ---------------------------------------------------------------------------------------


def _method(name: str, function: Callable[..., Any], view: Any = _View) -> None:
    """Lets compiled code call `function` as a method of `self`."""

    def resolve(*given: Any, **named: Any) -> Callable[..., Any]:
        return function

    resolve.__signature__ = inspect.signature(function)
    overload_method(view, name, jit_options=_CHECKED)(resolve)


def _own_methods() -> None:
    # ruff: noqa: E731
    _method("after", lambda self, timer, seconds, slot=0: _after(self, (timer, slot, seconds)))
    _method("cancel", lambda self, timer, slot=0: _cancel(self, (timer, slot)))

    def due(self, timer, slot=0):
        at = _due(self, (timer, slot))
        return float("inf") if at == _NEVER else at * 1e-9

    _method("due", due)
    for law, name in enumerate(
        ("uniform", "exponential", "normal", "lognormal", "weibull", "gamma")
    ):
        _method(name, _law_of_one(law) if name == "exponential" else _law_of_two(law))

    def whole(self, draws, n, part=-1):
        return int(_draw(self, (draws, part, 6, n, 0.0)))

    _method("whole", whole)
    _method("sample", lambda self, law, draws, part=-1: _draw_parameter(self, (draws, part, law)))
    _method("record", lambda self, figure, value: _record(self, (figure, value)))
    _method("set_power", lambda self, watts: _set_power(self, (watts,)))
    _method("send_on", lambda self, part: _send_on(self, (part,)))
    _method("scrap", lambda self, part: _scrap(self, (part,)))
    _method("let_in", lambda self, open: _let_in(self, (open,)))
    _method("part_number", lambda self, part: _part_fact(self, (part, 0)))
    _method("part_source", lambda self, part: _part_fact(self, (part, 1)))
    _method("part_visits", lambda self, part: _part_fact(self, (part, 2)))
    _method("part_entered", lambda self, part: _part_fact(self, (part, 3)) * 1e-9)
    _method("part_arrived", lambda self, part: _part_fact(self, (part, 4)) * 1e-9)


def _law_of_one(law: int) -> Callable[..., Any]:
    return lambda self, draws, a, part=-1: _draw(self, (draws, part, law, a, 0.0))


def _law_of_two(law: int) -> Callable[..., Any]:
    return lambda self, draws, a, b, part=-1: _draw(self, (draws, part, law, a, b))


_own_methods()


# -- one class -------------------------------------------------------------------------------------


def _attributes_of(reader: Any) -> dict[str, tuple[Any, ...]]:
    """Name -> (type, where it lies, number, size)."""
    made: dict[str, tuple[Any, ...]] = {}
    kinds = {"count": types.int64, "boolean": types.boolean}
    for number, (name, told) in enumerate(reader.groups["parameter"]):
        if told["kind"] == "law":
            made[name] = (types.int64, "constant", number, 1)
        elif told["kind"] not in ("text", "choice", "calendar"):
            made[name] = (kinds.get(told["kind"], types.float64), "parameters", number, 1)
    first = {"numbers": 0, "counts": 0}
    for told in reader.states():
        field, kind = ("counts", types.int64) if told["integer"] else ("numbers", types.float64)
        size = told["size"]
        made[told["name"]] = (
            kind if size == 1 else types.Array(kind, 1, "C"),
            field,
            first[field],
            size,
        )
        first[field] += size
    for group in ("timer", "purpose", "figure"):
        for number, (name, _) in enumerate(reader.groups[group]):
            made[name] = (types.int64, "constant", number, 1)
    return made


def _view_of(made: type, reader: Any) -> Any:
    name = f"{made.__module__}.{made.__qualname__}#{id(made)}"
    kind = type("_ViewOf", (_View,), {"attributes": _attributes_of(reader)})
    register_model(kind)(models.OpaqueModel)
    return kind(name=name)


def _bodies(reader: Any, methods: dict[str, Callable[..., Any]]) -> dict[str, list[str]]:
    """The lines that each handler of the engine runs."""
    calls = {
        "start": ("start", ""),
        "on_part": ("part", ", what"),
        "on_left": ("left", ", what"),
        "on_shift": ("shift", ", what != 0"),
        "finish": ("finish", ""),
    }
    bodies = {
        handler: [f"{method}(self{given})"]
        for method, (handler, given) in calls.items()
        if method in methods
    }
    timers = []
    for number, told in enumerate(reader.timers(methods)):
        if told["function"] is not None:
            slot = ", which" if told["has_slot"] else ""
            timers += [
                f"if what == {number}:",
                f"    on_{told['name']}(self{slot})",
                "    return 0",
            ]
    if "on_timer" in methods:
        timers.append("on_timer(self, what, which)")
    if timers:
        bodies["timer"] = timers
    return bodies


def _plain_methods(made: type) -> dict[str, Callable[..., Any]]:
    """Everything written in Python that a handler may call on `self`."""
    found: dict[str, Callable[..., Any]] = {}
    for base in reversed(made.__mro__):
        for name, value in vars(base).items():
            if inspect.isfunction(value):
                found[name] = value
    return found


def compile_handlers(
    made: type, reader: Any, methods: dict[str, Callable[..., Any]]
) -> tuple[dict[str, int], list[Any]]:
    """The addresses of the compiled handlers by name, and what must live as long as they do."""
    view = _view_of(made, reader)

    @intrinsic
    def view_of(typing_context: Any, device: Any) -> Any:
        return view(types.voidptr), lambda context, builder, signature, given: given[0]

    for name, function in _plain_methods(made).items():
        _method(name, function, type(view))
    known: dict[str, Any] = {
        name: njit(function, **_CHECKED) for name, function in methods.items()
    }
    known.update(view_of=view_of, note=_note_exception(reader))
    signature = types.int32(types.voidptr, types.voidptr, types.int64, types.int64)
    kept: list[Any] = [view]
    addresses: dict[str, int] = {}
    for handler, lines in _bodies(reader, methods).items():
        source = "\n".join(
            [
                "def handler(context, device, what, which):",
                "    try:",
                "        self = view_of(device)",
            ]
            + [f"        {line}" for line in lines]
            + ["    except Exception:", "        note(device)", "        return 1", "    return 0"]
        )
        scope = dict(known)
        exec(source, scope)  # noqa: S102 - the lines above, with names of the class's own methods
        compiled = cfunc(signature, **_CHECKED)(scope["handler"])
        kept.append(compiled)
        addresses[handler] = compiled.address
    return addresses, kept
