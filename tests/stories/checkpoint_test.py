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

    def start(self, *words, **options):
        return subprocess.Popen([FORETWIN, *words], cwd=self.folder, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True, **options)

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
                self.assertTrue((self.folder / "kept.lock").exists(), "it had no time to tidy up")
                resume = ["--resume"]
            result = self.run_in(verb, self.scenario, *STUDY, *KEPT, "--resume", "--threads", "3",
                                 "--executor", "parallel")
            self.assertIn("going on from kept", result.stderr)
            self.assertEqual(result.stdout, self.whole[verb], verb)
            self.assertIsNone(self.saved(), "a study that is done leaves no checkpoint")
            self.assertFalse((self.folder / "kept.lock").exists(), "nor its lock")
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

    def start_without_disk(self, *words):
        """Starts it where nothing can be saved, and waits until it has said so."""
        process = self.start(*words, preexec_fn=small_files_only)
        told = []
        while not any("no checkpoint:" in line for line in told):
            told.append(process.stderr.readline())
            self.assertNotEqual(told[-1], "", told)
        return process

    def stopped(self, process):
        process.send_signal(signal.SIGINT)
        _, messages = process.communicate(timeout=PATIENCE_S)
        self.assertEqual(process.returncode, 130)
        return messages

    def test_control_c_promises_nothing_that_could_not_be_saved(self):
        words = ["run", self.scenario, *STUDY, *KEPT]
        messages = self.stopped(self.start_without_disk(*words))
        self.assertIn("no checkpoint could be saved", messages)
        self.assertNotIn("--resume", messages)
        # The last complaint is of the end; there is no next time.
        self.assertNotIn("goes on", messages[messages.rindex("no checkpoint:"):])
        self.killed(signal.SIGKILL, *words)
        messages = self.stopped(self.start_without_disk(*words, "--resume"))
        self.assertIn("with --resume the study goes on from an earlier moment", messages)
        self.assertEqual(self.run_in(*words, "--resume").stdout, self.whole["run"])

    def test_two_studies_never_work_on_one_file(self):
        words = ["run", self.scenario, *STUDY, *KEPT]
        first = self.start(*words)
        self.assertTrue(self.wait_until_saved(first, 1), "it was still running")
        for path in ("kept", "plant/../kept"):
            second = self.run_in("compare", self.scenario, *STUDY, "--checkpoint", path, "--resume")
            self.assertEqual(second.returncode, 2, second.stderr)
            self.assertIn(f"{path}: another study works on this file: process {first.pid} on ",
                          second.stderr)
            self.assertIn("name another file with --checkpoint, or wait", second.stderr)
            self.assertEqual(second.stdout, "")
        output, _ = first.communicate(timeout=PATIENCE_S)
        self.assertEqual(output, self.whole["run"])
        self.assertFalse((self.folder / "kept.lock").exists())

    def test_of_many_that_begin_at_once_each_is_right_or_refused(self):
        words = ["run", self.scenario, *STUDY, *KEPT, "--resume"]
        for _ in range(3):
            at_once = [self.start(*words) for _ in range(6)]
            outputs = [process.communicate(timeout=PATIENCE_S)[0] for process in at_once]
            codes = [process.returncode for process in at_once]
            self.assertIn(0, codes)
            for code, output in zip(codes, outputs):
                self.assertIn(code, (0, 2))
                self.assertEqual(output, self.whole["run"] if code == 0 else "")
            self.assertFalse((self.folder / "kept.lock").exists())

    def test_somebody_elses_file_is_never_taken_for_a_lock(self):
        lock = self.folder / "kept.lock"
        lock.write_text("version 7\n")
        try:
            result = self.run_in("run", self.scenario, *STUDY, *KEPT)
            self.assertEqual(result.returncode, 2)
            self.assertIn("is in the way of a lock", result.stderr)
            self.assertEqual(lock.read_text(), "version 7\n")
        finally:
            lock.unlink()

    def test_a_trace_that_cannot_be_written_costs_no_checkpoint(self):
        words = ["run", self.scenario, *STUDY, *KEPT, "--out", "answer"]
        process = self.start(*words, "--trace", "traces/trace.json")
        self.assertTrue(self.wait_until_saved(process, 1), "it was still running")
        (self.folder / "traces").write_text("in the way")
        output, messages = process.communicate(timeout=PATIENCE_S)
        self.assertEqual(process.returncode, 3)
        self.assertIn("(give another folder with --trace)", messages)
        self.assertEqual(output, self.whole["run"])
        self.assertTrue((self.folder / "answer/study.json").exists())
        self.assertIsNotNone(self.saved())
        self.assertEqual(self.run_in(*words, "--resume").stdout, self.whole["run"])
        self.assertIsNone(self.saved())

    def test_a_checkpoint_that_cannot_be_removed_is_told_and_the_study_is_good(self):
        process = self.start("run", self.scenario, *STUDY, *KEPT)
        self.assertTrue(self.wait_until_saved(process, 1), "it was still running")
        path = self.folder / "kept"
        while not path.is_dir():  # a folder that is not empty can be neither replaced nor removed
            path.unlink(missing_ok=True)
            (self.folder / "full/inside").mkdir(parents=True, exist_ok=True)
            try:
                (self.folder / "full").rename(path)
            except NotADirectoryError:
                continue
        try:
            output, messages = process.communicate(timeout=PATIENCE_S)
            self.assertEqual(process.returncode, 0, messages)
            self.assertEqual(output, self.whole["run"])
            self.assertIn("its checkpoint kept could not be removed", messages)
        finally:
            (path / "inside").rmdir()
            path.rmdir()

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
        process = self.start_without_disk(*words, "--resume")
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
