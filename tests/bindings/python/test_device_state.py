"""What state of a device class takes, and when its figures are measured."""

from __future__ import annotations

import pytest
from test_devices import QUIET, alone, cause_of, figure_of

import foretwin as ft


def test_measuring_begins_after_what_happens_at_that_instant() -> None:
    class Early(ft.Device):
        """Records 1 in `start`, 2 at 0 s and 4 at 1 h, the end."""

        total = ft.figure(kind="total")
        mean = ft.figure(kind="mean")
        level = ft.figure(kind="time average")
        last = ft.figure(kind="last")
        tick = ft.timer(slots=2)

        def told(self, value: float) -> None:
            self.record(self.total, value)
            self.record(self.mean, value)

        def start(self) -> None:
            self.told(1)
            self.record(self.level, 8)
            self.record(self.last, 8)
            self.after(self.tick, 0.0, 0)
            self.after(self.tick, 1800.0, 1)

        def on_tick(self, slot: int) -> None:
            self.told(2 + 2 * slot)

    study = alone("early").run(replications=1, **QUIET)
    found = [figure_of(study, "D", name) for name in ("total", "mean", "level", "last")]
    assert found == [4, 4, 8, 8]


def test_the_instant_at_which_measuring_begins_is_that_of_native_devices() -> None:
    class Clock(ft.Device):
        """Counts every 5 s."""

        ticks = ft.figure()
        tick = ft.timer(kind="arrival")

        def start(self) -> None:
            self.after(self.tick, 5.0)

        def on_tick(self) -> None:
            self.record(self.ticks, 1)
            self.start()

    study = ft.load("""
foretwin: 1
name: both
time: {warm_up: 5 s, horizon: 12 s}
devices:
  In: {type: source, every: 5 s, when_full: lost, next: Out}
  Out: {type: sink}
  Clock: {type: clock}
""").run(replications=1, **QUIET)
    # At 10 s and 15 s: what happens at 5 s comes before measuring begins.
    assert figure_of(study, "In", "offered") == figure_of(study, "Clock", "ticks") == 2


def test_state_of_several_values_is_assigned_one_by_one_or_as_a_whole() -> None:
    class Fills(ft.Device):
        """Assigns all of it at once."""

        lv = ft.state(0.0, size=3)
        n = ft.state(0, size=2)
        last = ft.figure(kind="last")

        def start(self) -> None:
            self.lv = [1, 2.5, 3]
            self.n = (value + 4 for value in range(2))
            self.record(self.last, sum(self.lv) + 100 * self.n[1])

    assert figure_of(alone("fills").run(replications=1, **QUIET), "D", "last") == 506.5


@pytest.mark.parametrize(
    ("wrong", "kind", "told"),
    [
        ("self.lv = [1, 2]", ValueError, "'lv' has 3 values: assign one of them, as in  self.lv"),
        ("self.lv = 7", ValueError, "or a sequence of all 3"),
        ("self.lv = [1, 'a', 2]", TypeError, "state 'lv' takes a number, not 'a'"),
        ("self.lv[0] = 'a'", TypeError, "state 'lv' takes a number, not 'a'"),
        ("self.lv[3] = 1", IndexError, "lv has 3 values, none at index 3"),
        ("self.n[0] = 1.5", TypeError, "state 'n' takes a whole number of 64 bits, not 1.5"),
        ("self.n[0] = 2**70", OverflowError, "state 'n' takes a whole number of 64 bits, not 11"),
        ("self.one = 'a'", TypeError, "state 'one' takes a number, not 'a'"),
        ("self.whole_one = None", TypeError, "state 'whole_one' takes a whole number"),
        ("del self.one", TypeError, "state 'one' cannot be deleted"),
        ("self.given = 2", AttributeError, "'given' of Mistakes cannot be assigned"),
    ],
)
def test_what_state_does_not_take_is_told(wrong: str, kind: type, told: str) -> None:
    class Mistakes(ft.Device):
        """Assigns what cannot be."""

        given = ft.parameter(1.5, meaning="a number")
        lv = ft.state(0.0, size=3)
        n = ft.state(0, size=2)
        one = ft.state(0.0)
        whole_one = ft.state(0)

        def start(self) -> None:
            exec(wrong, {"self": self})

    message, cause = cause_of("mistakes")
    assert told in message
    assert isinstance(cause, kind)
