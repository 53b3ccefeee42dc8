"""What goes wrong between a plant and its broker, and what the gateway then does: it loses nothing
that it accepted, counts what it could not accept, and follows Sparkplug's order of births."""

import environment

environment.enter()

import json  # noqa: E402
import signal  # noqa: E402
import threading  # noqa: E402

import bench  # noqa: E402
import certificates  # noqa: E402
import paho.mqtt.client as paho  # noqa: E402
import plain  # noqa: E402
import servers  # noqa: E402
from asyncua import ua  # noqa: E402
from servers import ms  # noqa: E402
from servers_test import opcua_source  # noqa: E402

COUNT = {"count": '{node: "ns=2;s=count", type: integer}'}


class Faults(bench.Case):
    """An OPC UA server with a counter, whose k-th value has second k as its time."""

    @classmethod
    def setUpClass(cls):
        cls.server = servers.OpcUaServer({"count": ua.VariantType.Int64}).start()
        cls.addClassCleanup(cls.server.stop)

    def setUp(self):
        super().setUp()
        self.count(0, 0)
        self.mosquitto = self.broker()

    def count(self, first, last):
        self.server.count("count", first, last)

    def counted(self):
        return [(one["value"], one["time_ms"]) for one in self.host.data("Filler", "count")]

    def start(self, **more):
        return self.start_gateway(self.mosquitto.port, opcua_source(self.server, COUNT), **more)

    def arrives(self, last):
        self.until(lambda: last in self.host.values("Filler", "count"), f"value {last}")

    def test_what_was_read_while_the_broker_was_away_arrives_as_historical(self):
        self.count(1, 1)
        self.start_host(self.mosquitto)
        self.start()
        self.arrives(1)
        self.until(lambda: self.gateway.queued() == [], "the broker has it for sure")
        self.mosquitto.kill()
        self.until(lambda: "broker localhost" in self.gateway.log(), "the gateway notices")
        self.count(2, 40)
        self.until(lambda: self.gateway.queued()[-1:] == [40], "the queue holds them")
        # With 1, which the broker may have taken into its grave.
        self.assertEqual(self.gateway.queued(), list(range(1, 41)))
        self.host.ready.clear()
        self.mosquitto.start()
        self.assertTrue(self.host.ready.wait(bench.PATIENCE_S))
        self.host.say(True)
        self.arrives(40)
        self.count(41, 41)
        self.arrives(41)
        # 1 to 40 in order and historical, after a birth without a value that would be ahead of
        # them; then the present value as present, and what is new.
        self.assertEqual(self.counted(), [(value, ms(value))
                                          for value in (1, *range(1, 41), 40, 41)])
        self.assertEqual([one["historical"] for one in self.host.data("Filler", "count")[1:]],
                         [True] * 40 + [False] * 2)
        birth = self.host.births["Filler"]["count"]
        self.assertEqual((birth["null"], birth["properties"]["Quality"]), (True, 500))
        self.until(lambda: self.gateway.queued() == [], "the queue is empty")

    def test_nothing_accepted_is_lost_when_the_gateway_is_killed_without_a_broker(self):
        self.mosquitto.kill()
        self.count(1, 1)
        self.start()
        self.until(lambda: self.gateway.queued() == [1], "the first value")
        self.count(2, 25)
        self.until(lambda: self.gateway.queued()[-1:] == [25], "the queue holds them")
        self.gateway.stop(signal.SIGKILL)
        self.mosquitto.start()
        self.start_host(self.mosquitto)
        self.gateway.start()
        self.arrives(25)
        self.assertEqual(self.counted()[:25], [(value, ms(value)) for value in range(1, 26)])
        self.assertTrue(all(one["historical"] for one in self.host.data("Filler", "count")[:25]))

    def test_nothing_accepted_is_lost_when_the_gateway_is_killed_in_full_flow(self):
        self.start_host(self.mosquitto)
        self.start()
        self.arrives(0)
        writer = threading.Thread(target=lambda: [self.count(one, one) for one in range(1, 401)])
        writer.start()
        self.arrives(100)
        self.gateway.stop(signal.SIGKILL)
        writer.join()
        waiting = self.gateway.queued()
        heard = max(self.host.values("Filler", "count"))
        accepted = max([heard, *waiting])
        self.gateway.start()
        self.arrives(accepted)
        self.arrives(400)  # the server still has its newest value
        values = set(self.host.values("Filler", "count"))
        self.assertEqual(set(range(1, accepted + 1)) - values, set())
        self.until(lambda: self.gateway.queued() == [], "the queue is empty")

    def test_each_connection_has_its_own_death_certificate_and_a_rebirth_keeps_it(self):
        self.start_host(self.mosquitto)
        self.start()
        self.until(lambda: "Filler" in self.host.births, "the births")
        first = self.host.birth_death
        self.host.births.clear()
        self.host.ask_rebirth()
        self.until(lambda: {None, "Filler"} <= set(self.host.births), "the births again")
        self.assertEqual(self.host.birth_death, first)
        self.host.client.publish("spBv1.0/G/NCMD/N", b"\xff\xff", 1)  # no payload: ignored
        self.gateway.stop(signal.SIGKILL)
        self.until(lambda: None in self.host.deaths, "the will")
        self.host.births.clear()
        self.gateway.start()
        self.until(lambda: None in self.host.births, "the next birth")
        self.assertEqual(self.host.birth_death, (first + 1) % 256)
        self.assertEqual(self.gateway.stop(), 0)
        self.until(lambda: len(self.host.deaths) == 2, "a death in order")

    def test_without_its_primary_host_it_dies_waits_and_tells_again_what_it_may_not_have_heard(
            self):
        self.count(1, 3)
        self.start_host(self.mosquitto)
        self.start()
        self.arrives(3)
        self.host.say(False)
        self.until(lambda: None in self.host.deaths, "NDEATH")
        self.until(lambda: "went offline" in self.gateway.log(), "it knows")
        self.count(4, 6)
        self.until(lambda: self.gateway.queued()[-1:] == [6], "the queue holds them")
        before = len(self.host.data("Filler", "count"))
        self.host.say(True)
        self.arrives(6)
        again = self.host.data("Filler", "count")[before:]
        self.assertEqual([(one["value"], one["historical"]) for one in again[:4]],
                         [(3, True), (4, True), (5, True), (6, True)])
        self.host.say(False)
        self.host.say(True)  # a host that was gone for a moment only
        self.until(lambda: self.host.deaths == [None, None], "NDEATH again")
        self.until(lambda: "Filler" in self.host.devices, "the births again")

    def fill(self, **more):
        """Writes with the broker away until the first refusal; returns how many were written."""
        self.mosquitto.kill()
        self.count(1, 1)
        self.start(**more)
        self.until(lambda: self.gateway.queued() == [1], "the source")
        told = 1
        while "queue is full" not in self.gateway.log():
            self.assertLess(told, 20_000)
            self.count(told + 1, told + 900)  # the server keeps 1000 between two publications
            told += 900
            self.until(lambda: self.gateway.queued()[-1:] == [told]
                       or "queue is full" in self.gateway.log(), f"write {told}")
        return told

    def all_told_or_counted(self, told):
        """Everything is either told or in the published count of losses; returns the losses."""
        self.mosquitto.start()
        self.start_host(self.mosquitto)
        self.until(lambda: self.host.births.get(None), "the birth")
        self.until(lambda: self.gateway.queued() == [], "the queue is sent")

        def lost():
            return max([self.host.births[None]["Gateway/lost"]["value"],
                        *self.host.values(None, "Gateway/lost")])

        def different():
            return len(set(self.host.values("Filler", "count")))
        self.until(lambda: lost() + different() >= told, "the sum")
        self.assertEqual(lost() + different(), told)
        return lost()

    def test_a_full_queue_counts_what_it_refuses_and_tells_the_host(self):
        told = self.fill(at_most="100 kB")
        lost = self.all_told_or_counted(told)
        self.assertGreater(lost, 0)
        self.count(told + 1, told + 1)
        self.arrives(told + 1)  # there is place again

    def test_a_full_disk_counts_what_it_refuses_and_keeps_what_it_accepted(self):
        told = self.fill(largest_file=300_000)
        self.assertGreater(self.all_told_or_counted(told), 0)


class Security(bench.Case):
    def test_opc_ua_signs_encrypts_and_logs_in(self):
        certificates.make(self.folder, "server", "urn:freeopcua:python:server")
        certificates.make(self.folder, "client", "urn:foretwin:gateway")
        certificates.make(self.folder, "stranger", "urn:freeopcua:python:server")
        server = servers.OpcUaServer({"count": ua.VariantType.Int64}, self.folder / "server.der",
                                     self.folder / "server.key").start()
        self.addCleanup(server.stop)
        server.write("count", 5, 5)
        mosquitto = self.broker()
        self.start_host(mosquitto)
        secure = ("publishing: 20 ms, certificate: client.der, key: client.key, user: gateway, "
                  "server_certificate: {}.der, password: {{environment: OPCUA_PASSWORD}}")
        self.start_gateway(mosquitto.port, opcua_source(server, COUNT, secure.format("server")),
                           OPCUA_PASSWORD="open sesame")
        self.until(lambda: self.host.values("Filler", "count") == [5], "the value")
        self.gateway.stop()
        self.assertNotIn("sesame", self.gateway.log())
        for trusted, password in (("server", "guess"), ("stranger", "open sesame")):
            with self.subTest(trusted=trusted, password=password):
                self.start_gateway(mosquitto.port, opcua_source(
                    server, COUNT, secure.format(trusted)), OPCUA_PASSWORD=password)
                lines = len(self.gateway.log().splitlines())
                self.until(lambda: "source Line" in "".join(
                    self.gateway.log().splitlines()[lines:]), "the refusal")
                self.assertNotIn("source Line: connected", "".join(
                    self.gateway.log().splitlines()[lines:]))
                self.gateway.stop()

    def test_json_topics_over_tls_with_user_and_password(self):
        authority = certificates.make(self.folder, "authority", authority=True)
        certificates.make(self.folder, "broker", signer=authority)
        certificates.make(self.folder, "gateway", signer=authority)
        (self.folder / "users").write_text("gateway:secret\n")
        bench.subprocess.run(["mosquitto_passwd", "-U", self.folder / "users"], check=True)
        mosquitto = self.broker(extra=(
            f"allow_anonymous false\npassword_file {self.folder}/users\n"
            f"cafile {self.folder}/authority.pem\ncertfile {self.folder}/broker.pem\n"
            f"keyfile {self.folder}/broker.key\nrequire_certificate true\n"))
        server = servers.CoapServer({"t": (b"21.5", 0)}).start()
        self.addCleanup(server.stop)
        (self.folder / "password").write_text("secret\n")
        heard = self.listen(mosquitto.port)
        self.start_gateway(mosquitto.port, (
            f"  Tank:\n    coap: {{url: 'coap://127.0.0.1:{server.port}', renew: 500 ms, "
            "timeout: 500 ms}\n    devices:\n      Tank:\n"
            "        temperature: {path: /t, unit: degC, deadband: 0}\n"),
            publish="json: {topic: 'plant/{device}/{item}', status: plant/gateway}",
            broker=", user: gateway, password: {file: password}, tls: {authority: authority.pem, "
            "certificate: gateway.pem, key: gateway.key}")
        self.until(lambda: "plant/Tank/temperature" in heard, "the value")
        told = heard["plant/Tank/temperature"][0]
        self.assertEqual((told["device"], told["item"], told["value"], told["unit"],
                          told["quality"]), ("Tank", "temperature", 21.5, "degC", "good"))
        self.assertRegex(told["time"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$")
        self.assertTrue(heard["plant/gateway"][-1]["online"])
        server.stop()
        self.until(lambda: len(heard["plant/Tank/temperature"]) > 1, "the loss")
        self.assertEqual((heard["plant/Tank/temperature"][1]["value"],
                          heard["plant/Tank/temperature"][1]["quality"],
                          heard["plant/Tank/temperature"][1]["status"]),
                         (None, "bad", "disconnected"))
        server.start()
        self.gateway.stop(signal.SIGKILL)
        self.until(lambda: not heard["plant/gateway"][-1]["online"], "the will")

    def listen(self, port):
        heard = {}
        ready = threading.Event()
        client = paho.Client(paho.CallbackAPIVersion.VERSION2)
        client.tls_set(str(self.folder / "authority.pem"), str(self.folder / "gateway.pem"),
                       str(self.folder / "gateway.key"))
        client.username_pw_set("gateway", "secret")
        client.on_connect = lambda one, *_: one.subscribe("plant/#", 1)
        client.on_subscribe = lambda *_: ready.set()
        client.on_message = lambda _c, _u, message: heard.setdefault(message.topic, []).append(
            json.loads(message.payload))
        client.connect("localhost", port)
        client.loop_start()
        self.addCleanup(lambda: (client.disconnect(), client.loop_stop()))
        self.assertTrue(ready.wait(bench.PATIENCE_S))
        return heard


if __name__ == "__main__":
    plain.main()
