"""The options of a study, and what is refused before the engine hears of it."""

from __future__ import annotations

import operator
from typing import Any, TypedDict

from ._progress import Progress
from .errors import InputError


class StudyOptions(TypedDict, total=False):
    """The options of ``run``, ``compare`` and ``study``; their results depend on file, changes,
    ``seed``, ``replications`` (or ``precision``) and ``life_model`` alone."""

    replications: int
    """Futures in all, 1 to 10,000,000; 128 unless told."""
    seed: int
    """Of all random numbers, 0 to 4,294,967,295; 1 unless told."""
    precision: float | None
    """Stop when the interval is this narrow: half-width over the mean, 0.000001 to 1 (``0.01`` is
    the command line's ``--precision 1``); ``replications`` is then the limit."""
    precision_kpi: str
    """The KPI that ``precision`` watches; throughput unless told."""
    level: float
    """Of every interval, 0.5 to 0.9999; 0.95 unless told."""
    threads: int
    """Of the engine, 0 to 1,024; 0, unless told otherwise: as many as there are processors."""
    executor: str
    """How one replication is run: ``sequential`` (unless told), ``parallel``, ``optimistic`` or
    ``reference``. The figures are the same."""
    life_model: str
    """Which of the ranked fitted life models: ``best`` (unless told), ``second`` or
    ``two_parameter_weibull``."""
    trace_fingerprint: bool
    """Also fingerprint every handled event."""
    progress: Progress
    """True: a bar; False: none; None, unless told: a bar where a person looks; or a function of
    (futures done, futures expected). What it raises stops the study."""


_WHOLE = {"replications": (1, 10_000_000), "seed": (0, 2**32 - 1), "threads": (0, 1024)}
_REAL = {"precision": (1e-6, 1.0), "level": (0.5, 0.9999)}


def _problem_of_whole(name: str, value: Any, low: int, high: int) -> str:
    try:
        number = operator.index(value)
    except TypeError:
        return f"{name} is a whole number, not {value!r}"
    return "" if low <= number <= high else f"{name} is {low} to {high}, not {number}"


def _problem_of_real(name: str, value: Any, low: float, high: float) -> str:
    try:
        number = float("not a number" if isinstance(value, (str, bytes)) else value)
    except (TypeError, ValueError):
        return f"{name} is a number, not {value!r}"
    return "" if low <= number <= high else f"{name} is {low:g} to {high:g}, not {number:g}"


def check_options(**options: Any) -> None:
    """InputError with every option that is out of its range."""
    sentences = [_problem_of_whole(name, options[name], *_WHOLE[name])
                 for name in _WHOLE if name in options]
    sentences += [_problem_of_real(name, options[name], *_REAL[name])
                  for name in _REAL
                  if name in options and (options[name] is not None or name != "precision")]
    problems = [("", 0, 0, sentence, "") for sentence in sentences if sentence]
    if problems:
        raise InputError(problems)
