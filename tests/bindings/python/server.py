"""A server in Python, as a native station would serve: for tests and benchmark of devices."""

import foretwin as ft

LINE = """
foretwin: 1
name: two servers
time: {{horizon: {horizon}}}
devices:
  In: {{type: source, every: {{exponential: {{mean: 10 s}}}}, when_full: lost, next: A}}
  A: {{type: {kind}, cycle: {{exponential: {{mean: 8 s}}}}, {places}: {first}, next: B}}
  B: {{type: {kind}, cycle: {{exponential: {{mean: 8 s}}}}, {places}: {second}, next: Out}}
  Out: {{type: sink}}
changes:
  faster: {{scale: {{A/cycle: 0.8}}}}
"""


class _Server(ft.Device, register=False):
    """One machine, parts in order of arrival, blocking after service."""

    cycle = ft.law(unit="s", meaning="time of one part")
    load = ft.parameter("2 kW", unit="W", lowest=0, highest=1e4, meaning="power while it works")
    busy = ft.state(0)
    next_part = ft.state(0)
    waiting = ft.state(0)
    done = ft.timer()
    processing = ft.draws()
    served = ft.figure(unit="part", kind="total")
    wait = ft.figure(unit="s", kind="mean")
    queue = ft.figure(unit="part", kind="time average")
    flow = ft.flow(capacity="unlimited")
    power = ft.power(highest=1e4)

    def begin(self):
        if self.busy == 0 and self.waiting > 0:
            self.busy = 1
            self.waiting -= 1
            self.record(self.queue, self.waiting)
            self.record(self.wait, self.now - self.part_arrived(self.next_part))
            self.set_power(self.load)
            self.after(self.done, self.sample(self.cycle, self.processing, self.next_part))

    def on_part(self, part):
        self.waiting += 1
        self.record(self.queue, self.waiting)
        self.begin()

    def on_done(self):
        self.record(self.served, 1)
        self.set_power(0.0)
        self.send_on(self.next_part)

    def on_left(self, part):
        self.next_part = part + 1
        self.busy = 0
        self.begin()


class Server(_Server):
    """A server in Python."""


def native_line(horizon="50 h"):
    """The same with stations: `buffer` counts the places before the machine."""
    return LINE.format(kind="station", places="buffer", first=4, second=1, horizon=horizon)


def line_of(kind, horizon="50 h"):
    """The line with servers of a device type."""
    return LINE.format(kind=kind, places="capacity", first=5, second=2, horizon=horizon)
