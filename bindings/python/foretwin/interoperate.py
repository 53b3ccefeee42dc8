"""Other people's optimisers, samplers and trained models, over values of a scenario.

:func:`objective` is a function of numbers that SciPy, Optuna or anything else can drive;
:func:`sensitivity` tells which values matter (Sobol' indices, SciPy); :func:`detection` measures
what a trained model sees of coming failures, and :class:`ConditionSensor` wraps a scikit-learn
classifier and writes it into a scenario as a sensor.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from .scenario import Scenario

if TYPE_CHECKING:
    import numpy.typing as npt

    Array = npt.NDArray[np.float64]

__all__ = ["ConditionSensor", "Detection", "Objective", "detection", "objective", "sensitivity"]


class Objective:
    """A KPI as a function of values of a scenario. Made by :func:`objective`."""

    def __init__(
        self,
        scenario: Scenario,
        paths: Mapping[str, tuple[float, float, str]],
        kpi: str,
        more_is_better: bool,
        options: Mapping[str, Any],
    ) -> None:
        self.scenario = scenario.copy()  # what is edited later is another question
        self.paths = dict(paths)
        self.kpi = kpi
        self._options = {"progress": False, **options}
        self._known: dict[tuple[int | float | str, ...], float] = {}
        self._sign = -1 if more_is_better else 1

    @property
    def bounds(self) -> list[tuple[float, float]]:
        """Lowest and highest of each value, as ``scipy.optimize`` takes them."""
        return [(low, high) for low, high, _ in self.paths.values()]

    def at(self, values: Sequence[float] | Array) -> Scenario:
        """The scenario with these values, in the order of the paths."""
        scenario = self.scenario.copy()
        for path, value in zip(self.paths, self._written(values)):
            scenario[path] = value
        return scenario

    def _written(self, values: Sequence[float] | Array) -> tuple[int | float | str, ...]:
        """As a scenario has them."""
        if len(values) != len(self.paths):
            raise ValueError(f"{len(self.paths)} values are needed, not {len(values)}")
        units = [unit for _, _, unit in self.paths.values()]
        return tuple(
            round(float(value))
            if unit == "whole"
            else f"{float(value):.10g} {unit}"
            if unit
            else float(value)
            for value, unit in zip(values, units)
        )

    def kpi_at(self, values: Sequence[float] | Array) -> float:
        """The mean of the KPI there. The same values are simulated once."""
        key = self._written(values)
        if key not in self._known:
            study = self.at(values).run(**self._options)
            if study.stopped:  # what an optimiser drives must stop as a whole
                raise KeyboardInterrupt
            self._known[key] = study["baseline"][self.kpi].mean
        return self._known[key]

    def __call__(self, values: Sequence[float] | Array) -> float:
        """What an optimiser makes small: the KPI, with its sign turned where more is better."""
        mean = self.kpi_at(values)
        return self._sign * mean

    def trial(self, trial: Any) -> float:
        """The same for Optuna: ``optuna.create_study().optimize(objective.trial, n_trials=50)``."""
        values = [
            float(trial.suggest_int(path, round(low), round(high)))
            if unit == "whole"
            else float(trial.suggest_float(path, low, high))
            for path, (low, high, unit) in self.paths.items()
        ]
        return self(values)


def objective(
    scenario: Scenario,
    paths: Mapping[str, tuple[float, float, str]],
    kpi: str = "throughput",
    more_is_better: bool = True,
    **options: Any,
) -> Objective:
    """A KPI as a function of values of a scenario, for any optimiser or sampler.

    Every point is simulated in the same futures (common random numbers), so differences between
    points are differences of the plants, and equal values give equal results.

    Args:
        scenario: what is varied; it stays as it is.
        paths: per path ``(lowest, highest, unit)``; the unit ``"whole"`` rounds to whole numbers,
            ``""`` is a number without unit.
        kpi: whose mean counts.
        more_is_better: False where less is (``"energy_per_part"``).
        options: of :meth:`foretwin.Scenario.run`; 128 replications unless told.

    >>> import foretwin as ft
    >>> from foretwin.interoperate import objective
    >>> desk = ft.load('''
    ... foretwin: 1
    ... name: A desk
    ... time: {horizon: 2 days}
    ... devices:
    ...   In: {type: source, every: {exponential: {mean: 5 min}}, when_full: lost, next: Desk}
    ...   Desk: {type: station, buffer: 1, cycle: {exponential: {mean: 4 min}}, next: Out}
    ...   Out: {type: sink}
    ... ''')
    >>> places = objective(desk, {"Desk/buffer": (0, 9, "whole")}, replications=16)
    >>> places([9]) < places([0])                      # small is good: more is made with 9 places
    True
    """
    return Objective(scenario, paths, kpi, more_is_better, options)


def sensitivity(
    function: Objective, points: int = 64, seed: int = 1
) -> dict[str, dict[str, float]]:
    """Which values matter: Sobol' indices of the KPI over its ranges.

    By ``scipy.stats.sobol_indices``.

    Args:
        function: of :func:`objective`.
        points: a power of two; ``points * (2 + number of paths)`` studies are run.
        seed: of the sampler.

    Returns:
        Per path ``first`` (its share of the variance alone) and ``total`` (with what it does
        together with others), both about 0 to 1.
    """
    from scipy import stats

    def all_points(columns: Array) -> Array:
        flat = columns.reshape(columns.shape[0], -1)
        found = np.array([function.kpi_at(column) for column in flat.T])
        shaped: Array = found.reshape(columns.shape[1:])
        return shaped

    laws = [stats.uniform(loc=low, scale=high - low) for low, high in function.bounds]
    found = stats.sobol_indices(func=all_points, n=points, dists=laws,
                                random_state=np.random.default_rng(seed))
    return {
        path: {"first": float(first), "total": float(total)}
        for path, first, total in zip(function.paths, np.ravel(found.first_order),
                                      np.ravel(found.total_order))
    }


@dataclass(frozen=True)
class Detection:
    """What a model sees of failures, in the words of a sensor: times in hours."""

    lead: float
    """Median time from the first alarm of a failure seen in time to that failure."""
    missed: float
    """Share of failures without an alarm in time, 0 to 1."""
    false_alarms: float
    """Alarms with no failure following within the window, per year of watching."""
    failures: int
    """Rests on so many."""

    def sensor(self, detects: str, period: str) -> dict[str, Any]:
        """The sensor as a scenario has it; ``period`` is the time between two predictions."""
        return {
            "detects": detects,
            "period": period,
            "lead": f"{self.lead:.6g} h",
            "missed": f"{100 * self.missed:.6g} %",
            "false_alarms": f"{self.false_alarms:.6g} /year",
        }


def detection(
    times: Sequence[float] | Array,
    alarms: Sequence[bool] | npt.NDArray[np.bool_],
    failures: Sequence[float] | Array,
    window: float,
) -> Detection:
    """What predictions over a record were worth, as the figures of a sensor.

    Args:
        times: of the predictions, in hours, rising; shape (n,).
        alarms: whether each one is an alarm; shape (n,).
        failures: when the machine failed, in hours, rising.
        window: an alarm at most so many hours before a failure has seen it. An alarm with no
            failure within the window is false; consecutive alarms are one.

    >>> from foretwin.interoperate import detection
    >>> seen = detection(range(100), [hour in (7, 8, 9, 50) for hour in range(100)],
    ...                  failures=[10, 80], window=5)
    >>> seen.lead, seen.missed, round(seen.false_alarms)     # one false alarm in 99 hours
    (3.0, 0.5, 89)
    """
    at = np.asarray(times, dtype=float)
    on = np.asarray(alarms, dtype=bool)
    failed = np.asarray(failures, dtype=float)
    if at.shape != on.shape or at.size < 2:
        raise ValueError(f"as many alarms as times, two at least; told {on.size} and {at.size}")
    if np.any(np.diff(at) < 0) or np.any(np.diff(failed) < 0) or not window > 0:
        raise ValueError("times and failures rise, and the window is longer than nothing")
    begun = at[on & ~np.concatenate(([False], on[:-1]))]
    leads = []
    for failure in failed:
        before = at[on & (at < failure) & (at >= failure - window)]
        if before.size:
            leads.append(float(failure - before[0]))
    following = np.searchsorted(failed, begun, side="right")
    next_failure = np.append(failed, np.inf)[following]
    false = int(np.sum(next_failure - begun > window))
    hours = float(at[-1] - at[0])
    return Detection(
        lead=float(np.median(leads)) if leads else 0.0,
        missed=1 - len(leads) / failed.size if failed.size else 1.0,
        false_alarms=false / hours * 8766,
        failures=int(failed.size),
    )


@dataclass
class ConditionSensor:
    """A trained classifier as a condition sensor of a scenario, in the style of scikit-learn.

    :meth:`fit` trains the model on telemetry of the past (is a failure due within the window?),
    :meth:`predict` tells alarms, :meth:`score_on` measures them on a record that was kept apart,
    and :meth:`install` writes what was measured into the scenario: a sensor with that lead, missed
    share and rate of false alarms. The twin then tells what acting on its alarms would be worth.

    Args:
        model: anything with ``fit(X, y)`` and ``predict_proba(X)`` or ``predict(X)``.
        window: hours before a failure in which an alarm is right.
        threshold: of the probability, above which it is an alarm.
    """

    model: Any
    window: float
    threshold: float = 0.5
    detection_: Detection | None = field(default=None, init=False)

    def labels(self, times: Sequence[float] | Array, failures: Sequence[float] | Array
               ) -> npt.NDArray[np.bool_]:
        """Per time, whether a failure follows within the window."""
        at = np.asarray(times, dtype=float)
        failed = np.append(np.asarray(failures, dtype=float), np.inf)
        ahead = failed[np.searchsorted(failed[:-1], at, side="right")] - at
        return np.asarray(ahead <= self.window)

    def fit(self, features: Any, times: Sequence[float] | Array,
            failures: Sequence[float] | Array) -> ConditionSensor:
        """Trains on features of shape (n, m), times of shape (n,), and the failures in between."""
        labels = self.labels(times, failures)
        if labels.all() or not labels.any():
            raise ValueError("the record needs times with a failure ahead, and times without")
        self.model.fit(features, labels)
        return self

    def predict(self, features: Any) -> npt.NDArray[np.bool_]:
        """Whether each row is an alarm."""
        if hasattr(self.model, "predict_proba"):
            return np.asarray(self.model.predict_proba(features)[:, 1] > self.threshold)
        return np.asarray(self.model.predict(features), dtype=bool)

    def score_on(self, features: Any, times: Sequence[float] | Array,
                 failures: Sequence[float] | Array) -> Detection:
        """What it sees of a record that it was not trained on."""
        self.detection_ = detection(times, self.predict(features), failures, self.window)
        return self.detection_

    def install(self, scenario: Scenario, device: str, name: str, detects: str, period: str
                ) -> Scenario:
        """Adds the sensor ``device/sensors/name``; gives the scenario back.

        Raises:
            ValueError: before :meth:`score_on` has told what the model sees.
        """
        if self.detection_ is None:
            raise ValueError("score_on() a record first: a sensor needs its lead and its errors")
        scenario[f"{device}/sensors/{name}"] = self.detection_.sensor(detects, period)
        return scenario
