"""One connection to the broker: paho's thread on one side, asyncio on the other.

MQTT handles the packets of a connection in order, so the answer to an UNSUBSCRIBE of a topic that
nobody subscribed says that the broker has everything sent before it. `confirm` uses that: Sparkplug
demands QoS 0, which acknowledges nothing itself.
"""

from __future__ import annotations

import asyncio
import dataclasses
import logging
import ssl
from collections.abc import Callable
from typing import Any

import paho.mqtt.client as paho

from .problems import EnvironmentFailure
from .secrets_of import read_secret
from .settings import Broker

log = logging.getLogger("gateway")
CONNECT_S = 5.0
ANSWER_S = 10.0  # how long the broker may take for an answer
CONFIRM_TOPIC = "foretwin/confirm/never-subscribed"


class BrokerLost(Exception):
    """The connection ended, or never began; the sentence says why."""


@dataclasses.dataclass(frozen=True)
class Message:
    topic: str
    payload: bytes
    qos: int = 0
    retain: bool = False


class Connection:
    """Opened once, closed once; a new one is made for every attempt, with its own will."""

    def __init__(self, broker: Broker, will: Message, wake: Callable[[], None]) -> None:
        self.broker = broker
        self.wake = wake  # called in the loop's thread when a message came or the connection went
        self.loop = asyncio.get_running_loop()
        self.lost: str | None = None
        self.incoming: list[Message] = []
        self.answers: dict[int, asyncio.Future[Any]] = {}
        self.connected: asyncio.Future[str | None] = self.loop.create_future()
        self.client = self._make_client(will)

    def _make_client(self, will: Message) -> paho.Client:
        client = paho.Client(paho.CallbackAPIVersion.VERSION2, self.broker.client,
                             protocol=paho.MQTTv5, reconnect_on_failure=False)
        client.will_set(will.topic, will.payload, will.qos, will.retain)
        client.connect_timeout = CONNECT_S
        if self.broker.user is not None:
            secret = self.broker.password
            client.username_pw_set(self.broker.user, read_secret(secret) if secret else None)
        if self.broker.tls is not None:
            tls = self.broker.tls
            try:
                client.tls_set(str(tls.authority),
                               str(tls.certificate) if tls.certificate else None,
                               str(tls.key) if tls.key else None,
                               tls_version=ssl.PROTOCOL_TLS_CLIENT)
            except (OSError, ValueError) as error:
                raise EnvironmentFailure(f"TLS files of the broker: {error}") from None
        client.on_connect = lambda _c, _u, _f, reason, _p: self._in_loop(
            self._on_connect, str(reason) if reason.is_failure else None)
        client.on_disconnect = lambda _c, _u, _f, reason, _p: self._in_loop(
            self._on_lost, f"connection lost: {reason}")
        client.on_message = lambda _c, _u, one: self._in_loop(
            self._on_message, Message(one.topic, bytes(one.payload), one.qos, one.retain))
        client.on_publish = lambda _c, _u, mid, reason, _p: self._in_loop(
            self._on_answer, mid, [reason])
        client.on_subscribe = lambda _c, _u, mid, reasons, _p: self._in_loop(
            self._on_answer, mid, reasons)
        client.on_unsubscribe = lambda _c, _u, mid, _reasons, _p: self._in_loop(
            self._on_answer, mid, [])
        return client

    def _in_loop(self, work: Callable[..., None], *arguments: object) -> None:
        if not self.loop.is_closed():
            self.loop.call_soon_threadsafe(work, *arguments)

    def _on_connect(self, refused: str | None) -> None:
        if not self.connected.done():
            self.connected.set_result(refused)

    def _on_lost(self, why: str) -> None:
        self.lost = self.lost or why
        if not self.connected.done():
            self.connected.set_result(why)
        for answer in self.answers.values():
            if not answer.done():
                answer.set_exception(BrokerLost(self.lost))
        self.answers.clear()
        self.wake()

    def _on_message(self, message: Message) -> None:
        self.incoming.append(message)
        self.wake()

    def _on_answer(self, mid: int, reasons: list[Any]) -> None:
        answer = self.answers.pop(mid, None)
        if answer is None or answer.done():
            return
        refused = next((reason for reason in reasons if reason.is_failure), None)
        if refused is not None:
            answer.set_exception(BrokerLost(f"the broker refused: {refused}"))
        else:
            answer.set_result(None)

    def _expect(self, mid: int) -> asyncio.Future[Any]:
        answer: asyncio.Future[Any] = self.loop.create_future()
        answer.add_done_callback(lambda one: one.cancelled() or one.exception())
        self.answers[mid] = answer
        return answer

    async def _answered(self, answers: list[asyncio.Future[Any]]) -> None:
        try:
            async with asyncio.timeout(ANSWER_S):
                await asyncio.gather(*answers)
        except TimeoutError:
            raise BrokerLost(f"the broker did not answer for {ANSWER_S:g} s") from None

    async def open(self) -> None:
        """Connects, or raises BrokerLost with the reason."""
        broker = self.broker
        try:
            await self.loop.run_in_executor(None, lambda: self.client.connect(
                broker.host, broker.port, max(1, round(broker.keep_alive_s)), clean_start=True))
        except (OSError, ValueError) as error:
            raise BrokerLost(f"cannot connect: {error}") from None
        self.client.loop_start()
        try:
            async with asyncio.timeout(ANSWER_S):
                refused = await self.connected
        except TimeoutError:
            refused = f"no answer for {ANSWER_S:g} s"
        if refused is not None:
            raise BrokerLost(f"cannot connect: {refused}")

    def check(self) -> None:
        if self.lost is not None:
            raise BrokerLost(self.lost)

    def take_incoming(self) -> list[Message]:
        messages, self.incoming = self.incoming, []
        return messages

    async def subscribe(self, *topics: str) -> None:
        self.check()
        result, mid = self.client.subscribe([(topic, paho.SubscribeOptions(qos=1))
                                             for topic in topics])
        if result != paho.MQTT_ERR_SUCCESS or mid is None:
            raise BrokerLost(paho.error_string(result))
        await self._answered([self._expect(mid)])

    def publish(self, message: Message) -> asyncio.Future[Any] | None:
        """Hands the message over; of QoS 1 and 2 the answer to wait for with `acknowledged`."""
        self.check()
        sent = self.client.publish(message.topic, message.payload, message.qos, message.retain)
        if sent.rc != paho.MQTT_ERR_SUCCESS:
            raise BrokerLost(paho.error_string(sent.rc))
        return self._expect(sent.mid) if message.qos > 0 else None

    async def acknowledged(self, answers: list[asyncio.Future[Any]]) -> None:
        await self._answered(answers)

    async def confirm(self) -> None:
        """Returns when the broker has everything that was published before; or BrokerLost."""
        self.check()
        result, mid = self.client.unsubscribe(CONFIRM_TOPIC)
        if result != paho.MQTT_ERR_SUCCESS or mid is None:
            raise BrokerLost(paho.error_string(result))
        await self._answered([self._expect(mid)])

    async def close(self) -> None:
        """Ends the connection in order, so that the broker does not tell the will."""
        self.client.disconnect()
        await self.loop.run_in_executor(None, self.client.loop_stop)
