"""From a server into the store: the gateway as edge node, `foretwin ingest` as its primary host."""

import environment

if __name__ == "__main__":
    environment.enter()

import json  # noqa: E402
import os  # noqa: E402
import re  # noqa: E402
import signal  # noqa: E402
import subprocess  # noqa: E402
import threading  # noqa: E402
import unittest  # noqa: E402

import bench  # noqa: E402
import paho.mqtt.client as paho  # noqa: E402
import plain  # noqa: E402
import servers  # noqa: E402
from asyncua import ua  # noqa: E402
from servers_test import opcua_source  # noqa: E402

FORETWIN = os.environ.get("FORETWIN", str(environment.ROOT / "build/release/foretwin"))
SPARKPLUG = """foretwin_ingest: 1
source:
  mqtt: {{host: 127.0.0.1, port: {port}}}
  payload: sparkplug
  host_id: host
  groups: [G]
signals:
  count: {{unit: '1'}}
"""


def reads_brokers():
    """Whether this build of the command line has MQTT in it; it is optional."""
    try:
        told = subprocess.run([FORETWIN, "ingest", "--help"], capture_output=True, text=True)
    except OSError:
        return False
    return "--until-idle" in told.stdout


@unittest.skipUnless(reads_brokers(), "this foretwin was built without MQTT")
class RoundTrip(bench.Case):
    def ingest(self, description):
        (self.folder / "live.yaml").write_text(description)
        self.said = open(self.folder / "ingest.log", "ab")
        self.report = open(self.folder / "report.json", "ab")
        process = subprocess.Popen(
            [FORETWIN, "ingest", "live.yaml", "--store", "store.h5", "--json"], cwd=self.folder,
            stdout=self.report, stderr=self.said, stdin=subprocess.DEVNULL)
        self.addCleanup(self.close, process)
        return process

    def close(self, process):
        process.kill()
        process.wait()
        self.said.close()
        self.report.close()

    def told(self):
        return super().told() + (self.folder / "ingest.log").read_text()

    def test_every_sample_is_stored_once_whatever_is_killed(self):
        server = servers.OpcUaServer({"count": ua.VariantType.Int64}).start()
        self.addCleanup(server.stop)
        server.count("count", 0, 0)
        mosquitto = self.broker()
        ingest = self.ingest(SPARKPLUG.format(port=mosquitto.port))
        gateway = self.start_gateway(mosquitto.port, opcua_source(
            server, {"count": '{node: "ns=2;s=count", type: integer}'}))
        self.until(lambda: gateway.kept() == [0], "the first value")
        server.count("count", 1, 50)
        self.until(lambda: gateway.kept()[-1:] == [50], "fifty are accepted")
        self.sent(1)
        mosquitto.kill()
        self.until(lambda: "broker localhost" in gateway.log(), "the gateway notices")
        server.count("count", 51, 100)
        self.until(lambda: gateway.queued()[-1:] == [100], "the queue holds them")
        gateway.stop(signal.SIGKILL)
        mosquitto.start()
        gateway.start()
        self.sent(2)
        server.count("count", 101, 150)
        self.until(lambda: gateway.kept()[-1:] == [150], "all are accepted")
        self.sent(2)
        self.assertEqual(gateway.stop(), 0)
        samples = self.report_of(ingest)["samples"]
        # The rest was told twice: in a birth, or as the present value after the past ones.
        self.assertEqual(samples["late"], 0)
        self.assertEqual(self.values_stored(), [str(value) for value in range(151)])
        self.assertEqual(samples["rejected"], samples["defects"]["exact duplicate"])

    def test_json_topics_are_read_as_the_readme_says(self):
        block = re.search(r"```yaml\n(foretwin_ingest: 1\n.*?)```",
                          (environment.ROOT / "tools/gateway/README.md").read_text(), re.DOTALL)
        server = servers.OpcUaServer({"count": ua.VariantType.Int64}).start()
        self.addCleanup(server.stop)
        server.count("count", 0, 0)
        mosquitto = self.broker()
        ingest = self.ingest(block[1].replace("port: 1883", f"port: {mosquitto.port}").replace(
            "pressure: {unit: bar}", "count: {unit: '1'}"))
        self.until(lambda: "connected to" in self.told(), "ingest listens")
        heard = self.listen(mosquitto.port)
        gateway = self.start_gateway(
            mosquitto.port,
            opcua_source(server, {"count": '{node: "ns=2;s=count", type: integer}'}),
            publish="json: {topic: 'plant/{device}/{item}', status: gateway}")
        self.until(lambda: heard == [0], "the first value")
        server.count("count", 1, 20)
        self.until(lambda: heard[-1:] == [20], "the last value is sent")
        self.assertEqual(gateway.stop(), 0)
        self.assertEqual(self.report_of(ingest)["samples"]["accepted"], 21)

    def listen(self, port):
        heard, ready = [], threading.Event()
        client = paho.Client(paho.CallbackAPIVersion.VERSION2)
        client.on_connect = lambda one, *_: one.subscribe("plant/Filler/count", 1)
        client.on_subscribe = lambda *_: ready.set()
        client.on_message = lambda _c, _u, message: heard.append(
            json.loads(message.payload)["value"])
        client.connect("127.0.0.1", port)
        client.loop_start()
        self.addCleanup(lambda: (client.disconnect(), client.loop_stop()))
        self.assertTrue(ready.wait(bench.PATIENCE_S))
        return heard

    def values_stored(self):
        """Values in the order of time, without the marks of what was stale in between."""
        subprocess.run([FORETWIN, "store", "export", "store.h5", "--out", "all.csv"],
                       cwd=self.folder, check=True, capture_output=True)
        rows = (self.folder / "all.csv").read_text().splitlines()[1:]
        return [row.split(",")[3] for row in rows if row.split(",")[3]]

    def report_of(self, ingest):
        ingest.send_signal(signal.SIGTERM)
        self.assertEqual(ingest.wait(bench.PATIENCE_S), 0, self.told())
        return json.loads((self.folder / "report.json").read_text())

    def sent(self, births):
        self.until(lambda: self.gateway.log().count("born as") >= births
                   and self.gateway.queued() == [], "the broker has everything")


if __name__ == "__main__":
    plain.main()
