"""Real OPC UA, Modbus and CoAP servers on one loop in a thread of their own."""

import asyncio
import datetime
import logging
import socket
import threading

import aiocoap
import aiocoap.resource
import bench
from asyncua import Server, ua
from asyncua.server.user_managers import User, UserManager, UserRole
from pymodbus import FramerType
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

for noisy in ("asyncua", "pymodbus", "coap-server"):  # faults are what we test
    logging.getLogger(noisy).setLevel(logging.CRITICAL + 1)
LOOP = asyncio.new_event_loop()
threading.Thread(target=LOOP.run_forever, daemon=True).start()


def do(work):
    """Runs a coroutine on the servers' loop and returns its result."""
    return asyncio.run_coroutine_threadsafe(work, LOOP).result(bench.PATIENCE_S)


def at(second):
    """An instant of a past day; what source timestamps must survive unchanged."""
    return datetime.datetime(2026, 3, 1, tzinfo=datetime.timezone.utc) + datetime.timedelta(
        seconds=second)


def ms(second):
    return round(at(second).timestamp() * 1000)


class OneUser(UserManager):
    def get_user(self, iserver, username=None, password=None, certificate=None):
        right = (username, password) == ("gateway", "open sesame")
        return User(role=UserRole.User) if right else None


class OpcUaServer:
    """Variables `ns=2;s=<name>`; values are written with any source time and status."""

    def __init__(self, variables, certificate=None, key=None):
        self.port = bench.free_port()
        self.url = f"opc.tcp://127.0.0.1:{self.port}/"
        self.variables = variables  # name -> ua.VariantType
        self.certificate, self.key = certificate, key

    def start(self):
        do(self._start())
        return self

    async def _start(self):
        self.server = Server(user_manager=OneUser() if self.certificate else None)
        await self.server.init()
        self.server.set_endpoint(self.url)
        policy = ua.SecurityPolicyType.NoSecurity
        if self.certificate:
            policy = ua.SecurityPolicyType.Basic256Sha256_SignAndEncrypt
            await self.server.load_certificate(str(self.certificate))
            await self.server.load_private_key(str(self.key), format="pem")
        self.server.set_security_policy([policy])
        self.nodes = {}
        await self.server.register_namespace("urn:foretwin:test")
        for name, kind in self.variables.items():
            first = {ua.VariantType.String: "", ua.VariantType.Boolean: False}.get(kind, 0)
            self.nodes[name] = await self.server.nodes.objects.add_variable(
                ua.NodeId(name, 2), ua.QualifiedName(name, 2), first, varianttype=kind)
        await self.server.start()

    def write(self, name, value, second, status=ua.StatusCodes.Good):
        do(self._write(name, value, second, status))

    def count(self, name, first, last):
        """Writes each number in turn, with itself as the second of its time."""
        async def work():
            for value in range(first, last + 1):
                await self._write(name, value, value, ua.StatusCodes.Good)
        do(work())

    async def _write(self, name, value, second, status):
        await self.server.write_attribute_value(self.nodes[name].nodeid, ua.DataValue(
            ua.Variant(value, self.variables[name]), ua.StatusCode(status),
            SourceTimestamp=at(second)))

    def stop(self):
        do(self.server.stop())


class ModbusServer:
    """Separate blocks, as devices have: coils, discrete inputs, holding and input registers."""

    def __init__(self, holding, inputs=(0,), coils=(False,) * 16, discrete=(False,) * 16,
                 rtu=False):
        self.port = bench.free_port()
        self.blocks = (coils, discrete, holding, inputs)
        self.framer = FramerType.RTU if rtu else FramerType.SOCKET

    def start(self):
        do(self._start())
        return self

    async def _start(self):
        coils, discrete, holding, inputs = self.blocks
        self.device = SimDevice(id=7, simdata=(
            [SimData(0, values=list(coils), datatype=DataType.BITS)],
            [SimData(0, values=list(discrete), datatype=DataType.BITS)],
            [SimData(0, values=list(holding), datatype=DataType.REGISTERS)],
            [SimData(0, values=list(inputs), datatype=DataType.REGISTERS)]))
        self.server = ModbusTcpServer(self.device, framer=self.framer,
                                      address=("127.0.0.1", self.port))
        await self.server.serve_forever(background=True)

    def write(self, address, values):
        """Holding registers, over the wire."""
        do(self._write(address, values))

    async def _write(self, address, values):
        from pymodbus.client import AsyncModbusTcpClient
        client = AsyncModbusTcpClient("127.0.0.1", port=self.port, framer=self.framer)
        await client.connect()
        answer = await client.write_registers(address, values, device_id=7)
        client.close()
        assert not answer.isError(), answer

    def stop(self):
        do(self.server.shutdown())


class Observable(aiocoap.resource.ObservableResource):
    def __init__(self, payload, form):
        super().__init__()
        self.payload, self.form = payload, form
        self.observers = 0

    async def render_get(self, request):
        if self.payload is None:
            return aiocoap.Message(code=aiocoap.SERVICE_UNAVAILABLE)
        return aiocoap.Message(payload=self.payload, content_format=self.form)

    def update_observation_count(self, newcount):
        self.observers = newcount


class CoapServer:
    """Resources by path: (payload, content format)."""

    def __init__(self, resources):
        self.port = bench.free_port(socket.SOCK_DGRAM)
        self.first = resources

    def start(self):
        do(self._start())
        return self

    async def _start(self):
        self.resources = {path: Observable(*told) for path, told in self.first.items()}
        site = aiocoap.resource.Site()
        for path, resource in self.resources.items():
            site.add_resource([path], resource)
        self.context = await aiocoap.Context.create_server_context(
            site, bind=("127.0.0.1", self.port), transports=["udp6"])

    def write(self, path, payload):
        do(self._write(path, payload))

    async def _write(self, path, payload):
        self.resources[path].payload = payload
        self.resources[path].updated_state()

    def observers(self, path):
        return self.resources[path].observers

    def stop(self):
        do(self.context.shutdown())
