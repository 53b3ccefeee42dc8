"""What the tests of the package share: the tree, its library, the command line, small plants."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[3]
LIBRARY = ROOT / "scenarios/library"
COMMAND = pathlib.Path(os.environ.get("FORETWIN", ROOT / "build/release/foretwin"))

#: A queue that one future of takes some ten microseconds.
TINY = """foretwin: 1
name: A small queue
time: {horizon: 2 h}
devices:
  In: {type: source, part: job, every: {exponential: {mean: 5 min}}, when_full: lost, next: Desk}
  Desk: {type: station, buffer: 3, cycle: {exponential: {mean: 4 min}}, next: Out}
  Out: {type: sink}
changes:
  second desk: {set: {Desk/machines: 2}}
"""

#: The same, so long that nobody waits for its end: some ten thousand futures of 0.1 s.
LONG = TINY.replace("2 h", "10 years")

#: Two stations with a conveyor between, so that the parallel executor has what to cut.
CUT = """foretwin: 1
name: Two stations and a belt
time: {horizon: 1 day}
devices:
  In: {type: source, part: p, every: {exponential: {mean: 20 s}}, when_full: wait, next: A}
  A: {type: station, buffer: 5, cycle: {exponential: {mean: 15 s}}, next: Belt}
  Belt: {type: conveyor, delay: 30 s, capacity: 20, next: B}
  B: {type: station, buffer: 5, cycle: {exponential: {mean: 15 s}}, next: Out}
  Out: {type: sink}
"""


@pytest.fixture
def in_tree(monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    """At the top of the tree, where the library's files are found."""
    monkeypatch.chdir(ROOT)
    return ROOT


def ask_command(*arguments: object) -> dict:
    """What the command line answers, as JSON; a missed target is an answer."""
    words = [str(COMMAND), *map(str, arguments), "--json"]
    answer = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert answer.returncode in (0, 1), answer.stderr
    return json.loads(answer.stdout)


def run_python(program: str, *arguments: object, timeout: float = 120) -> str:
    """Standard output of a Python program in a process of its own."""
    answer = subprocess.run([sys.executable, "-c", program, *map(str, arguments)], cwd=ROOT,
                            capture_output=True, text=True, timeout=timeout)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    return answer.stdout
