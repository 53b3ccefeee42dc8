"""Optimisers, samplers and trained models meet scenarios."""

from __future__ import annotations

import numpy as np
import pytest
from conftest import TINY

import foretwin as ft
from foretwin.interoperate import ConditionSensor, detection, objective, sensitivity


def places(**options: object) -> object:
    return objective(ft.load(TINY), {"Desk/buffer": (0, 8, "whole")}, replications=8, **options)


def test_an_objective_is_the_kpi_of_the_edited_scenario() -> None:
    function = places()
    scenario = ft.load(TINY)
    scenario["Desk/buffer"] = 5
    mean = scenario.run(replications=8)["baseline"]["throughput"].mean
    assert function.kpi_at([5.2]) == mean and function([5.2]) == -mean
    assert places(more_is_better=False)([5.2]) == mean
    assert function.scenario["Desk/buffer"] == 3  # as it was
    assert function.at([7])["Desk/buffer"] == 7 and function.bounds == [(0, 8)]
    with pytest.raises(ValueError, match="1 values"):
        function([1, 2])


def test_values_carry_their_units() -> None:
    function = objective(ft.load(TINY), {"Desk/cycle/exponential/mean": (2, 6, "min")},
                         replications=8)
    assert function.at([2.5])["Desk/cycle/exponential/mean"] == "2.5 min"
    assert function.kpi_at([2.5]) > function.kpi_at([6])


def test_scipy_drives_it() -> None:
    optimize = pytest.importorskip("scipy.optimize")
    function = places()
    best = optimize.differential_evolution(function, function.bounds, integrality=[True], seed=1,
                                           popsize=4, maxiter=3, polish=False)
    assert -best.fun == max(function.kpi_at([n]) for n in range(9))


def test_optuna_drives_it() -> None:
    """With what a trial of Optuna has: suggest_int and suggest_float."""

    class Trial:
        def suggest_int(self, name: str, low: int, high: int) -> int:
            assert (name, low, high) == ("Desk/buffer", 0, 8)
            return 6

    assert places().trial(Trial()) == places()([6])


def test_sensitivity_finds_what_matters() -> None:
    pytest.importorskip("scipy")
    scenario = ft.load(TINY)
    function = objective(scenario, {"Desk/cycle/exponential/mean": (2, 12, "min"),
                                    "Desk/buffer": (6, 7, "whole")}, replications=4)
    found = sensitivity(function, points=16)
    assert list(found) == list(function.paths)
    cycle, buffer = found.values()
    assert cycle["total"] > 0.7 > 0.3 > abs(buffer["total"])


def test_detections_are_counted_by_hand() -> None:
    """Failures at 10, 20, 30; alarms begin at 7 and 14 (seen, 3 and 6 ahead), 24.5 is a sample
    away from 30 by more than 5 and false; so 30 is missed."""
    times = np.arange(0, 40, 0.5)
    alarms = np.isin(times, [7, 7.5, 15.5, 16, 24.5])
    found = detection(times, alarms, [10, 20, 30], window=5)
    assert found.lead == pytest.approx(np.median([3, 4.5]))
    assert found.missed == pytest.approx(1 / 3) and found.failures == 3
    assert found.false_alarms == pytest.approx(8766 / 39.5)
    assert found.sensor("jam", "30 min") == {
        "detects": "jam", "period": "30 min", "lead": "3.75 h", "missed": "33.3333 %",
        "false_alarms": f"{8766 / 39.5:.6g} /year"}


@pytest.mark.parametrize(("times", "alarms", "failures", "window"), [
    ([1], [True], [2], 1), ([1, 2], [True], [2], 1), ([2, 1], [True, True], [2], 1),
    ([1, 2], [True, True], [3, 2], 1), ([1, 2], [True, True], [2], 0)])
def test_records_that_are_none_are_refused(times: list, alarms: list, failures: list,
                                           window: float) -> None:
    with pytest.raises(ValueError):
        detection(times, alarms, failures, window)


class Threshold:
    """The smallest classifier there is."""

    def fit(self, features: np.ndarray, labels: np.ndarray) -> None:
        self.bound = (features[labels].mean() + features[~labels].mean()) / 2

    def predict(self, features: np.ndarray) -> np.ndarray:
        return features[:, 0] > self.bound


def test_a_trained_model_becomes_a_sensor_that_is_worth_something() -> None:
    times = np.arange(0.0, 400.0)
    failures = np.arange(100.0, 401.0, 100.0)
    ahead = failures[np.searchsorted(failures, times, side="right")] - times
    vibration = (ahead <= 24).astype(float).reshape(-1, 1)
    sensor = ConditionSensor(Threshold(), window=24)
    scenario = ft.load(TINY.replace("next: Out}", """next: Out,
    failures: {bearing: {clock: calendar, time_to_failure: 30 h, repair: 10 h}}}""").replace(
        "horizon: 2 h", "horizon: 60 days"))
    with pytest.raises(ValueError, match="score_on"):
        sensor.install(scenario, "Desk", "vibration", "bearing", "1 h")
    found = sensor.fit(vibration, times, failures).score_on(vibration, times, failures)
    assert (found.lead, found.missed, found.false_alarms) == (24, 0, 0)
    sensor.install(scenario, "Desk", "vibration", detects="bearing", period="1 h")
    scenario.change("act", add={"Desk/maintenance/on alarm": {
        "on_alarm": "vibration", "takes": "1 h", "renews": ["bearing"]}})
    more = scenario.compare(["act"], replications=8)["act"].difference("throughput")
    assert more.low > 0
    with pytest.raises(ValueError, match="failure ahead"):
        sensor.fit(vibration, times, [])
