"""What the surroundings do to a study: Ctrl-C, a full disk, missing rights, absurd files."""

import json
import os
import pathlib
import re
import resource
import signal
import subprocess
import sys
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))
import plain  # noqa: E402

FORETWIN = os.environ.get("FORETWIN", str(ROOT / "build/release/foretwin"))
QUICK = ["--replications", "4", "--threads", "2"]
RESULTS = ["kpis.csv", "report.html", "study.h5", "study.json"]


def small_files_only():
    """In the child: a file of more than 4 KiB cannot be written, as on a full disk."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))


class Surroundings(unittest.TestCase):
    def setUp(self):
        self.scratch = tempfile.TemporaryDirectory()
        self.addCleanup(self.scratch.cleanup)
        self.folder = pathlib.Path(self.scratch.name)
        self.assertEqual(self.run_in("new", "plant").returncode, 0)
        self.scenario = "plant/scenario.yaml"

    def run_in(self, *words, **options):
        return subprocess.run([FORETWIN, *words], cwd=self.folder, capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, timeout=300, **options)

    def files(self):
        return sorted(str(path.relative_to(self.folder)) for path in self.folder.rglob("*"))

    def test_a_good_study_writes_its_four_files_and_nothing_else(self):
        result = self.run_in("compare", self.scenario, *QUICK, "--out", "out")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(sorted(os.listdir(self.folder / "out")), RESULTS)

    def interrupted(self, kind):
        before = self.files()
        process = subprocess.Popen(
            [FORETWIN, "compare", self.scenario, "--replications", "1000000", "--out", "out"],
            cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        time.sleep(1.5)
        process.send_signal(kind)
        begun = time.monotonic()
        output, messages = process.communicate(timeout=60)
        self.assertLess(time.monotonic() - begun, 30)
        self.assertEqual(process.returncode, 130, messages)
        self.assertIn("stopped; nothing was written", messages)
        self.assertEqual(output, "")
        self.assertEqual(self.files(), before)

    def test_control_c_ends_with_130_and_leaves_nothing(self):
        self.interrupted(signal.SIGINT)

    def test_termination_ends_with_130_and_leaves_nothing(self):
        self.interrupted(signal.SIGTERM)

    def test_control_c_ends_a_long_future_in_its_middle(self):
        path = self.folder / self.scenario
        path.write_text(path.read_text().replace("horizon: 4 weeks", "horizon: 200 years"))
        self.interrupted(signal.SIGINT)

    def test_control_c_keeps_the_results_of_before(self):
        self.assertEqual(self.run_in("compare", self.scenario, *QUICK, "--out", "out").returncode,
                         0)
        old = {name: (self.folder / "out" / name).read_bytes() for name in RESULTS}
        self.interrupted(signal.SIGINT)
        self.assertEqual(old, {name: (self.folder / "out" / name).read_bytes() for name in RESULTS})

    def test_a_full_disk_ends_with_3_and_leaves_no_half_file(self):
        result = self.run_in("compare", self.scenario, *QUICK, "--out", "out",
                             preexec_fn=small_files_only)
        self.assertEqual(result.returncode, 3, result.stderr)
        self.assertIn("out/study.json", result.stderr)
        self.assertEqual(os.listdir(self.folder / "out"), [])

    def test_a_full_disk_keeps_the_results_of_before(self):
        self.assertEqual(self.run_in("compare", self.scenario, *QUICK, "--out", "out").returncode,
                         0)
        old = (self.folder / "out/study.json").read_bytes()
        result = self.run_in("compare", self.scenario, *QUICK, "--seed", "2", "--out", "out",
                             preexec_fn=small_files_only)
        self.assertEqual(result.returncode, 3)
        self.assertEqual(old, (self.folder / "out/study.json").read_bytes())
        self.assertEqual(sorted(os.listdir(self.folder / "out")), RESULTS)

    def test_a_disk_that_fills_up_later_leaves_no_mixture_of_old_and_new_files(self):
        self.assertEqual(self.run_in("compare", self.scenario, *QUICK, "--out", "out").returncode,
                         0)
        old = {name: (self.folder / "out" / name).read_bytes() for name in RESULTS}
        sizes = sorted(len(content) for content in old.values())

        def room_for_all_but_the_largest():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            limit = (sizes[-2] + sizes[-1]) // 2
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

        result = self.run_in("compare", self.scenario, *QUICK, "--seed", "2", "--out", "out",
                             preexec_fn=room_for_all_but_the_largest)
        self.assertEqual(result.returncode, 3, result.stderr)
        self.assertEqual(sorted(os.listdir(self.folder / "out")), RESULTS)
        self.assertEqual(old, {name: (self.folder / "out" / name).read_bytes() for name in RESULTS})

    def test_a_killed_study_leaves_files_of_one_study_only(self):
        self.assertEqual(self.run_in("compare", self.scenario, *QUICK, "--out", "out").returncode,
                         0)
        for wait in (0.02, 0.05, 0.1, 0.2):
            process = subprocess.Popen(
                [FORETWIN, "compare", self.scenario, *QUICK, "--seed", "2", "--out", "out"],
                cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(wait)
            process.kill()
            process.wait()
            # Killed between two names, it may leave some of the new files, but never old and new.
            self.assertLessEqual(len(self.seeds_in("out")), 1)

    def seeds_in(self, folder):
        """The seeds of the studies whose files lie there."""
        seeds = set()
        for name, seed in (("study.json", rb'"seed": (\d+)'),
                           ("report.html", rb"Seed</dt><dd>(\d+)")):
            path = self.folder / folder / name
            if path.exists():
                seeds.add(re.search(seed, path.read_bytes()).group(1))
        return seeds

    def test_an_answer_that_cannot_be_told_ends_with_3(self):
        with open("/dev/full", "w") as full:
            code = subprocess.run([FORETWIN, "compare", self.scenario, *QUICK, "--json"],
                                  cwd=self.folder, stdout=full, stderr=subprocess.PIPE,
                                  timeout=300)
        self.assertEqual(code.returncode, 3, code.stderr)

    def test_a_folder_below_a_file_ends_with_3_before_anything_runs(self):
        result = self.run_in("compare", self.scenario, *QUICK, "--out", "plant/scenario.yaml/out")
        self.assertEqual(result.returncode, 3)
        self.assertIn("is no folder", result.stderr)
        self.assertEqual(result.stdout, "")

    @unittest.skipIf(os.geteuid() == 0, "root may write anywhere")
    def test_a_folder_without_rights_ends_with_3_before_anything_runs(self):
        closed = self.folder / "closed"
        closed.mkdir(mode=0o555)
        result = self.run_in("compare", self.scenario, *QUICK, "--out", "closed/out")
        self.assertEqual(result.returncode, 3)
        self.assertIn("may not be written to", result.stderr)
        self.assertEqual(result.stdout, "")

    def test_a_folder_that_nobody_can_make_ends_with_3(self):
        result = self.run_in("compare", self.scenario, *QUICK, "--out", "/proc/foretwin")
        self.assertEqual(result.returncode, 3)
        self.assertIn("--out", result.stderr)

    def test_a_file_of_seventeen_mebibytes_is_refused(self):
        path = self.folder / "large.yaml"
        path.write_text("foretwin: 1\n" + "# nothing\n" * (17 * 1024 * 1024 // 10))
        result = self.run_in("check", "large.yaml")
        self.assertEqual(result.returncode, 2)
        self.assertIn("larger than 16 MiB", result.stderr)

    def test_what_is_no_file_is_refused_and_nobody_waits_for_it(self):
        os.mkfifo(self.folder / "pipe")
        for name in ("/dev/zero", "pipe"):
            result = self.run_in("check", name)
            self.assertEqual(result.returncode, 2)
            self.assertIn("is no file but a pipe or a device", result.stderr)

    def test_ten_thousand_brackets_are_refused_in_yaml_and_json(self):
        for name, text in (("deep.yaml", "foretwin: 1\nreport: " + "[" * 10000 + "]" * 10000),
                           ("deep.json", '{"foretwin": 1, "report": ' + "[" * 10000)):
            (self.folder / name).write_text(text)
            result = self.run_in("check", name)
            self.assertEqual(result.returncode, 2, name)
            self.assertIn("nested deeper than 64 levels", result.stderr)

    def test_three_million_values_are_refused(self):
        (self.folder / "many.yaml").write_text(
            "foretwin: 1\nname: many\nreport: [" + "1," * 3_000_000 + "1]\n")
        result = self.run_in("check", "many.yaml")
        self.assertEqual(result.returncode, 2)
        self.assertIn("values in one file", result.stderr)

    def test_json_is_alone_on_standard_output(self):
        result = self.run_in("compare", self.scenario, *QUICK, "--json", "--out", "out")
        self.assertEqual(result.returncode, 0, result.stderr)
        study = json.loads(result.stdout)
        self.assertEqual(list(study["alternatives"]), ["baseline", "faster repair"])
        self.assertIn("report.html", result.stderr)

    def test_progress_goes_to_standard_error(self):
        result = self.run_in("compare", self.scenario, "--replications", "300", "--threads", "1",
                             "--json")
        self.assertEqual(result.returncode, 0, result.stderr)
        json.loads(result.stdout)
        self.assertIn("replications", result.stderr)


if __name__ == "__main__":
    plain.main()
