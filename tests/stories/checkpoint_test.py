"""A long study is killed at random moments and resumed: the same answer, or an honest refusal."""

import json
import os
import pathlib
import random
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
STUDY = ["--replications", "6", "--json"]
KEPT = ["--checkpoint", "kept", "--checkpoint-every", "10 ms"]
PATIENCE_S = 120


def small_files_only():
    """In the child: a file of more than 1 KiB cannot be written, as on a full disk."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (1024, 1024))


class Checkpoints(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory()
        cls.folder = pathlib.Path(cls.scratch.name)
        subprocess.run([FORETWIN, "new", "plant"], cwd=cls.folder, check=True,
                       stdout=subprocess.DEVNULL)
        path = cls.folder / "plant/scenario.yaml"
        text = path.read_text()
        cls.scenario = "plant/scenario.yaml"
        path.write_text(text.replace("horizon: 4 weeks", "horizon: 3 years"))
        cls.whole = {verb: cls.run_in(verb, cls.scenario, *STUDY).stdout
                     for verb in ("run", "compare")}

    @classmethod
    def tearDownClass(cls):
        cls.scratch.cleanup()

    def setUp(self):
        (self.folder / "kept").unlink(missing_ok=True)

    @classmethod
    def run_in(cls, *words, **options):
        return subprocess.run([FORETWIN, *words], cwd=cls.folder, capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, timeout=600, **options)

    def start(self, *words):
        return subprocess.Popen([FORETWIN, *words], cwd=self.folder, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True)

    def saved(self):
        """Tells one state of the file from the next; None while there is none."""
        try:
            status = (self.folder / "kept").stat()
            return status.st_ino, status.st_mtime_ns
        except FileNotFoundError:
            return None

    def wait_until_saved(self, process, times):
        """Waits until it has saved so many times more; False when it ended before."""
        last = self.saved()
        deadline = time.monotonic() + PATIENCE_S
        while times > 0 and time.monotonic() < deadline:
            now = self.saved()
            if now is not None and now != last:
                last = now
                times -= 1
            elif process.poll() is not None:
                return False
            else:
                time.sleep(0.001)
        self.assertEqual(times, 0, "it saves in reasonable time")
        return True

    def killed(self, kind, *words, times=1):
        process = self.start(*words)
        self.assertTrue(self.wait_until_saved(process, times), "it was still running")
        process.send_signal(kind)
        output, messages = process.communicate(timeout=PATIENCE_S)
        self.assertEqual(output, "")
        return process.returncode, messages

    def test_a_study_killed_over_and_over_ends_as_one_that_was_not(self):
        dice = random.Random(1)
        for verb in ("run", "compare"):
            resume = []
            for threads in ("2", "1", "2"):
                words = [verb, self.scenario, *STUDY, *KEPT, *resume, "--threads", threads]
                code, _ = self.killed(signal.SIGKILL, *words, times=dice.randint(1, 6))
                self.assertEqual(code, -signal.SIGKILL)
                resume = ["--resume"]
            result = self.run_in(verb, self.scenario, *STUDY, *KEPT, "--resume", "--threads", "3",
                                 "--executor", "parallel")
            self.assertIn("going on from kept", result.stderr)
            self.assertEqual(result.stdout, self.whole[verb], verb)
            self.assertIsNone(self.saved(), "a study that is done leaves no checkpoint")
            left = [name for name in os.listdir(self.folder) if name.endswith(".partial")]
            for name in left:  # of the instant between two names
                (self.folder / name).unlink()

    def test_a_study_of_several_life_models_and_of_its_past_goes_on_too(self):
        park = str(ROOT / "scenarios/library/machine_park/scenario.yaml")
        told = json.loads(self.run_in("check", park, "--json").stdout)
        change = told["alternatives"][-1]["name"]
        words = ["compare", park, "--replications", "32", "--json", "--only", change]
        whole = self.run_in(*words).stdout
        self.assertTrue(json.loads(whole)["validation"])
        self.killed(signal.SIGKILL, *words, *KEPT, times=3)
        self.assertEqual(self.run_in(*words, *KEPT, "--resume").stdout, whole)

    def test_the_same_command_with_resume_works_from_the_beginning(self):
        result = self.run_in("run", self.scenario, *STUDY, *KEPT, "--resume")
        self.assertEqual(result.stdout, self.whole["run"])
        self.assertIn("beginning anew", result.stderr)

    def test_control_c_saves_the_last_moment(self):
        code, messages = self.killed(signal.SIGINT, "run", self.scenario, *STUDY, *KEPT)
        self.assertEqual(code, 130)
        self.assertIn("with --resume the study goes on from kept", messages)
        result = self.run_in("run", self.scenario, *STUDY, *KEPT, "--resume")
        self.assertEqual(result.stdout, self.whole["run"])

    def refused(self, reason, *words):
        before = (self.folder / "kept").read_bytes()
        result = self.run_in(*words)
        self.assertEqual(result.returncode, 2, result.stderr)
        self.assertIn(reason, result.stderr)
        self.assertIn("kept: ", result.stderr)
        self.assertEqual(result.stdout, "")
        self.assertEqual((self.folder / "kept").read_bytes(), before)

    def test_what_is_damaged_foreign_or_in_the_way_is_refused_and_left_alone(self):
        same = ["run", self.scenario, *STUDY, *KEPT]
        self.killed(signal.SIGKILL, *same)
        path = self.folder / "kept"
        good = path.read_bytes()
        self.refused("there already", *same)
        self.refused("`seed 1`, here `seed 9`", *same, "--resume", "--seed", "9")
        self.refused("another study", "compare", *same[1:], "--resume")
        other = self.folder / "plant/other.yaml"
        other.write_text((self.folder / self.scenario).read_text() + "# another\n")
        self.refused("`scenario ", "run", "plant/other.yaml", *same[2:], "--resume")
        path.write_bytes(good[:len(good) // 2])
        self.refused("is damaged", *same, "--resume")
        path.write_bytes(good[:-1] + bytes([good[-1] ^ 1]))
        self.refused("its checksum does not match", *same, "--resume")
        path.write_bytes(b"foretwin: 1\n" * 9)
        self.refused("does not begin as a checkpoint", *same, "--resume")
        path.write_bytes(b"")
        self.refused("too short", *same, "--resume")

    def test_a_full_disk_is_told_and_the_study_goes_on(self):
        result = self.run_in("run", self.scenario, *STUDY, *KEPT, preexec_fn=small_files_only)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(result.stdout, self.whole["run"])
        self.assertIn("no checkpoint: cannot write kept: File too large", result.stderr)
        self.assertIsNone(self.saved())

    def test_a_disk_that_fills_up_later_keeps_the_checkpoint_of_before(self):
        words = ["run", self.scenario, *STUDY, *KEPT]
        self.killed(signal.SIGKILL, *words)
        path = self.folder / "kept"
        good = path.read_bytes()
        process = subprocess.Popen([FORETWIN, *words, "--resume"], cwd=self.folder,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                   preexec_fn=small_files_only)
        told = []
        while not any("no checkpoint:" in line for line in told):
            told.append(process.stderr.readline())
            self.assertNotEqual(told[-1], "", told)
        process.kill()
        process.communicate(timeout=PATIENCE_S)
        self.assertEqual(path.read_bytes(), good)
        self.assertEqual(self.run_in(*words, "--resume").stdout, self.whole["run"])

    def test_a_folder_that_nobody_may_write_to_ends_with_3_before_anything_runs(self):
        result = self.run_in("run", self.scenario, *STUDY, "--checkpoint",
                             self.scenario + "/kept")
        self.assertEqual(result.returncode, 3)
        self.assertIn("--checkpoint", result.stderr)
        self.assertEqual(result.stdout, "")

    def test_an_interval_that_is_none_is_refused(self):
        for every in ("5 kW", "0 s", "often"):
            result = self.run_in("run", self.scenario, *STUDY, "--checkpoint", "kept",
                                 "--checkpoint-every", every)
            self.assertEqual(result.returncode, 2)
            self.assertIn("--checkpoint-every", result.stderr)
        result = self.run_in("run", self.scenario, *STUDY, "--resume")
        self.assertEqual(result.returncode, 2)
        self.assertIn("--checkpoint", result.stderr)


if __name__ == "__main__":
    plain.main()
