"""Broker, gateway and host for the tests: real programs on free ports, conditions waited for."""

import contextlib
import json
import os
import pathlib
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import unittest

import paho.mqtt.client as paho
import wire

PATIENCE_S = 30.0  # before a condition that does not come fails the test


def free_port(kind=socket.SOCK_STREAM):
    with contextlib.closing(socket.socket(socket.AF_INET, kind)) as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def until(condition, what, told=lambda: ""):
    """Looks until the condition holds and returns it."""
    end = time.monotonic() + PATIENCE_S
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"waited in vain: {what}\n{told()}")
        time.sleep(0.01)


def answers(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


class Mosquitto:
    """A real broker; `kill` is SIGKILL."""

    def __init__(self, folder, port=None, extra=""):
        self.port = port or free_port()
        self.file = pathlib.Path(folder) / "mosquitto.conf"
        rights = "user root\n" if os.geteuid() == 0 else ""
        access = "" if "allow_anonymous" in extra else "allow_anonymous true\n"
        self.file.write_text(f"listener {self.port} 127.0.0.1\n{rights}{access}{extra}")
        self.process = None

    def start(self):
        program = shutil.which("mosquitto", path=os.environ["PATH"] + ":/usr/sbin")
        assert program, "mosquitto is not installed: apt-get install mosquitto"
        self.process = subprocess.Popen([program, "-c", self.file], stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)
        until(lambda: answers(self.port), "mosquitto answers")

    def kill(self):
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None


class Gateway:
    """The program itself, with its log."""

    def __init__(self, folder, text):
        self.folder = pathlib.Path(folder)
        self.file = self.folder / "gateway.yaml"
        self.file.write_text(text)
        self.process = None

    def start(self, largest_file=None, **environment):
        """largest_file: no file may grow beyond it, bytes; to the program a full disk."""
        limits = [] if largest_file is None else ["prlimit", f"--fsize={largest_file}"]
        self.output = open(self.folder / "log.txt", "ab")
        self.process = subprocess.Popen([*limits, sys.executable, "-m", "foretwin_gateway",
                                         self.file],
                                        stderr=self.output, stdout=self.output,
                                        env=os.environ | environment)

    def stop(self, number=signal.SIGTERM):
        """Its exit code."""
        if self.process is None:
            return None
        self.process.send_signal(number)
        code = self.process.wait(PATIENCE_S)
        self.process = None
        self.output.close()
        return code

    def log(self):
        return (self.folder / "log.txt").read_text()

    def queued(self):
        """Values that wait in the queue on disk, oldest first; none before there is a queue."""
        return self._values("WHERE id > (SELECT coalesce(max(up_to), 0) FROM sent)")

    def kept(self):
        """Those, and before them what was sent and is only kept."""
        return self._values("")

    def _values(self, which):
        if "queue of" not in self.log():
            return []
        with contextlib.closing(sqlite3.connect(self.folder / "queue.db", timeout=5)) as store:
            return [row[0] for row in store.execute(
                f"SELECT value FROM samples {which} ORDER BY id")]


class Host:
    """A Sparkplug host that believes nothing: it checks the order of every message."""

    def __init__(self, port, name="host", group="G"):
        self.messages = []  # (topic, payload) of all nodes
        self.samples = []  # {"device", "item", "time_ms", "value", "historical", "quality", ...}
        self.wrong = []
        self.sequence = None
        self.birth_death = None
        self.devices = {}  # device -> alias -> name
        self.births = {}  # device or None -> metrics of the newest birth by name
        self.deaths = []
        self.changed = threading.Condition()
        self.state = f"spBv1.0/STATE/{name}"
        self.group = group
        self.port = port
        self.client = paho.Client(paho.CallbackAPIVersion.VERSION2, f"test-{name}",
                                  protocol=paho.MQTTv5)
        self.client.on_connect = self._subscribe
        self.client.on_subscribe = lambda *_: self.ready.set()
        self.client.on_message = lambda _c, _u, message: self._hear(message)
        self.client.reconnect_delay_set(0.05, 0.1)
        self.ready = threading.Event()

    def start(self):
        self.client.connect("127.0.0.1", self.port)
        self.client.loop_start()
        assert self.ready.wait(PATIENCE_S)
        return self

    def _subscribe(self, client, *_):
        client.subscribe(f"spBv1.0/{self.group}/#", qos=1)

    def say(self, online):
        """STATE, as the specification's version 3 has it."""
        told = json.dumps({"online": online, "timestamp": time.time_ns() // 10**6})
        self.client.publish(self.state, told, 1, True).wait_for_publish(PATIENCE_S)

    def ask_rebirth(self, node="N"):
        self.client.publish(f"spBv1.0/{self.group}/NCMD/{node}",
                            wire.command("Node Control/Rebirth", True), 1)

    def stop(self):
        self.client.disconnect()
        self.client.loop_stop()

    def _hear(self, message):
        with self.changed:
            try:
                self._note(message.topic.split("/")[2:], wire.payload(message.payload))
                self.messages.append((message.topic, message.payload))
            except Exception as error:
                if "NCMD" not in message.topic:
                    self.wrong.append(f"{message.topic}: {error!r}")
            self.changed.notify_all()

    def _note(self, topic, told):
        kind, device = topic[0], topic[2] if len(topic) > 2 else None
        if kind == "NCMD":
            return
        if kind == "NDEATH":
            if told["metrics"][0]["value"] == self.birth_death:
                self.sequence, self.devices = None, {}
                self.deaths.append(None)
            return
        expected = 0 if kind == "NBIRTH" else (self.sequence + 1) % 256
        if told["sequence"] != expected:
            self.wrong.append(f"{kind} has sequence {told['sequence']} instead of {expected}")
        self.sequence = told["sequence"]
        if kind in ("NBIRTH", "DBIRTH"):
            named = {metric["name"]: metric for metric in told["metrics"]}
            self.births[device] = named
            if kind == "NBIRTH":
                self.devices = {}
                self.birth_death = named["bdSeq"]["value"]
            self.devices[device] = {metric["alias"]: metric for metric in told["metrics"]
                                    if "alias" in metric}
            self._samples(device, told["metrics"], "birth")
        elif kind == "DDEATH":
            del self.devices[device]
            self.deaths.append(device)
        else:
            known = self.devices[device]
            self._samples(device, [{**metric, "name": known[metric["alias"]]["name"]}
                                   for metric in told["metrics"]], "data")

    def _samples(self, device, metrics, told_in):
        for one in metrics:
            self.samples.append({
                "device": device, "item": one["name"], "time_ms": one["time_ms"],
                "value": one["value"], "historical": one["historical"], "in": told_in,
                "quality": one["properties"].get("Quality", 192),
                "status": one["properties"].get("Status", ""), "datatype": one["datatype"]})

    def data(self, device, item):
        """Samples of one item outside births, in the order of arrival."""
        with self.changed:
            return [one for one in self.samples if one["in"] == "data"
                    and one["device"] == device and one["item"] == item]

    def values(self, device, item):
        return [one["value"] for one in self.data(device, item)]


class Case(unittest.TestCase):
    """A folder, a broker, a host; everything ends with the test, in reverse order."""

    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.gateway = None
        self.host = None

    def broker(self, **options):
        broker = Mosquitto(self.folder, **options)
        self.addCleanup(broker.kill)
        broker.start()
        return broker

    def start_host(self, broker):
        self.host = Host(broker.port).start()
        self.addCleanup(self._end_host)
        self.host.say(True)
        return self.host

    def _end_host(self):
        self.host.stop()
        self.assertEqual(self.host.wrong, [])

    def start_gateway(self, port, sources, publish="sparkplug: {group: G, node: N, "
                      "primary_host: host}", at_most="64 MB", broker="", **how):
        self.gateway = Gateway(self.folder, (
            f"foretwin_gateway: 1\nbroker: {{host: localhost, port: {port}, client: g, "
            f"retry: 100 ms{broker}}}\npublish:\n  {publish}\n"
            f"store: {{file: queue.db, at_most: {at_most}}}\nsources:\n{sources}"))
        self.gateway.start(**how)
        self.addCleanup(self._end_gateway)
        return self.gateway

    def _end_gateway(self):
        code = self.gateway.stop()
        self.assertIn(code, (None, 0), self.gateway.log())
        self.assertNotIn("Traceback", self.gateway.log())

    def until(self, condition, what):
        return until(condition, what, lambda: self.told())

    def told(self):
        log = self.gateway.log()[-4000:] if self.gateway else ""
        heard = [one[0] for one in self.host.messages[-20:]] if self.host else []
        return f"host: {heard}\n{self.host and self.host.samples[-10:]}\ngateway:\n{log}"
