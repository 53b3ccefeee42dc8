"""What `--counters` and `--trace` tell: the trace is held against the Trace Event Format."""

import collections
import json
import os
import unittest

from verbs_test import Verbs, plain

# Forty lines with a station on either side of a conveyor: a plant that can be cut.
CUT = """foretwin: 1
name: Two halls
time: {start: 2026-01-05T06:00, warm_up: 1 h, horizon: 2 days}
devices:
""" + "".join(f"""\
  In {n}: {{type: source, every: 70 s, when_full: wait, next: A {n}}}
  A {n}: {{type: station, cycle: {{exponential: {{mean: 50 s}}}}, next: Belt {n}}}
  Belt {n}: {{type: conveyor, delay: 30 s, capacity: 10, next: B {n}}}
  B {n}: {{type: station, buffer: 5, cycle: {{exponential: {{mean: 50 s}}}}, next: Out {n}}}
  Out {n}: {{type: sink}}
""" for n in range(10, 50))
# Two lines that never meet; the first has ten times as much to do.
UNEVEN = """foretwin: 1
name: Fast and slow
time: {start: 2026-01-05T06:00, horizon: 1 week}
devices:
""" + "".join(f"""\
  {n} In: {{type: source, every: {7 * slow} s, when_full: wait, next: {n} A}}
  {n} A: {{type: station, cycle: {5 * slow} s, next: {n} Out}}
  {n} Out: {{type: sink}}
""" for n, slow in (("1", 1), ("2", 10)))
# Of each kind of event, the keys that the format demands beside name, ph, pid and tid.
NEEDED = {"X": {"ts", "dur"}, "C": {"ts", "args"}, "M": {"args"}, "i": {"ts", "s"}}


class Observe(Verbs):
    def trace(self, *words):
        self.said(*words, "--trace", "trace.json")
        return json.loads((self.folder / "trace.json").read_text())

    def check_format(self, trace):
        """Every event has what viewers need; spans of one track lie inside one another."""
        spans = collections.defaultdict(list)
        for event in trace["traceEvents"]:
            self.assertLessEqual({"name", "ph", "pid", "tid"} | NEEDED[event["ph"]], event.keys())
            self.assertIsInstance(event["pid"], int)
            self.assertIsInstance(event["tid"], int)
            if event["ph"] == "X":
                self.assertGreaterEqual(min(event["ts"], event["dur"]), 0)
                spans[event["pid"], event["tid"]].append((event["ts"], -event["dur"]))
        for track in spans.values():
            open_ends = []
            for begin, negative in sorted(track):
                end = begin - negative
                while open_ends and open_ends[-1] <= begin + 0.0005:
                    open_ends.pop()
                if open_ends:  # times are told to the nanosecond
                    self.assertLessEqual(end, open_ends[-1] + 0.0015)
                open_ends.append(end)

    def spans(self, trace, name, process):
        return [event for event in trace["traceEvents"]
                if event["ph"] == "X" and event["name"] == name and event["pid"] == process]

    def test_a_trace_has_a_track_per_thread_and_per_replication(self):
        trace = self.trace("compare", self.scenario(), "--replications", "6", "--threads", "2")
        self.check_format(trace)
        self.assertEqual(trace["otherData"]["left_out"], 0)
        names = {event["pid"]: event["args"]["name"] for event in trace["traceEvents"]
                 if event["name"] == "process_name"}
        self.assertEqual(names, {0: "threads", 1: "replications of baseline",
                                 2: "replications of faster repair"})
        for process in (1, 2):
            self.assertEqual({event["tid"] for event in self.spans(trace, "measured", process)},
                             set(range(6)))
        on_threads = self.spans(trace, "replication", 0)
        self.assertEqual(len(on_threads), 12)
        self.assertLessEqual({event["tid"] for event in on_threads}, {0, 1})
        for name in ("build", "replicate", "answer"):
            self.assertEqual(len(self.spans(trace, name, 0)), 1)

    @unittest.skipIf((os.cpu_count() or 1) < 2, "a parallel run needs two processors")
    def test_a_parallel_run_shows_its_rounds_and_its_queue(self):
        (self.folder / "halls.yaml").write_text(CUT)
        trace = self.trace("run", "halls.yaml", "--replications", "1", "--executor", "parallel",
                           "--threads", "2")
        self.check_format(trace)
        rounds = self.spans(trace, "round", 0)
        self.assertTrue(rounds)
        inside = sum(event["args"]["events"] for event in rounds)
        aside = sum(event["args"]["events"] for event in self.spans(trace, "sequential", 1))
        whole, = self.spans(trace, "replication", 1)
        self.assertEqual(inside + aside, whole["args"]["events"])
        self.assertTrue(any(event["ph"] == "C" for event in trace["traceEvents"]))

    def test_observing_moves_nothing(self):
        path = self.scenario()
        quick = ["run", path, "--replications", "4", "--json"]
        alone = json.loads(self.said(*quick).stdout)
        watched = json.loads(self.said(*quick, "--counters", "--trace", "t.json").stdout)
        counters = watched.pop("counters")
        self.assertEqual(alone, watched)
        self.assertEqual(counters["replications"], 4)
        self.assertEqual(counters["executor"], "sequential")
        self.assertGreater(counters["events"], 1000)
        self.assertGreater(counters["wall_s"]["run"], 0)

    @unittest.skipIf((os.cpu_count() or 1) < 2, "a parallel run needs two processors")
    def test_counters_tell_what_ran_side_by_side(self):
        (self.folder / "halls.yaml").write_text(CUT)
        quick = ["run", "halls.yaml", "--replications", "1", "--threads", "2", "--counters"]
        told = json.loads(self.said(*quick, "--executor", "parallel", "--json").stdout)["counters"]
        parallel = told["parallel"]
        self.assertEqual(parallel["groups"], 2)
        self.assertEqual(parallel["lookahead_s"], 30)
        self.assertEqual(parallel["events"] + parallel["sequential_events"], told["events"])
        self.assertGreater(parallel["rounds"], 0)
        text = self.said(*quick).stdout
        self.assertIn("What the run did", text)
        self.assertIn("the executor has one thread per replication", text)

    def test_counters_stay_out_of_the_files_of_a_study(self):
        self.said("run", self.scenario(), "--replications", "4", "--counters", "--out", "answer")
        self.assertNotIn("counters", json.loads((self.folder / "answer/study.json").read_text()))

    def test_a_trace_that_cannot_be_written_is_refused_before_anything_runs(self):
        path = self.scenario()
        (self.folder / "file").write_text("")
        refused = self.said("run", path, "--trace", "file/trace.json", code=3)
        self.assertIn("file", refused.stderr)
        self.assertEqual(refused.stdout, "")

    def explained(self, path, *words):
        return self.said("run", path, "--explain-parallelism", *words).stdout

    def test_what_can_be_cut_is_told_in_the_devices_of_the_scenario(self):
        (self.folder / "halls.yaml").write_text(CUT)
        told = json.loads(self.explained("halls.yaml", "--json"))
        # Five devices a line; a conveyor is one of them, whatever it is made of.
        self.assertEqual(told["devices"], 5 * 40)
        self.assertEqual(told["logical_processes"], 2 * 40)
        self.assertEqual(told["largest_process"], 3)  # In, A and Belt; B and Out are but two
        self.assertEqual(told["held_together_by"], [
            {"why": "next", "count": 2, "some": [["A 10", "Belt 10"], ["In 10", "A 10"]]}])
        self.assertEqual(told["lookahead_s"], 30)
        text = self.explained("halls.yaml")
        self.assertIn("next: A 10 - Belt 10, In 10 - A 10", text)
        self.assertNotIn("exit", text)

    def test_the_balance_is_that_of_the_work(self):
        (self.folder / "uneven.yaml").write_text(UNEVEN)
        told = json.loads(self.explained("uneven.yaml", "--json"))
        # Of eleven events ten are of the first line: 10/11 against 1/2. Devices would be even.
        balance = told["balance"]
        self.assertAlmostEqual(balance["imbalance"]["2"], 20 / 11, places=2)
        self.assertEqual(balance["of"], "events")
        self.assertGreater(balance["events"], 100_000)
        self.assertLess(balance["simulated_s"], 7 * 24 * 3600)
        self.assertIn("2 threads     the busiest has 1.82 of an equal share: 1.1 times as fast",
                      self.explained("uneven.yaml"))

    def test_what_cannot_be_cut_names_the_devices_to_blame(self):
        text = self.explained(self.scenario("line", "bottling_line"))
        self.assertIn("Nothing can be cut", text)
        self.assertIn("crew: Filler - Mechanics, Packer A - Mechanics, Packer B - Mechanics", text)
        self.assertIn("next: Depalletizer - Filler, Filler - Packer A, Filler - Packer B "
                      "and 2 more", text)
        self.assertNotIn("tariff:", text)  # a meter joins nobody

    def test_what_an_explanation_would_ignore_is_refused(self):
        path = self.scenario()
        for words in (["--checkpoint", "kept"], ["--checkpoint", "kept", "--resume"],
                      ["--out", "answer"], ["--counters"], ["--trace", "trace.json"],
                      ["--trace-fingerprint"], ["--replications", "8"], ["--precision", "1"],
                      ["--precision", "1", "--precision-kpi", "oee"], ["--level", "0.9"],
                      ["--threads", "2"], ["--executor", "parallel"]):
            refused = self.said("run", path, "--explain-parallelism", *words, code=2)
            self.assertIn("excludes", refused.stderr)
            self.assertEqual(refused.stdout, "")
        self.assertEqual(sorted(path.name for path in self.folder.iterdir()), ["plant"])
        self.explained(path, "--change", "faster repair", "--seed", "2", "--life-model", "second")


if __name__ == "__main__":
    plain.main()
