"""The hold operation on the product's queue and on std::priority_queue, by gaps and size."""

import csv

from harness import BUILD, SECONDS, Figure, run


def bar(gaps, pending):
    """Exponential gaps as in a plain plant; no law of gaps is a trap."""
    if gaps != "exponential":
        return 1.5
    return 1.0 if pending == "1000" else 0.6


def figures(rounds):
    result = []
    for row in csv.DictReader(run(BUILD / "hold_benchmark", rounds).splitlines()):
        what = f"hold, {row['gaps']} gaps, {row['pending']} pending"
        result.append(Figure(f"{what}: time over std::priority_queue", float(row["ratio"]),
                             bar(row["gaps"], row["pending"])))
        if row["gaps"] == "exponential":
            result.append(Figure(f"{what}: ns", float(row["queue_ns"]), tolerance=SECONDS))
    return result
