"""Keeps a source connected, whatever its protocol."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from typing import Any

from .intake import Intake
from .problems import EnvironmentFailure
from .settings import Source

log = logging.getLogger("gateway")
FIRST_RETRY_S = 0.2


class SourceLost(Exception):
    """The source does not answer, or refused us; the sentence says why."""


class Link:
    """What a protocol tells of its source: values through `intake`, and that it is there."""

    def __init__(self, source: Source, intake: Intake) -> None:
        self.source = source
        self.intake = intake
        self.retry_s = FIRST_RETRY_S
        self.told = ""  # why it was lost last

    def up(self) -> None:
        """The source answers: its devices are up."""
        self.retry_s, self.told = FIRST_RETRY_S, ""
        if not all(self.intake.devices[name].up for name in self.source.devices):
            log.info("source %s: connected", self.source.name)
        for name in self.source.devices:
            self.intake.device_up(name)

    def down(self) -> None:
        for name in self.source.devices:
            self.intake.device_down(name)


async def together(work: Iterable[Coroutine[Any, Any, None]]) -> None:
    """Runs all of it until one fails; SourceLost is raised as itself, not as one of a group."""
    lost: BaseException | None = None
    try:
        async with asyncio.TaskGroup() as group:
            for one in work:
                group.create_task(one)
    except* SourceLost as losses:
        lost = losses.exceptions[0]
    if lost is not None:
        raise lost


async def keep_connected(link: Link, session: Callable[[Link], Awaitable[None]]) -> None:
    """Runs sessions, one after another, until cancelled."""
    while True:
        try:
            await session(link)
        except SourceLost as lost:
            if str(lost) != link.told:  # a long outage is told once
                log.warning("source %s: %s; trying again", link.source.name, lost)
            link.told = str(lost)
        except EnvironmentFailure:
            raise
        except Exception:  # a surprise costs this source its connection, not the gateway its life
            log.exception("source %s: unexpected; trying again", link.source.name)
        finally:
            link.down()
        await asyncio.sleep(link.retry_s)
        link.retry_s = min(2 * link.retry_s, link.source.retry_s)
