"""The closing line of tools/test counts what ran, and nothing failing is lost."""

import pathlib
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT / "tools/checks"), str(ROOT / "tests")]
import plain  # noqa: E402
from count_results import count  # noqa: E402

CASES = "1: [doctest] test cases:  7 |  {} passed | {} failed | 0 skipped\n"
PROGRAM = "1/2 Test #1: engine/core .......................   Passed    0.01 sec\n"
BROKEN = "2/2 Test #2: engine/kernel ..................***Failed    0.01 sec\n"
CRASHED = "2/2 Test #2: engine/kernel ..................***Exception: SegFault  0.01 sec\n"


class Count(unittest.TestCase):
    def test_a_plain_check_is_one(self):
        self.assertEqual(count("nothing to say\n", 0), (1, 0))
        self.assertEqual(count("a.cpp:1: bad\n", 1), (0, 1))

    def test_cases_of_doctest_are_summed(self):
        self.assertEqual(count(CASES.format(5, 0) + PROGRAM + CASES.replace("1:", "2:").format(4, 3)
                               + BROKEN, 8), (9, 3))

    def test_a_program_that_dies_before_its_summary_is_a_failure(self):
        self.assertEqual(count(CASES.format(5, 0) + PROGRAM + CRASHED, 8), (5, 1))

    def test_scripts_are_counted_by_their_closing_line(self):
        self.assertEqual(count("2: 4 passed, 1 failed\n" + BROKEN, 8), (4, 1))

    def test_silent_programs_count_as_one(self):
        self.assertEqual(count(PROGRAM + BROKEN, 8), (1, 1))

    def test_a_bad_exit_is_never_without_failure(self):
        self.assertEqual(count(CASES.format(5, 0) + PROGRAM, 8), (5, 1))


if __name__ == "__main__":
    plain.main()
