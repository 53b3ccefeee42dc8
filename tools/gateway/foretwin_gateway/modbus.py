"""Modbus TCP, and RTU framing over TCP: polls groups of registers; time is when they were read."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable

from pymodbus import FramerType, ModbusException
from pymodbus.client import AsyncModbusTcpClient
from pymodbus.pdu import ExceptionResponse

from .modbus_registers import Request, decode, registers_of, requests_of
from .sample import Quality, now_ns
from .settings import Modbus
from .source import Link, SourceLost, together

# Modbus Application Protocol 1.1b3, section 7.
EXCEPTIONS = {1: "illegal function", 2: "illegal data address", 3: "illegal data value",
              4: "device failure", 5: "acknowledge", 6: "device busy", 8: "memory parity error",
              10: "gateway path unavailable", 11: "gateway target failed to respond"}


async def session(link: Link) -> None:
    """Polls until the device no longer answers (SourceLost)."""
    modbus = link.source.protocol
    assert isinstance(modbus, Modbus)
    client = AsyncModbusTcpClient(
        modbus.host, port=modbus.port, timeout=modbus.timeout_s, retries=1, reconnect_delay=0,
        framer=FramerType.RTU if modbus.rtu_framing else FramerType.SOCKET)
    try:
        if not await client.connect():
            raise SourceLost(f"cannot connect to {modbus.host}:{modbus.port}")
        by_period = sorted(link.source.items, key=lambda item: item.address.poll_s)
        await together(
            poll(link, client, requests_of(items, modbus.gap), poll_s)
            for poll_s, items in itertools.groupby(by_period, lambda item: item.address.poll_s))
    finally:
        client.close()


async def poll(link: Link, client: AsyncModbusTcpClient, requests: list[Request],
               poll_s: float) -> None:
    """Reads all groups of one period, again and again; a late round is skipped, not caught up."""
    loop = asyncio.get_running_loop()
    due = loop.time()
    while True:
        for request in requests:
            await read(link, client, request)
        due = max(due + poll_s, loop.time())
        await asyncio.sleep(due - loop.time())


def reader(client: AsyncModbusTcpClient, table: str) -> Callable[..., Awaitable]:
    return {"coil": client.read_coils, "discrete": client.read_discrete_inputs,
            "input": client.read_input_registers,
            "holding": client.read_holding_registers}[table]


async def read(link: Link, client: AsyncModbusTcpClient, request: Request) -> None:
    """One request; an exception of the device makes its items bad, silence loses the device."""
    modbus = link.source.protocol
    assert isinstance(modbus, Modbus)
    try:
        answer = await reader(client, request.table)(request.first, count=request.count,
                                                     device_id=modbus.unit)
    except (ModbusException, OSError) as error:
        raise SourceLost(f"no answer: {error}") from None
    time_ns = now_ns()
    link.up()
    if isinstance(answer, ExceptionResponse) or answer.isError():
        told = EXCEPTIONS.get(getattr(answer, "exception_code", 0), "unknown exception")
        for item in request.items:
            link.intake.tell(item, None, time_ns, Quality.BAD, told)
        return
    for item in request.items:
        begin = item.address.address - request.first
        try:
            count = registers_of(item.address.encoding)
            value = (answer.bits[begin] if item.address.encoding == "bit" else
                     decode(answer.registers[begin:begin + count], item.address))
        except (ValueError, IndexError):
            link.intake.tell(item, None, time_ns, Quality.BAD, "answer too short")
        else:
            link.intake.tell(item, value, time_ns)
