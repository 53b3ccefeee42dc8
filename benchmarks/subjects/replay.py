"""A week of 1-second telemetry of 100 signals, replayed from an adapter's log in memory."""

import csv

from harness import BUILD, SECONDS, Figure, run


def figures(rounds):
    row = next(csv.DictReader(run(BUILD / "replay_benchmark", rounds).splitlines()))
    what = "replay, a week of 100 signals each second"
    return [Figure(f"{what}: CPU seconds", float(row["seconds"]), 10, tolerance=SECONDS),
            Figure(f"{what}: MB resident", float(row["peak_mb"]))]
