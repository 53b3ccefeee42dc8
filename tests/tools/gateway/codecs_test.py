"""The gateway's parts that need no connection: configuration, encodings, the queue on disk; and its
command line."""

import environment

environment.enter()

import os  # noqa: E402
import pathlib  # noqa: E402
import re  # noqa: E402
import shlex  # noqa: E402
import struct  # noqa: E402
import subprocess  # noqa: E402
import sys  # noqa: E402
import tempfile  # noqa: E402
import unittest  # noqa: E402

import cbor2  # noqa: E402
import plain  # noqa: E402
import wire  # noqa: E402
from foretwin_gateway import (  # noqa: E402
    configuration, modbus_registers, payload_paths, sparkplug_payload)
from foretwin_gateway.problems import EnvironmentFailure, InputError  # noqa: E402
from foretwin_gateway.sample import Kind, Quality, Sample, fitted, refitted  # noqa: E402
from foretwin_gateway.settings import (  # noqa: E402
    CoapAddress, Item, ModbusAddress, Sparkplug)
from foretwin_gateway.store import Store  # noqa: E402

TOOL = environment.ROOT / "tools/gateway"
EXAMPLE = (TOOL / "example.yaml").read_text()


def problems(text):
    """What a configuration is refused with, one line per problem, hints left out."""
    try:
        configuration.read_text(text, "g.yaml", pathlib.Path("/x"))
    except InputError as error:
        return [str(one).splitlines()[0] for one in error.problems]
    return []


def changed(before, after):
    assert before in EXAMPLE, before
    return EXAMPLE.replace(before, after)


def place_of(text, word):
    """line:column of the first occurrence, both from 1."""
    head = text[:text.index(word)]
    return f"g.yaml:{head.count(chr(10)) + 1}:{len(head) - head.rfind(chr(10))}"


class Configuration(unittest.TestCase):
    def test_the_example_is_read(self):
        settings = configuration.read_text(EXAMPLE, "g.yaml", pathlib.Path("/x"))
        self.assertEqual(settings.publish, Sparkplug("Bottling", "Hall 3"))
        self.assertEqual(settings.store.file, pathlib.Path("/x/gateway.queue"))
        self.assertEqual(settings.store.at_most_bytes, 64_000_000)
        power, energy, breaker = settings.sources[1].items
        self.assertEqual(power, Item("Main meter", "power", Kind.NUMBER, ModbusAddress(
            "input", 100, "float32", True, 1.0, 0.0, 1.0), "kW"))
        self.assertEqual((energy.kind, energy.address.scale, energy.address.poll_s),
                         (Kind.NUMBER, 0.1, 10.0))
        self.assertEqual((breaker.kind, breaker.deadband), (Kind.BOOLEAN, 0.0))
        level = settings.sources[2].items[0]
        self.assertEqual(level.address,
                         CoapAddress("/tank", None, ("channels", 0, "level"), ("taken",)))

    def test_every_mistake_is_told_with_its_place(self):
        for before, after, at, what in (
                ("host: 127.0.0.1\n", "hots: x\n", "x\n", "unknown key 'hots' in 'broker'"),
                ("keep_alive: 30 s", "keep_alive: 30", "30\n", "'keep_alive' cannot be '30'"),
                ("port: 1883", "port: 70000", "70000", "'port' cannot be '70000'"),
                ("at_most: 64 MB", "at_most: 1 kB", "1 kB", "'1 kB' is out of range for 'at_most'"),
                ("# user: gateway\n  # password: {file: mqtt.password} ",
                 "user: g\n  password: open sesame #", "open", "'password' is no mapping"),
                ('"ns=2;s=Filler.State"', "Filler", "Filler, type", "'Filler' is no node id"),
                ("encoding: float32", "encoding: float23", "float23",
                 "'encoding' cannot be 'float23'"),
                ("input: 100", "input: 65535", "65535", "'input' cannot be '65535'"),
                ("{discrete: 3, deadband: 0}", "{discrete: 3, encoding: int16}", "int16",
                 "a discrete is one bit"),
                ("{discrete: 3, deadband: 0}", "{discrete: 3, coil: 2}", "{discrete: 3, c",
                 "'breaker' has coil and discrete of coil, discrete, input, holding"),
                ("deadband: 0.05", "deadband: -1", "-1", "'deadband' cannot be '-1'"),
                ("node: Hall 3", "node: Hall/3", "Hall/3", "'Hall/3' cannot be part of a topic"),
                ('"channels[0].level"', '"a..b"', '"a..b"', "'a..b' is no path into a payload"),
                ('"coap://127.0.0.1:5683"', "http://x", "http", "'http://x' is no address of this "
                 "protocol"),
                ("Tank:\n", "Main meter:\n", "coap:", ""),
                ("unit: 1,", "unit: 1, unit: 2,", "unit: 2", "'unit' stands twice in 'modbus'")):
            with self.subTest(after=after):
                text = changed(before, after)
                told = problems(text)
                self.assertTrue(told)
                if what:
                    self.assertIn(f"{place_of(text, at)}: {what}", told)

    def test_all_problems_are_told_at_once_in_their_order_and_with_a_way_out(self):
        text = EXAMPLE.replace("port: 1883", "port: x").replace("type: text", "type: txt")
        self.assertEqual([line.split(": ", 1)[1] for line in problems(text)],
                         ["'port' cannot be 'x'", "'type' cannot be 'txt'"])
        with self.assertRaisesRegex(InputError, "did you mean 'text'"):
            configuration.read_text(text, "g.yaml", pathlib.Path("."))

    def test_a_device_belongs_to_one_source(self):
        told = problems(changed("      Tank:\n", "      Filler:\n"))
        self.assertRegex(told[0], "device 'Filler' is also told by 'Line controller'")

    def test_a_password_wants_encryption(self):
        told = problems(changed("publishing: 500 ms\n",
                                "user: u\n      password: {file: p}\n"))
        self.assertRegex(told[0], "a password over an open connection")

    def test_text_that_is_no_configuration_is_refused(self):
        for text in ("", "a: [", "\x00", "foretwin_gateway: 1", "[1, 2]", "? [a]\n: b",
                     "&a [*a]", "- " * 3000):
            with self.subTest(text=text[:20]):
                self.assertTrue(problems(text))


class Encodings(unittest.TestCase):
    def address(self, encoding, first=0, scale=1.0, **more):
        return ModbusAddress("holding", first, encoding, more.get("low", False), scale,
                             more.get("offset", 0.0), 1.0)

    def test_registers_are_values_in_both_orders(self):
        # 1.5 is 0x3FC00000 as float32 (IEEE 754); -2 is 0xFFFFFFFE in two's complement.
        self.assertEqual(modbus_registers.decode([0x3FC0, 0], self.address("float32")), 1.5)
        self.assertEqual(modbus_registers.decode([0xFFFE, 0xFFFF],
                                                 self.address("int32", low=True)), -2)
        self.assertEqual(modbus_registers.decode([10], self.address("int16", scale=0.5,
                                                                    offset=-1.0)), 4.0)
        with self.assertRaises(ValueError):
            modbus_registers.decode([1], self.address("int32"))

    def test_neighbours_are_read_together_and_no_request_is_longer_than_allowed(self):
        def item(first, encoding="int16"):
            return Item("D", str(first), Kind.NUMBER, self.address(encoding, first))
        asked = [item(4, "int32"), item(0), item(1), item(3), item(10)]
        self.assertEqual([(one.first, one.count) for one in modbus_registers.requests_of(asked, 0)],
                         [(0, 2), (3, 3), (10, 1)])
        self.assertEqual([(one.first, one.count) for one in modbus_registers.requests_of(asked, 4)],
                         [(0, 11)])
        long = [item(4 * k, "int64") for k in range(40)]  # 160 registers: 31 x 4 = 124 fit
        self.assertEqual([(one.first, one.count) for one in modbus_registers.requests_of(long, 0)],
                         [(0, 124), (124, 36)])

    def test_payloads_are_read_by_path_and_refused_with_a_reason(self):
        def read(payload, form, value=(), time=None, kind=Kind.NUMBER):
            return payload_paths.read(payload, form, CoapAddress("/", None, value, time), kind)
        self.assertEqual(read(b" 21.5\n", 0), (21.5, None))
        self.assertEqual(read(b"007", None, kind=Kind.TEXT), ("007", None))
        self.assertEqual(read(b"true", 0, kind=Kind.BOOLEAN), (True, None))
        self.assertEqual(read(cbor2.dumps([1, {"v": 2}]), 60, (1, "v")), (2, None))
        self.assertEqual(read(b'{"v":1,"t":"1970-01-01T01:00:01.5+01:00"}', 50, ("v",), ("t",)),
                         (1, 1_500_000_000))
        for payload, form, time in ((b"{", 50, None), (b"\xff", 60, None), (b"1", 99, None),
                                    (b'{"v":1,"t":"2026-01-01"}', 50, ("t",)),
                                    (b'{"v":1,"t":1e30}', 50, ("t",)), (b"[" * 99999, 50, None),
                                    (b'{"v":1,"t":true}', 50, ("t",)), (b"{}", 50, None)):
            with self.subTest(payload=payload[:30]), self.assertRaises(ValueError):
                read(payload, form, ("v",), time)

    def test_values_fit_their_kind_or_are_refused(self):
        self.assertEqual(fitted(3, Kind.NUMBER), 3.0)
        self.assertEqual(fitted(3.0, Kind.INTEGER), 3)
        self.assertIs(fitted(1, Kind.BOOLEAN), True)
        for value, kind in ((float("nan"), Kind.NUMBER), (10**400, Kind.NUMBER),
                            (2.5, Kind.INTEGER),
                            (2**63, Kind.INTEGER), (True, Kind.NUMBER), ("1", Kind.NUMBER),
                            (2, Kind.BOOLEAN), (b"x", Kind.TEXT), ("\ud800", Kind.TEXT),
                            ("x" * 70000, Kind.TEXT), ([1], Kind.NUMBER), (None, Kind.TEXT)):
            with self.subTest(value=str(value)[:10]), self.assertRaises(ValueError):
                fitted(value, kind)
        old = refitted(Sample("D", "i", 0, "running", Quality.GOOD), Kind.NUMBER)
        self.assertEqual((old.value, old.quality), (None, Quality.BAD))

    def test_sparkplug_payloads_read_back_by_hand(self):
        M = sparkplug_payload.Metric
        told = wire.payload(sparkplug_payload.encode([
            M(1, Kind.INTEGER, -2**63, name="low", alias=7), M(2, Kind.NUMBER, -0.0, alias=8),
            M(3, Kind.TEXT, "", alias=9, historical=True),
            M(4, Kind.BOOLEAN, None, alias=10, quality=Quality.STALE, status="gone", unit="bar")],
            5, 255))
        self.assertEqual((told["time_ms"], told["sequence"]), (5, 255))
        low, zero, empty, gone = told["metrics"]
        self.assertEqual((low["name"], low["alias"], low["datatype"], low["value"], low["time_ms"]),
                         ("low", 7, 4, -2**63, 1))
        self.assertEqual(struct.pack("<d", zero["value"]), struct.pack("<d", -0.0))
        self.assertEqual((empty["value"], empty["historical"], empty["null"]), ("", True, False))
        self.assertEqual((gone["value"], gone["null"], gone["properties"]),
                         (None, True, {"Quality": 500, "Status": "gone", "engUnit": "bar"}))
        self.assertNotIn("sequence", wire.payload(sparkplug_payload.encode([], 5, None)))
        self.assertTrue(sparkplug_payload.asks_rebirth(wire.command("Node Control/Rebirth", True)))
        for payload in (b"", b"\xff", wire.command("Node Control/Rebirth", False),
                        wire.command("Node Control/Reboot", True)):
            self.assertFalse(sparkplug_payload.asks_rebirth(payload))


class Queue(unittest.TestCase):
    def setUp(self):
        self.file = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory())) / "q"
        self.store = self.open()

    def open(self):
        store = Store(self.file, 10**6)
        self.addCleanup(store.close)
        return store

    def put(self, first, last):
        self.store.put([Sample("D", "i", value, value, Quality.GOOD)
                        for value in range(first, last + 1)])

    def values(self, most=100):
        return [one.sample.value for one in self.store.waiting(most)]

    def test_samples_wait_in_order_until_sent_and_are_kept_as_long_as_asked(self):
        self.put(1, 5)
        self.assertEqual(self.values(2), [1, 2])
        self.store.sent(self.store.waiting(2)[-1].id, now_ns=10 * 10**9, keep_s=5)
        self.store.sent(self.store.waiting(1)[-1].id, now_ns=12 * 10**9, keep_s=5)
        self.assertEqual(self.values(), [4, 5])
        # Sent since second 11: the third. Since 9: all three.
        self.assertEqual(self.store.send_again(11 * 10**9), 3)
        self.assertEqual(self.values(), [3, 4, 5])
        self.assertEqual(self.store.send_again(9 * 10**9), 5)
        self.store.sent(self.store.waiting(9)[-1].id, now_ns=20 * 10**9, keep_s=0)
        self.assertEqual((self.values(), self.store.send_again(0)), ([], 0))

    def test_a_queue_opened_again_goes_on(self):
        self.put(1, 3)
        self.store.sent(self.store.waiting(1)[-1].id, now_ns=10**9, keep_s=0)
        last = self.store.last_id()
        numbers = [self.store.next_birth_death() for _ in range(255)]
        self.store.count_lost(7)
        self.store.close()
        self.store = self.open()
        self.assertEqual((self.values(), self.store.lost, self.store.last_id()), ([2, 3], 7, last))
        self.assertEqual(numbers, list(range(255)))
        self.assertEqual([self.store.next_birth_death() for _ in range(2)], [255, 0])

    def test_two_gateways_cannot_share_a_queue_and_a_stranger_is_refused(self):
        with self.assertRaisesRegex(EnvironmentFailure, "another gateway works on this queue"):
            Store(self.file, 10**6)
        other = self.file.parent / "other"
        other.write_text("no database " * 100)
        with self.assertRaisesRegex(EnvironmentFailure, "is it a queue of this gateway"):
            Store(other, 10**6)
        with self.assertRaisesRegex(EnvironmentFailure, "a folder that can be written"):
            Store(self.file / "nowhere" / "q", 10**6)


class CommandLine(unittest.TestCase):
    def run_gateway(self, *words, folder=None):
        return subprocess.run([sys.executable, "-m", "foretwin_gateway", *words], text=True,
                              capture_output=True, cwd=folder or environment.ROOT, timeout=60,
                              env={key: value for key, value in os.environ.items()
                                   if key != "MQTT_PASSWORD"})

    def test_exit_codes_tell_wrong_input_from_failing_surroundings(self):
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        secret = ("  # user: gateway\n  # password: {file: mqtt.password}",
                  "  user: gateway\n  password: {environment: MQTT_PASSWORD}")
        for name, text, code, told in (
                ("wrong.yaml", changed("foretwin_gateway: 1", "foretwin_gateway: 2"), 2,
                 "wrong.yaml:3:19: 'foretwin_gateway' cannot be '2'"),
                ("secret.yaml", changed(*secret), 3, "MQTT_PASSWORD is not set"),
                ("missing.yaml", None, 3, "missing.yaml: No such file"),
                ("folder.yaml", changed("file: gateway.queue", "file: no/gateway.queue"), 3,
                 "a folder that can be written")):
            with self.subTest(name=name):
                if text is not None:
                    (folder / name).write_text(text)
                result = self.run_gateway(folder / name)
                self.assertEqual(result.returncode, code, result.stderr)
                self.assertIn(told, result.stderr)
        self.assertEqual(self.run_gateway("--no-such").returncode, 2)

    def test_commands_of_the_readmes_work(self):
        commands = re.findall(r"^build/gateway_venv/bin/python -m foretwin_gateway (.*)$",
                              (TOOL / "README.md").read_text(), re.MULTILINE)
        self.assertTrue(commands)
        for command in commands:
            result = self.run_gateway(*shlex.split(command))
            self.assertEqual(result.returncode, 0, result.stderr)

    def test_every_key_of_a_configuration_stands_in_the_readme(self):
        text = (TOOL / "README.md").read_text()
        sources = "".join(file.read_text() for file in
                          (TOOL / "foretwin_gateway").glob("configuration*.py"))
        keys = set(re.findall(r'fields(?:\.read\(|\[)"(\w+)"', sources))
        self.assertGreater(len(keys), 30)
        self.assertEqual({key for key in keys if f"`{key}`" not in text
                          and f"{key}:" not in text}, set())


if __name__ == "__main__":
    plain.main()
