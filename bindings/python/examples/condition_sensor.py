"""A classifier of scikit-learn, trained on vibration, becomes a sensor of the twin."""

from __future__ import annotations

import numpy as np
from sklearn.linear_model import LogisticRegression

import foretwin as ft
from foretwin.interoperate import ConditionSensor

PUMP = """
foretwin: 1
name: A pump that wears
time: {horizon: 26 weeks}
devices:
  In: {type: source, saturated: true, next: Pump}
  Pump:
    type: station
    cycle: 5 min
    failures:
      bearing: {clock: calendar, time_to_failure: {weibull: {shape: 3, scale: 300 h}},
                repair: 12 h}
    next: Out
  Out: {type: sink}
"""


def record(seed: int, lives: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Hourly vibration that rises over the last two days of each life; times; failures."""
    random = np.random.default_rng(seed)
    failures = np.cumsum(300 * random.weibull(3, lives) + 50)
    times = np.arange(0.0, failures[-1])
    ahead = failures[np.searchsorted(failures, times, side="right")] - times
    level = 1 + 2 * np.clip(1 - ahead / 48, 0, None) + random.normal(0, 0.3, times.size)
    return level.reshape(-1, 1), times, failures


if __name__ == "__main__":
    sensor = ConditionSensor(LogisticRegression(class_weight="balanced"), window=48, threshold=0.9)
    sensor.fit(*record(seed=1, lives=40))
    seen = sensor.score_on(*record(seed=2, lives=40))  # a record that it was not trained on
    print(f"lead {seen.lead:.0f} h, missed {seen.missed:.0%}, "
          f"{seen.false_alarms:.0f} false alarms a year, from {seen.failures} failures")

    pump = ft.load(PUMP)
    sensor.install(pump, "Pump", "vibration", detects="bearing", period="1 h")
    pump.change("act on the model", add={"Pump/maintenance/new bearing": {
        "on_alarm": "vibration", "takes": "2 h", "renews": ["bearing"]}})
    more = pump.compare(replications=64)["act on the model"].difference("throughput")
    print(f"acting on it: {more.mean * 168:+.1f} parts per week "
          f"({more.low * 168:+.1f} to {more.high * 168:+.1f})")
