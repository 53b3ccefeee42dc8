"""`foretwin ingest` from a real broker: what is acknowledged is stored, whatever breaks."""

import datetime
import json
import os
import resource
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import unittest

from verbs_test import FORETWIN, Verbs

PATIENCE_S = 30
CLIENT = "press shop"
DESCRIPTION = """foretwin_ingest: 1
source:
  mqtt: {{port: {port}, client_id: {client}, session: 1 h, topics: [plant/+/telemetry]{more}}}
  payload: json
  time: {{field: ts, unit: ms}}
  device: {{level: 2}}
{rules}signals:
  power: {{unit: kW}}
  pressure: {{unit: bar}}
"""
BEGIN_MS = 1_760_000_000_000
TOPIC = "plant/press/telemetry"


def wait_until(what, condition):
    end = time.monotonic() + PATIENCE_S
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"waited in vain until {what}")
        time.sleep(0.01)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Broker:
    """A mosquitto of the test's own; `lines` are added to its configuration."""

    def __init__(self, folder, lines=()):
        self.folder, self.port = folder, free_port()
        self.log = folder / "broker.log"
        self.process = None
        config = [f"listener {self.port} 127.0.0.1", "user root", "log_type all",
                  f"log_dest file {self.log}", "max_queued_messages 0",
                  *(lines or ["allow_anonymous true"])]
        (folder / "broker.conf").write_text("\n".join(config) + "\n")
        self.start()

    def start(self):
        program = shutil.which("mosquitto", path=os.environ["PATH"] + ":/usr/sbin")
        self.process = subprocess.Popen([program, "-c", self.folder / "broker.conf"],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_until("the broker listens", self.listens)

    def listens(self):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def end(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        self.process.wait(PATIENCE_S)

    def log_has(self, text):
        return self.log.read_text(errors="replace").count(text) if self.log.exists() else 0

    def acknowledged(self, client=CLIENT):
        return self.log_has(f"Received PUBACK from {client} ")

    def publish(self, payloads, topic=TOPIC, *words):
        subprocess.run(["mosquitto_pub", "-p", str(self.port), "-q", "1", "-t", topic, "-l",
                        *words], input="\n".join(payloads) + "\n", text=True, check=True,
                       timeout=PATIENCE_S)


class Live:
    """A running `foretwin ingest`, with what it says."""

    def __init__(self, folder, *words, environment=None):
        self.told_file = tempfile.TemporaryFile("w+", dir=folder)
        self.report_file = tempfile.TemporaryFile("w+", dir=folder)
        self.process = subprocess.Popen(
            [FORETWIN, "ingest", "live.yaml", "--store", "store.h5", "--json", *words], cwd=folder,
            stdout=self.report_file, stderr=self.told_file, stdin=subprocess.DEVNULL,
            env={**os.environ, **(environment or {})})

    def told(self):
        self.told_file.seek(0)
        return self.told_file.read()

    def wait_for(self, text, times=1):
        wait_until(f"it says '{text}'", lambda: self.told().count(text) >= times
                   or self.process.poll() is not None)
        assert self.told().count(text) >= times, self.told()

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.close()

    def end(self, how=signal.SIGTERM, code=0):
        if how:
            self.process.send_signal(how)
        assert self.process.wait(PATIENCE_S) == code, (self.process.returncode, self.told())
        self.report_file.seek(0)
        text = self.report_file.read()
        report = json.loads(text) if text else None
        told = self.told()
        self.close()
        return report, told

    def close(self):
        self.told_file.close()
        self.report_file.close()


def message(i, **more):
    return json.dumps({"ts": BEGIN_MS + 1000 * i, "power": i + 0.5, "pressure": -i, **more})


class FromBroker(Verbs):
    def setUp(self):
        super().setUp()
        self.broker = None

    def open_broker(self, lines=()):
        self.broker = Broker(self.folder, lines)
        self.addCleanup(self.broker.end, signal.SIGKILL)
        self.describe()

    def describe(self, rules="", more=""):
        (self.folder / "live.yaml").write_text(DESCRIPTION.format(
            port=self.broker.port, client=CLIENT, rules=rules, more=more))

    def live(self, *words, connected=True, environment=None):
        run = Live(self.folder, *words, environment=environment)
        self.addCleanup(lambda: run.process.poll() is None and run.process.kill())
        if connected:
            run.wait_for("connected to")
        return run

    def wait_for_acknowledged(self, count):
        wait_until(f"{count} messages are acknowledged",
                   lambda: self.broker.acknowledged() >= count)

    def check_store(self, numbers):
        """The store has all of these messages: told again, they are exact duplicates."""
        lines = ["time,power,pressure"]
        for i in numbers:
            at = datetime.datetime.fromtimestamp(BEGIN_MS / 1000 + i, datetime.timezone.utc)
            lines.append(f"{at:%Y-%m-%dT%H:%M:%SZ},{i + 0.5},{-i}")
        (self.folder / "truth.csv").write_text("\n".join(lines) + "\n")
        (self.folder / "truth.yaml").write_text(
            "foretwin_ingest: 1\nfile: truth.csv\nform: wide\ntime: {column: time, zone: UTC}\n"
            "device: {name: press}\nsignals:\n  power: {unit: kW}\n  pressure: {unit: bar}\n")
        told = json.loads(self.said("ingest", "truth.yaml", "--store", "store.h5",
                                    "--json").stdout)["samples"]
        self.assertEqual((told["received"], told["accepted"], told["defects"]["exact duplicate"]),
                         (2 * len(numbers), 0, 2 * len(numbers)), told)

    def check_accounts(self, report):
        samples = report["samples"]
        self.assertEqual(samples["received"],
                         samples["accepted"] + samples["rejected"] + samples["late"])


class Faults(FromBroker):
    def test_killed_in_mid_append_again_and_again_it_loses_nothing_and_doubles_nothing(self):
        self.open_broker()
        run = self.live()
        count = 4000
        sender = subprocess.Popen(
            ["mosquitto_pub", "-p", str(self.broker.port), "-q", "1", "-t", TOPIC, "-l"],
            stdin=subprocess.PIPE, text=True)
        with sender.stdin as lines:
            for i in range(count):
                lines.write(message(i) + "\n")
                if i in (1000, 2000, 3000):  # on its way: killed wherever it is
                    lines.flush()
                    self.wait_for_acknowledged(i // 2)
                    run.kill()
                    run = self.live()
        sender.wait(PATIENCE_S)
        self.wait_for_acknowledged(count)
        report, _ = run.end()
        self.check_accounts(report)
        self.check_store(range(count))

    def test_a_broker_that_is_killed_is_waited_for_and_told_of(self):
        self.open_broker()
        run = self.live()
        self.broker.publish(message(i) for i in range(300))
        self.wait_for_acknowledged(300)
        self.broker.end(signal.SIGKILL)
        run.wait_for("is gone")
        self.broker.start()
        run.wait_for("connected again")
        self.broker.publish(message(i) for i in range(300, 600))
        self.wait_for_acknowledged(600)
        report, _ = run.end(signal.SIGINT)
        self.assertEqual(report["samples"]["accepted"], 1200)
        self.check_store(range(600))

    def test_what_comes_while_we_are_away_is_kept_for_us(self):
        self.open_broker()
        self.live().end()
        self.broker.publish(message(i) for i in range(50))
        report, told = self.live("--until-idle", "1 s").end(how=None)
        self.assertEqual(report["samples"]["accepted"], 100)
        self.assertIn("50 messages", told)
        report, _ = self.live("--for", "0.2 s").end(how=None)
        self.assertEqual(report["samples"]["received"], 0)

    def test_a_full_disk_stops_acknowledging_until_there_is_room(self):
        self.open_broker()
        run = self.live()
        self.broker.publish(message(i) for i in range(10))
        self.wait_for_acknowledged(10)
        pid = run.process.pid
        room = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (1000, room[1]))
        self.broker.publish(message(i) for i in range(10, 200))
        run.wait_for("nothing more is read or acknowledged")
        self.broker.publish([message(7)], "plant/new machine/telemetry")  # a series to be made
        self.assertEqual(self.broker.acknowledged(), 10)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, room)
        run.wait_for("takes samples again")
        self.wait_for_acknowledged(201)
        report, _ = run.end()
        self.assertEqual(report["samples"]["accepted"], 2 * 201)
        self.check_store(range(200))

    def test_a_full_disk_before_the_first_series_is_waited_for_too(self):
        self.open_broker()
        run = self.live()
        pid = run.process.pid
        room = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (1000, room[1]))
        self.broker.publish(message(i) for i in range(20))
        run.wait_for("nothing more is read or acknowledged")
        resource.prlimit(pid, resource.RLIMIT_FSIZE, room)
        self.wait_for_acknowledged(20)
        report, _ = run.end()
        self.assertEqual(report["samples"]["accepted"], 40)


class Time(FromBroker):
    def test_duplicates_disorder_lateness_and_jumps_of_clocks_are_counted(self):
        self.open_broker()
        self.describe(rules="late_after: 10 s\n")
        run = self.live()
        ahead = int(time.time() * 1000) + 86_400_000
        self.broker.publish([
            *(message(i) for i in range(100) if i not in (50, 60)),
            message(98), message(99),  # once more: 2 x 2 exact duplicates
            message(97, power=0),  # contradicts: 1, and 1 exact
            message(50),  # 49 s behind: 2 late
            json.dumps({"ts": ahead, "power": 1, "pressure": 1}),  # a clock that jumped: 2
            *(message(i) for i in (103, 101, 102, 100)),  # 3 x 2 out of order
            "{", "[]", json.dumps({"power": 5}),  # 1 malformed, nothing, 1 without a time
        ])
        self.wait_for_acknowledged(98 + 2 + 1 + 1 + 1 + 4 + 3)
        report, told = run.end()
        self.check_accounts(report)
        samples, rows = report["samples"], report["rows"]
        self.assertEqual(samples["accepted"], 2 * 102)
        self.assertEqual(samples["late"], 2)
        self.assertEqual(samples["defects"]["exact duplicate"], 4 + 1)
        self.assertEqual(samples["defects"]["conflicting duplicate"], 1)
        self.assertEqual(samples["out_of_order"], 6)
        self.assertEqual({name: count for name, count in rows["defects"].items() if count},
                         {"malformed row": 1, "impossible date": 1, "ahead of the clock": 2})
        self.assertIn("1 of them unreadable", told)
        self.check_store([i for i in range(104) if i not in (50, 60)])

    def test_samples_that_wait_for_late_ones_outlive_a_kill(self):
        self.open_broker()
        self.describe(rules="late_after: 1 h\n")  # none of these leaves the window
        run = self.live()
        self.broker.publish(message(i) for i in range(0, 400, 2))
        self.wait_for_acknowledged(200)
        run.kill()
        run = self.live()
        run.wait_for("taken over from an earlier run: 400 samples")
        self.broker.publish(message(i) for i in range(1, 400, 2))  # between those that waited
        self.wait_for_acknowledged(400)
        run.kill()
        report, _ = self.live().end()
        self.assertEqual(report["samples"]["accepted"], 800)
        self.assertFalse((self.folder / "store.h5.held").exists())
        self.check_store(range(400))


class Secured(FromBroker):
    def certificates(self):
        def openssl(*words):
            subprocess.run(["openssl", *words], cwd=self.folder, check=True, capture_output=True)

        for name in ("ca", "stranger"):
            openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                    "-nodes", "-keyout", f"{name}.key", "-out", f"{name}.pem", "-days", "2",
                    "-subj", f"/CN={name}")
        for name in ("localhost", "us"):
            openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-keyout",
                    f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}", "-passout",
                    "pass:secret", *([] if name == "us" else ["-nodes"]))
            (self.folder / "names").write_text("subjectAltName=DNS:localhost\n")
            openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
                    "-CAcreateserial", "-out", f"{name}.pem", "-days", "2", "-extfile", "names")

    def test_a_broker_with_tls_wants_our_certificate_and_our_password(self):
        self.certificates()
        subprocess.run(["mosquitto_passwd", "-b", "-c", "passwords", "foretwin", "open sesame"],
                       cwd=self.folder, check=True)
        where = self.folder
        self.open_broker([f"cafile {where}/ca.pem", f"certfile {where}/localhost.pem",
                          f"keyfile {where}/localhost.key", "require_certificate true",
                          "allow_anonymous false", f"password_file {where}/passwords"])
        (where / "password").write_text("open sesame\n")
        (where / "wrong").write_text("open barley\n")
        tls = ("tls: {authority: %s.pem, certificate: us.pem, key: us.key, "
               "key_password_env: KEY}")
        user = ", user: foretwin, password_file: %s, "
        key = {"KEY": "secret"}
        for more, what in ((user % "wrong" + tls % "ca", "ot authori"),
                           (user % "password" + tls % "stranger", "no TLS connection"),
                           (user % "password" + "tls: {authority: ca.pem}",
                            "no TLS connection")):
            self.describe(more=more)
            _, told = self.live(connected=False, environment=key).end(how=None, code=3)
            self.assertIn(what, told)
            self.assertNotIn("open sesame", told)
        self.describe(more=user % "password" + tls % "ca")
        run = self.live(environment=key)
        self.broker.publish([message(1)], TOPIC, "--cafile", f"{where}/ca.pem", "--cert",
                            f"{where}/localhost.pem", "--key", f"{where}/localhost.key", "-h",
                            "localhost", "-u", "foretwin", "-P", "open sesame")
        self.wait_for_acknowledged(1)
        report, _ = run.end()
        self.assertEqual(report["samples"]["accepted"], 2)


# What a sender of Sparkplug B writes, by protobuf's own compiler: field numbers of the
# specification, and no code of ours.
PROTO = """syntax = "proto2";
message Metric {
  optional string name = 1; optional uint64 alias = 2; optional uint64 timestamp = 3;
  optional uint32 datatype = 4; optional bool is_null = 7; optional uint32 int_value = 10;
  optional uint64 long_value = 11; optional float float_value = 12;
  optional double double_value = 13; optional bool boolean_value = 14;
  optional string string_value = 15;
}
message Payload {
  optional uint64 timestamp = 1; repeated Metric metrics = 2; optional uint64 seq = 3;
}
"""
SPARKPLUG = """foretwin_ingest: 1
source:
  mqtt: {{port: {port}}}
  payload: sparkplug
  host_id: twin
signals:
  power: {{unit: kW, column: Outputs/power}}
"""


class Sparkplug(FromBroker):
    def send(self, topic, text):
        payload = subprocess.run(["protoc", "--encode=Payload", "sparkplug.proto"], check=True,
                                 cwd=self.folder, input=text.encode(), capture_output=True).stdout
        subprocess.run(["mosquitto_pub", "-p", str(self.broker.port), "-q", "0", "-s", "-t",
                        f"spBv1.0/Plant/{topic}"], input=payload, check=True)

    def test_a_host_is_born_asks_for_births_reads_and_leaves(self):
        self.open_broker()
        (self.folder / "live.yaml").write_text(SPARKPLUG.format(port=self.broker.port))
        (self.folder / "sparkplug.proto").write_text(PROTO)
        heard = open(self.folder / "heard", "wb")
        listener = subprocess.Popen(["mosquitto_sub", "-p", str(self.broker.port), "-t",
                                     "spBv1.0/#", "-F", "%t %p"], stdout=heard)
        self.addCleanup(heard.close)
        self.addCleanup(listener.wait)
        self.addCleanup(listener.kill)

        def wait_to_hear(text, times=1):
            wait_until(f"'{text}' is heard", lambda: (self.folder / "heard").read_bytes()
                       .count(text.encode()) >= times)

        wait_until("the listener listens", lambda: self.broker.log_has("Sending SUBACK to"))
        online, offline = ('spBv1.0/STATE/twin {"online":%s,' % what
                           for what in ("true", "false"))
        run = self.live()
        wait_to_hear(online)
        run.kill()  # the will
        wait_to_hear(offline)
        run = self.live("--until-idle", "2 s")
        wait_to_hear(online, 2)
        data = "seq: %d metrics { alias: 4 timestamp: %d float_value: %s }"
        self.send("DDATA/edge/press", data % (1, BEGIN_MS, 9.5))
        wait_to_hear("spBv1.0/Plant/NCMD/edge ")
        self.send("NBIRTH/edge", f"timestamp: {BEGIN_MS} seq: 0 "
                                 'metrics { name: "bdSeq" datatype: 4 long_value: 0 }')
        self.send("DBIRTH/edge/press", f"timestamp: {BEGIN_MS} seq: 1 metrics "
                                       '{ name: "Outputs/power" alias: 4 datatype: 9 '
                                       f"timestamp: {BEGIN_MS} float_value: 0.5 }}")
        for i in range(1, 6):
            self.send("DDATA/edge/press", data % (i + 1, BEGIN_MS + 1000 * i, i + 0.5))
        self.send("NDEATH/edge", 'metrics { name: "bdSeq" datatype: 4 long_value: 0 }')
        report, told = run.end(how=None)
        # Six values; and that nobody knows any more, from the death on.
        self.assertEqual(report["samples"]["accepted"], 7)
        self.assertIn("2 births, 1 deaths, 0 deaths of earlier lives, 0 messages reordered, "
                      "0 gaps, 1 without a birth, 1 rebirths asked for", told)
        wait_to_hear(offline, 2)


class Descriptions(Verbs):
    def refusals(self, text):
        (self.folder / "live.yaml").write_text("foretwin_ingest: 1\n" + text)
        result = self.said("ingest", "live.yaml", "--store", "store.h5", code=2)
        self.assertEqual(result.stdout, "")
        return result.stderr

    def test_every_mistake_of_a_source_is_told_with_its_place(self):
        (self.folder / "empty").write_text("")
        told = self.refusals("""file: x.csv
source:
  mqtt: {port: 0, tls: {certificate: us.pem}, user: me, password: secret, session: 1 h,
         password_file: empty, topics: ["a/#/b"], hots: b}
  payload: jsno
  time: {field: ts, unit: min}
  device: {level: 0}
  signal: {field: a, level: 2}
signals: {power: {unit: kW}}
""")
        for line in (
                "live.yaml:2:7: 'file' is for files, and there is a 'source'",
                "live.yaml:4:16: '0' is no whole number from 1 to 65535",
                "there is no file 'us.pem'",
                "a certificate and its key belong together",
                "live.yaml:4:67: a password does not stand in a description",
                "'empty' holds no password",
                "a session needs a name",
                "'a/#/b' is no filter of topics",
                "unknown key 'hots' in mqtt",
                "live.yaml:6:12: unknown payload 'jsno'",
                "'min' is no unit of times here",
                "'0' is no whole number from 1 to 100",
                "'signal' is found in one way"):
            self.assertIn(line, told)
        self.assertNotIn("secret", told)

    def test_a_source_must_be_whole(self):
        told = self.refusals("source: {payload: sparkplug}\nsignals: {p: {unit: kW}}\n")
        self.assertIn("a source is either 'mqtt' or 'kafka'", told)
        self.assertIn("source needs 'host_id'", told)
        told = self.refusals("source: {mqtt: {topics: [a]}, payload: text, value: {field: v}}\n"
                             "signals: {p: {unit: kW}}\n")
        for what in ("source needs 'device'", "source needs 'signal'", "is for payload: json"):
            self.assertIn(what, told)
        self.assertNotIn("'time'", told)

    def test_times_without_end_are_for_brokers(self):
        (self.folder / "t.csv").write_text("time,p\n2025-01-01,1\n")
        (self.folder / "live.yaml").write_text(
            "foretwin_ingest: 1\nfile: t.csv\nform: wide\ntime: {column: time, zone: UTC}\n"
            "device: {name: A}\nsignals: {p: {unit: kW}}\n")
        self.assertIn("--for and --until-idle", self.said(
            "ingest", "live.yaml", "--store", "s.h5", "--for", "1 s", code=2).stderr)
        (self.folder / "live.yaml").write_text(
            "foretwin_ingest: 1\nsource: {mqtt: {topics: [a], port: 1}, device: {name: A}, "
            "time: arrival}\nsignals: {p: {unit: kW}}\n")
        self.assertIn("no duration above 0", self.said(
            "ingest", "live.yaml", "--store", "s.h5", "--for", "0 s", code=2).stderr)
        told = self.said("ingest", "live.yaml", "--store", "s.h5", "--for", "0.5 s")
        self.assertEqual(told.stderr.count("is not there: Connection refused; trying again"), 1)


if __name__ == "__main__":
    unittest.main()
