"""The gateway between real servers and a real broker: what arrives, when it arose, how good."""

import environment

if __name__ == "__main__":
    environment.enter()

import struct  # noqa: E402

import bench  # noqa: E402
import cbor2  # noqa: E402
import plain  # noqa: E402
import servers  # noqa: E402
from asyncua import ua  # noqa: E402
from servers import ms  # noqa: E402

DOUBLE, INT64, STRING = ua.VariantType.Double, ua.VariantType.Int64, ua.VariantType.String


def opcua_source(server, items, more="publishing: 20 ms, sampling: 10 ms", device="Filler"):
    return (f"  Line:\n    opcua: {{url: '{server.url}', {more}}}\n    retry: 100 ms\n"
            f"    devices:\n      {device}:\n" + "".join(
                f"        {name}: {told}\n" for name, told in items.items()))


class OpcUa(bench.Case):
    def setUp(self):
        super().setUp()
        self.server = servers.OpcUaServer({"flow": DOUBLE, "count": INT64, "state": STRING})
        self.server.start()
        self.addCleanup(self.server.stop)
        self.mosquitto = self.broker()
        self.start_host(self.mosquitto)

    def test_values_arrive_with_the_times_of_their_source_and_their_quality(self):
        self.server.write("flow", 12.5, 10)
        self.server.write("count", -3, 11)
        self.server.write("state", "running", 12)
        self.start_gateway(self.mosquitto.port, opcua_source(self.server, {
            "flow": '{node: "ns=2;s=flow", unit: m3/h}',
            "count": '{node: "ns=2;s=count", type: integer}',
            "state": '{node: "ns=2;s=state", type: text}',
            "label": '{node: "ns=2;s=state"}',
            "ghost": '{node: "ns=2;s=ghost"}'}))
        self.until(lambda: self.host.data("Filler", "ghost"), "the first values")
        self.until(lambda: len(self.host.data("Filler", "state")) == 1, "the state")
        told = {item: self.host.data("Filler", item)[0]
                for item in ("flow", "count", "state", "ghost")}
        self.assertEqual([(told[item]["value"], told[item]["time_ms"], told[item]["datatype"])
                          for item in ("flow", "count", "state")],
                         [(12.5, ms(10), 10), (-3, ms(11), 4), ("running", ms(12), 12)])
        self.assertEqual((told["ghost"]["value"], told["ghost"]["quality"],
                          told["ghost"]["status"]), (None, 0, "BadNodeIdUnknown"))
        self.until(lambda: self.host.data("Filler", "label"), "the text in place of a number")
        self.assertEqual(self.host.data("Filler", "label")[0]["status"], "'running' is no number")
        self.assertEqual(self.host.births["Filler"]["flow"]["properties"]["engUnit"], "m3/h")

        # Part 4, table 177 of OPC UA: uncertain keeps its value, bad has none.
        self.server.write("flow", 13.0, 20, ua.StatusCodes.UncertainLastUsableValue)
        self.server.write("flow", 14.0, 21, ua.StatusCodes.BadSensorFailure)
        self.server.write("flow", float("nan"), 23)
        self.server.write("flow", 15.0, 24)
        self.server.write("flow", 16.0, 25, 0x0480)
        self.server.write("flow", 17.0, 26, ua.StatusCodes.BadSensorFailure + 0x0400)
        self.until(lambda: len(self.host.data("Filler", "flow")) == 7, "seven flows")
        self.assertEqual(
            [(one["value"], one["quality"], one["status"], one["time_ms"] - ms(0))
             for one in self.host.data("Filler", "flow")[1:]],
            [(13.0, 500, "UncertainLastUsableValue", 20_000),
             (None, 0, "BadSensorFailure", 21_000),
             (None, 0, "nan is no number", 23_000), (15.0, 192, "", 24_000),
             (16.0, 192, "Overflow", 25_000), (None, 0, "BadSensorFailure", 26_000)])
        self.until(lambda: self.host.values(None, "Gateway/bad values")[-1:] == [2],
                   "the count of bad values")

    def test_a_deadband_keeps_small_changes_to_itself(self):
        self.server.write("flow", 10.0, 1)
        self.start_gateway(self.mosquitto.port, opcua_source(self.server, {
            "flow": '{node: "ns=2;s=flow", deadband: 1}',
            "count": '{node: "ns=2;s=count", type: integer}'}))
        self.until(lambda: self.host.data("Filler", "flow"), "the first value")
        # From 10: 10.5 and 11 are within 1, 11.5 is not; from 11.5: 10.6 is, 10.4 is not.
        for second, value in enumerate((10.5, 11.0, 11.5, 10.6, 10.4), 2):
            self.server.write("flow", value, second)
        self.server.write("count", 1, 9)
        self.until(lambda: self.host.values("Filler", "count")[-1:] == [1], "the last write")
        self.until(lambda: len(self.host.values("Filler", "flow")) == 3, "three flows")
        self.assertEqual(self.host.values("Filler", "flow"), [10.0, 11.5, 10.4])

    def test_a_server_that_restarts_is_a_death_and_a_birth(self):
        self.start_gateway(self.mosquitto.port, opcua_source(
            self.server, {"flow": '{node: "ns=2;s=flow"}'}))
        self.until(lambda: self.host.data("Filler", "flow"), "the first value")
        self.server.stop()
        self.until(lambda: "Filler" in self.host.deaths, "DDEATH")
        self.server.start()
        self.server.write("flow", 77.0, 30)
        self.until(lambda: 77.0 in self.host.values("Filler", "flow"), "the value after it")
        self.assertIn("Filler", self.host.devices)


class Modbus(bench.Case):
    def source(self, server, items, more=""):
        return (f"  Meter:\n    modbus: {{host: 127.0.0.1, port: {server.port}, unit: 7, "
                f"poll: 20 ms, timeout: 500 ms{more}}}\n    retry: 100 ms\n    devices:\n"
                "      Meter:\n" + "".join(
                    f"        {name}: {told}\n" for name, told in items.items()))

    def test_every_encoding_in_both_word_orders_is_read(self):
        kinds = {"int16": ("h", -2), "uint16": ("H", 65534), "int32": ("i", -70000),
                 "uint32": ("I", 4000000000), "int64": ("q", -2**40), "uint64": ("Q", 2**40),
                 "float32": ("f", 1.5), "float64": ("d", -0.1)}
        registers, items = [], {}
        for name, (code, value) in kinds.items():
            words = list(struct.unpack(f">{struct.calcsize(code) // 2}H",
                                       struct.pack(f">{code}", value)))
            for order, told in (("high_first", words), ("low_first", words[::-1])):
                items[f"{name} {order}"] = (f"{{holding: {len(registers)}, encoding: {name}, "
                                            f"words: {order}, deadband: 0}}")
                registers += told
        items["scaled"] = "{holding: 0, encoding: int16, scale: 0.5, offset: 4, deadband: 0}"
        items["input"] = "{input: 1, deadband: 0}"
        items["coil"] = "{coil: 2, deadband: 0}"
        items["discrete"] = "{discrete: 3, deadband: 0}"
        items["nowhere"] = "{holding: 1000, deadband: 0}"
        server = servers.ModbusServer(registers, inputs=(5, 6), discrete=[False] * 3 + [True] * 13)
        server.start()
        self.addCleanup(server.stop)
        mosquitto = self.broker()
        self.start_host(mosquitto)
        begin = servers.datetime.datetime.now().timestamp() * 1000 - 1
        self.start_gateway(mosquitto.port, self.source(server, items))
        self.until(lambda: all(self.host.data("Meter", item) for item in items), "all items")
        for name, (_, value) in kinds.items():
            for order in ("high_first", "low_first"):
                with self.subTest(encoding=name, order=order):
                    self.assertEqual(self.host.values("Meter", f"{name} {order}"), [value])
        self.assertEqual([self.host.values("Meter", item)
                          for item in ("scaled", "input", "coil", "discrete")],
                         [[3.0], [6], [False], [True]])
        missing = self.host.data("Meter", "nowhere")[0]
        self.assertEqual((missing["quality"], missing["status"]), (0, "illegal data address"))
        self.assertTrue(all(one["time_ms"] >= begin for one in self.host.data("Meter", "scaled")))

    def test_rtu_framing_over_tcp_and_a_device_that_restarts(self):
        server = servers.ModbusServer([1, 2, 3], rtu=True).start()
        mosquitto = self.broker()
        self.start_host(mosquitto)
        self.start_gateway(mosquitto.port, self.source(
            server, {"speed": "{holding: 1, deadband: 0}"}, ", framing: rtu"))
        self.until(lambda: self.host.values("Meter", "speed") == [2], "the first value")
        server.write(1, [20])
        self.until(lambda: self.host.values("Meter", "speed") == [2, 20], "the change")
        server.stop()
        self.until(lambda: "Meter" in self.host.deaths, "DDEATH")
        server.start()
        self.addCleanup(server.stop)
        self.until(lambda: self.host.values("Meter", "speed") == [2, 20, 2], "the value after it")


class Coap(bench.Case):
    def test_resources_are_observed_and_registered_again_after_a_restart(self):
        server = servers.CoapServer({
            "text": (b"21.5", 0), "json": (b'{"a": [{"b": 1}], "at": "2026-03-01T01:00:10+01:00"}',
                                           50),
            "cbor": (cbor2.dumps({"v": 7, "at": ms(11) / 1000}), 60), "bad": (b"{", 50)}).start()
        mosquitto = self.broker()
        self.start_host(mosquitto)
        self.start_gateway(mosquitto.port, (
            f"  Tank:\n    coap: {{url: 'coap://127.0.0.1:{server.port}', renew: 1 s, "
            "timeout: 2 s}\n    retry: 100 ms\n    devices:\n      Tank:\n"
            "        temperature: {path: /text, deadband: 0}\n"
            "        level: {path: /json, value: 'a[0].b', time: at, deadband: 0}\n"
            "        missing: {path: /json, value: 'a[1].b', deadband: 0}\n"
            "        volume: {path: /cbor, value: v, time: at, type: integer, deadband: 0}\n"
            "        broken: {path: /bad, deadband: 0}\n"
            "        nobody: {path: /nobody, deadband: 0}\n"))
        items = ("temperature", "level", "missing", "volume", "broken", "nobody")
        self.until(lambda: all(self.host.data("Tank", item) for item in items), "all items")
        told = {item: self.host.data("Tank", item)[0] for item in items}
        self.assertEqual(told["temperature"]["value"], 21.5)
        self.assertEqual((told["level"]["value"], told["level"]["time_ms"]), (1.0, ms(10)))
        self.assertEqual((told["volume"]["value"], told["volume"]["time_ms"]), (7, ms(11)))
        self.assertEqual((told["missing"]["quality"], told["missing"]["status"]),
                         (0, "nothing at '1'"))
        self.assertEqual((told["broken"]["value"], told["broken"]["quality"]), (None, 0))
        self.assertEqual((told["nobody"]["quality"], told["nobody"]["status"]),
                         (0, "4.04 Not Found"))
        self.until(lambda: server.observers("text") > 0, "an observer")
        server.write("text", b"22")
        self.until(lambda: self.host.values("Tank", "temperature") == [21.5, 22.0], "the change")

        server.stop()
        server.start()
        self.addCleanup(server.stop)
        self.until(lambda: server.observers("text") > 0, "the observer comes again")
        server.write("text", b"23")
        self.until(lambda: self.host.values("Tank", "temperature")[-1] == 23.0, "the new value")


if __name__ == "__main__":
    plain.main()
