"""A device of your own: an oven that dries parts in batches, and whether a larger load pays.

Run it: python drying_oven.py
"""

from __future__ import annotations

import foretwin as ft

PLANT = """
foretwin: 1
name: A drying oven
time: {start: 2026-01-05T06:00, zone: Europe/Berlin, warm_up: 1 day, horizon: 2 weeks}
devices:
  Press: {type: source, every: {exponential: {mean: 3 min}}, when_full: lost, next: Rack}
  Rack: {type: buffer, capacity: 12, next: Oven}
  Oven: {type: drying_oven, capacity: 24, drying: {lognormal: {mean: 20 min, sd: 2 min}}, next: Out}
  Out: {type: sink}
  Grid: {type: tariff, energy: {price: 0.21 EUR/kWh}}
changes:
  larger load: {set: {Oven/batch: 12}}
"""


class DryingOven(ft.Device):
    """Dries parts in batches: it waits for a full load, or for so long.

    One batch at a time; no failures.
    """

    batch = ft.parameter(8, kind="count", lowest=1, highest=1000, meaning="parts of a full load")
    patience = ft.parameter("30 min", unit="s", lowest=0, meaning="longest wait for a full load")
    drying = ft.law(unit="s", meaning="time of a batch")
    load = ft.parameter("18 kW", unit="W", lowest=0, highest=1e5, meaning="power while it dries")

    inside = ft.state(0)  # parts of this batch
    first = ft.state(0)  # ticket of its first part
    fill = ft.figure(unit="part", kind="mean")
    share_hot = ft.figure(kind="time average")
    full = ft.timer()
    done = ft.timer()
    time = ft.draws()
    flow = ft.flow(capacity=None)
    power = ft.power(highest=1e5)

    def on_part(self, part: int) -> None:
        self.inside += 1
        if self.inside == 1:
            self.after(self.full, self.patience)
        if self.inside == self.batch:
            self.begin()

    def on_full(self) -> None:
        self.begin()

    def begin(self) -> None:
        self.let_in(False)
        self.cancel(self.full)
        self.record(self.fill, self.inside)
        self.record(self.share_hot, 1)
        self.set_power(self.load)
        self.after(self.done, self.sample(self.drying, self.time))

    def on_done(self) -> None:
        self.set_power(0.0)
        self.record(self.share_hot, 0)
        for part in range(self.first, self.first + self.inside):
            self.send_on(part)
        self.first += self.inside
        self.inside = 0
        self.let_in(True)


def main() -> None:
    study = ft.load(PLANT).compare(replications=32, seed=1)
    for kpi in ("production", "lost_parts", "energy_per_part"):
        print(f"{kpi}: {study['baseline'][kpi]}, with a larger load: {study['larger load'][kpi]}")
        print(f"  difference: {study['larger load'].difference(kpi)}")


if __name__ == "__main__":
    main()
