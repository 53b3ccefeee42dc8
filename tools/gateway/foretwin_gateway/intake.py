"""Where all sources put what they read: fitted to its kind, thinned, made durable, in order."""

from __future__ import annotations

import asyncio
import collections
import dataclasses
import logging

from .sample import Quality, Sample, Value, fitted, now_ns
from .settings import Item, Source
from .store import AsyncStore

log = logging.getLogger("gateway")
MOST_PENDING = 200_000  # samples in memory while the disk is slow; more are lost and counted


@dataclasses.dataclass
class Device:
    """What is known of a device right now."""

    items: tuple[Item, ...]
    up: bool = False
    deaths: int = 0  # how often it went down since the gateway started
    latest: dict[str, Sample] = dataclasses.field(default_factory=dict)


class Intake:
    """Accepts values of all items. `changed` is set when there is something to tell the broker."""

    def __init__(self, sources: tuple[Source, ...], store: AsyncStore, tell_gone: bool) -> None:
        self.store = store
        self.tell_gone = tell_gone  # a device that is gone gives a bad sample of each item
        self.devices = {name: Device(tuple(item for item in source.items if item.device == name))
                        for source in sources for name in source.devices}
        self.changed = asyncio.Event()
        self.bad_values = 0  # values that are none of their kind, since the gateway started
        self._told: dict[tuple[str, str], tuple[Value, Quality]] = {}
        self._pending: list[Sample] = []
        self._writing: list[Sample] = []
        self._pending_event = asyncio.Event()
        self._overflow = 0

    def tell(self, item: Item, value: object, time_ns: int, quality: Quality = Quality.GOOD,
             status: str = "") -> None:
        """A value was read; one that is none of its kind becomes a bad one, and is counted."""
        right: Value = None
        if value is not None:
            try:
                right = fitted(value, item.kind)
            except ValueError as error:
                self.bad_values += 1
                quality, status = Quality.BAD, status or str(error)
        elif quality is Quality.GOOD:
            quality, status = Quality.BAD, status or "no value"
        if self._is_news(item, right, quality):
            self._told[item.device, item.name] = (right, quality)
            self._add(Sample(item.device, item.name, time_ns, right, quality, status))

    def _is_news(self, item: Item, value: Value, quality: Quality) -> bool:
        if item.deadband is None or (item.device, item.name) not in self._told:
            return True
        last, last_quality = self._told[item.device, item.name]
        if quality != last_quality or value is None or last is None or item.deadband == 0:
            return (value, quality) != (last, last_quality)
        return abs(value - last) > item.deadband  # type: ignore[operator]

    def _add(self, sample: Sample) -> None:
        self.devices[sample.device].latest[sample.item] = sample
        if len(self._pending) < MOST_PENDING:
            self._pending.append(sample)
        else:
            self._overflow += 1
        self._pending_event.set()

    def device_up(self, name: str) -> None:
        if not self.devices[name].up:
            self.devices[name].up = True
            self.changed.set()

    def device_down(self, name: str) -> None:
        """Its source is gone; the next value of each item is news, whatever the deadband."""
        device = self.devices[name]
        if not device.up:
            return
        device.up = False
        device.deaths += 1
        for item in device.items:
            self._told.pop((name, item.name), None)
            if self.tell_gone:
                self._add(Sample(name, item.name, now_ns(), None, Quality.BAD, "disconnected"))
        self.changed.set()

    async def flush(self) -> None:
        """Makes durable what was read so far; what the queue refuses is counted and told."""
        samples, self._pending = self._pending, []
        self._writing = samples
        overflow, self._overflow = self._overflow, 0
        if samples:
            lost = await self.store.call(self.store.store.put, samples)
            if lost:
                self._told.clear()  # the next value is news, whatever the deadband
                log.warning("%d samples lost, %d in all: the queue is full", lost,
                            self.store.store.lost)
        if overflow:
            await self.store.call(self.store.store.count_lost, overflow)
            log.warning("%d samples lost: the disk is too slow", overflow)
        self._writing = []
        if samples or overflow:
            self.changed.set()

    async def unsent(self) -> collections.Counter[tuple[str, str]]:
        """How many samples of each (device, item) the broker does not have, or more."""
        found = await self.store.call(self.store.store.waiting_by_item)
        found.update((one.device, one.item) for one in (*self._writing, *self._pending))
        return found

    async def run(self) -> None:
        """Batches as the disk allows: while one is written, the next gathers."""
        try:
            while True:
                await self._pending_event.wait()
                self._pending_event.clear()
                await self.flush()
        finally:
            await asyncio.shield(self.flush())
