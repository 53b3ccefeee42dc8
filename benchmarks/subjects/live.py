"""Messages of a real broker at QoS 1 into a store, beside a bare subscriber, in turn."""

import os
import pathlib
import shutil
import socket
import statistics
import subprocess
import tempfile
import time

from harness import BUILD, Figure

MESSAGES = 100_000
SAMPLES = 10  # of one message, where it carries several


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Broker:
    def __init__(self, folder):
        self.port = free_port()
        config = pathlib.Path(folder) / "broker.conf"
        config.write_text(f"listener {self.port} 127.0.0.1\nallow_anonymous true\nuser root\n"
                          "max_queued_messages 0\nlog_type error\n")
        program = shutil.which("mosquitto", path=os.environ["PATH"] + ":/usr/sbin")
        self.process = subprocess.Popen([program, "-c", config], stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)
        while not self.listens():
            time.sleep(0.01)

    def listens(self):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def end(self):
        self.process.terminate()
        self.process.wait()


def measure(broker, samples, *words):
    """What a reader says of the messages that are published while it reads: {quantity: value}."""
    program = str(BUILD / "live_ingest_benchmark")
    messages = MESSAGES if samples == 1 else MESSAGES // 2
    reader = subprocess.Popen([program, words[0], str(broker.port), str(messages), *words[1:]],
                              stdout=subprocess.PIPE, text=True)
    assert reader.stdout.readline() == "ready\n"
    subprocess.run([program, "publish", str(broker.port), str(messages), str(samples)],
                   check=True)
    told = dict(line.split() for line in reader.stdout.read().splitlines())
    assert reader.wait() == 0
    return messages / float(told["seconds"])


def figures(rounds):
    bare, one, many = [], [], []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            broker = Broker(folder)
            try:
                bare.append(measure(broker, 1, "bare"))
                one.append(measure(broker, 1, "ingest", "1", f"{folder}/one.h5"))
                many.append(SAMPLES * measure(broker, SAMPLES, "ingest", str(SAMPLES),
                                              f"{folder}/many.h5"))
            finally:
                broker.end()
    ratio = statistics.median(a / b for a, b in zip(one, bare))
    return [Figure("MQTT QoS 1 into the store, messages/s over those of a bare subscriber", ratio,
                   0.8, more_is_better=True),
            Figure("the same, messages/s", statistics.median(one), more_is_better=True,
                   tolerance=0.3),
            Figure("ten samples a message, samples/s", statistics.median(many), 50_000,
                   more_is_better=True, tolerance=0.3)]
