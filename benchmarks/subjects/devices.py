"""Devices in Python and compiled by Numba, beside a native station."""

from harness import HERE, ROOT, SECONDS, Figure, numbers, python_with, run

NUMBA = "numba==0.68.1"
# Over a native station in the same run; a handler asks the engine some three things.
MOST_TIMES = {"python": 40, "compiled": 4}


def figures(rounds):
    python = python_with("_devices", "numpy", NUMBA, str(ROOT))
    measured = numbers(run(python, HERE / "devices/device_costs.py", rounds))
    result = [Figure("native station: ns per event", measured["station_ns_per_event"],
                     tolerance=SECONDS)]
    for kind, most in MOST_TIMES.items():
        result += [
            Figure(f"{kind} device: time over native station", measured[f"{kind}_over_station"],
                   most),
            Figure(f"{kind} device: ns per handler call", measured[f"{kind}_ns_per_handler"],
                   tolerance=SECONDS)]
    return result
