"""What a handler costs in Python and compiled by Numba, beside a native station.

Two servers in a row, the same parts and draws in all three; rounds in turn in one process, medians
of CPU seconds. Prints one "name value" per line. Needs foretwin and Numba.
Usage: device_costs.py ROUNDS
"""

import pathlib
import statistics
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tests/bindings/python"))

import server  # noqa: E402

import foretwin as ft  # noqa: E402

HORIZON = "500 h"
REPLICATIONS = 4
HANDLERS_OF_A_PART = 3  # it comes in, its work is done, it has left


class Compiled(server._Server, compile=True):
    """A server compiled by Numba."""


def run(scenario):
    return scenario.run(replications=REPLICATIONS, seed=1, threads=1, progress=False)


def cpu_seconds(scenario):
    begin = time.process_time()
    run(scenario)
    return time.process_time() - begin


def total(study, *figures):
    devices = study.tree["alternatives"]["baseline"]["devices"]
    return REPLICATIONS * sum(devices[device][name]["mean"] for device, name in figures)


def main():
    rounds = int(sys.argv[1])
    scenarios = {"station": ft.load(server.native_line(HORIZON)),
                 "python": ft.load(server.line_of("server", HORIZON)),
                 "compiled": ft.load(server.line_of("compiled", HORIZON))}
    studies = {kind: run(scenario) for kind, scenario in scenarios.items()}
    assert studies["python"].fingerprint == studies["compiled"].fingerprint
    measured = {kind: [] for kind in scenarios}
    for _ in range(rounds):
        for kind, scenario in scenarios.items():
            measured[kind].append(cpu_seconds(scenario))
    seconds = {kind: statistics.median(times) for kind, times in measured.items()}
    native = studies["station"]
    parts = total(native, ("A", "entered"), ("B", "entered"))
    events = total(native, ("In", "offered")) + parts
    print("station_ns_per_event", 1e9 * seconds["station"] / events)
    for kind in ("python", "compiled"):
        print(f"{kind}_over_station", seconds[kind] / seconds["station"])
        more = seconds[kind] - seconds["station"]
        print(f"{kind}_ns_per_handler", 1e9 * more / (HANDLERS_OF_A_PART * parts))


if __name__ == "__main__":
    main()
