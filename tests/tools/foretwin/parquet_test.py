"""`foretwin ingest` of Parquet: a command line that is built with it, files that pyarrow writes.

The usual build has no Parquet, and says so. Another folder is configured as that one is, with the
library of the Python package pyarrow; of what is compiled there ccache has all but one file.
"""

import csv
import datetime
import decimal
import json
import os
import pathlib
import shutil
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[3]
VENV = ROOT / "build/python_venv"
BUILD = ROOT / "build/parquet"
USUAL = os.environ.get("FORETWIN", str(ROOT / "build/release/foretwin"))


def run(*words):
    environment = {**os.environ, "CCACHE_BASEDIR": str(ROOT), "CCACHE_NOHASHDIR": "1"}
    subprocess.run(words, check=True, cwd=ROOT, env=environment, stdout=sys.stderr)


def enter():
    """Starts this script anew with the Python that has pyarrow, that of the Python package."""
    if pathlib.Path(sys.prefix) == VENV:
        return
    run("tests/bindings/python/install.sh")
    os.execv(VENV / "bin/python", [str(VENV / "bin/python"), *sys.argv])


enter()
import pyarrow  # noqa: E402
import pyarrow.parquet  # noqa: E402


def build():
    """By the release preset: ccache knows all that it makes but the one file that sees Arrow."""
    run("cmake", "--preset", "release", "-B", BUILD, f"-DFORETWIN_PYARROW={pyarrow.__path__[0]}")
    run("cmake", "--build", BUILD, "--target", "foretwin")
    os.environ["FORETWIN"] = str(BUILD / "foretwin")


if shutil.which("ccache"):
    build()

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from verbs_test import Verbs, plain  # noqa: E402

WIDE = """foretwin_ingest: 1
file: park.parquet
format: parquet
form: wide
time: {column: at, zone: Europe/Berlin}
device: {column: machine}
signals:
  volt: {unit: V}
  state: {kind: text}
"""
LONG = """foretwin_ingest: 1
file: log.parquet
format: parquet
form: long
time: {column: at, zone: Europe/Berlin, epoch: ms}
device: {column: machine}
signal: {column: tag}
value: {column: value}
signals:
  power: {unit: kW}
  heat: {unit: K}
"""
STATES = """foretwin_ingest: 1
file: states.parquet
format: parquet
form: intervals
time: {from: begin, to: end, zone: UTC}
device: {name: Press}
signals:
  state: {kind: text}
"""
MORNING = datetime.datetime(2026, 7, 1, 8, 0, 0, 250_000)  # 06:00 in UTC where it is Berlin's


@unittest.skipUnless(shutil.which("ccache"), "without ccache all of Foretwin would be compiled")
class Parquet(Verbs):
    def write(self, name, text):
        (self.folder / name).write_text(text)

    def table(self, name, **columns):
        # Small groups and pages, so that columns go over their borders.
        pyarrow.parquet.write_table(pyarrow.table(columns), self.folder / name, row_group_size=3)

    def ingested(self, description, code=0):
        self.write("file.yaml", description)
        return json.loads(self.said("ingest", "file.yaml", "--store", "all.h5", "--json",
                                    code=code).stdout)

    def exported(self):
        self.said("store", "export", "all.h5", "--out", "all.csv")
        with open(self.folder / "all.csv", newline="") as file:
            return sorted((row["time"], row["device"], row["signal"], row["value"])
                          for row in csv.DictReader(file))

    def refused(self, description):
        self.write("file.yaml", description)
        return self.said("ingest", "file.yaml", "--store", "all.h5", code=2).stderr

    def test_times_have_the_unit_and_the_zone_that_the_file_says(self):
        for unit in ("ms", "us", "ns"):
            for zone, expected in ((None, "2026-07-01T06:00:00.25Z"),
                                   ("UTC", "2026-07-01T08:00:00.25Z")):
                with self.subTest(unit=unit, zone=zone):
                    (self.folder / "all.h5").unlink(missing_ok=True)
                    at = pyarrow.array([MORNING], pyarrow.timestamp(unit, zone))
                    self.table("park.parquet", at=at, machine=["A"], volt=[1.5], state=["run"])
                    self.ingested(WIDE)
                    self.assertEqual(self.exported(), [(expected, "A", "state", "run"),
                                                       (expected, "A", "volt", "1.5")])

    def test_wide_rows_keep_their_numbers_bit_by_bit_and_their_words(self):
        values = [0.1, -2.5e-300, 1 / 3, None, 5e-324, 123456789012345680.0, float("nan"), 7.0]
        words = pyarrow.array(["run", "stop", None, "run", "run", "stop", "x,y", "run"]
                              ).dictionary_encode()
        days = [datetime.date(1969, 12, 27) + datetime.timedelta(days=i) for i in range(8)]
        self.table("park.parquet", at=pyarrow.array(days), machine=[7] * 8, volt=values,
                   state=words, unused=[[1, 2]] * 8)
        told = self.ingested(WIDE.replace("Europe/Berlin", "UTC"))
        self.assertEqual(told["rows"]["received"], 8)
        numbers = [float(value) for _, device, signal, value in self.exported()
                   if (device, signal) == ("7", "volt")]
        self.assertEqual(numbers, [0.1, -2.5e-300, 1 / 3, 5e-324, 123456789012345680.0, 7.0])
        text = (self.folder / "all.csv").read_text()
        self.assertIn('"x,y"', text)
        self.assertEqual(text.count(",state,"), 7)  # the null is empty, and rejected
        self.assertIn("1969-12-27T00:00:00Z", text)

    def test_long_rows_count_time_from_1970_in_all_types_of_numbers(self):
        count = 1_782_900_000_000  # 2026-07-01T10:00 on the clock of Berlin: 08:00 in UTC
        for kind in (pyarrow.int64(), pyarrow.uint64(), pyarrow.float64()):
            with self.subTest(kind=kind):
                (self.folder / "all.h5").unlink(missing_ok=True)
                self.table("log.parquet", at=pyarrow.array([count, count], kind),
                           machine=["A", "A"], tag=["power", "heat"],
                           value=pyarrow.array([decimal.Decimal("12.50"), decimal.Decimal("-3")],
                                               pyarrow.decimal128(9, 2)))
                self.ingested(LONG)
                self.assertEqual(self.exported(), [("2026-07-01T08:00:00Z", "A", "heat", "-3"),
                                                   ("2026-07-01T08:00:00Z", "A", "power", "12.5")])

    def test_intervals_become_texts_at_their_beginnings(self):
        begin = pyarrow.array([MORNING, MORNING + datetime.timedelta(hours=1)],
                              pyarrow.timestamp("us"))
        end = pyarrow.array([MORNING + datetime.timedelta(hours=1),
                             MORNING + datetime.timedelta(hours=2)], pyarrow.timestamp("us", "UTC"))
        self.table("states.parquet", begin=begin, end=end, state=["run", "stop"])
        self.ingested(STATES)
        self.assertEqual([row[3] for row in self.exported()], ["run", "stop", ""])

    def test_ten_thousand_rows_are_those_of_the_same_csv(self):
        at = [MORNING.replace(microsecond=0) + datetime.timedelta(seconds=i)
              for i in range(10_000)]
        volt = [round(230 + i % 97 / 7, 3) for i in range(10_000)]
        table = pyarrow.table({"at": pyarrow.array(at, pyarrow.timestamp("s")),
                               "machine": ["A"] * 10_000, "volt": volt, "state": ["run"] * 10_000})
        pyarrow.parquet.write_table(table, self.folder / "park.parquet", compression="zstd")
        self.write("park.csv", "at,machine,volt,state\n" + "".join(
            f"{a},A,{v},run\n" for a, v in zip(at, volt)))
        told = self.ingested(WIDE)
        first = self.exported()
        (self.folder / "all.h5").unlink()
        other = self.ingested(WIDE.replace("format: parquet\n", "").replace(".parquet", ".csv"))
        self.assertEqual(self.exported(), first)
        self.assertEqual(len(first), 20_000)
        self.assertEqual(told["rows"], other["rows"])

    def test_what_is_wrong_with_the_columns_is_told_at_once(self):
        self.table("park.parquet", at=[1, 2], machine=["A", "B"], vold=[1.0, 2.0],
                   state=[[1], [2]])
        told = self.refused(WIDE)
        for expected in ("column 'at' counts (int64), and nothing says what", "epoch: ms",
                         "no column 'volt'", "did you mean 'vold'?",
                         "column 'state' is of the type list<"):
            self.assertIn(expected, told)
        self.table("log.parquet", at=pyarrow.array([MORNING]), machine=["A"], tag=["power"],
                   value=[1.0])
        self.assertIn("column 'at' has times of its own (timestamp[us])", self.refused(LONG))
        self.assertFalse((self.folder / "all.h5").exists())

    def test_a_file_that_is_none_or_is_damaged_is_refused_with_its_name(self):
        self.write("park.parquet", "at,machine\n1,2\n" * 100)
        self.assertIn("park.parquet:1:1: cannot be read as Parquet", self.refused(WIDE))
        self.table("park.parquet", at=pyarrow.array([MORNING] * 9), machine=["A"] * 9,
                   volt=[1.0] * 9, state=["run"] * 9)
        whole = (self.folder / "park.parquet").read_bytes()
        (self.folder / "park.parquet").write_bytes(whole[:len(whole) // 2])
        self.assertIn("cannot be read as Parquet", self.refused(WIDE))
        (self.folder / "park.parquet").write_bytes(b"PAR1" + bytes(200) + whole[204:])
        self.assertIn("cannot be read as Parquet", self.refused(WIDE))

    def test_without_it_the_command_line_says_how_to_get_it(self):
        self.write("park.parquet", "")
        self.write("file.yaml", WIDE)
        result = subprocess.run([USUAL, "ingest", "file.yaml", "--store", "all.h5"],
                                cwd=self.folder, capture_output=True, text=True)
        self.assertEqual(result.returncode, 2)
        self.assertIn("file.yaml:3:9: this Foretwin was built without Parquet", result.stderr)
        self.assertIn("-DFORETWIN_PYARROW=", result.stderr)


if __name__ == "__main__":
    plain.main()
