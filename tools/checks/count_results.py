"""How many checks a log holds: prints "PASSED FAILED" for tools/test.

    count_results.py LOG EXIT_STATUS

Counts doctest cases, scripts that end with "N passed, M failed", and programs that ctest lists
without either. A log without any of these is one check. A failed status is at least one failure.
"""

import re
import sys

DOCTEST = re.compile(r"\[doctest\] test cases:\s*\d+ \|\s*(\d+) passed \|\s*(\d+) failed")
PLAIN = re.compile(r"^(?:\d+: )?(\d+) passed, (\d+) failed$", re.MULTILINE)
PROGRAM = re.compile(r"^\s*\d+/\d+ Test\s+#\d+: .*?(Passed|\*\*\*\w+)", re.MULTILINE)
PROGRAM_WITH_CASES = re.compile(
    r"^(\d+): (?:\[doctest\] test cases:|\d+ passed, \d+ failed$)", re.MULTILINE)


def count(text, status):
    counted = [(int(good), int(bad)) for pattern in (DOCTEST, PLAIN)
               for good, bad in pattern.findall(text)]
    passed = sum(good for good, _ in counted)
    failed = sum(bad for _, bad in counted)
    programs = [outcome == "Passed" for outcome in PROGRAM.findall(text)]
    silent = len(programs) - len(set(PROGRAM_WITH_CASES.findall(text)))
    if not programs and not counted:
        passed = 1 if status == 0 else 0
    elif silent > 0:
        broken = min(silent, programs.count(False))
        passed += silent - broken
        failed += broken
    if status != 0:
        failed = max(failed, 1)
    return passed, failed


if __name__ == "__main__":
    with open(sys.argv[1], errors="replace") as log:
        print(*count(log.read(), int(sys.argv[2])))
