"""`foretwin imitate`, `ingest` and `live`: forecasts of a plant that anyone can imagine, scored."""

import json
import os
import re
import shutil
import socket
import subprocess
import time
import unittest

from verbs_test import FORETWIN, ROOT, Verbs

LIBRARY = ROOT / "scenarios/library/living_line"
FIGURES = 12
HORIZONS = 2


class Live(Verbs):
    def setUp(self):
        super().setUp()
        for file in LIBRARY.glob("*.yaml"):
            shutil.copy(file, self.folder)
        live = (self.folder / "live.yaml").read_text()
        live = live.replace("futures: 200", "futures: 24").replace("particles: 200",
                                                                   "particles: 24")
        live = live.replace("{hour: 1 h, shift: 8 h, day: 24 h}", "{hour: 1 h, shift: 8 h}")
        (self.folder / "live.yaml").write_text(live)

    def plant(self, hours):
        self.said("imitate", "plant.yaml", "--for", f"{hours} h", "--out", "telemetry.jsonl")

    def ingest(self):
        self.said("ingest", "telemetry.yaml", "--store", "t.h5")

    def live(self, *more, code=0):
        return self.said("live", "live.yaml", "--store", "t.h5", "--out", "out", *more, code=code)

    def ledger(self):
        return (self.folder / "out/forecasts.jsonl").read_text()

    def records(self, kind):
        return [record for record in map(json.loads, self.ledger().splitlines())
                if kind in record]

    def test_from_an_imitated_plant_to_scored_forecasts_on_a_page(self):
        self.plant(20)
        self.ingest()
        told = self.live("--once", "--since", "2026-01-05T06:00")
        self.assertIn("intervals held", told.stdout)
        issues = self.records("forecasts")
        # At 6, 7, ... 19: the instant of the last telemetry may not be told whole yet.
        self.assertEqual([issue["issued"] for issue in issues],
                         [f"2026-01-05T{hour:02}:00:00Z" for hour in range(6, 20)])
        first = issues[0]["forecasts"]
        self.assertEqual(len(first), FIGURES * HORIZONS * 2)
        production = next(f for f in first if f["figure"] == "production"
                          and f["horizon"] == "shift" and f["alternative"] == "baseline")
        self.assertLess(production["low"], production["median"])
        self.assertLess(300, production["mean"])
        self.assertLess(production["mean"], 500)
        self.assertEqual(production["end"], "2026-01-05T14:00:00Z")
        # Issued at 6 to 18 for an hour, at 6 to 11 for a shift.
        scores = [score for record in self.records("scores") for score in record["scores"]]
        self.assertEqual(len(scores), FIGURES * (13 + 6))
        page = (self.folder / "out/live.html").read_text()
        self.assertIn("Which machine stops", page)
        self.assertNotIn(">nan", page)

    def test_in_pieces_or_at_once_it_is_the_same_ledger_and_nothing_is_told_twice(self):
        self.plant(14)
        whole = (self.folder / "telemetry.jsonl").read_text()
        lines = whole.splitlines(keepends=True)
        self.ingest()
        self.live("--once", "--since", "2026-01-05T06:00")
        at_once = self.ledger()
        self.live("--once")
        self.assertEqual(self.ledger(), at_once)
        shutil.rmtree(self.folder / "out")
        (self.folder / "t.h5").unlink()
        for share in (0.65, 0.8, 1):
            part = "".join(lines[:int(len(lines) * share)])
            (self.folder / "telemetry.jsonl").write_text(part)
            self.ingest()
            self.live("--once", "--since", "2026-01-05T06:00")
        self.assertEqual(self.ledger(), at_once)

    def test_killed_in_the_middle_it_goes_on_where_it_was(self):
        self.plant(14)
        self.ingest()
        words = [FORETWIN, "live", "live.yaml", "--store", "t.h5", "--out", "out", "--since",
                 "2026-01-05T06:00"]
        process = subprocess.Popen(words, cwd=self.folder, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
        ledger = self.folder / "out/forecasts.jsonl"
        deadline = time.monotonic() + 300
        while not (ledger.exists() and ledger.read_text().count("\n") >= 3):
            self.assertLess(time.monotonic(), deadline)
            self.assertIsNone(process.poll())
        process.kill()
        process.wait()
        self.live("--once", "--since", "2026-01-05T06:00")
        killed = self.ledger()
        shutil.rmtree(self.folder / "out")
        self.live("--once", "--since", "2026-01-05T06:00")
        self.assertEqual(killed, self.ledger())

    def test_it_follows_a_store_that_grows_until_it_is_told_to_stop(self):
        self.plant(9)
        lines = (self.folder / "telemetry.jsonl").read_text().splitlines(keepends=True)
        half = next(i for i, line in enumerate(lines) if '"2026-01-05T06:30' in line)
        (self.folder / "telemetry.jsonl").write_text("".join(lines[:half]))
        self.ingest()
        process = subprocess.Popen(
            [FORETWIN, "live", "live.yaml", "--store", "t.h5", "--out", "out", "--json"],
            cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            stdin=subprocess.DEVNULL)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.stderr.close)
        # It has looked at what is there before more comes.
        self.assertEqual(process.stderr.readline(), "next forecast: 2026-01-05T07:00:00Z\n")
        (self.folder / "telemetry.jsonl").write_text("".join(lines))
        self.ingest()
        told = json.loads(process.stdout.readline())
        self.assertEqual(told["issued"], "2026-01-05T07:00:00Z")
        self.assertEqual(told["doubt"], "not validated yet: 0 of 10 forecasts scored")
        process.terminate()
        process.communicate(timeout=120)
        self.assertEqual(process.returncode, 0)

    def test_what_comes_into_the_store_late_is_lived_through_all_the_same(self):
        self.plant(9)
        lines = (self.folder / "telemetry.jsonl").read_text().splitlines(keepends=True)
        half = next(i for i, line in enumerate(lines) if '"2026-01-05T06:30' in line)
        without_saw = [line for line in lines[:half] if '"Saw"' not in line]
        (self.folder / "telemetry.jsonl").write_text("".join(without_saw))
        self.ingest()
        process = subprocess.Popen(
            [FORETWIN, "live", "live.yaml", "--store", "t.h5", "--out", "out", "--json",
             "--since", "2026-01-05T06:00"],
            cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            stdin=subprocess.DEVNULL)
        self.addCleanup(process.stdout.close)
        blind = json.loads(process.stdout.readline())
        self.assertEqual(blind["issued"], "2026-01-05T06:00:00Z")
        self.assertIn("Saw: telemetry does not tell its state now", blind["warnings"])
        # The Saw's whole past, and what all have done since.
        (self.folder / "telemetry.jsonl").write_text("".join(lines))
        self.ingest()
        told = blind
        while told["issued"] == blind["issued"]:
            told = json.loads(process.stdout.readline())
        process.terminate()
        process.communicate(timeout=120)
        self.assertFalse([w for w in told["warnings"] if w.startswith("Saw: telemetry")])

    @unittest.skipUnless(shutil.which("mosquitto"), "there is no mosquitto here")
    def test_the_one_command_of_the_library_goes_from_a_broker_to_scored_forecasts(self):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        result = subprocess.run(
            [LIBRARY / "watch", self.folder / "watched"], cwd=ROOT, capture_output=True, text=True,
            stdin=subprocess.DEVNULL, timeout=300,
            env={**os.environ, "FORETWIN": FORETWIN, "PORT": str(port), "HOURS": "10",
                 "SPEED": "3600x"})
        self.assertEqual(result.returncode, 0, result.stderr[-2000:])
        self.assertIn("Production", result.stdout)
        self.assertTrue((self.folder / "watched/live.html").exists())
        # Every message is in the store once.
        told = (self.folder / "watched/ingest.txt").read_text()
        received, accepted = (
            re.search(rf"^{what} +(.*)", told, re.MULTILINE)[1].split()[-1]
            for what in ("received", "accepted"))
        self.assertEqual(accepted, received)

    def test_what_cannot_be_followed_is_refused_with_a_way_out(self):
        self.plant(2)
        self.ingest()
        live = (self.folder / "live.yaml").read_text()
        for wrong, right, what in (
                ("machines: [Sow,", "machines: [Saw,", "the scenario has no device 'Sow'"),
                ("output: Pucker", "output: Packer", "the profile has no device 'Pucker'"),
                ("{figure: lift,", "{figure: left,", "did you mean 'left'"),
                ("[faster mull]", "[faster mill]", "faster mull")):
            (self.folder / "live.yaml").write_text(live.replace(right, wrong))
            told = self.live("--once", "--since", "2026-01-05T00:00", code=2)
            self.assertIn(what, told.stderr)
        (self.folder / "live.yaml").write_text(live)
        told = self.live("--once", "--since", "yesterday", code=2)
        self.assertIn("--since: 'yesterday' is no date", told.stderr)
        told = self.said("live", "live.yaml", "--store", "none.h5", "--out", "out", "--once",
                         code=2)
        self.assertIn("foretwin ingest fills it", told.stderr)


if __name__ == "__main__":
    unittest.main()
