"""Every folder below bad_input/ is a scenario that is wrong, and what Foretwin says about it.

scenario.yaml   the scenario, with whatever files it names beside it
expected.txt    what must stand on standard error, word for word
command         the arguments, when they are others than those below

Judged for each: exit code 2, that text, nothing on standard output, no file written; and that
each line tells where (file:line:column), what, and a way out.
`bad_input_test.py --write` renews the expected texts; read the difference before committing it.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))
import plain  # noqa: E402

FORETWIN = os.environ.get("FORETWIN", str(ROOT / "build/release/foretwin"))
STORIES = ROOT / "tests/stories/bad_input"
# `check` and a study must say the same; neither may write.
COMMANDS = [
    "check scenario.yaml",
    "check scenario.yaml --json",
    "compare scenario.yaml --replications 2 --out must_not_appear",
    "run scenario.yaml --replications 2 --json --out must_not_appear",
]
LINE = re.compile(r"^[\w./-]+:\d+:\d+: .+ \(.+\)$")


def files_below(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def judge(command, folder, expected):
    """What is wrong with the answer to one command; empty when nothing is."""
    before = files_below(folder)
    result = subprocess.run(
        [FORETWIN, *command.split()], cwd=folder, capture_output=True, text=True, timeout=60)
    wrong = []
    if result.returncode != 2:
        wrong.append(f"exit code {result.returncode} instead of 2")
    if expected is not None and result.stderr != expected:
        wrong.append(f"said\n{result.stderr}instead of\n{expected}")
    if result.stdout:
        wrong.append(f"on standard output: {result.stdout[:200]}")
    if files_below(folder) != before:
        wrong.append(f"wrote {set(files_below(folder)) - set(before)}")
    for line in result.stderr.splitlines():
        if not LINE.match(line):
            wrong.append(f"no place, reason and way out in: {line}")
    return wrong, result.stderr


def story(folder, write):
    expected_file = folder / "expected.txt"
    command_file = folder / "command"
    commands = [command_file.read_text().strip()] if command_file.exists() else COMMANDS
    expected = None if write or not expected_file.exists() else expected_file.read_text()
    wrong = [] if write or expected else ["there is no expected.txt"]
    with tempfile.TemporaryDirectory() as scratch:
        copy = pathlib.Path(scratch) / folder.name
        shutil.copytree(folder, copy)
        for command in commands:
            found, said = judge(command, copy, expected)
            wrong += [f"`foretwin {command}`: {one}" for one in found]
            if write:
                expected_file.write_text(said)
                expected = said
    return wrong


class BadInput(unittest.TestCase):
    def test_every_wrong_scenario_is_refused_as_expected(self):
        folders = sorted(path for path in STORIES.iterdir() if path.is_dir())
        self.assertGreater(len(folders), 50)
        for folder in folders:
            with self.subTest(story=folder.name):
                wrong = story(folder, write=False)
                self.assertFalse(wrong, "\n".join(wrong))


if __name__ == "__main__":
    if "--write" in sys.argv:
        for path in sorted(STORIES.iterdir()):
            for one in story(path, write=True):
                print(f"{path.name}: {one}")
    else:
        plain.main()
