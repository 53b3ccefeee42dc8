"""Other processes and other interpreters."""

from __future__ import annotations

import multiprocessing
import sys

import pytest
from conftest import CUT, TINY, run_python

import foretwin as ft


def fingerprint(asked: tuple[str, str]) -> str:
    text, executor = asked
    return ft.load(text).run(replications=6, seed=7, threads=2, executor=executor).fingerprint


@pytest.mark.parametrize("way", ["fork", "spawn", "forkserver"])
def test_processes_find_the_same(way: str) -> None:
    """Forked ones too, after the parent has used the engine's threads: the child has none of
    them, and works alone."""
    asked = [(CUT, executor) for executor in ("sequential", "parallel", "optimistic")] * 2
    expected = [fingerprint(one) for one in asked]
    with multiprocessing.get_context(way).Pool(2) as pool:
        assert pool.map_async(fingerprint, asked).get(timeout=120) == expected


def wrong(text: str) -> None:
    ft.load(text.replace("3, cycle", "many, cycle"))


def test_an_input_error_of_a_child_arrives_with_its_problems() -> None:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        with pytest.raises(ft.InputError) as caught:
            pool.apply_async(wrong, (TINY,)).get(timeout=120)
    assert caught.value.problems[0].line == 6


SUB_INTERPRETER = """
import sys
try:
    import _interpreters as other
except ImportError:
    import _xxsubinterpreters as other
import foretwin
number = other.create()
program = "import sys; sys.path[:] = %r\\n%s" % (sys.path, sys.argv[1])
try:
    told = other.run_string(number, program)
    print("told", getattr(told, "formatted", told))
except Exception as error:
    print("told", error)
print("still", foretwin.__version__)
"""


@pytest.mark.skipif(sys.version_info < (3, 10), reason="no way in to sub-interpreters")
def test_sub_interpreters_are_refused_politely() -> None:
    """Before NumPy is asked for, which would leave its own traces; never by a crash or a wait."""
    told = run_python(SUB_INTERPRETER, "import foretwin", timeout=30)
    assert "still" in told
    assert "main interpreter only" in told or "does not support loading in subinterp" in told
