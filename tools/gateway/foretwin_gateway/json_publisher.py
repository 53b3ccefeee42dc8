"""Plain JSON: a topic per item, QoS 1, and a retained topic where the gateway tells of itself."""

from __future__ import annotations

import datetime
import json
import logging

from .broker import Connection, Message
from .intake import Intake
from .sample import Quality, Sample, now_ns, refitted
from .settings import Item, JsonTopics
from .store import AsyncStore

log = logging.getLogger("gateway")
BATCH = 2000  # samples in flight
QUALITY = {Quality.GOOD: "good", Quality.STALE: "uncertain", Quality.BAD: "bad"}


def instant(time_ns: int) -> str:
    """ISO 8601 in UTC with nine decimals."""
    whole = datetime.datetime.fromtimestamp(time_ns // 10**9, datetime.UTC)
    return f"{whole:%Y-%m-%dT%H:%M:%S}.{time_ns % 10**9:09d}Z"


def body(sample: Sample, item: Item, historical: bool) -> bytes:
    """The message of one sample; keys that say nothing are left out."""
    told: dict[str, object] = {"device": sample.device, "item": sample.item,
                               "time": instant(sample.time_ns), "value": sample.value,
                               "quality": QUALITY[sample.quality]}
    if sample.status:
        told["status"] = sample.status
    if item.unit:
        told["unit"] = item.unit
    if historical:
        told["historical"] = True
    return json.dumps(told, allow_nan=False, ensure_ascii=False).encode()


class JsonPublisher:
    """`session` serves one connection until it ends."""

    def __init__(self, settings: JsonTopics, intake: Intake, store: AsyncStore) -> None:
        self.settings = settings
        self.intake = intake
        self.store = store
        self.items = {(item.device, item.name): item
                      for device in intake.devices.values() for item in device.items}
        self.counts: tuple[int, int] | None = None

    def status(self, online: bool) -> Message:
        told: dict[str, object] = {"online": online}
        if online:
            told |= {"time": instant(now_ns()), "lost": self.store.store.lost,
                     "bad_values": self.intake.bad_values}
        return Message(self.settings.status, json.dumps(told).encode(), qos=1, retain=True)

    def will(self, _: int) -> Message:
        return self.status(False)

    async def lost(self) -> None:
        """What the broker acknowledged is its own affair."""

    async def end(self, connection: Connection) -> None:
        answer = connection.publish(self.status(False))
        if answer is not None:
            await connection.acknowledged([answer])

    async def session(self, connection: Connection) -> None:
        """Serves the connection until it is lost."""
        newest_before = await self.store.call(self.store.store.last_id)
        self.counts = None
        while True:
            self.intake.changed.clear()
            connection.check()
            answers = []
            counts = (self.store.store.lost, self.intake.bad_values)
            if counts != self.counts:
                answers.append(connection.publish(self.status(True)))
                self.counts = counts
            rows = await self.store.call(self.store.store.waiting, BATCH)
            unknown = 0
            for row in rows:
                item = self.items.get((row.sample.device, row.sample.item))
                if item is None:
                    unknown += 1
                    continue
                topic = self.settings.topic.replace("{device}", item.device).replace(
                    "{item}", item.name)
                told = body(refitted(row.sample, item.kind), item, row.id <= newest_before)
                answers.append(connection.publish(Message(topic, told, qos=1)))
            await connection.acknowledged([answer for answer in answers if answer is not None])
            if rows:
                await self.store.call(self.store.store.sent, rows[-1].id, now_ns(), 0.0)
            else:
                await self.intake.changed.wait()
            if unknown:
                await self.store.call(self.store.store.count_lost, unknown)
                log.warning("%d samples lost: the configuration no longer names their items",
                            unknown)
