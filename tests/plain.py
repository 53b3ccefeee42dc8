"""Runs the unittest cases of a script and ends with the line "N passed, M failed"."""

import sys
import unittest


def main():
    program = unittest.main(module="__main__", exit=False, verbosity=1)
    result = program.result
    failed = len(result.failures) + len(result.errors)
    print(f"{max(0, result.testsRun - failed)} passed, {failed} failed")
    sys.exit(1 if failed or result.testsRun == 0 else 0)
