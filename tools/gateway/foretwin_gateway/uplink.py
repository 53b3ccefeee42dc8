"""Keeps a connection to the broker: connects, lets the publisher serve it, connects again."""

from __future__ import annotations

import asyncio
import logging

from .broker import BrokerLost, Connection
from .edge_node import EdgeNode, HostGone
from .intake import Intake
from .json_publisher import JsonPublisher
from .settings import Broker
from .store import AsyncStore

log = logging.getLogger("gateway")
FIRST_RETRY_S = 0.2
END_S = 3.0  # how long a goodbye may take


async def keep_connected(broker: Broker, publisher: EdgeNode | JsonPublisher, intake: Intake,
                         store: AsyncStore) -> None:
    """Until cancelled; then says goodbye. Between attempts it waits twice as long each time."""
    wait_s, told = FIRST_RETRY_S, ""
    while True:
        birth_death = await store.call(store.store.next_birth_death)
        connection = Connection(broker, publisher.will(birth_death), intake.changed.set)
        try:
            await connection.open()
            log.info("connected to the broker %s:%d", broker.host, broker.port)
            wait_s, told = FIRST_RETRY_S, ""
            await publisher.session(connection)
        except BrokerLost as lost:
            await publisher.lost()
            if str(lost) != told:  # a long outage is told once
                log.warning("broker %s:%d: %s; trying again", broker.host, broker.port, lost)
            told = str(lost)
        except HostGone:
            pass
        except asyncio.CancelledError:
            await asyncio.shield(goodbye(publisher, connection))
            raise
        finally:
            await connection.close()
        await asyncio.sleep(wait_s)
        wait_s = min(2 * wait_s, broker.retry_s)


async def goodbye(publisher: EdgeNode | JsonPublisher, connection: Connection) -> None:
    """Best effort: without it the broker tells the will."""
    try:
        if connection.connected.done() and connection.lost is None:
            async with asyncio.timeout(END_S):
                await publisher.end(connection)
    except (TimeoutError, BrokerLost):
        pass
