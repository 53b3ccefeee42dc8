"""CoAP: observes each resource (RFC 7641), registers again when it falls silent."""

from __future__ import annotations

import asyncio
import itertools

import aiocoap
import aiocoap.error

from .payload_paths import read
from .sample import Quality, now_ns
from .settings import Coap, Item
from .source import FIRST_RETRY_S, Link, SourceLost, together


async def session(link: Link) -> None:
    """Observes all resources until the server no longer answers (SourceLost)."""
    context = await aiocoap.Context.create_client_context()
    by_path = sorted(link.source.items, key=lambda item: item.address.path)
    try:
        await together(
            observe(link, context, path, list(items))
            for path, items in itertools.groupby(by_path, lambda item: item.address.path))
    finally:
        await context.shutdown()


async def observe(link: Link, context: aiocoap.Context, path: str, items: list[Item]) -> None:
    """Registers, and again whenever `renew` or the answer's Max-Age passed in silence.

    A resource that cannot be observed is read once per `renew`.
    """
    coap = link.source.protocol
    assert isinstance(coap, Coap)
    while True:
        request = context.request(aiocoap.Message(code=aiocoap.GET, uri=coap.url + path,
                                                  observe=0))
        notifications = aiter(request.observation)
        try:
            async with asyncio.timeout(coap.timeout_s):
                answer = await request.response
            link.up()
            tell(link, items, answer)
            if answer.opt.observe is None or not answer.code.is_successful():
                await asyncio.sleep(coap.renew_s)
            else:
                await listen(link, items, notifications, coap.renew_s, answer)
        except (aiocoap.error.Error, OSError) as error:
            raise SourceLost(f"{coap.url}{path}: {error or type(error).__name__}") from None
        finally:
            if not request.observation.cancelled:
                request.observation.cancel()


async def listen(link: Link, items: list[Item], notifications, renew_s: float,
                 last: aiocoap.Message) -> None:
    """Until silence, or until the server ends the observation."""
    while True:
        max_age_s = 60 if last.opt.max_age is None else last.opt.max_age  # RFC 7252, 5.10.5
        try:
            async with asyncio.timeout(min(renew_s, max(1.0, max_age_s))):
                last = await anext(notifications)
        except TimeoutError:
            return
        except StopAsyncIteration:
            await asyncio.sleep(FIRST_RETRY_S)
            return
        tell(link, items, last)


def tell(link: Link, items: list[Item], answer: aiocoap.Message) -> None:
    """One answer to all items in it; time is the payload's where the item names it, else ours."""
    time_ns = now_ns()
    for item in items:
        if not answer.code.is_successful():
            link.intake.tell(item, None, time_ns, Quality.BAD, str(answer.code))
            continue
        try:
            value, told_ns = read(answer.payload, answer.opt.content_format, item.address,
                                  item.kind)
        except ValueError as error:
            link.intake.bad_values += 1
            link.intake.tell(item, None, time_ns, Quality.BAD, str(error))
        else:
            link.intake.tell(item, value, time_ns if told_ns is None else told_ns)
