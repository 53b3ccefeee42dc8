"""Whole plants against independent simulators.

H01 to H03: serial line with one crew, split and merge, shifts with energy. Two-sample rule of the
plant files: means within 4 standard errors, ratio of standard deviations between 0.75 and 1.33,
Kolmogorov-Smirnov test of single futures above 1e-4.
M2, M2T, M3: the benchmark models with their known truth.
"""

import json
import math
import sys

sys.dont_write_bytecode = True

import oracle_judge as judges  # noqa: E402
from oracle_plant import plant_figure, scenario_of  # noqa: E402
from oracle_product import exponential  # noqa: E402

RAW = {"throughput": "throughput", "energy_kwh": "energy", "downtime_total": "downtime"}
SPREADS = ("throughput", "energy_kwh", "wip_total")


def smirnov(first, second):
    """Largest distance of two empirical distributions, and its limit at level 1e-4."""
    first, second = sorted(first), sorted(second)
    i = j = 0
    distance = 0.0
    while i < len(first) and j < len(second):
        value = min(first[i], second[j])
        while i < len(first) and first[i] <= value:
            i += 1
        while j < len(second) and second[j] <= value:
            j += 1
        distance = max(distance, abs(i / len(first) - j / len(second)))
    size = len(first) * len(second) / (len(first) + len(second))
    return distance, math.sqrt(-math.log(1e-4 / 2) / 2 / size)


def plant(judge):
    case = judge.case
    description = case["plant"]
    devices, sections = scenario_of(description)
    # The files' horizon begins with the warm-up; ours follows it.
    length = description["horizon"] - description["warmup"]
    figures = judge.product.run(devices, unit=description["time_unit"], length=length,
                                warm_up=description["warmup"], futures=1000,
                                by_future=list(RAW.values()), **sections)
    for metric, reference in case["results"].items():
        got = plant_figure(figures, description, metric)
        error = math.hypot(got.sd / math.sqrt(got.futures),
                           reference["sd"] / math.sqrt(case["replications"]))
        limit = 4 * error if error > 1e-12 else 1e-9 * max(1.0, abs(reference["mean"]))
        judge.within(metric, got.mean, reference["mean"], limit, "two-sample")
        if metric in SPREADS and reference["sd"] > 0:
            ratio = got.sd / reference["sd"]
            judge.within(f"{metric} sd ratio", ratio, 1.04, 0.29, "0.75..1.33")
    to_raw = {"throughput": figures.hours, "energy_kwh": 1.0, "downtime_total": figures.per_hour}
    for name, reference in case["raw_replications_first_400"].items():
        ours = [value * to_raw[name] for value in figures.by_future(RAW[name])]
        distance, limit = smirnov(ours, reference)
        judge.within(f"{name} Smirnov", distance, 0.0, limit, "Smirnov")


def transfer_line(judge):
    """Ten stations, nine buffers of ten. The truth is itself an estimate with an interval."""
    clock = judge.params["clock"]
    devices = {"Source": {"type": "source", "saturated": True, "next": "S01"},
               "Sink": {"type": "sink"}}
    for i in range(1, 11):
        jam = {"clock": clock, "time_to_failure": exponential(1 / 480, "min"),
               "repair": exponential(1 / 24, "min")}
        devices[f"S{i:02}"] = {"type": "station", "buffer": 0 if i == 1 else 10, "cycle": "1 min",
                               "next": f"S{i + 1:02}" if i < 10 else "Sink",
                               "failures": {"jam": jam}}
    parts = judge.product.run(devices, unit="min", length=525600, futures=64).kpi("production")
    half = judges.t_quantile(0.9995, parts.futures - 1) * parts.sd / math.sqrt(parts.futures)
    of_truth = judges.Z_999 / 1.96 * judge.params["half_width_95"]
    limit = math.hypot(half, of_truth)
    judge.within("parts", parts.mean, judge.exact("parts"), limit, "two-sample")


def repair_shop(judge):
    devices = {"Crew": {"type": "crew", "size": 3}}
    for i in range(1, 51):
        wear = {"clock": "calendar", "time_to_failure": exponential(1 / 100, "h"),
                "repair": exponential(1 / 8, "h"), "crew": "Crew"}
        devices[f"M{i:02}"] = {"type": "machine", "rate": "1 part/h", "failures": {"wear": wear}}
    figures = judge.product.run(devices, unit="h", length=87600, warm_up=1000, futures=256)
    down = figures.kpi("downtime") / figures.length
    judge.mean("machines_up", (down * -1).plus(50))
    judge.mean("repairer_utilisation", figures.device("Crew", "utilisation"))


# Two independent implementations ran M2 and M2T (95 % intervals); M3 is a birth-death process.
BENCHMARKS = [
    {"id": "M2", "params": {"clock": "operating", "half_width_95": 232},
     "answers": {"parts": 407840}},
    {"id": "M2T", "params": {"clock": "on_shift", "half_width_95": 378},
     "answers": {"parts": 397019}},
    {"id": "M3", "params": {}, "answers": {"machines_up": 37.037685,
                                           "repairer_utilisation": 0.987672}},
]


def plants():
    for name in ("plant_H01", "plant_H02", "plant_H03"):
        case = json.loads((judges.HERE / f"{name}.json").read_text())
        case["answers"] = dict.fromkeys(case["results"], 0.0)
        yield case


FUNCTIONS = {"plant_H": plant, "M2": transfer_line, "M3": repair_shop}

if __name__ == "__main__":
    sys.exit(judges.run_family([*plants(), *BENCHMARKS], FUNCTIONS))
