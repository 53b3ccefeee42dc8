"""`foretwin replay`: real logs of a machining centre, counted once more in Python."""

import collections
import datetime
import gzip
import html.parser
import json
import subprocess
import unittest
import xml.sax.saxutils

from verbs_test import FORETWIN, ROOT, Verbs, plain

LIBRARY = ROOT / "scenarios/library/machining_centre"
PROFILE = LIBRARY / "profile.yaml"
LOGS = sorted((LIBRARY / "data").glob("*.gz"))


def nanoseconds(stamp):
    """2016-10-07T08:37:00.1Z as whole nanoseconds since 1970."""
    clock = datetime.datetime.strptime(stamp[:19], "%Y-%m-%dT%H:%M:%S")
    fraction = stamp[19:].rstrip("Z").lstrip(".")
    since = clock - datetime.datetime(1970, 1, 1)
    return (since.days * 86400 + since.seconds) * 10**9 + int((fraction + "0" * 9)[:9])


def time_by_value(lines, item):
    """In the order of the log, on a clock that never runs back; from the first value told."""
    clock, value, since = None, "UNAVAILABLE", None
    times = collections.Counter()
    for line in lines:
        stamp, name, told = line.rstrip("\n").split("|")[:3]
        clock = max(clock or 0, nanoseconds(stamp))
        if since is None and told.upper() != "UNAVAILABLE":
            since = clock
        if name == item:
            if since is not None:
                times[value] += clock - since
                since = clock
            value = told.upper()
    times[value] += clock - since
    return +times


def lines_of(logs):
    for log in logs:
        with gzip.open(log, "rt") as text:
            yield from text


class Replay(Verbs):
    def write(self, name, text):
        path = self.folder / name
        path.write_text(text)
        return path

    def replay(self, *arguments, expected=0):
        result = subprocess.run([FORETWIN, "replay", *map(str, arguments)], capture_output=True,
                                text=True, timeout=300, stdin=subprocess.DEVNULL)
        self.assertEqual(result.returncode, expected, result.stderr[-2000:])
        return result

    def as_json(self, *arguments):
        return json.loads(self.replay(*arguments, "--json").stdout)

    def test_seconds_per_value_agree_with_an_independent_count(self):
        for logs in [[log] for log in LOGS] + [LOGS]:
            told = self.as_json(PROFILE, *logs)
            machine = told["total"]["devices"]["Mazak01"]
            for item in ("execution", "mode", "estop", "power"):
                with self.subTest(item=item, logs=len(logs)):
                    got = {value: round(seconds * 1e9) for value, seconds
                           in machine["seconds_per_value"][item].items() if seconds > 0}
                    self.assertEqual(got, time_by_value(lines_of(logs), item))
            self.assertEqual(told["log_counts"]["defects"], {})
            self.assertEqual(told["log_counts"]["lines"], sum(1 for _ in lines_of(logs)))

    def test_the_times_sum_to_the_calendar_day_by_day(self):
        told = self.as_json(PROFILE)
        sums = collections.Counter()
        for day in told["days"] + [told["total"]]:
            machine = day["devices"]["Mazak01"]
            ns = {state: round(seconds * 1e9)
                  for state, seconds in machine["seconds_per_state"].items()}
            self.assertEqual(sum(ns.values()), round(day["seconds"] * 1e9))
            elements = machine["seconds_per_iso_22400_element"]
            parts = elements["APT"] + elements["AUST"] + elements["ADET"] + elements["ADOT"]
            self.assertAlmostEqual(elements["PBT"], parts, places=6)
            if day is not told["total"]:
                sums.update(ns)
        self.assertEqual(sums, collections.Counter(ns))
        availability = told["total"]["kpis"]["availability"]["value"]
        self.assertAlmostEqual(availability, elements["APT"] / elements["PBT"], places=12)
        self.assertIn("no planned run time", told["total"]["kpis"]["oee"]["undefined"])
        self.assertEqual([day["label"] for day in told["days"]], ["2016-10-20", "2016-10-21"])

    def test_the_same_log_is_the_same_twin_however_it_is_cut(self):
        whole = self.as_json(PROFILE)
        again = self.as_json(PROFILE)
        self.assertEqual(whole, again)
        lines = list(lines_of(LOGS))
        for cuts in ([1, 90, 5000, 5001, 73264], [40000]):
            pieces = []
            for number, (begin, end) in enumerate(zip([0] + cuts, cuts + [len(lines)])):
                pieces.append(self.write(f"{number}.txt", "".join(lines[begin:end])))
            cut = self.as_json(PROFILE, *pieces)
            self.assertEqual(cut["fingerprint"], whole["fingerprint"])
            for part in ("total", "days", "history"):
                self.assertEqual(cut[part], whole[part])
        other = self.write("other.txt", "".join(lines).replace("|ACTIVE", "|READY", 1))
        self.assertNotEqual(self.as_json(PROFILE, other)["fingerprint"], whole["fingerprint"])

    def test_the_same_day_as_mtconnect_streams_gives_the_same_states(self):
        elements = []
        for number, line in enumerate(lines_of(LOGS[:1]), 1):
            fields = xml.sax.saxutils.escape(line.rstrip("\n")).split("|")
            if fields[1] not in ("execution", "mode", "estop", "power", "path_system"):
                continue
            stamp = f'dataItemId="{fields[1]}" timestamp="{fields[0]}" sequence="{number}"'
            if len(fields) > 3:
                detail = f'nativeCode="{fields[3]}" qualifier="{fields[5]}"'
                elements.append(f"<Condition><{fields[2]} {stamp} {detail}>{fields[6]}"
                                f"</{fields[2]}></Condition>")
            else:
                elements.append(f"<Events><E {stamp}>{fields[2]}</E></Events>")
        text = ('<MTConnectStreams><Header instanceId="1"/><Streams><DeviceStream name="Mazak01">'
                "<ComponentStream>" + "".join(elements) + "</ComponentStream></DeviceStream>"
                "</Streams></MTConnectStreams>")
        streams = self.as_json(PROFILE, self.write("day.xml", text))
        streams = streams["total"]["devices"]["Mazak01"]
        log = self.as_json(PROFILE, LOGS[0])["total"]["devices"]["Mazak01"]
        for item in ("execution", "mode", "power"):
            got = streams["seconds_per_value"][item]
            for value, seconds in log["seconds_per_value"][item].items():
                if value != "UNAVAILABLE":
                    self.assertLess(abs(got[value] - seconds), 3, (item, value))

    def test_a_window_and_a_pace(self):
        told = self.as_json(PROFILE, "--from", "2016-10-20T14:00", "--to", "2016-10-20T15:00")
        self.assertEqual(told["total"]["seconds"], 3600)
        paced = self.replay(PROFILE, "--from", "2016-10-20T14:00", "--to", "2016-10-20T14:10",
                            "--speed", "1e9x")
        self.assertIn("2016-10-20T14:", paced.stderr)
        self.assertIn("Mazak01", paced.stdout)
        for bad in (("--from", "yesterday"), ("--speed", "fast"),
                    ("--from", "2016-10-21", "--to", "2016-10-20"), ("--from", "2020-01-01")):
            self.assertIn("(", self.replay(PROFILE, *bad, expected=2).stderr)

    def test_the_report_stands_alone(self):
        folder = self.folder / "report"
        self.replay(PROFILE, "--report", folder)
        page = (folder / "replay.html").read_text()
        html.parser.HTMLParser().feed(page)
        self.assertNotIn("http", page.replace("http-equiv", ""))
        self.assertIn("CHUCK BARRIER", page)
        self.assertNotIn("nan", page.lower().replace("maintenance", ""))
        told = json.loads((folder / "replay.json").read_text())
        self.assertIn(told["fingerprint"], page)
        self.assertIn(told["fingerprint"], (folder / "replay.txt").read_text())

    def test_a_damaged_log_is_counted_and_the_rest_is_taken(self):
        lines = list(lines_of(LOGS[:1]))
        lines[300:300] = ["rubbish\n", "2016-10-20T14:00:00Z|execution\n", "\xff\xfe|x|\n",
                          "* PING\n", "2016-10-20T14:00:00Z|execution|DANCING\n"]
        told = self.as_json(PROFILE, self.write("damaged.txt", "".join(lines)))
        self.assertEqual(told["log_counts"]["defects"],
                         {"an item without a value": 1, "no fields": 1,
                          "no time that there is": 1})
        self.assertEqual(told["log_counts"]["protocol"], 1)
        values = [one["what"] for one in told["history"]["Mazak01"]["values_not_mapped"]]
        self.assertEqual(values, ["execution = DANCING"])

    def test_a_profile_is_read_strictly(self):
        text = PROFILE.read_text()
        for old, new, what in [("state: busy", "state: bussy", "did you mean 'busy'"),
                               ("steps_back: 10 s", "steps_back: 10 kg", "no duration"),
                               ("    known:", "    knwon:", "unknown key 'knwon'"),
                               ("zone: UTC", "zone: Mars/Olympus", "Mars/Olympus"),
                               ("data/Mazak01-20161020", "data/nothing", "there is no log")]:
            with self.subTest(what=what):
                self.assertIn(old, text)
                bad = self.write("bad.yaml", text.replace(old, new))
                self.assertIn(what, self.replay(bad, expected=2).stderr)


if __name__ == "__main__":
    plain.main()
