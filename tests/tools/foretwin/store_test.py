"""`foretwin store`, and what `foretwin ingest` reads beside CSV of numbers."""

import json

from verbs_test import Verbs, plain

NUMBERS = """foretwin_ingest: 1
file: park.csv
form: wide
time: {column: time, zone: Europe/Berlin}
device: {column: machine}
late_after: 12 h
signals:
  volt: {unit: V, range: [80 V, 200 V], hold: 3 h}
  state: {kind: text}
"""
ROWS = [(f"2026-03-29 {hour:02}:30", machine, 150 + hour * 7 % 60,
         "run" if hour % 3 else 'a "b", c')
        for hour in (0, 1, 3, 4, 12) for machine in ("A", "B")]
LINES = """foretwin_ingest: 1
file: log.jsonl
format: json lines
form: wide
time: {column: ts, epoch: ms, zone: UTC, arrival: got, clock_offset: -2 s}
device: {column: source.machine}
refuse_above: 50 %
signals:
  power: {unit: kW, column: values.0, zero: not recorded}
  state: {kind: text, column: state, words: [run, stop]}
"""


class Park(Verbs):
    def setUp(self):
        super().setUp()
        self.write("park.yaml", NUMBERS)
        self.write("park.csv", "time,machine,volt,state\n" + "".join(
            f'{time},{machine},{volt},"{state.replace(chr(34), chr(34) * 2)}"\n'
            for time, machine, volt, state in ROWS))
        self.said("ingest", "park.yaml", "--store", "park.h5")

    def write(self, name, text):
        (self.folder / name).write_text(text)

    def told(self, *words, code=0):
        return json.loads(self.said("store", *words, "--json", code=code).stdout)

    def exported(self, store, name="all.csv", *words):
        self.said("store", "export", store, "--out", name, *words)
        return (self.folder / name).read_bytes()


class Store(Park):
    def test_list_tells_every_series(self):
        series = self.told("list", "park.h5")["series"]
        self.assertEqual([(one["device"], one["signal"], one["kind"], one["samples"])
                          for one in series],
                         [(device, signal, kind, len(ROWS) // 2) for device in "AB"
                          for signal, kind in (("state", "texts"), ("volt", "numbers"))])
        self.assertEqual(series[0]["first"], "2026-03-28T23:30:00Z")
        self.assertIn("A/volt", self.said("store", "list", "park.h5").stdout)

    def test_what_is_exported_is_read_back_to_the_last_bit(self):
        whole = self.exported("park.h5")
        self.assertIn(b',A,state,"a ""b"", c",,0\n', whole)
        self.assertIn(b",volt,", whole)
        for name in ("all.csv", "all.jsonl"):
            self.exported("park.h5", name)
            self.said("ingest", name + ".ingest.yaml", "--store", name + ".h5")
            self.assertEqual(self.exported(name + ".h5", "again.csv"), whole)

    def test_wide_form_has_the_numbers(self):
        wide = self.exported("park.h5", "wide.csv", "--form", "wide").decode().splitlines()
        self.assertEqual(wide[:2], ["time,device,volt", "2026-03-28T23:30:00Z,A,150"])
        self.assertEqual(len(wide), 1 + len(ROWS))
        self.said("ingest", "wide.csv.ingest.yaml", "--store", "wide.h5")
        read = [one for one in self.told("list", "wide.h5")["series"]]
        self.assertEqual([one["samples"] for one in read], [len(ROWS) // 2] * 2)

    def test_a_part_is_exported(self):
        part = self.exported("park.h5", "part.csv", "--device", "A", "--signal", "v*", "--from",
                             "2026-03-29T01:00Z", "--to", "2026-03-29T03:00Z").decode()
        self.assertEqual(part.splitlines()[1:], ["2026-03-29T01:30:00Z,A,volt,171,,0",
                                                 "2026-03-29T02:30:00Z,A,volt,178,,0"])
        for words in (["--device", "C"], ["--from", "yesterday"], ["--out", "part.xlsx"]):
            self.said("store", "export", "park.h5", "--out", "x.csv", *words, code=2)
        self.assertFalse((self.folder / "x.csv").exists())

    def test_erasing_leaves_an_entry_and_no_byte(self):
        tried = self.told("erase", "park.h5", "--device", "A", "--dry-run")
        self.assertEqual((tried["done"], tried["samples"]), (False, len(ROWS)))
        self.assertIn(b'a "b", c', (self.folder / "park.h5").read_bytes())
        self.told("erase", "park.h5", "--device", "*", "--signal", "state", "--by", "Ada",
                  "--say", "texts of persons")
        self.assertNotIn(b'a "b", c', (self.folder / "park.h5").read_bytes())
        log = self.told("log", "park.h5")["log"]
        self.assertEqual([(one["deed"], one["by"], one["what"], one["series"], one["samples"])
                          for one in log], [("erase", "Ada", "texts of persons", 2, len(ROWS))])
        self.assertIn("texts of persons", self.said("store", "log", "park.h5").stdout)
        wrong = self.said("store", "erase", "park.h5", "--device", "C", code=2)
        self.assertIn("has no series of device 'C'", wrong.stderr)

    def test_retention_counts_back_from_a_time(self):
        self.told("retain", "park.h5", "--keep", "2 h", "--now", "2026-03-29T10:30Z", "--signal",
                  "volt")
        left = {(one["device"], one["signal"]): one["samples"]
                for one in self.told("list", "park.h5")["series"]}
        self.assertEqual(left, {("A", "state"): 5, ("A", "volt"): 1, ("B", "state"): 5,
                                ("B", "volt"): 1})
        for keep in ("2", "2 kW", "-1 h", "soon"):
            self.said("store", "retain", "park.h5", "--keep=" + keep, code=2)

    def test_compaction_changes_no_sample(self):
        before = self.exported("park.h5")
        result = self.told("compact", "park.h5")
        self.assertEqual(result["bytes_after"], (self.folder / "park.h5").stat().st_size)
        self.assertEqual(self.exported("park.h5"), before)
        self.assertEqual(sorted(path.name for path in self.folder.glob("*.partial")), [])

    def test_what_is_no_store_is_said_so(self):
        for deed in (["list"], ["log"], ["compact"], ["retain", "--keep", "1 h"],
                     ["erase", "--device", "A"], ["export", "--out", "x.csv"]):
            told = self.said("store", deed[0], "none.h5", *deed[1:], code=2)
            self.assertIn("there is no such store", told.stderr)
        self.assertFalse((self.folder / "none.h5").exists())


class Formats(Park):
    def ingest(self, *words, code=0):
        return json.loads(self.said("ingest", *words, "--json", code=code).stdout)

    def test_json_lines_with_a_slow_clock(self):
        self.write("log.yaml", LINES)
        lines = [{"ts": 1000 * i, "source": {"machine": "M"}, "values": [i % 3, "x"],
                  "state": "run", "got": 1000 * i + 39_000} for i in range(9)]
        del lines[4]["values"], lines[5]["state"]
        lines[6]["state"] = "jam"
        text = "\n".join(json.dumps(line) for line in lines)
        self.write("log.jsonl", text + "\n{\"ts\": \n")
        report = self.ingest("log.yaml", "--store", "log.h5")
        self.assertEqual(report["rows"]["defects"]["malformed row"], 1)
        self.assertEqual(report["signals"]["power"]["defects"]["zero, not recorded"], 3)
        self.assertEqual(report["signals"]["power"]["received"], 8)
        self.assertEqual(report["signals"]["state"]["defects"]["out of range"], 1)
        self.assertEqual(report["clocks"]["M"], {"rows": 9, "early": 0, "least_delay_s": 37.0,
                                                 "most_delay_s": 37.0, "offset_s": -37.0})
        told = self.said("ingest", "log.yaml", "--store", "other.h5", "--report", "quality").stdout
        self.assertIn("add -37 s to clock_offset", " ".join(told.split()))
        self.assertIn("Clocks", (self.folder / "quality/quality.html").read_text())
        first = self.told("list", "log.h5")["series"][0]["first"]
        self.assertEqual(first, "1970-01-01T00:00:03Z")  # 1 s on a clock that is 2 s behind

    def test_states_from_when_until_when(self):
        self.write("states.csv", "from,to,state\n2026-01-01T06:00,2026-01-01T07:00,run\n"
                   "2026-01-01T06:30,2026-01-01T08:00,stop\n2026-01-01T09:00,2026-01-01T08:00,run\n"
                   "2026-01-01T08:00,2026-01-01T09:00,stop\n")
        self.write("states.yaml", "foretwin_ingest: 1\nfile: states.csv\nform: intervals\n"
                   "time: {from: from, to: to, zone: UTC}\ndevice: {name: M}\n"
                   "signals: {state: {kind: text}}\n")
        report = self.ingest("states.yaml", "--store", "states.h5")
        self.assertEqual(report["signals"]["state"]["defects"]["overlap"], 1)
        self.assertEqual(report["rows"]["defects"]["no interval"], 1)
        self.assertEqual(report["signals"]["state"]["gaps"]["count"], 1)
        self.assertEqual(self.exported("states.h5").decode().splitlines()[1:], [
            '2026-01-01T06:00:00Z,M,state,"run",,0', '2026-01-01T07:00:00Z,M,state,,,16',
            '2026-01-01T08:00:00Z,M,state,"stop",,1', '2026-01-01T09:00:00Z,M,state,,,16'])

    def test_a_refused_file_leaves_nothing_and_one_that_is_taken_is_as_if_read_at_once(self):
        self.write("park2.yaml", NUMBERS + "refuse_above: 10 %\n")
        self.said("ingest", "park2.yaml", "--store", "careful.h5")
        self.assertEqual(self.exported("careful.h5"), self.exported("park.h5"))
        bad = (self.folder / "park.csv").read_text().replace("run", "")
        self.write("park.csv", bad.replace("2026-03-29", "2026-03-30"))
        before = (self.folder / "careful.h5").read_bytes()
        self.assertTrue(self.ingest("park2.yaml", "--store", "careful.h5", code=1)["refused"])
        self.assertEqual((self.folder / "careful.h5").read_bytes(), before)
        self.assertEqual(sorted(path.name for path in self.folder.glob("*.partial")), [])

    def test_what_a_description_cannot_mean_is_told(self):
        cases = {
            "format: parquet": "this Foretwin was built without Parquet",
            "format: xml": "unknown format 'xml'",
            "form: intervals": "time needs 'from'",
        }
        for line, expected in cases.items():
            key = line.split(":")[0] + ":"
            text = "\n".join(old for old in NUMBERS.splitlines() if not old.startswith(key))
            self.write("bad.yaml", text + "\n" + line + "\n")
            told = self.said("ingest", "bad.yaml", "--store", "bad.h5", code=2)
            self.assertIn(expected, told.stderr)
        for old, new, expected in (
                ("zone: Europe/Berlin", "zone: UTC, stamp: end", "an interval has a length"),
                ("zone: Europe/Berlin", "zone: UTC, interval: 1 h", "'stamp' is missing"),
                ("zone: Europe/Berlin", "zone: UTC, clock_offset: 1 kW", "no duration"),
                ("kind: text", "kind: text, unit: V", "'unit' is for numbers"),
                ("kind: text", "kind: number", "needs 'unit'"),
                ("unit: V,", "unit: V, zero: nothing,", "unknown meaning 'nothing'")):
            self.write("bad.yaml", NUMBERS.replace(old, new))
            told = self.said("ingest", "bad.yaml", "--store", "bad.h5", code=2)
            self.assertIn(expected, told.stderr)
        self.assertFalse((self.folder / "bad.h5").exists())


if __name__ == "__main__":
    plain.main()
