"""Models and studies the whole product way, beside hand-written loops and SimPy 4."""

from harness import (BUILD, EXACT, HERE, LIBRARY, SECONDS, Figure, medians, python_with_simpy, run,
                     scenario, study, with_horizon)

# Scenario, name of the peers' files, replications; CPU time over the hand-written loop.
MODELS = {"M1": ("m1_single_queue", "queue", 4, 1.4), "M2": ("m2_transfer_line", "line", 4, 1.5),
          "M3": ("m3_repair_shop", "repair", 20, None)}
SIX_WEEKS = "64 replications of M2, six weeks"
PARK = "all of machine_park, 64 replications"


def commands():
    """What is run in turn, by name."""
    python = python_with_simpy()
    short_line = with_horizon("m2_transfer_line", "m2_six_weeks", "525600 min", "60480 min")
    long_line = with_horizon("m2_transfer_line", "m2_ten_years", "525600 min", "5256000 min")
    park = LIBRARY / "machine_park/scenario.yaml"
    result = {}
    for name, (file, peer, replications, _) in MODELS.items():
        result[name, "foretwin"] = study(scenario(file), replications, 1, "production")
        result[name, "hand-written"] = [BUILD / f"loop_{peer}_benchmark"]
        result[name, "simpy"] = [python, HERE / f"peers/simpy_{peer}.py"]
    for threads in (1, 2):
        result[SIX_WEEKS, threads] = study(short_line, 64, threads)
        result[PARK, threads] = study(park, 64, threads, "all")
    result["memory of M2", 1] = study(scenario("m2_transfer_line"), 1, 1)
    result["memory of M2", 10] = study(long_line, 1, 1)
    for replications in (64, 320):
        result["machine_park", replications] = study(park, replications, 1)
    return result


def models(measured):
    result = []
    for name, (_, _, _, over_loop) in MODELS.items():
        seconds = {who: measured[name, who]["cpu_seconds"]
                   for who in ("foretwin", "hand-written", "simpy")}
        result += [Figure(f"{name}: times faster than SimPy 4 on CPython",
                          seconds["simpy"] / seconds["foretwin"], None if name == "M3" else 40,
                          more_is_better=True),
                   Figure(f"{name}: CPU time over a hand-written C++ loop",
                          seconds["foretwin"] / seconds["hand-written"], over_loop),
                   Figure(f"{name}: the loop, times faster than SimPy 4",
                          seconds["simpy"] / seconds["hand-written"], more_is_better=True)]
        result += [Figure(f"{name}: CPU seconds, {who}", value, tolerance=SECONDS)
                   for who, value in seconds.items()]
    return result


def threads(measured):
    result = []
    for subject in (SIX_WEEKS, PARK):
        one, two = measured[subject, 1], measured[subject, 2]
        result.append(Figure(f"{subject}: two threads, times faster than one",
                             one["wall_seconds"] / two["wall_seconds"], 1.85,
                             more_is_better=True))
        result.append(Figure(f"{subject}: CPU time on two threads over one",
                             two["cpu_seconds"] / one["cpu_seconds"]))
    return result


def paired_intervals():
    """How much narrower shared futures make the interval of a difference in throughput."""
    path = LIBRARY / "bottling_line/scenario.yaml"
    result = []
    for line in run(BUILD / "common_random_numbers_benchmark", path, 64, 0).splitlines():
        change, kpi, _, _, _, times = line.split(",")
        if kpi == "throughput":
            result.append(Figure(f"paired interval of {kpi}, {change}: times narrower",
                                 float(times), 3 if change == "larger buffer" else None,
                                 more_is_better=True, tolerance=EXACT))
    return result


def figures(rounds):
    measured = medians(commands(), rounds)
    memory = {years: measured["memory of M2", years]["peak_memory_mb"] for years in (1, 10)}
    total = {n: n * measured["machine_park", n]["cpu_seconds"] for n in (64, 320)}
    return [*models(measured), *threads(measured),
            Figure("memory of M2: ten years over one year", memory[10] / memory[1], 1.05,
                   tolerance=EXACT),
            Figure("machine_park: ms per replication of a year",
                   (total[320] - total[64]) / 256 * 1000, 3, tolerance=SECONDS),
            *paired_intervals()]
