"""`foretwin ingest`: a damaged file whose every defect is known, and what becomes of it."""

import datetime
import gzip
import html.parser
import json
import os
import resource
import signal
import subprocess
import unittest

from verbs_test import FORETWIN, ROOT, Verbs, plain

HEADER = "time,machine,volt,pressure"
HOURS = 400
DESCRIPTION = """foretwin_ingest: 1
file: telemetry.csv
form: wide
time: {column: time, zone: UTC}
device: {column: machine}
late_after: 12 h
signals:
  volt:
    unit: V
    sentinels: [-9999]
    range: [0 V, 400 V]
    hold: 3 h
    every: 1 h
  pressure:
    unit: psi
    range: [40 psi, 200 psi]
    stuck: 6
    wrong_units: [kPa]
    hold: 3 h
    every: 1 h
"""


def clean_rows():
    """(hour, machine) -> fields; no value stands twice in a row, and none is twice another."""
    begin = datetime.datetime(2015, 1, 1)
    return {(hour, machine): [str(begin + datetime.timedelta(hours=hour)), machine,
                              str(165.25 + hour * 7 % 13), str(100.5 + hour * 5 % 11)]
            for machine in ("A", "B") for hour in range(HOURS)}


def text_of(rows):
    return "\n".join([HEADER] + [",".join(row) for row in rows]) + "\n"


def damaged_text():
    """The clean rows with every kind of defect; COUNTS says how many of each."""
    rows = clean_rows()
    for hour in (10, 20, 30):
        rows[hour, "A"][2] = ""
    for hour in (40, 41):
        rows[hour, "B"][3] = "ERR"
    rows[50, "A"][2] = "NaN"
    rows[51, "A"][3] = "inf"
    for hour in (60, 70, 80, 81):
        rows[hour, "B"][2] = "-9999"
    rows[90, "B"][2] = "500"
    for hour in range(100, 120):
        rows[hour, "B"][3] = "101.0"
    for hour in range(300, HOURS):  # psi as kPa
        rows[hour, "A"][3] = f"{float(rows[hour, 'A'][3]) * 6.894757:.3f}"
    for hour in range(200, 212):
        del rows[hour, "A"]
    late = [(rows.pop((hour, "A")), hour + 50) for hour in (220, 230, 240)]
    behind = rows.pop((250, "B"))  # five hours behind: waited for
    told = []
    for (hour, machine), row in rows.items():
        told.append(row)
        if machine == "A" and hour in (5, 95, 195, 295):
            told.append(list(row))
        if machine == "B" and hour in (6, 96):
            told.append([row[0], row[1], str(float(row[2]) + 10), row[3]])
        told += [one for one, after in late if machine == "A" and hour == after]
        if (hour, machine) == (255, "B"):
            told.append(behind)
    told.insert(100, HEADER.split(","))
    told.insert(300, ["2015-02-30 06:00:00", "A", "170", "100"])
    told.insert(500, ["2015-01-05 06:00:00", "A", "170"])
    return text_of(told)


# Two machines of 400 hours, 15 of which are missing or late of A; six rows are told twice.
READ = 2 * HOURS - 12 + 6
REPEATED = 2 * 4 + 1 * 2  # four whole rows of two signals; of two rows only the pressure
DEFECTS = {
    "volt": {"empty": 3, "NaN or infinity": 1, "sentinel": 4, "exact duplicate": 4,
             "conflicting duplicate": 2, "late": 3, "out of range": 1},
    "pressure": {"text in a number": 2, "NaN or infinity": 1, "exact duplicate": 6, "late": 3,
                 "stuck": 20, "wrong unit": 100},
}
LOST = 3 + 1 + 4 + 3 + 2 + 1 + 3  # of the rows that came, counted once; duplicates lose nothing


class Text(html.parser.HTMLParser):
    """Checks that tags are closed in order, and keeps the text."""

    def __init__(self, page):
        super().__init__()
        self.open, self.text = [], ""
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        names = [name for name, _ in attributes]
        assert "src" not in names and "href" not in names, (tag, attributes)
        assert tag != "script"
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        pass

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, tag

    def handle_data(self, data):
        self.text += data


class Ingest(Verbs):
    def setUp(self):
        super().setUp()
        self.write("telemetry.csv", damaged_text())
        self.write("telemetry.yaml", DESCRIPTION)

    def write(self, name, text):
        (self.folder / name).write_text(text)

    def ingest(self, *words, code=0, store="store.h5", description="telemetry.yaml"):
        told = self.said("ingest", description, "--store", store, "--json", *words, code=code)
        return json.loads(told.stdout)

    def clean(self, form="wide"):
        self.write("clean.csv", text_of(clean_rows().values()))
        self.write("clean.yaml", DESCRIPTION.replace("telemetry.csv", "clean.csv"))

    def check_accounts(self, report):
        rows = report["rows"]
        self.assertEqual(rows["received"], rows["read"] + rows["rejected"])
        series = [one for device in report["devices"].values() for one in device.values()]
        for one in [report["samples"], *report["signals"].values(), *series]:
            self.assertEqual(one["received"], one["accepted"] + one["rejected"] + one["late"])
        self.assertEqual(sum(one["received"] for one in series), report["samples"]["received"])


class Report(Ingest):
    def test_every_defect_of_a_damaged_file_is_counted(self):
        report = self.ingest()
        self.check_accounts(report)
        self.assertEqual(report["rows"]["received"], READ + 3)
        self.assertEqual(report["rows"]["read"], READ)
        rejected = {name: n for name, n in report["rows"]["defects"].items() if n}
        self.assertEqual(rejected, {"repeated header": 1, "impossible date": 1, "short row": 1})
        self.assertEqual([report["rows"][key] for key in ("repeated", "conflicting", "late")],
                         [4, 2, 3])
        for name, expected in DEFECTS.items():
            signal_report = report["signals"][name]
            found = {defect: n for defect, n in signal_report["defects"].items() if n}
            self.assertEqual(found, expected, name)
            self.assertEqual(signal_report["gaps"]["count"], 1)
            self.assertEqual(signal_report["gaps"]["missing"], 12)
            self.assertEqual(signal_report["gaps"]["longest_s"], 13 * 3600)
            self.assertEqual(signal_report["out_of_order"], 1)
        self.assertEqual(report["samples"]["marked"], 1 + 20 + 100)
        self.assertEqual(report["samples"]["accepted"], 2 * (2 * HOURS - 12) - LOST)
        self.assertEqual(report["devices"]["A"]["volt"]["first"], "2015-01-01T00:00:00Z")
        self.assertEqual(report["devices"]["B"]["pressure"]["last"], "2015-01-17T15:00:00Z")

    def test_what_is_not_stored_is_set_aside_with_its_place_and_text(self):
        report = self.ingest("--set-aside", "rest.csv")
        lines = (self.folder / "rest.csv").read_text().splitlines()
        self.assertEqual(lines[0], "line,column,device,signal,time,text,reason")
        samples = report["samples"]
        self.assertEqual(len(lines) - 1,
                         samples["rejected"] + samples["late"] + report["rows"]["rejected"])
        self.assertIn('13,23,"A","volt",2015-01-01T10:00:00Z,"",empty', lines)
        self.assertIn('302,1,"","",,"2015-02-30 06:00:00",impossible date', lines)

    def test_the_text_begins_with_the_answer_and_what_was_found(self):
        lines = self.said("ingest", "telemetry.yaml", "--store", "s.h5").stdout.splitlines()
        # 1588 received, 10 of them repetitions; 1559 accepted, 121 of them doubtful.
        self.assertRegex(lines[0], r"^91\.13 % of 1,578 samples are good, 7\.67 % are doubtful")
        self.assertEqual(lines[1], "- pressure of A: 100 samples in kPa instead of psi, from "
                                   "2015-01-13 12:00 to 2015-01-17 15:00 UTC")
        self.assertIn("- volt and pressure of A: 1 gap, the longest 13 h, 12 samples missing each",
                      lines)
        self.assertIn("- pressure of B: 20 samples stuck at one value", lines)
        self.assertIn("Store: s.h5", lines)

    def test_the_page_stands_alone_and_says_the_same(self):
        report = self.ingest("--report", "quality")
        folder = self.folder / "quality"
        self.assertEqual(sorted(os.listdir(folder)),
                         ["quality.html", "quality.json", "quality.txt"])
        self.assertEqual(json.loads((folder / "quality.json").read_text()), report)
        page = (folder / "quality.html").read_text()
        told = Text(page)
        self.assertEqual(told.open, [])
        for text in ("pressure of A: 100 samples in kPa instead of psi", "When and where",
                     "impossible date", "conflicting duplicate"):
            self.assertIn(text, told.text)
        self.assertNotIn("nan", page.split("</style>")[1])
        self.assertEqual(page.count("<svg"), 1)

    def test_names_with_markup_are_escaped_on_the_page(self):
        self.write("telemetry.csv", damaged_text().replace(",A,", ",<b>&,"))
        self.ingest("--report", "quality")
        self.assertNotIn("<b>&", (self.folder / "quality/quality.html").read_text())

    def test_equal_files_give_equal_reports(self):
        self.assertEqual(self.ingest(store="one.h5"), self.ingest(store="two.h5"))


    def test_many_signals_and_centuries_fit_the_page_and_the_terminal(self):
        names = [f"s{i}" for i in range(60)]
        self.write("telemetry.csv", "\n".join(
            [",".join(["time", "machine", *names])]
            + [",".join([f"{year}-01-01", "A", *(["1"] * 59), "x"])
               for year in (1678, 1970, 2261)]))
        self.write("telemetry.yaml", DESCRIPTION[:DESCRIPTION.index("  volt")] + "".join(
            f"  {name}: {{unit: V, hold: 1 h, every: 1 h}}\n" for name in names))
        told = self.said("ingest", "telemetry.yaml", "--store", "s.h5", "--report", "quality")
        self.assertLessEqual(max(map(len, told.stdout.splitlines())), 120)
        self.assertIn("52 signals with less that is wrong are left out", told.stdout)
        self.assertIn("s59: 3 samples with text", told.stdout)
        page = Text((self.folder / "quality/quality.html").read_text()).text
        self.assertIn("s59 of A", page)


class Repeats(Ingest):
    def test_a_file_told_twice_adds_nothing_and_is_as_bad_as_before(self):
        first = self.ingest()
        again = self.ingest()
        self.check_accounts(again)
        self.assertEqual(again["samples"]["accepted"], 0)
        defects = again["samples"]["defects"]
        self.assertEqual(defects["exact duplicate"],
                         first["samples"]["accepted"] + REPEATED)
        self.assertEqual(again["bad_share"], first["bad_share"])

    def test_what_the_store_has_is_what_the_file_had(self):
        """The undamaged file, told afterwards, meets each stored sample as its duplicate."""
        first = self.ingest()
        self.clean()
        samples = self.ingest(description="clean.yaml")["samples"]
        self.assertEqual(samples["accepted"], 0)
        stored_as_they_were = first["samples"]["accepted"] - (1 + 20 + 100)
        # Of the twenty that were stuck at 101.0 none was 101.0; one voltage was 500.
        self.assertEqual(samples["defects"]["exact duplicate"], stored_as_they_were)
        self.assertEqual(samples["defects"]["conflicting duplicate"], 1 + 20 + 100)
        self.assertEqual(samples["late"], LOST + 2 * 12)

    def test_the_second_half_of_a_file_goes_on_where_the_first_one_ended(self):
        self.clean()
        rows = list(clean_rows().values())
        text = text_of([row for row in rows if row[0] < "2015-01-08"])
        self.write("clean.csv", text)
        self.ingest(description="clean.yaml")
        self.write("clean.csv", text_of(rows))
        second = self.ingest(description="clean.yaml")
        self.assertEqual(second["samples"]["accepted"], 4 * (HOURS - 7 * 24))
        self.assertEqual(second["samples"]["gaps"]["count"], 0)
        self.assertEqual(second["bad_share"], 0)

    def test_wide_long_and_packed_files_say_the_same(self):
        wide = self.ingest(store="wide.h5")["samples"]
        with gzip.open(self.folder / "telemetry.csv.gz", "wt") as packed:
            packed.write(damaged_text())
        self.write("packed.yaml", DESCRIPTION.replace("telemetry.csv", "telemetry.csv.gz"))
        packed = self.ingest(description="packed.yaml", store="packed.h5")["samples"]
        self.assertEqual(packed, wide)
        lines = ["time,signal,machine,value,unit"]
        for row in damaged_text().splitlines()[1:]:
            fields = row.split(",")
            if row != HEADER and len(fields) == 4 and "02-30" not in row:
                lines.append(f"{fields[0]},U,{fields[1]},{fields[2]},V")
                lines.append(f"{fields[0]},p,{fields[1]},{fields[3]},psi")
        self.write("telemetry.csv", "\n".join(lines))
        self.write("long.yaml", DESCRIPTION.replace(
            "form: wide", "form: long\nsignal: {column: signal}\nvalue: {column: value}").replace(
            "unit: V", "unit: V\n    column: U").replace("unit: psi", "unit: psi\n    column: p"))
        self.assertEqual(self.ingest(description="long.yaml", store="long.h5")["samples"], wide)


class Refusals(Ingest):
    def refused(self, *words, code=2, description="telemetry.yaml"):
        before = sorted(os.listdir(self.folder))
        told = self.said("ingest", description, "--store", "store.h5", *words, code=code)
        self.assertEqual(told.stdout, "")
        self.assertEqual(sorted(os.listdir(self.folder)), before)
        return told.stderr

    def test_too_bad_a_file_ends_with_1_and_stores_nothing(self):
        self.write("telemetry.yaml", DESCRIPTION + "refuse_above: 1 %\n")
        report = self.ingest("--report", "quality", code=1)
        self.check_accounts(report)
        self.assertTrue(report["refused"])
        self.assertFalse((self.folder / "store.h5").exists())
        page = (self.folder / "quality/quality.html").read_text()
        self.assertIn("Refused, nothing was stored", page)
        self.assertTrue((self.folder / "store.h5.telemetry.set_aside.csv").exists())
        self.write("telemetry.yaml", DESCRIPTION + "refuse_above: 5 %\n")
        self.assertFalse(self.ingest()["refused"])
        self.assertFalse(self.ingest()["refused"])  # also of what is there already

    def test_doubtful_samples_are_rejected_when_the_description_says_so(self):
        self.write("telemetry.yaml", DESCRIPTION + "reject: [stuck, range, unit]\n")
        report = self.ingest()
        self.check_accounts(report)
        self.assertEqual(report["samples"]["marked"], 0)
        self.assertEqual(report["samples"]["accepted"], 2 * (2 * HOURS - 12) - LOST - 121)

    def test_every_mistake_of_a_description_is_told_with_its_place(self):
        self.write("telemetry.yaml", DESCRIPTION.replace("form: wide", "form: wid").replace(
            "zone: UTC", "zone: Mars").replace("late_after: 12 h", "late_after: 12 psi").replace(
            "[0 V, 400 V]", "[0 V, 400 psi]").replace("stuck: 6", "stuk: 6").replace(
            "[kPa]", "[kW]"))
        told = self.refused().splitlines()
        expected = [("3:7", "unknown form 'wid'", "wide"), ("4:28", "no time zone 'Mars'", "IANA"),
                    ("6:13", "'12 psi'", "3 h"), ("11:18", "'400 psi' is no number in V", "40 V"),
                    ("17:5", "unknown key 'stuk'", "did you mean 'stuck'?"),
                    ("18:19", "no factor is known from 'psi' to 'kW'", "wrong_units: {kW:")]
        self.assertEqual(len(told), len(expected), told)
        for place, what, way_out in expected:
            line, = [one for one in told if one.startswith(f"telemetry.yaml:{place}: ")]
            self.assertIn(what, line)
            self.assertIn(way_out, line)

    def test_a_missing_file_and_missing_columns_are_told_with_their_place(self):
        (self.folder / "telemetry.csv").unlink()
        self.assertEqual(self.refused(), "telemetry.yaml:2:7: there is no file 'telemetry.csv' "
                                         "(paths are relative to the description's folder)\n")
        os.mkfifo(self.folder / "telemetry.csv")
        self.assertIn("telemetry.yaml:2:7: 'telemetry.csv' is no file but", self.refused())
        (self.folder / "telemetry.csv").unlink()
        self.write("telemetry.csv", "time,machine,volts,pressure\n")
        self.assertEqual(self.refused(),
                         "telemetry.csv:1:1: no column 'volt' (did you mean 'volts'?)\n")

    def test_a_packed_file_that_ends_too_early_is_refused(self):
        packed = gzip.compress(damaged_text().encode())
        (self.folder / "telemetry.csv").write_bytes(packed[:len(packed) // 2])
        self.assertIn("telemetry.csv:1:1: the packed file ends too early", self.refused())
        middle = len(packed) // 2
        (self.folder / "telemetry.csv").write_bytes(
            packed[:middle] + bytes(64) + packed[middle + 64:])
        self.assertIn("damaged", self.refused())

    def test_a_store_in_another_unit_and_what_is_no_store_are_refused(self):
        self.write("store.h5", "no store")
        self.refused()
        (self.folder / "store.h5").unlink()
        self.ingest()
        in_millivolts = DESCRIPTION.replace("unit: V", "unit: mV").replace(" V", " mV")
        self.write("telemetry.yaml", in_millivolts)
        self.assertIn("A/volt is stored in 'V', not in 'mV'", self.refused())


class Surroundings(Ingest):
    def run_limited(self, limit):
        def small_files_only():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

        return subprocess.run(
            [FORETWIN, "ingest", "telemetry.yaml", "--store", "store.h5", "--report", "quality"],
            cwd=self.folder, capture_output=True, text=True, preexec_fn=small_files_only)

    def test_a_full_disk_ends_with_3_and_the_same_command_goes_on(self):
        for limit in (512, 100_000, 300_000):  # no store, no series, no samples
            result = self.run_limited(limit)
            self.assertEqual(result.returncode, 3, result.stderr)
            self.assertEqual(result.stdout, "")
            quality = self.folder / "quality"
            self.assertFalse(quality.exists() and os.listdir(quality))
        report = self.ingest()
        self.assertEqual(report["samples"]["accepted"], 2 * (2 * HOURS - 12) - LOST)

    def test_a_folder_that_cannot_be_written_to_is_told_before_anything_runs(self):
        for option in ("--store", "--report", "--set-aside"):
            words = {"--store": "s.h5", option: "telemetry.csv/x"}
            told = self.said("ingest", "telemetry.yaml",
                             *[word for pair in words.items() for word in pair], code=3)
            self.assertIn(option, told.stderr)

    def test_whenever_it_is_killed_the_same_command_completes_the_store(self):
        expected = self.ingest(store="whole.h5")["samples"]["accepted"]
        for wait in (0.002, 0.005, 0.01, 0.02, 0.05):
            process = subprocess.Popen(
                [FORETWIN, "ingest", "telemetry.yaml", "--store", "store.h5"], cwd=self.folder,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                process.wait(wait)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        samples = self.ingest()["samples"]
        stored_before = samples["defects"]["exact duplicate"] - REPEATED
        self.assertEqual(samples["accepted"] + stored_before, expected)

    def test_the_library_holds_an_example(self):
        told = self.said("ingest", str(ROOT / "scenarios/library/machine_park/telemetry.yaml"),
                         "--store", "store.h5", "--json")
        self.check_accounts(json.loads(told.stdout))


if __name__ == "__main__":
    plain.main()
