"""The spine: sources -> intake -> queue on disk -> publisher -> broker, until told to stop."""

from __future__ import annotations

import asyncio
import logging
import signal

from . import coap, modbus, opcua, source, uplink
from .edge_node import EdgeNode
from .intake import Intake
from .json_publisher import JsonPublisher
from .settings import Coap, Modbus, OpcUa, Settings, Sparkplug
from .store import AsyncStore, Store

SESSIONS = {OpcUa: opcua.session, Modbus: modbus.session, Coap: coap.session}
CANCEL_ATTEMPTS = 10
log = logging.getLogger("gateway")


async def run(settings: Settings) -> None:
    """Runs until SIGTERM or SIGINT; raises what ended it otherwise."""
    store = AsyncStore(Store(settings.store.file, settings.store.at_most_bytes))
    log.info("queue of %s: %d samples wait", settings.store.file, store.store.count_waiting())
    publish = settings.publish
    intake = Intake(settings.sources, store, tell_gone=not isinstance(publish, Sparkplug))
    publisher = (EdgeNode(publish, intake, store) if isinstance(publish, Sparkplug)
                 else JsonPublisher(publish, intake, store))

    reading = [asyncio.create_task(source.keep_connected(
        source.Link(one, intake), SESSIONS[type(one.protocol)])) for one in settings.sources]
    accepting = asyncio.create_task(intake.run())
    sending = asyncio.create_task(uplink.keep_connected(settings.broker, publisher, intake, store))
    stop = asyncio.create_task(stop_signal())
    tasks = [*reading, accepting, sending]
    await asyncio.wait([stop, *tasks], return_when=asyncio.FIRST_COMPLETED)
    failed = [task.exception() for task in tasks if task.done() and not task.cancelled()]

    # In this order: what was read is made durable before we leave.
    for stage, patience_s in (([stop, *reading], 1.0), ([accepting], 5.0), ([sending], 5.0)):
        await end(stage, patience_s)
    await store.close()
    for failure in failed:
        if failure is not None:
            raise failure


async def end(tasks: list[asyncio.Task], patience_s: float) -> None:
    """Cancels until it is heeded: one that arrives with a failure is lost in it (TaskGroup)."""
    for _ in range(CANCEL_ATTEMPTS):
        pending = [task for task in tasks if not task.done()]
        if not pending:
            return
        for task in pending:
            task.cancel()
        await asyncio.wait(pending, timeout=patience_s)
    log.warning("something does not stop")


async def stop_signal() -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    await stopped.wait()
