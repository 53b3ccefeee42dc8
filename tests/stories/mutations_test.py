"""Scenarios of the library with mistakes such as people make: lines lost, doubled or swapped,
units exchanged, values of another kind. Whatever the mistake, Foretwin answers in time, never
blames itself, and every line of a refusal tells where, what and a way out.

`mutations_test.py 5000 7` tries five thousand of them from seed 7 (`0.2 s` each, so by hand).
"""

import os
import pathlib
import random
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
LINE = re.compile(r"^[^:]*[\w.]+:\d+:\d+: .+ \(.+\)$")
SECONDS = 60  # none takes a tenth of it; a loaded machine shall not matter

UNITS = ["s", "ms", "ns", "min", "h", "days", "weeks", "years", "kW", "W", "MW", "kWh", "EUR",
         "EUR/h", "EUR/kWh", "EUR/part", "%", "/year", "/s", "part/h", "parts", "cycles", ""]
WORDS = ["nan", "inf", "-0", "0x10", "1e308", "1e-308", "-1", "0", "~", "null", "true", "[]",
         "{}", "[1, 2]", "{a: b}", "''", "\"\"", "'\u00e9'", "999999999999", "2026-13-01", "no",
         "*a", "&a x", "!t x", "{assumption: x}", "{fitted: x}", "unlimited", "12", "1 s",
         "\"24:00-00:00\"", "{exponential: {mean: 0 s}}", "{weibull: {shape: 0.001, mean: 1 s}}",
         "300 years", "1 ns", "|", ">", "- x", "\t", "x" * 5000]


def delete_line(lines, dice):
    del lines[dice.randrange(len(lines))]


def double_line(lines, dice):
    at = dice.randrange(len(lines))
    lines.insert(at, lines[at])


def swap_lines(lines, dice):
    a, b = dice.randrange(len(lines)), dice.randrange(len(lines))
    lines[a], lines[b] = lines[b], lines[a]


def double_block(lines, dice):
    at = dice.randrange(len(lines))
    block = lines[at:at + dice.randrange(2, 9)]
    to = dice.randrange(len(lines))
    lines[to:to] = block


def indent_line(lines, dice):
    at = dice.randrange(len(lines))
    spaces = dice.choice([-99, 1, 2, 4])
    lines[at] = lines[at].lstrip() if spaces < 0 else " " * spaces + lines[at]


def replace_match(lines, dice, pattern, make):
    """Replaces one occurrence, in a line that has one."""
    having = [i for i, line in enumerate(lines) if re.search(pattern, line)]
    if not having:
        return
    at = dice.choice(having)
    found = dice.choice(list(re.finditer(pattern, lines[at])))
    lines[at] = lines[at][:found.start()] + make(found) + lines[at][found.end():]


def other_unit(lines, dice):
    replace_match(lines, dice, r"(?<=\d )[A-Za-z/%]+", lambda _: dice.choice(UNITS))


def other_number(lines, dice):
    replace_match(lines, dice, r"\b\d+(\.\d+)?\b", lambda _: dice.choice(
        ["0", "-1", "1e9", "1e15", "1e300", "0.5", "1e-9", "007", "1,5", "99999999999999999999"]))


def other_value(lines, dice):
    replace_match(lines, dice, r"(?<=: )[^{}\[\],\n]+", lambda _: dice.choice(WORDS))


def other_word(lines, dice):
    """Takes a letter out of a word, or puts another word of the file in its place."""
    def make(found):
        word = found.group()
        if dice.random() < 0.5:
            at = dice.randrange(len(word))
            return word[:at] + word[at + 1:]
        return dice.choice(re.findall(r"[A-Za-z_]{3,}", "\n".join(lines)))
    replace_match(lines, dice, r"[A-Za-z_]{3,}", make)


def lost_sign(lines, dice):
    replace_match(lines, dice, r"[{}\[\],:\"]", lambda _: dice.choice(["", "{", "]", ": ", "\""]))


MISTAKES = [delete_line, double_line, swap_lines, double_block, indent_line, other_unit,
            other_unit, other_number, other_number, other_value, other_value, other_word, lost_sign]


def mutant(text, dice):
    lines = text.split("\n")
    for _ in range(dice.choice([1, 1, 1, 2, 3])):
        if lines:
            dice.choice(MISTAKES)(lines, dice)
    return "\n".join(lines)


def verdict(words, folder):
    """What is wrong with the answer; empty when nothing is. And the exit code."""
    try:
        result = subprocess.run([FORETWIN, *words], cwd=folder, capture_output=True,
                                stdin=subprocess.DEVNULL, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        return [f"no answer within {SECONDS} s"], None
    said = result.stderr.decode("utf-8", "replace")
    wrong = []
    if result.returncode not in (0, 1, 2):
        wrong.append(f"exit code {result.returncode}: {said[:300]}")
    if result.returncode == 2:
        wrong += [f"no place, reason and way out in: {line}" for line in said.splitlines()
                  if not LINE.match(line)]
        if not said:
            wrong.append("refused without a word")
    return wrong, result.returncode


def sources(folder):
    """Copies of the library's scenarios and of the starters: the folders and their texts."""
    found = []
    for scenario in sorted((ROOT / "scenarios/library").glob("*/scenario.yaml")):
        copy = folder / scenario.parent.name
        shutil.copytree(scenario.parent, copy)
        found.append((copy, scenario.read_text()))
    subprocess.run([FORETWIN, "new", "starter"], cwd=folder, check=True, capture_output=True)
    found.append((folder / "starter", (folder / "starter/scenario.yaml").read_text()))
    return found


def try_mutants(count, seed):
    """Problems, and how many mutants were refused."""
    problems, refused = [], 0
    with tempfile.TemporaryDirectory() as scratch:
        known = sources(pathlib.Path(scratch))
        for number in range(count):
            dice = random.Random(f"{seed}/{number}")
            folder, text = known[number % len(known)]
            (folder / "mutant.yaml").write_text(mutant(text, dice))
            wrong, code = verdict(["check", "mutant.yaml"], folder)
            if code == 0 and number % 3 != 1:  # a year of the machine park takes its time
                wrong, code = verdict(["run", "mutant.yaml", "--replications", "1"], folder)
            refused += code == 2
            if wrong:
                problems.append(f"seed {seed}, mutant {number} of {folder.name}: {wrong[:3]}")
                if "--keep" in sys.argv:
                    shutil.copy(folder / "mutant.yaml", f"/tmp/mutant_{seed}_{number}.yaml")
    return problems, refused


class Mutations(unittest.TestCase):
    def test_every_mistake_is_told_with_place_reason_and_way_out(self):
        problems, refused = try_mutants(150, 1)
        self.assertFalse(problems, "\n".join(problems))
        self.assertGreater(refused, 75)  # else they are no mistakes


if __name__ == "__main__":
    if len(sys.argv) > 2:
        told, count = try_mutants(int(sys.argv[1]), int(sys.argv[2]))
        print("\n".join(told) or f"nothing wrong; {count} refused")
    else:
        plain.main()
