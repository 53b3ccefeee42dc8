"""The verbs of the command line: what they tell, where, and what they end with."""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "tests"))
import plain  # noqa: E402

FORETWIN = os.environ.get("FORETWIN", str(ROOT / "build/release/foretwin"))
TYPES = ["source", "station", "machine", "buffer", "conveyor", "sink", "crew", "spares",
         "tariff"]
STARTERS = ["minimal", "bottling_line", "machine_park"]
# Whatever B sends back meets what A sends on: with two places this locks within the first hours.
REWORK = """foretwin: 1
name: Rework
time: {start: 2026-01-05T06:00, horizon: 1 week}
devices:
  In: {type: source, every: 70 s, when_full: wait, next: A}
  A: {type: station, cycle: {exponential: {mean: 50 s}}, next: B}
  B: {type: station, cycle: {exponential: {mean: 50 s}}, next: {Out: 90 %, A: 10 %}}
  Out: {type: sink}
changes:
  more room: {set: {A/buffer: unlimited}}
"""
LOOP = "rework.yaml:7:58: the loop A -> B -> A has 2 places in all"


class Verbs(unittest.TestCase):
    def setUp(self):
        self.scratch = tempfile.TemporaryDirectory()
        self.addCleanup(self.scratch.cleanup)
        self.folder = pathlib.Path(self.scratch.name)

    def said(self, *words, code=0):
        result = subprocess.run([FORETWIN, *words], cwd=self.folder, capture_output=True,
                                text=True, stdin=subprocess.DEVNULL, timeout=600)
        self.assertEqual(result.returncode, code, result.stdout[-500:] + result.stderr[-2000:])
        return result

    def scenario(self, name="plant", starter="minimal"):
        self.said("new", name, "--from", starter)
        return f"{name}/scenario.yaml"


class Devices(Verbs):
    def test_every_type_is_listed(self):
        lines = self.said("devices").stdout.splitlines()
        self.assertEqual([line.split()[0] for line in lines[:len(TYPES)]], TYPES)

    def test_every_type_tells_its_parameters(self):
        for name in TYPES:
            told = self.said("devices", name).stdout
            self.assertTrue(told.startswith(name + ":"), told[:80])

    def test_nested_parameters_stand_below_theirs_with_unit_range_and_default(self):
        lines = self.said("devices", "station").stdout.splitlines()
        power = next(i for i, line in enumerate(lines) if line.startswith("  power "))
        self.assertTrue(lines[power + 1].startswith("    busy "), lines[power + 1])
        self.assertIn("quantity in W, 0 to 1e+09, default 0 W", lines[power + 1])

    def test_json_says_the_same(self):
        listed = json.loads(self.said("devices", "--json").stdout)["devices"]
        self.assertEqual([device["type"] for device in listed], TYPES)
        crew = json.loads(self.said("devices", "crew", "--json").stdout)
        wage = next(p for p in crew["parameters"] if p["name"] == "wage")
        self.assertEqual((wage["unit"], wage["lowest"]), ("money/h", 0))

    def test_the_schema_is_json_schema_and_knows_every_type(self):
        text = self.said("devices", "--schema").stdout
        self.assertEqual(json.loads(text)["$schema"],
                         "https://json-schema.org/draft/2020-12/schema")
        for name in TYPES:
            self.assertIn(f'"{name}"', text)

    def test_an_unknown_type_gets_a_suggestion(self):
        self.assertIn("did you mean 'station'?", self.said("devices", "statoin", code=2).stderr)


class New(Verbs):
    def test_every_starter_checks_and_answers(self):
        for starter in STARTERS:
            path = self.scenario(starter, starter)
            self.said("check", path)
            study = json.loads(
                self.said("compare", path, "--replications", "8", "--json").stdout)
            self.assertGreater(len(study["alternatives"]), 1)

    def test_nothing_is_overwritten(self):
        path = self.folder / self.scenario()
        path.write_text("mine")
        self.assertIn("already there", self.said("new", "plant", code=2).stderr)
        self.assertEqual(path.read_text(), "mine")

    def test_a_folder_that_is_no_name_is_refused(self):
        self.assertIn("is no name", self.said("new", "a:b", code=2).stderr)
        self.assertEqual(os.listdir(self.folder), [])

    def test_a_folder_that_cannot_be_made_is_told_by_what_named_it(self):
        (self.folder / "file").write_text("")
        told = self.said("new", "file/plant", code=3).stderr
        self.assertIn("(give another folder with `foretwin new`)", told)

    def test_an_unknown_starter_gets_a_suggestion(self):
        told = self.said("new", "x", "--from", "bottling_lime", code=2).stderr
        self.assertIn("did you mean 'bottling_line'?", told)


class Check(Verbs):
    def test_it_tells_what_was_assumed(self):
        told = self.said("check", self.scenario("line", "bottling_line")).stdout
        for part in ("two shifts: open", "h per week", "3 x station", "larger buffer: twice",
                     "alarm work: 15 min (10 min to 25 min)", "Filler: power setup <- busy"):
            self.assertIn(part, told)

    def test_a_fleet_shares_one_note(self):
        told = self.said("check", self.scenario("park", "machine_park")).stdout
        self.assertEqual(told.count("power setup <- busy"), 1)
        self.assertIn("20 x machine", told)

    def test_json_says_the_same(self):
        told = json.loads(self.said("check", self.scenario(), "--json").stdout)
        self.assertTrue(told["good"])
        self.assertEqual([a["name"] for a in told["alternatives"]], ["baseline", "faster repair"])
        self.assertEqual(told["time"]["horizon_h"], 672)

    def test_open_hours_are_those_of_the_calendar(self):
        # Monday 2026-01-05 to Monday 2026-01-19: ten weekdays of 16 hours in two weeks.
        path = self.folder / self.scenario("line", "bottling_line")
        path.write_text(path.read_text().replace("warm_up: 1 day, ", "")
                        .replace("2026-01-05T06:00", "2026-01-05T00:00"))
        told = json.loads(self.said("check", str(path), "--json").stdout)
        self.assertAlmostEqual(told["calendars"][0]["hours_per_week"], 80)


class Deadlocks(Verbs):
    def setUp(self):
        super().setUp()
        (self.folder / "rework.yaml").write_text(REWORK)

    def test_check_warns_of_a_loop_and_calls_the_scenario_good(self):
        told = self.said("check", "rework.yaml").stdout
        self.assertIn("rework.yaml: good", told)
        self.assertIn(LOOP, " ".join(told.split()))
        warnings = json.loads(self.said("check", "rework.yaml", "--json").stdout)["warnings"]
        self.assertEqual(len(warnings), 1)
        self.assertTrue(warnings[0].startswith(LOOP), warnings)

    def test_a_run_that_locks_says_so_and_ends_with_1(self):
        words = ["run", "rework.yaml", "--replications", "4"]
        told = " ".join(self.said(*words, code=1).stdout.split())
        self.assertIn("baseline: deadlock in 4 of 4 futures: A waits for B, B for A", told)
        self.assertIn(LOOP, told)
        study = json.loads(self.said(*words, "--json", code=1).stdout)
        locked = study["alternatives"]["baseline"]["deadlocks"]
        self.assertEqual(locked[0]["devices"], ["A", "B"])
        self.assertEqual(locked[0]["replications"], 4)
        self.assertTrue(locked[0]["first"]["since"].startswith("2026-01-05T"), locked)
        self.assertGreater(locked[0]["standstill_h"], 100)

    def test_the_change_that_breaks_the_loop_is_not_warned_of(self):
        words = ["run", "rework.yaml", "--change", "more room", "--replications", "4", "--json"]
        study = json.loads(self.said(*words).stdout)
        self.assertEqual(study["alternatives"]["more room"]["deadlocks"], [])
        self.assertNotIn("loop", " ".join(study["warnings"]))

    def test_compare_answers_and_tells_which_alternative_locked(self):
        words = ["compare", "rework.yaml", "--replications", "4", "--json"]
        study = json.loads(self.said(*words).stdout)
        self.assertIn("baseline: deadlock in 4 of 4", study["warnings"][0])
        self.assertEqual(study["alternatives"]["more room"]["deadlocks"], [])


class RunAndCompare(Verbs):
    def set_target(self, path, target):
        """The minimal plant shall reach this downtime."""
        text = (self.folder / path).read_text()
        (self.folder / path).write_text(re.sub(r"(throughput|downtime): \{target: [^}]*\}",
                                               f"downtime: {{target: {target}}}", text))

    def test_compare_ends_with_1_only_when_no_alternative_reaches_the_targets(self):
        quick = ["--replications", "4", "--json"]
        path = self.scenario()
        self.set_target(path, "at most 1000 h")  # both do
        study = json.loads(self.said("compare", path, *quick).stdout)
        base, change = (study["alternatives"][name]["kpis"]["downtime"]["mean"]
                        for name in ("baseline", "faster repair"))
        self.assertLess(change, base)
        self.set_target(path, f"at most {(base + change) / 2} h")  # the change alone does
        self.said("compare", path, *quick)
        self.said("run", path, *quick, code=1)
        self.said("run", path, "--change", "faster repair", *quick)
        self.set_target(path, f"at most {change / 2} h")  # none does
        self.said("compare", path, *quick, code=1)

    def test_a_trace_is_told_when_it_is_asked_for_and_moves_nothing_else(self):
        path = self.scenario()
        quick = ["--replications", "4", "--json"]
        plain_one = json.loads(self.said("compare", path, *quick).stdout)
        quick.append("--trace-fingerprint")
        traced = json.loads(self.said("compare", path, *quick).stdout)
        other = json.loads(self.said("compare", path, *quick, "--seed", "2").stdout)
        fingerprint = re.compile(r"^[0-9a-f]{16}$")
        self.assertRegex(traced["trace_fingerprint"], fingerprint)
        self.assertNotEqual(traced["trace_fingerprint"], other["trace_fingerprint"])
        del traced["trace_fingerprint"]
        for alternative in traced["alternatives"].values():
            self.assertRegex(alternative.pop("trace_fingerprint"), fingerprint)
        self.assertEqual(plain_one, traced)

    def test_a_missed_target_ends_with_1_and_is_still_told(self):
        path = self.folder / self.scenario()
        path.write_text(path.read_text().replace("at least 1300", "at least 1400"))
        result = self.said("run", str(path), "--replications", "4", "--json", code=1)
        self.assertEqual(json.loads(result.stdout)["question"], "run")

    def test_equal_questions_get_equal_bytes(self):
        path = self.scenario()
        words = ["compare", path, "--replications", "8", "--json"]
        self.assertEqual(self.said(*words, "--threads", "1").stdout,
                         self.said(*words, "--threads", "3").stdout)

    def test_changes_that_contradict_are_refused_by_both_names(self):
        path = self.folder / self.scenario()
        path.write_text(path.read_text() + "  slower repair: {remove: [Machine/failures/jam]}\n")
        told = self.said("run", str(path), "--change", "faster repair", "--change",
                         "slower repair", code=2).stderr
        self.assertIn("'faster repair'", told)
        self.assertIn("'slower repair'", told)

    def test_an_unknown_change_gets_a_suggestion(self):
        path = self.scenario()
        for words in (["run", path, "--change"], ["compare", path, "--only"]):
            self.assertIn("did you mean 'faster repair'?",
                          self.said(*words, "faster repare", code=2).stderr)

    def test_a_scenario_without_changes_has_nothing_to_compare(self):
        path = self.folder / self.scenario()
        text = path.read_text()
        path.write_text(text[:text.index("# What you think of doing")])
        self.assertIn("no changes", self.said("compare", str(path), code=2).stderr)


    def test_a_kpi_on_some_devices_stands_beside_that_of_the_plant(self):
        path = self.folder / self.scenario("line", "bottling_line")
        path.write_text(path.read_text().replace(
            "downtime: {of: Filler}", "downtime: {of: [Filler], target: at most 1000 h}")
                        .replace("at least 9800", "at least 9000"))
        study = json.loads(self.said("run", str(path), "--replications", "4", "--json").stdout)
        kpis = study["alternatives"]["baseline"]["kpis"]
        devices = study["alternatives"]["baseline"]["devices"]
        own = kpis["Filler/downtime"]
        self.assertAlmostEqual(own["mean"], devices["Filler"]["downtime"]["mean"])
        self.assertLess(own["mean"], kpis["downtime"]["mean"])
        self.assertIn("target", own)
        self.assertNotIn("target", kpis["downtime"])

    def test_a_kpi_of_a_fleet_sums_its_members(self):
        path = self.scenario("park", "machine_park")
        study = json.loads(self.said("run", path, "--replications", "4", "--json").stdout)
        kpis = study["alternatives"]["baseline"]["kpis"]
        # The park is all there is: its downtime is the plant's.
        self.assertEqual(kpis["Park/downtime"]["mean"], kpis["downtime"]["mean"])


class Backtest(Verbs):
    FILE = str(ROOT / "scenarios/library/machine_park/backtest.yaml")
    DATA = str(ROOT / "scenarios/library/machine_park/data")

    def test_files_and_json_say_the_same_and_other_records_can_be_named(self):
        told = self.said("backtest", self.FILE, "--json", "--out", "answer").stdout
        self.assertEqual((self.folder / "answer/backtest.json").read_text(), told)
        self.assertIn("<svg", (self.folder / "answer/backtest.html").read_text())
        self.assertTrue(json.loads(told)["good"])
        other = json.loads(self.said("backtest", self.FILE, "--data", self.DATA, "--json").stdout)
        self.assertEqual(other["scores"], json.loads(told)["scores"])

    def test_origins_can_begin_elsewhere(self):
        told = json.loads(self.said("backtest", self.FILE, "--json", "--from",
                                    "2015-07-01T05:00").stdout)
        self.assertEqual(told["known_until"], "2015-07-01T05:00")
        self.assertEqual(told["first_origin"], "2015-07-01T06:00")

    def test_records_that_come_in_two_parts_are_those_that_came_in_one(self):
        cut = "2015-07-24 20:24:00"  # where a fifth of the records is left
        for name in ("machines", "failures", "maint", "errors"):
            head, *rows = (pathlib.Path(self.DATA) / f"{name}.csv").read_text().splitlines()
            for part, mine in (("early", lambda row: row < cut), ("late", lambda row: row > cut)):
                (self.folder / part).mkdir(exist_ok=True)
                kept = rows if name == "machines" else list(filter(mine, rows))
                (self.folder / part / f"{name}.csv").write_text("\n".join([head, *kept]) + "\n")
        parts = json.loads(self.said("backtest", self.FILE, "--data", "early", "--then", "late",
                                     "--json").stdout)
        whole = json.loads(self.said("backtest", self.FILE, "--json").stdout)
        self.assertEqual(parts["first_origin"], whole["first_origin"])
        self.assertEqual(len(parts["inputs"]), 7)
        # Fits end with the last early record instead of at the cut, within the same hour.
        for one, other in zip(parts["scores"], whole["scores"]):
            self.assertEqual(one["failures"], other["failures"])
            self.assertAlmostEqual(one["crps"], other["crps"], delta=0.01)

    def test_wrong_words_and_missing_files_end_with_2(self):
        for words in (["nowhere.yaml"], [self.FILE, "--then", "nowhere"],
                      [self.FILE, "--from", "tomorrow"], [self.FILE, "--data", "nowhere"],
                      [self.FILE, "--from", "2015-09-13T06:00"]):
            told = self.said("backtest", *words, code=2)
            self.assertEqual(told.stdout, "")

    def test_a_missed_demand_ends_with_1(self):
        text = pathlib.Path(self.FILE).read_text()
        plant = os.path.relpath(ROOT / "scenarios/library/machine_park/scenario.yaml", self.folder)
        path = self.folder / "strict.yaml"
        path.write_text(text.replace("scenario: scenario.yaml", f"scenario: {plant}")
                        .replace("at_most: 50 %", "at_most: 0.001 %"))
        self.assertIn("MISSED", self.said("backtest", str(path), code=1).stdout)


class EnergyBacktest(Verbs):
    FILE = str(ROOT / "scenarios/library/steel_plant/backtest.yaml")

    def test_the_library_meets_its_demands_and_writes_what_it_tells(self):
        told = self.said("backtest", self.FILE, "--json", "--out", "answer").stdout
        self.assertEqual((self.folder / "answer/backtest.json").read_text(), told)
        self.assertIn("<svg", (self.folder / "answer/backtest.html").read_text())
        self.assertTrue(json.loads(told)["good"])
        self.assertIn("recent days", self.said("backtest", self.FILE).stdout)

    def test_readings_may_lie_elsewhere_and_go_on(self):
        rows = (ROOT / "scenarios/library/steel_plant/data/energy.csv").read_text().splitlines()
        cut = 1 + 200 * 96  # the header, and 200 days of quarter hours
        for folder, mine in (("early", rows[:cut]), ("late", rows[:1] + rows[cut:])):
            (self.folder / folder).mkdir()
            (self.folder / folder / "energy.csv").write_text("\n".join(mine) + "\n")
        # From July on, with a week that stood still: pooled weeks are still the better ones.
        told = json.loads(self.said("backtest", self.FILE, "--data", "early", "--then", "late",
                                    "--from", "2018-07-01T00:00", "--json").stdout)
        self.assertTrue(told["good"])
        self.assertEqual(told["first_origin"], "2018-07-01T00:00")
        self.assertEqual(told["records"]["to"], "2018-09-17T00:00")
        self.assertEqual(len(told["inputs"]), 2)

    def test_wrong_readings_end_with_2(self):
        (self.folder / "energy.csv").write_text("date,Usage_kWh\n01-01-2018 00:15,three\n")
        told = self.said("backtest", self.FILE, "--data", str(self.folder), code=2)
        self.assertIn("'three' is no reading", told.stderr)


class CommandLine(Verbs):
    def test_a_missing_file_is_named(self):
        for verb in ("check", "run", "compare", "fit", "backtest"):
            told = self.said(verb, "nowhere.yaml", code=2)
            self.assertIn("'nowhere.yaml'", told.stderr)
            self.assertEqual(told.stdout, "")

    def test_wrong_arguments_end_with_2(self):
        path = self.scenario()
        for words in (["run"], ["run", path, "--replications", "0"], ["run", path, "--sed", "1"],
                      ["run", path, "--level", "2"], ["run", path, "--seed", "minus one"], []):
            self.said(*words, code=2)

    def test_an_option_that_means_nothing_without_another_says_which(self):
        told = self.said("run", self.scenario(), "--precision-kpi", "oee", code=2).stderr
        self.assertIn("--precision-kpi requires --precision", told)

    def test_an_unknown_verb_gets_a_suggestion(self):
        self.assertIn("did you mean 'compare'?", self.said("comapre", "x", code=2).stderr)

    def test_help_and_version_end_with_0(self):
        self.assertIn("Exit codes", self.said("--help").stdout)
        self.assertRegex(self.said("--version").stdout, r"^foretwin \d+\.\d+\.\d+\n$")


if __name__ == "__main__":
    plain.main()
