"""SciPy looks for the best buffers of a line, then tells which values matter."""

from __future__ import annotations

from scipy import optimize

import foretwin as ft
from foretwin.interoperate import objective, sensitivity

LINE = """
foretwin: 1
name: Three stations
time: {horizon: 5 days}
devices:
  In: {type: source, saturated: true, next: Saw}
  Saw: {type: station, cycle: {gamma: {mean: 60 s, sd: 30 s}}, next: Drill}
  Drill: {type: station, buffer: 4, cycle: {gamma: {mean: 55 s, sd: 40 s}}, next: Wash}
  Wash: {type: station, buffer: 4, cycle: {gamma: {mean: 50 s, sd: 10 s}}, next: Out}
  Out: {type: sink}
"""

if __name__ == "__main__":
    line = ft.load(LINE)
    places = objective(line, {"Drill/buffer": (0, 12, "whole"), "Wash/buffer": (0, 12, "whole")},
                       replications=8)
    # Twelve places in all are affordable.
    limit = optimize.LinearConstraint([[1, 1]], 0, 12)
    best = optimize.differential_evolution(places, places.bounds, constraints=limit, seed=1,
                                           popsize=5, maxiter=8, polish=False,
                                           integrality=[True, True])
    print(f"best: {best.x.round()} places, {-best.fun:.2f} parts per hour")

    laws = objective(line, {"Saw/cycle/gamma/mean": (50, 65, "s"),
                            "Drill/cycle/gamma/mean": (45, 60, "s")}, replications=4)
    for path, index in sensitivity(laws, points=16).items():
        print(f"{path}: alone {index['first']:.2f}, in all {index['total']:.2f}")
