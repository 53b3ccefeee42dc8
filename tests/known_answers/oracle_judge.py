"""Judges answers of the product by the tolerance rules of the oracle library (README.md).

The quantile of Student's t is that of check.py, the library's own judge. Every answer of a case
must be judged, or be named in later.yaml with the reason: nothing is passed over in silence.
"""

import ast
import fnmatch
import functools
import json
import math
import pathlib
import sys
import time

import yaml

from oracle_product import SHARE_OF_LENGTH, Product, estimate_of

HERE = pathlib.Path(__file__).resolve().parent
Z_999 = 3.2905267314919255  # two-sided 99.9 % of the normal distribution
MOST_EFFORT = 64


def from_check(*names):
    """Functions of check.py, which is a script and cannot be imported."""
    tree = ast.parse((HERE / "check.py").read_text())
    tree.body = [node for node in tree.body
                 if isinstance(node, ast.FunctionDef) and node.name in names
                 or isinstance(node, ast.Import)]
    space = {}
    exec(compile(tree, "check.py", "exec"), space)  # noqa: S102
    return [space[name] for name in names]


_t_quantile, answer_at = from_check("tq", "get")
t_quantile = functools.lru_cache(_t_quantile)


def chi_square_cdf(x, degrees):
    """Regularised incomplete gamma function, by its series or its continued fraction."""
    a, y = degrees / 2, x / 2
    if y <= 0:
        return 0.0
    front = math.exp(a * math.log(y) - y - math.lgamma(a))
    if y < a + 1:
        term = total = 1 / a
        n = a
        while term > total * 1e-16:
            n += 1
            term *= y / n
            total += term
        return front * total
    b = y + 1 - a
    c, d = 1e300, 1 / b
    h = d
    for i in range(1, 10000):
        factor = -i * (i - a)
        b += 2
        d = 1 / (factor * d + b)
        c = b + factor / c
        h *= d * c
        if abs(d * c - 1) < 1e-15:
            break
    return 1 - front * h


@functools.lru_cache(None)
def chi_square_quantile(p, degrees):
    low, high = 0.0, degrees + 20 * math.sqrt(2 * degrees) + 50
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if chi_square_cdf(middle, degrees) < p else (low, middle)
    return low


class Verdict:
    def __init__(self, answer, got, exact, half_width, passed, wide=0.0, rule="ci"):
        self.answer, self.got, self.exact = answer, got, exact
        self.half_width, self.passed, self.rule = half_width, passed, rule
        self.wide = wide  # half-width over what is allowed, above 1: proves nothing
        self.note = ""

    @property
    def good(self):
        return self.passed and self.wide <= 1


class Judge:
    """Collects the verdicts of one case; a run function calls its methods."""

    def __init__(self, case, product):
        self.case, self.product = case, product
        self.verdicts = {}
        self.left = later_list()
        self.limit = case.get("tolerance", {}).get("max_rel_halfwidth", 0.05)

    @property
    def params(self):
        return self.case["params"]

    @property
    def rule(self):
        return self.case["tolerance"]

    def later(self, answer):
        """Why the answer is left for later, or None."""
        return self.left.reason(self.case["id"], answer)

    def exact(self, answer):
        return answer_at(self.case["answers"], answer)

    def has(self, answer):
        try:
            return self.exact(answer) is not None
        except (KeyError, IndexError, TypeError, ValueError):
            return False

    def _add(self, verdict):
        if SHARE_OF_LENGTH < 1:  # too short to judge: only that the figure is a number
            verdict.passed, verdict.wide = math.isfinite(verdict.got), 0.0
        self.verdicts[verdict.answer] = verdict

    def mean(self, answer, estimate):
        """The exact value lies in the 99.9 % t interval, and the interval is narrow."""
        exact = self.exact(answer)
        half = t_quantile(0.9995, estimate.futures - 1) * estimate.sd
        half /= math.sqrt(estimate.futures)
        slack = 1e-12 * max(1.0, abs(exact))  # figures that are exactly 0 or 1
        passed = abs(estimate.mean - exact) <= half + slack
        wide = half / (self.limit * abs(exact)) if half > slack else 0.0
        self._add(Verdict(answer, estimate.mean, exact, half, passed, wide))

    def variance_constant(self, answer, estimate, length, to_constant=lambda exact: exact):
        """lim T Var(time average): (R - 1) s^2 T / constant between the chi-square quantiles."""
        exact = to_constant(self.exact(answer))
        degrees = estimate.futures - 1
        got = estimate.sd ** 2 * length
        low = chi_square_quantile(0.0005, degrees) / degrees * exact
        high = chi_square_quantile(0.9995, degrees) / degrees * exact
        passed = low <= got <= high
        self._add(Verdict(answer, got, exact, (high - low) / 2, passed, rule="chi-square"))

    def probability(self, answer, hits, futures):
        """An empirical probability: within 3.29 sqrt(p (1 - p) / R)."""
        exact = self.exact(answer)
        half = Z_999 * math.sqrt(max(exact * (1 - exact), 0) / futures)
        got = hits / futures
        passed = abs(got - exact) <= half + 1e-12
        self._add(Verdict(answer, got, exact, half, passed, half / (self.limit * exact)))

    def cdf(self, answer, hits, futures):
        """As probability, for points of a distribution: the rule of the case asks no width."""
        self.probability(answer, hits, futures)
        self.verdicts[answer].wide = 0.0

    def block_mean(self, answer, values, function, blocks=32):
        """A function of the distribution (a variance, say): t over equal blocks of futures."""
        size = len(values) // blocks
        if size < 2:
            blocks, size = 2, len(values) // 2
        parts = [function(values[i * size:(i + 1) * size]) for i in range(blocks)]
        self.mean(answer, estimate_of(parts))
        self.verdicts[answer].rule = "blocks"

    def standard_deviation(self, answer, values):
        self.block_mean(answer, values, lambda block: estimate_of(block).sd)

    def integer_quantile(self, answer, values, level):
        """Smallest n with P(N <= n) >= level, where chance cannot reach the next step."""
        exact, futures = self.exact(answer), len(values)
        at = sum(value <= exact for value in values) / futures
        below = sum(value <= exact - 1 for value in values) / futures
        half = Z_999 * math.sqrt(level * (1 - level) / futures)
        passed = at >= level - half and below < level + half
        ordered = sorted(values)
        got = ordered[min(futures - 1, math.ceil(level * futures) - 1)]
        self._add(Verdict(answer, got, exact, half, passed and abs(got - exact) <= 1,
                          rule="quantile"))

    def counts(self, answer, values, probabilities, first=0):
        """Chi-square test of counts against probabilities from `first` on, small cells joined."""
        futures = len(values)
        cells = [[p * futures, sum(v == n for v in values)]
                 for n, p in enumerate(probabilities, first)]
        rest = futures - sum(cell[0] for cell in cells)
        cells.append([rest, futures - sum(cell[1] for cell in cells)])
        joined = []
        for expected, found in cells:
            if joined and (joined[-1][0] < 10 or expected < 10):
                joined[-1][0] += expected
                joined[-1][1] += found
            else:
                joined.append([expected, found])
        statistic = sum((found - expected) ** 2 / expected for expected, found in joined
                        if expected > 0)
        limit = chi_square_quantile(0.999, max(1, len(joined) - 1))
        self._add(Verdict(answer, statistic, 0.0, limit, statistic <= limit, rule="chi-square"))

    def within(self, answer, got, exact, limit, rule):
        """|got - exact| <= limit, for rules of other forms."""
        self._add(Verdict(answer, got, exact, limit, abs(got - exact) <= limit, rule=rule))


def flat_answers(answers, path=""):
    """Paths of all numbers in a case's answers; lists of numbers count as one."""
    for key, value in answers.items() if isinstance(answers, dict) else enumerate(answers):
        here = f"{path}{key}"
        if isinstance(value, dict):
            yield from flat_answers(value, here + "/")
        elif isinstance(value, list) and value and isinstance(value[0], (dict, list)):
            yield from flat_answers(value, here + "/")
        elif value is not None:
            yield here


class Later:
    """later.yaml: which answers are not judged here, and why."""

    def __init__(self):
        self.entries = yaml.safe_load((HERE / "later.yaml").read_text())["later"]

    def reason(self, case, answer):
        for entry in self.entries:
            fits = any(fnmatch.fnmatchcase(case, pattern) for pattern in entry["cases"])
            if fits and any(fnmatch.fnmatchcase(answer, pattern)
                            for pattern in entry.get("answers", ["*"])):
                return entry["reason"]
        return None


@functools.lru_cache(None)
def later_list():
    return Later()


def judge_case(case, run, seed):
    """Runs one case; more futures while an interval is too wide to prove anything."""
    effort = 1.0
    for _ in range(4):
        judge = Judge(case, Product(seed, effort))
        run(judge)
        widest = max((v.wide for v in judge.verdicts.values()), default=0.0)
        if widest <= 1 or effort >= MOST_EFFORT:
            break
        effort = min(MOST_EFFORT, effort * max(1.3, 1.15 * widest ** 2))
    return judge


def show(case, verdict, seed):
    word = "ok" if verdict.good else "too wide" if verdict.passed else "MISSED"
    print(f"{case:<10} {verdict.answer:<34} {verdict.got:>14.7g} {verdict.exact:>14.7g} "
          f"{verdict.half_width:>10.3g}  {verdict.rule:<10} {word}"
          f"{' (seed 2)' if seed == 2 else ''}", flush=True)


def is_judged(path, judge):
    """A list of numbers is judged as a whole or number by number."""
    return path in judge.verdicts or f"{path}/0" in judge.verdicts


def unaccounted(case, judge, later):
    """Answers that were neither judged nor left for later."""
    return [path for path in flat_answers(case["answers"])
            if not is_judged(path, judge) and later.reason(case["id"], path) is None]


def run_family(cases, functions):
    """`functions`: prefix of the case id -> what runs it. Prints a line per answer and ends with
    the counts; returns the exit code."""
    later = later_list()
    passed = failed = left = 0
    wanted = sys.argv[1:]
    print(f"{'case':<10} {'answer':<34} {'got':>14} {'exact':>14} {'half-width':>10}  rule")
    for case in cases:
        if wanted and not any(case["id"].startswith(prefix) for prefix in wanted):
            continue
        begin = time.time()
        prefixes = [prefix for prefix in functions if case["id"].startswith(prefix)]
        if not prefixes:
            paths = list(flat_answers(case["answers"]))
            reasons = {later.reason(case["id"], path) for path in paths}
            if None in reasons:
                print(f"{case['id']:<10} is neither judged nor left for later")
                failed += 1
            left += len(paths)
            continue
        run = functions[max(prefixes, key=len)]
        try:
            judge = judge_case(case, run, 1)
        except (RuntimeError, OSError, KeyError) as problem:
            print(f"{case['id']:<10} cannot be run: {problem!r}")
            failed += 1
            continue
        missed = [v for v in judge.verdicts.values() if not v.good]
        for verdict in judge.verdicts.values():
            show(case["id"], verdict, 1)
        passed += len(judge.verdicts) - len(missed)
        if missed:
            print(f"{case['id']:<10} missed {len(missed)}: once more with seed 2")
            again = judge_case(case, run, 2)
            for verdict in missed:
                second = again.verdicts[verdict.answer]
                show(case["id"], second, 2)
                passed, failed = passed + second.good, failed + (not second.good)
        for path in unaccounted(case, judge, later):
            print(f"{case['id']:<10} {path} is neither judged nor left for later")
            failed += 1
        left += sum(1 for path in flat_answers(case["answers"]) if not is_judged(path, judge))
        print(f"{case['id']:<10} {judge.product.runs} runs, {time.time() - begin:.1f} s")
    print(f"left for later (later.yaml): {left} answers")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or passed == 0 else 0


def cases_of(family):
    return json.loads((HERE / f"{family}.json").read_text())["cases"]
