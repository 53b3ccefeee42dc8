"""A class becomes a device like any other: same figures, same errors, same promises."""

from __future__ import annotations

import doctest
import gc
import pathlib
import threading
import weakref

import pytest
from conftest import run_python
from server import Server, _Server, line_of, native_line

import foretwin as ft
import foretwin.device

QUIET = {"progress": False, "seed": 1}

ALONE = """
foretwin: 1
name: one device
time: {{horizon: {horizon}}}
devices: {{D: {{type: {kind}{keys}}}}}
"""


def alone(kind: str, keys: str = "", horizon: str = "1 h") -> ft.Scenario:
    return ft.load(ALONE.format(kind=kind, keys=keys and ", " + keys, horizon=horizon))


def figure_of(study: ft.Study, device: str, name: str) -> float:
    figure = study.tree["alternatives"]["baseline"]["devices"][device]
    for step in name.split("/"):
        figure = figure[step]
    return figure["mean"]


def cause_of(kind: str, keys: str = "") -> tuple[str, BaseException | None]:
    with pytest.raises(ft.InputError) as caught:
        alone(kind, keys).run(replications=1, **QUIET)
    return str(caught.value), caught.value.__cause__


def test_the_documentation_runs() -> None:
    assert doctest.testmod(foretwin.device).failed == 0


def test_a_server_in_python_takes_the_draws_of_a_native_station() -> None:
    own = ft.load(line_of("server")).run(replications=4, **QUIET)
    native = ft.load(native_line()).run(replications=4, **QUIET)
    for kpi in ("production", "lost_parts", "lead_time", "work_in_process"):
        assert list(own["baseline"].futures(kpi)) == list(native["baseline"].futures(kpi)), kpi
    assert figure_of(own, "B", "served") == own["baseline"]["production"].mean
    assert figure_of(own, "A", "energy") > 0


def test_threads_and_executors_change_nothing() -> None:
    scenario = ft.load(line_of("server", "20 h"))
    options = {"replications": 6, "trace_fingerprint": True, **QUIET}
    truth = scenario.run(threads=1, **options)
    for executor in ("sequential", "parallel", "optimistic", "reference"):
        other = scenario.run(threads=4, executor=executor, **options)
        assert other.fingerprint == truth.fingerprint
        trees = [study.tree["alternatives"]["baseline"] for study in (truth, other)]
        assert trees[0]["trace_fingerprint"] == trees[1]["trace_fingerprint"]


def test_a_study_with_handlers_in_python_can_be_stopped() -> None:
    class Enough(Exception):
        pass

    def progress(done: int, expected: int) -> None:
        raise Enough

    with pytest.raises(Enough):
        ft.load(line_of("server")).run(replications=1000, seed=1, progress=progress)


def test_a_change_is_compared_on_the_same_futures() -> None:
    study = ft.load(line_of("server", "20 h")).compare(replications=8, **QUIET)
    lost = study["faster"].difference("lost_parts")
    assert lost.high < 0
    assert lost.sd < study["baseline"]["lost_parts"].sd


def test_two_studies_at_once_are_those_one_after_the_other() -> None:
    scenario = ft.load(line_of("server", "10 h"))
    truth = scenario.run(replications=4, **QUIET).fingerprint
    found: list[str] = []
    threads = [
        threading.Thread(
            target=lambda: found.append(scenario.copy().run(replications=4, **QUIET).fingerprint)
        )
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [truth] * 3


class Everything(ft.Device):
    """Declares one of each kind.

    Nothing it does means anything.
    """

    length = ft.parameter("2 m", unit="mm", lowest=1, highest=5000, meaning="a length")
    share = ft.parameter("5 %", kind="fraction", meaning="a share")
    many = ft.parameter(3, kind="count", meaning="a count")
    bold = ft.parameter(True, meaning="a choice of two")
    factor = ft.parameter(1.5, meaning="a number")
    way = ft.choice("left", "right", default="right", meaning="a choice")
    label = ft.text("plain", meaning="a text")
    pause = ft.law("{exponential: {mean: 1 min}}", unit="min", meaning="a law")
    calendar = ft.calendar()
    level = ft.state("factor")
    levels = ft.state(0.5, size=3)
    counts = ft.state(7, size=2)
    tick = ft.timer(slots="many", kind="sampling")
    once = ft.timer()
    noise = ft.draws()
    seen = ft.figure(kind="last")
    pauses = ft.figure(unit="min", kind="mean")
    share_told = ft.figure(kind="total")

    def start(self) -> None:
        assert (self.length, self.share, self.many, self.bold) == (2000.0, 0.05, 3, True)
        assert self.factor == 1.5
        assert (self.way, self.label, self.level, self.name) == ("right", "plain", 1.5, "D")
        assert (len(self.levels), self.levels[2], self.counts[-1]) == (3, 0.5, 7)
        assert self.now == 0 and self.on_shift and self.due(self.once) == float("inf")
        for slot in range(self.many):
            self.after(self.tick, 10.0 * (slot + 1), slot)
        self.after(self.once, 25.0)

    def on_tick(self, slot: int) -> None:
        self.levels[slot] = self.now
        assert self.factor == 1.5
        self.counts[1] += 1
        for draw in (
            self.uniform(self.noise, 1.0, 2.0),
            self.exponential(self.noise, 3.0),
            self.lognormal(self.noise, 3.0, 1.0),
            self.weibull(self.noise, 1.5, 2.0),
            self.gamma(self.noise, 2.0, 3.0),
        ):
            assert draw > 0
        assert self.whole(self.noise, 6) in range(6)
        assert isinstance(self.normal(self.noise, 0.0, 1.0), float)
        self.record(self.pauses, self.sample(self.pause, self.noise))
        self.record(self.seen, self.counts[1])

    def on_once(self) -> None:
        assert list(self.levels) == [10.0, 20.0, 0.5] and self.now_ns == 25_000_000_000
        self.cancel(self.tick, 2)
        self.level += self.share

    def finish(self) -> None:
        self.level += 1000
        self.record(self.share_told, self.level)


def test_all_that_can_be_declared_is_there() -> None:
    study = alone("everything").run(replications=3, **QUIET)
    assert figure_of(study, "D", "seen") == 9
    assert figure_of(study, "D", "share_told") == pytest.approx(1001.55)
    assert figure_of(study, "D", "pauses") > 0
    with pytest.raises(ft.InputError, match="6 m' is above 5 m"):
        alone("everything", "length: 6 m")
    with pytest.raises(ft.InputError, match="did you mean 'length'"):
        alone("everything", "lenght: 1 m")
    with pytest.raises(ft.InputError, match="3:|4:|5:"):
        alone("everything", "length: 3 kg")


def test_an_exception_stops_the_study_and_is_its_cause() -> None:
    class Breaks(ft.Device):
        """Breaks at once."""

        gone = ft.timer()

        def start(self) -> None:
            self.after(self.gone, 5.5)

        def on_gone(self) -> None:
            raise KeyError("no such tool")

    told, cause = cause_of("breaks")
    assert "D: the handler `timer` of device type 'breaks' stopped the study at 5.5 s" in told
    assert told.startswith("scenario:5:")
    assert isinstance(cause, KeyError)
    assert cause.__traceback__ is not None


def test_studies_in_several_threads_keep_their_own_causes() -> None:
    class Fails(ft.Device):
        """Raises an exception that says which scenario it was in."""

        which = ft.parameter(0, kind="count", meaning="number of the scenario")

        def start(self) -> None:
            raise LookupError(self.which)

    found: dict[int, tuple[str, BaseException | None]] = {}

    def study(which: int) -> None:
        for _ in range(5):
            found[which] = cause_of("fails", f"which: {which}")

    # 1 is part of 10 and 11, as a text.
    threads = [threading.Thread(target=study, args=(which,)) for which in (1, 10, 11, 12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [1, 10, 11, 12]
    for which, (told, cause) in found.items():
        assert isinstance(cause, LookupError) and cause.args == (which,)
        assert told.endswith(f"stopped the study at 0 s: LookupError: {which}")


def test_state_that_is_not_declared_cannot_be_assigned() -> None:
    class Forgets(ft.Device):
        """Forgets to declare."""

        def start(self) -> None:
            self.memory = 1

    told, cause = cause_of("forgets")
    assert "'memory' is no state of Forgets: declare it" in told
    assert isinstance(cause, AttributeError)


def test_what_the_engine_refuses_is_raised_where_it_was_asked() -> None:
    heard: list[str] = []

    class Impatient(ft.Device):
        """Wants to go back in time."""

        again = ft.timer()

        def start(self) -> None:
            try:
                self.after(self.again, -1.0)
            except ValueError as error:
                heard.append(str(error))
                raise

    told, cause = cause_of("impatient")
    assert "time runs forward only" in told and "time runs forward only" in heard[0]
    assert isinstance(cause, ValueError)


def test_self_is_nothing_after_its_handler() -> None:
    kept: list[ft.Device] = []

    class Leaks(ft.Device):
        """Hands itself out."""

        level = ft.state(0.0)

        def start(self) -> None:
            kept.append(self)

    alone("leaks").run(replications=1, threads=1, **QUIET)
    with pytest.raises(RuntimeError, match="only while one of its handlers runs"):
        kept[0].level  # noqa: B018
    with pytest.raises(TypeError, match="is a device type"):
        Server()


def test_a_class_defined_again_replaces_the_one_before_and_frees_it() -> None:
    def define(seconds: float) -> weakref.ref[type]:
        class Changing(ft.Device):
            """Records when it rings."""

            rings = ft.timer()
            rang = ft.figure(unit="s", kind="total")

            def start(self) -> None:
                self.after(self.rings, seconds)

            def on_rings(self) -> None:
                self.record(self.rang, self.now)

        return weakref.ref(Changing)

    first = define(5.0)
    scenario = alone("changing")
    assert figure_of(scenario.run(replications=1, **QUIET), "D", "rang") == 5
    define(7.0)
    assert figure_of(scenario.run(replications=1, **QUIET), "D", "rang") == 7
    gc.collect()
    assert first() is None


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"on_bell": lambda self: None}, "there is no such timer; declare bell = ft.timer"),
        ({"_a": ft.state(0)}, "no underscore in front"),
        ({"a": ft.parameter("1 parsec", unit="parsec", meaning="m")}, "'parsec' is no unit"),
        ({"a": ft.parameter("3", unit="s", meaning="m")}, "wrong unit"),
        ({"a": ft.state("b")}, "there is no parameter 'b'"),
        ({"flow": ft.flow()}, "no handler takes them"),
        ({"part": ft.timer()}, "is no name for a timer"),
        ({"one": ft.power(highest=1), "two": ft.power(highest=1)}, "once"),
    ],
)
def test_a_class_that_cannot_be_is_refused(wrong: dict[str, object], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        type(ft.Device)("Wrong", (ft.Device,), {"__doc__": "Wrong.", **wrong})


def test_handlers_that_wait_are_refused() -> None:
    told = "cannot wait: set a timer with self.after"
    with pytest.raises(ValueError, match=f"Waits.start is written with `yield`.*{told}"):

        class Waits(ft.Device):
            """As in SimPy."""

            def start(self):
                yield 5.0

    with pytest.raises(ValueError, match=f"Awaits.on_rings is written with `async def`.*{told}"):

        class Awaits(ft.Device):
            """As with asyncio."""

            rings = ft.timer()

            async def on_rings(self) -> None:
                pass

    class Helps(ft.Device):
        """A method that is no handler may be a generator."""

        last = ft.figure(kind="last")

        def steps(self):
            yield from (1.0, 2.0)

        def start(self) -> None:
            for value in self.steps():
                self.record(self.last, value)

    assert figure_of(alone("helps").run(replications=1, **QUIET), "D", "last") == 2


def test_a_base_that_lets_instances_keep_attributes_is_refused() -> None:
    class Loose:
        pass

    class Tight:
        __slots__ = ()

        def twice(self, value: float) -> float:
            return 2 * value

    with pytest.raises(ValueError, match="base Loose .*write  __slots__ = ..  in Loose"):

        class Forgets(Loose, ft.Device):
            """Would lose what it keeps."""

    class Mixed(Tight, ft.Device):
        """Takes a method from elsewhere."""

        last = ft.figure(kind="last")

        def start(self) -> None:
            self.record(self.last, self.twice(3.0))

    assert figure_of(alone("mixed").run(replications=1, **QUIET), "D", "last") == 6


def test_a_name_that_is_taken_is_refused() -> None:
    with pytest.raises(ft.InputError, match="there is a device type 'station' already"):

        class Station(ft.Device):
            """Would hide the native one."""


ENDLESS = """
import os, signal, threading
import foretwin as ft

class Endless(ft.Device):
    'Has a handler that never ends.'

    def start(self):
        while True:
            pass

scenario = ft.load('foretwin: 1\\nname: one\\ntime: {horizon: 1 h}\\ndevices: {D: {type: endless}}')
signal.signal(signal.SIGINT, signal.default_int_handler)
threading.Timer(0.5, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
try:
    scenario.run(replications=2, seed=1, progress=False)
except KeyboardInterrupt:
    print("interrupted")
"""


def test_a_handler_that_never_ends_can_be_interrupted() -> None:
    assert run_python(ENDLESS, timeout=60) == "interrupted\n"


def test_compiled_handlers_give_the_same_fingerprint() -> None:
    pytest.importorskip("numba")

    class Compiled(_Server, compile=True):
        """A server compiled by Numba."""

    own = ft.load(line_of("server")).run(replications=4, **QUIET)
    compiled = ft.load(line_of("compiled")).run(replications=4, **QUIET)
    assert compiled.fingerprint == own.fingerprint


def test_compiled_handlers_read_and_write_what_is_declared() -> None:
    pytest.importorskip("numba")

    class Sums(ft.Device, compile=True):
        """Fills an array, tick by tick, and records its sum."""

        many = ft.parameter(4, kind="count", meaning="how many ticks")
        bold = ft.parameter(True, meaning="twice the sum")
        levels = ft.state(0.25, size=8)
        ticks = ft.state(0)
        tick = ft.timer()
        noise = ft.draws()
        total = ft.figure(kind="last")

        def start(self) -> None:
            self.after(self.tick, 10.0)

        def on_tick(self) -> None:
            self.levels[self.ticks] += self.now + self.whole(self.noise, 1)
            self.ticks += 1
            if self.ticks < self.many:
                self.after(self.tick, 10.0)
            factor = 2.0 if self.bold else 1.0
            self.record(self.total, factor * self.levels.sum())

    study = alone("sums").run(replications=2, **QUIET)
    assert figure_of(study, "D", "total") == 2 * (10 + 20 + 30 + 40 + 8 * 0.25)

    class Raises(ft.Device, compile=True):
        """Raises from compiled code."""

        def start(self) -> None:
            raise ValueError("nobody hears this")

    told, _ = cause_of("raises")
    assert "an exception in a compiled handler" in told


@pytest.mark.parametrize("index", [3, -4, 10**12])
def test_compiled_handlers_stay_within_their_state(index: int) -> None:
    pytest.importorskip("numba")

    class Beyond(ft.Device, compile=True):
        """Writes where no state of its own is, in a method that a handler calls."""

        lv = ft.state(0, size=3)
        neighbour = ft.state(5)

        def write(self) -> None:
            self.lv[index] = 7

        def start(self) -> None:
            self.lv[2] = 1
            self.lv[-3] = 1
            self.write()

    told, _ = cause_of("beyond")
    assert "D: the handler `start` of device type 'beyond' stopped the study at 0 s" in told
    assert "an exception in a compiled handler, for instance at an index outside lv (3 v" in told

    class Reads(ft.Device, compile=True):
        """Reads there, in the handler itself."""

        lv = ft.state(0.0, size=3)
        seen = ft.figure()

        def start(self) -> None:
            self.record(self.seen, self.lv[index])

    assert "outside lv (3 values)" in cause_of("reads")[0]


def test_the_example_of_an_oven_runs() -> None:
    program = pathlib.Path(__file__).parents[3] / "bindings/python/examples/drying_oven.py"
    told = run_python(program.read_text())
    assert "lost_parts" in told and "difference: -" in told
