"""The Sparkplug B 3.0 edge node: births, data, deaths, in the order the specification demands.

    connect (will: NDEATH with bdSeq) -> subscribe -> [primary host online?] -> NBIRTH -> DBIRTH ...
      -> the queue, oldest first; what was accepted before NBIRTH is historical -> live data
    host offline, or end:  NDEATH -> disconnect         rebirth command:  NBIRTH -> DBIRTH ...

Data is QoS 0, as demanded; each batch is confirmed before it leaves the queue (broker.py).
"""

from __future__ import annotations

import itertools
import json
import logging
from collections import Counter

from .broker import Connection, Message
from .intake import Device, Intake
from .sample import Kind, Quality, Sample, now_ns, refitted
from .settings import Item, Sparkplug
from .sparkplug_payload import Metric, asks_rebirth, encode
from .store import AsyncStore, Waiting

log = logging.getLogger("gateway")
BATCH = 2000  # samples between two confirmations
UNSURE_S = 5.0  # a broker that dies may have kept so much of what it got to itself
NAMESPACE = "spBv1.0"
REBIRTH = "Node Control/Rebirth"
LOST = "Gateway/lost"
BAD_VALUES = "Gateway/bad values"


class HostGone(Exception):
    """The primary host said that it is offline; connect again and wait for it."""


class EdgeNode:
    """One node; `session` serves one connection until it ends."""

    def __init__(self, settings: Sparkplug, intake: Intake, store: AsyncStore) -> None:
        self.settings = settings
        self.intake = intake
        self.store = store
        self.state_topic = f"{NAMESPACE}/STATE/{settings.primary_host}"
        self.items: dict[tuple[str, str], tuple[Item, int]] = {}  # with their aliases
        for device in intake.devices.values():
            for item in device.items:
                self.items[item.device, item.name] = (item, len(self.items) + 3)
        self.lost_alias, self.bad_alias = 1, 2
        self.last_sent_ns = now_ns()
        self.state_time_ms = -1  # of the newest STATE; older ones are leftovers
        self._begin(0)

    def _begin(self, birth_death: int) -> None:
        """What a connection knows starts anew with it."""
        self.birth_death = birth_death
        self.host_online = self.settings.primary_host is None
        self.host_died = False  # since our births, even if it is online again
        self.rebirth = False
        self.sequence = itertools.cycle(range(256))
        self.born: dict[str, int] = {}  # device -> its deaths when it was born
        self.behind: dict[tuple[str, str], Sample | None] = {}  # born without their value
        self.newest_before_birth: int | None = None
        self.counts: tuple[int, int] | None = None  # as the host knows them

    def topic(self, kind: str, device: str | None = None) -> str:
        base = f"{NAMESPACE}/{self.settings.group}/{kind}/{self.settings.node}"
        return base if device is None else f"{base}/{device}"

    def will(self, birth_death: int) -> Message:
        """NDEATH, which the broker tells when the connection ends without one."""
        self._begin(birth_death)
        return self.death()

    def death(self) -> Message:
        metric = Metric(now_ms(), Kind.INTEGER, self.birth_death, name="bdSeq")
        return Message(self.topic("NDEATH"), encode([metric], now_ms(), None), qos=1)

    async def session(self, connection: Connection) -> None:
        """Serves the connection until it is lost (BrokerLost) or the host is gone (HostGone)."""
        topics = [self.topic("NCMD")]
        if self.settings.primary_host is not None:
            topics.append(self.state_topic)
        await connection.subscribe(*topics)
        told_waiting = False
        alive = False
        while True:
            self.intake.changed.clear()
            self._hear(connection)
            connection.check()
            if self.host_died and alive:
                await self._host_gone(connection)
            if self.host_online:
                if not alive or self.rebirth:
                    await self._births(connection)
                    alive = True
                if await self._send(connection):
                    continue
            elif not told_waiting:
                told_waiting = True
                log.info("waiting for the primary host %s", self.settings.primary_host)
            await self.intake.changed.wait()

    async def end(self, connection: Connection) -> None:
        """Says NDEATH before a disconnection in order, which tells no will."""
        answer = connection.publish(self.death())
        if answer is not None:
            await connection.acknowledged([answer])

    def _hear(self, connection: Connection) -> None:
        for message in connection.take_incoming():
            if message.topic == self.topic("NCMD"):
                self.rebirth = self.rebirth or asks_rebirth(message.payload)
            elif message.topic == self.state_topic:
                self._hear_state(message.payload)

    def _hear_state(self, payload: bytes) -> None:
        try:
            told = json.loads(payload)
            online, time_ms = told["online"], told["timestamp"]
        except (ValueError, KeyError, TypeError, RecursionError):
            log.warning("the primary host's STATE is none: %r", payload[:80])
            return
        if not isinstance(online, bool) or type(time_ms) is not int:
            log.warning("the primary host's STATE is none: %r", payload[:80])
        elif time_ms >= self.state_time_ms:
            self.state_time_ms = time_ms
            self.host_online = online
            self.host_died = self.host_died or not online

    async def _host_gone(self, connection: Connection) -> None:
        """What was sent to a host that may have been dead already waits again."""
        since = now_ns() - int(self.settings.keep_sent_s * 1e9)
        waiting = await self.store.call(self.store.store.send_again, since)
        log.info("the primary host went offline; %d samples wait", waiting)
        await self.end(connection)
        raise HostGone

    async def lost(self) -> None:
        """The broker is gone: what it got last it may not have passed on."""
        since = self.last_sent_ns - int(UNSURE_S * 1e9)
        await self.store.call(self.store.store.send_again, since)

    async def _births(self, connection: Connection) -> None:
        """NBIRTH, then DBIRTH of every device that is up or has samples in the queue."""
        self.rebirth = self.host_died = False
        self.sequence = itertools.cycle(range(256))
        self.born.clear()
        self.behind.clear()
        if self.newest_before_birth is None:  # a rebirth makes nothing historical
            self.newest_before_birth = await self.store.call(self.store.store.last_id)
        unsent = await self.intake.unsent()
        self.counts = (self.store.store.lost, self.intake.bad_values)
        metrics = [Metric(now_ms(), Kind.INTEGER, self.birth_death, name="bdSeq"),
                   Metric(now_ms(), Kind.BOOLEAN, False, name=REBIRTH),
                   *self._count_metrics(self.counts, with_names=True)]
        self._publish(connection, "NBIRTH", None, metrics)
        for name, device in self.intake.devices.items():
            if device.up or any(unsent[name, item.name] for item in device.items):
                self._birth(connection, name, device, unsent)
        await connection.confirm()
        log.info("born as %s/%s", self.settings.group, self.settings.node)

    def _count_metrics(self, counts: tuple[int, int], with_names: bool) -> list[Metric]:
        return [Metric(now_ms(), Kind.INTEGER, count, name=name if with_names else None,
                       alias=alias)
                for count, name, alias in zip(counts, (LOST, BAD_VALUES),
                                              (self.lost_alias, self.bad_alias), strict=True)]

    def _birth(self, connection: Connection, name: str, device: Device,
               unsent: Counter[tuple[str, str]]) -> None:
        """A value that others of its item must precede is left out: it comes in its turn.

        A host that keeps series in order of time would refuse what comes after a newer value.
        """
        self.born[name] = device.deaths
        metrics = []
        for item in device.items:
            latest = device.latest.get(item.name)
            if latest is None or unsent[name, item.name] > 1:
                latest = Sample(name, item.name, now_ns(), None, Quality.STALE)
                self.behind[name, item.name] = None
            quality = latest.quality if device.up else Quality.STALE
            metrics.append(Metric(latest.time_ns // 10**6, item.kind, latest.value, item.name,
                                  self.items[name, item.name][1], quality=quality,
                                  status=latest.status, unit=item.unit))
        self._publish(connection, "DBIRTH", name, metrics)

    def _publish(self, connection: Connection, kind: str, device: str | None,
                 metrics: list[Metric]) -> None:
        payload = encode(metrics, now_ms(), next(self.sequence))
        connection.publish(Message(self.topic(kind, device), payload))

    async def _send(self, connection: Connection) -> bool:
        """One batch, then births and deaths of devices; True when more may wait."""
        await self._new_births(connection)
        rows = await self.store.call(self.store.store.waiting, BATCH)
        unknown = 0
        before = self.newest_before_birth or 0
        for (device, historical), group in itertools.groupby(
                rows, key=lambda row: (row.sample.device, row.id <= before)):
            unknown += self._send_group(connection, device, historical, list(group))
        drained = len(rows) < BATCH
        if drained:
            self._repeat(connection)
            self._deaths(connection)
            await self._new_births(connection)
        counts = (self.store.store.lost, self.intake.bad_values)
        if counts != self.counts:
            self._publish(connection, "NDATA", None, self._count_metrics(counts, False))
            self.counts = counts
        if rows:
            await connection.confirm()
            keep_s = self.settings.keep_sent_s if self.settings.primary_host else 0.0
            self.last_sent_ns = now_ns()
            await self.store.call(self.store.store.sent, rows[-1].id, self.last_sent_ns,
                                  max(keep_s, UNSURE_S))
        if unknown:
            await self.store.call(self.store.store.count_lost, unknown)
            log.warning("%d samples lost: the configuration no longer names their items", unknown)
        return bool(rows)

    def _send_group(self, connection: Connection, device: str, historical: bool,
                    rows: list[Waiting]) -> int:
        """One DDATA; returns how many samples belong to no item of the configuration."""
        metrics = []
        unknown = 0
        for row in rows:
            known = self.items.get((device, row.sample.item))
            if known is None:
                unknown += 1
                continue
            sample = refitted(row.sample, known[0].kind)
            if (device, sample.item) in self.behind:
                self.behind[device, sample.item] = sample if historical else None
            metrics.append(self._metric(sample, known, historical))
        if metrics:
            if device not in self.born:
                unsent = Counter(dict.fromkeys(self.items, 2))
                self._birth(connection, device, self.intake.devices[device], unsent)
            self._publish(connection, "DDATA", device, metrics)
        return unknown

    @staticmethod
    def _metric(sample: Sample, known: tuple[Item, int], historical: bool) -> Metric:
        quality = None if sample.quality is Quality.GOOD else sample.quality
        return Metric(sample.time_ns // 10**6, known[0].kind, sample.value, alias=known[1],
                      historical=historical, quality=quality, status=sample.status)

    def _repeat(self, connection: Connection) -> None:
        """The present value once more, where it was told as historical only."""
        for device in list(self.born):
            samples = [sample for (name, _), sample in self.behind.items()
                       if name == device and sample is not None]
            if samples and self.intake.devices[device].up:
                self._publish(connection, "DDATA", device, [
                    self._metric(one, self.items[one.device, one.item], False)
                    for one in samples])
        self.behind.clear()

    async def _new_births(self, connection: Connection) -> None:
        if any(device.up and name not in self.born
               for name, device in self.intake.devices.items()):
            unsent = await self.intake.unsent()
            for name, device in self.intake.devices.items():
                if device.up and name not in self.born:
                    self._birth(connection, name, device, unsent)

    def _deaths(self, connection: Connection) -> None:
        """After its last sample: a device that went down dies, even if it is up again."""
        for name in list(self.born):
            device = self.intake.devices[name]
            if not device.up or device.deaths != self.born[name]:
                del self.born[name]
                self._publish(connection, "DDEATH", name, [])


def now_ms() -> int:
    return now_ns() // 10**6


