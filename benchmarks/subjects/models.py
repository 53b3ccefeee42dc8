"""Whole models on the sequential executor, beside a hold operation on a bare heap."""

import csv

from harness import BUILD, SECONDS, Figure, run, scenario

SCENARIOS = {"m1_single_queue": "M/M/1 as a plant", "m2_transfer_line": "transfer line (M2)"}


def figures(rounds):
    output = run(BUILD / "models_benchmark", rounds, *(scenario(name) for name in SCENARIOS))
    result = []
    for row in csv.DictReader(output.splitlines()):
        name = SCENARIOS.get(row["model"], row["model"])
        result += [Figure(f"{name}: ns per event", float(row["ns_per_event"]), tolerance=SECONDS),
                   Figure(f"{name}: time per event over a hold operation on a bare heap",
                          float(row["over_floor"]), tolerance=SECONDS)]
    return result
