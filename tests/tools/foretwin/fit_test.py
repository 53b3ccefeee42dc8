"""foretwin fit on records of every kind, and a scenario that runs with what it found."""

import csv
import datetime
import json
import math
import random
import unittest

from verbs_test import ROOT, Verbs

LIBRARY = ROOT / "scenarios/library/reliability_textbook"
MONDAY = datetime.datetime(2026, 1, 5, 6)

FITS = """foretwin_fit: 1
name: Line 3
out: fitted.yaml
fits:
  repair: {file: repairs.csv, begin: began, end: ended, unit: min, resolution: 1 min}
  cycle: {file: cycles.csv, time: seconds, at: at, group: machine, unit: s}
  demand: {kind: arrivals, file: demand.csv, time: at, unit: min}
  power: {kind: power, file: power.csv, time: at, value: kW, unit: kW, resolution: 0.1 kW,
          states: {file: states.csv, time: at, state: state}}
  oven: {kind: thermal, file: oven.csv, time: at, temperature: T, power: kW, unit: kW}
"""

SCENARIO = """foretwin: 1
name: Line 3
time: {start: 2026-02-02T06:00, horizon: 4 weeks}
parameters: fitted.yaml
devices:
  In: {type: source, part: box, every: {fitted: demand}, when_full: wait, next: Press}
  Press:
    type: station
    buffer: 20
    cycle: {fitted: cycle P1}
    power: {busy: {fitted: power busy}, starved: {fitted: power starved}}
    failures:
      jam: {clock: operating, time_to_failure: {exponential: {mean: 20 h}},
            repair: {fitted: repair}}
    next: Out
  Out: {type: sink}
"""


def stamp(seconds):
    return (MONDAY + datetime.timedelta(seconds=seconds)).isoformat(timespec="seconds")


def write(path, header, rows):
    with open(path, "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])


def records_of_a_line(folder):
    """Repairs of 30 min, cycles of 40 s (P1) and 50 s (P2), demand every 2 min, power and heat."""
    dice = random.Random(5)
    repairs, at = [], 0
    for _ in range(80):
        at += dice.expovariate(1 / 4000)
        took = 60 * math.floor(dice.lognormvariate(math.log(30) - 0.125, 0.5) + 0.5)
        repairs.append([stamp(at), stamp(at + took)])
    write(folder / "repairs.csv", ["began", "ended"], repairs)
    cycles = [[f"{dice.lognormvariate(math.log(mean), 0.1):.3f}", name, stamp(100 * i)]
              for i in range(150) for name, mean in (("P1", 40), ("P2", 50))]
    write(folder / "cycles.csv", ["seconds", "machine", "at"], cycles)
    at, demand = 0, set()
    while at < 86400:
        at += 1 + dice.expovariate(1 / 119)
        demand.add(stamp(at))
    write(folder / "demand.csv", ["at"], [[one] for one in sorted(demand)])
    states = [[stamp(600 * i), "busy" if i % 2 == 0 else "starved"] for i in range(80)]
    write(folder / "states.csv", ["at", "state"], states)
    power = [[stamp(60 * i + 30), f"{(22 if i // 10 % 2 == 0 else 6) + dice.gauss(0, 0.5):.1f}"]
             for i in range(800)]
    write(folder / "power.csv", ["at", "kW"], power)
    heat, temperature = [], 20.0
    for i in range(300):
        kilowatts = 10 if i // 40 % 2 == 0 else 2
        heat.append([stamp(60 * i), f"{temperature:.4f}", kilowatts])
        rest = math.exp(-60 / 1200)
        temperature = (rest * temperature + (1 - rest) * (20 + 8 * kilowatts) +
                       dice.gauss(0, 0.05))
    write(folder / "oven.csv", ["at", "T", "kW"], heat)


class Fit(Verbs):
    def test_a_line_is_calibrated_from_its_records_and_runs_on_them(self):
        records_of_a_line(self.folder)
        (self.folder / "fits.yaml").write_text(FITS)
        told = json.loads(self.said("fit", "fits.yaml", "--json").stdout)
        fits = {fit["name"]: fit for fit in told["fits"]}
        self.assertEqual(fits["repair"]["intervals"], 80)
        for state in fits["power"]["power"]["states"]:
            truth = {"busy": 22, "starved": 6}[state["state"]]
            self.assertLess(abs(state["mean"] - truth), 4 * state["standard_error"])
        thermal = fits["oven"]["thermal"]
        for key, truth in (("time_constant_s", 1200), ("gain", 8)):
            own = thermal[key]
            self.assertLess(abs(own["estimate"] - truth), 4 * own["standard_error"], key)
        members = {own["name"]: own for own in fits["cycle"]["groups"]["members"]}
        self.assertAlmostEqual(members["P1"]["shrunk"], 40, delta=1)
        self.assertAlmostEqual(members["P2"]["shrunk"], 50, delta=1.3)
        # The twin repairs as long, and takes as many boxes, as the records show (within 4 errors).
        (self.folder / "plant.yaml").write_text(SCENARIO)
        self.said("check", "plant.yaml")
        study = json.loads(self.said("run", "plant.yaml", "--replications", "32",
                                     "--json").stdout)
        self.assertEqual(study["parameter_draws"], 16)
        self.assertIn("power busy", [own["name"] for own in study["fitted"]])
        kpis = study["alternatives"]["baseline"]["kpis"]
        mean = fits["repair"]["exposure"] / 80 / 60
        self.assertAlmostEqual(kpis["mttr"]["mean"], mean, delta=4 * mean / math.sqrt(80))
        rate = fits["demand"]["arrivals"]["rate_per_hour"]["estimate"]
        self.assertAlmostEqual(kpis["throughput"]["mean"], rate, delta=4 * rate / math.sqrt(729))
        self.assertAlmostEqual(kpis["energy"]["mean"] / 672, 11.6, delta=1.5)

    def test_what_was_not_known_then_changes_nothing(self):
        records_of_a_line(self.folder)
        description = FITS.split("  oven:")[0]
        (self.folder / "fits.yaml").write_text(description)
        then = stamp(40000)
        first = self.said("fit", "fits.yaml", "--as-of", then).stdout
        for name, column in (("cycles.csv", 2), ("demand.csv", 0), ("power.csv", 0),
                             ("repairs.csv", 0)):
            with open(self.folder / name, encoding="utf-8") as file:
                rows = list(csv.reader(file))
            write(self.folder / name, rows[0], [row for row in rows[1:] if row[column] <= then])
        second = self.said("fit", "fits.yaml", "--as-of", then).stdout
        rows_of_files = [line for line in first.splitlines() if ".csv" not in line]
        self.assertEqual(rows_of_files,
                         [line for line in second.splitlines() if ".csv" not in line])

    def test_one_file_of_lifetimes_needs_no_description(self):
        fans = str(LIBRARY / "data/diesel_fans.csv")
        words = ["fit", fans, "--time", "hours", "--status", "failed", "--unit", "h"]
        fit = json.loads(self.said(*words, "--json").stdout)["fits"][0]
        weibull = [own for own in fit["candidates"]
                   if own["family"] == "weibull" and not own["shifted"]][0]
        self.assertAlmostEqual(weibull["parameters"]["scale"]["estimate"], 26296.8, delta=0.1)
        self.assertFalse((self.folder / "fitted.yaml").exists())
        self.said(*words, "--out", "fans.yaml")
        self.assertIn("diesel_fans", (self.folder / "fans.yaml").read_text())

    def test_the_library_is_fitted_to_its_records(self):
        self.said("fit", str(LIBRARY / "fits.yaml"), "--out", "again.yaml")
        self.assertEqual((self.folder / "again.yaml").read_text(),
                         (LIBRARY / "fitted.yaml").read_text())

    def test_a_fleet_is_fitted_as_of_an_instant(self):
        fleet = str(ROOT / "scenarios/library/machine_park/scenario.yaml")
        told = self.said("fit", fleet, "--as-of", "2015-05-01T00:00", "--out", "then.yaml").stdout
        self.assertIn("to 2015-05-01T00:00", told.splitlines()[0])
        self.assertIn("to: 2015-05-01T00:00", (self.folder / "then.yaml").read_text())
        early = self.said("fit", fleet, "--as-of", "2014-05-01", "--out", "no.yaml", code=2)
        self.assertIn("nothing was observed before 2014-05-01", early.stderr)

    def test_wrong_input_ends_with_code_2_and_a_way_out(self):
        fans = str(LIBRARY / "data/diesel_fans.csv")
        self.assertIn("--unit is missing", self.said("fit", fans, code=2).stderr)
        self.assertIn("no column 'time'", self.said("fit", fans, "--unit", "h", code=2).stderr)
        self.assertIn("not found", self.said("fit", "no.csv", "--unit", "h", code=2).stderr)
        self.assertIn("is no date", self.said("fit", fans, "--unit", "h", "--time", "hours",
                                              "--as-of", "soon", code=2).stderr)
        self.assertIn("--check replays", self.said("fit", fans, "--unit", "h", "--check",
                                                   code=2).stderr)


if __name__ == "__main__":
    unittest.main()
