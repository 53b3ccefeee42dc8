"""Several threads inside one replication, beside the sequential executor in the same process."""

import shutil

from harness import BUILD, Figure, medians, numbers, run, scenario, study

# Processes, events of each, remote share, lookahead: wall, times faster; CPU time over sequential.
POINTS = {("1024", "8", "0.1", "0.1"): (None, None), ("1024", "8", "0.1", "1.0"): (None, 1.6),
          ("65536", "8", "0.1", "0.1"): (1.6, 1.15), ("65536", "8", "0.1", "1.0"): (1.6, 1.15)}
PINNED = ("65536", "8", "0.1", "0.1")
# Where little may run side by side: one thread's worth must not be lost.
HARD = {("1024", "8", "0.1", "0.001"): "tiny lookahead", ("64", "1", "0.1", "0.1"): "sparse",
        ("1024", "8", "0.1", "0"): "no lookahead"}
# Too little lookahead for clocks: with the optimistic executor.
OPTIMISTIC = (("1024", "8", "0.1", "0"), ("65536", "8", "0.1", "0"),
              ("65536", "8", "0.1", "0.001"))


def phold(rounds):
    result = []
    for point, (times, cpu) in POINTS.items():
        name = f"PHOLD ({', '.join(point)}), two threads"
        measured = numbers(run(BUILD / "threads_benchmark", *point, 2, rounds))
        assert measured["same_story"] == 1, f"{name}: another story than sequentially"
        result.append(Figure(f"{name}: wall, times faster", measured["speed_up"], times,
                             more_is_better=True))
        result.append(Figure(f"{name}: CPU time per event over sequential",
                             measured["cpu_per_event_ratio"], cpu))
    return result


def hard(rounds):
    result = []
    for point, what in HARD.items():
        measured = numbers(run(BUILD / "threads_benchmark", *point, 2, rounds))
        assert measured["same_story"] == 1, f"{what}: another story than sequentially"
        result.append(Figure(f"PHOLD ({', '.join(point)}), {what}, two threads: times as fast",
                             measured["speed_up"], 0.9, more_is_better=True))
    return result


def optimistic(rounds):
    result = []
    for point in OPTIMISTIC:
        measured = numbers(run(BUILD / "threads_benchmark", *point, 2, rounds, 4, "optimistic"))
        assert measured["same_story"] == 1, f"{point}: another story than sequentially"
        name = f"PHOLD ({', '.join(point)}), optimistic, two threads"
        result.append(Figure(f"{name}: wall, times faster", measured["speed_up"],
                             more_is_better=True))
        result.append(Figure(f"{name}: CPU time per event over sequential",
                             measured["cpu_per_event_ratio"]))
    alone = numbers(run(BUILD / "threads_benchmark", *OPTIMISTIC[0], 1, rounds, 4, "optimistic"))
    result.append(Figure(f"PHOLD ({', '.join(OPTIMISTIC[0])}), optimistic, one thread: CPU time "
                         "per event over sequential", alone["cpu_per_event_ratio"], 1.3))
    if shutil.which("taskset") is not None:
        turns = numbers(run("taskset", "-c", "0", BUILD / "threads_benchmark", *OPTIMISTIC[0], 2,
                            rounds, 4, "optimistic"))
        result.append(Figure(f"PHOLD ({', '.join(OPTIMISTIC[0])}), optimistic, two threads on one "
                             "processor: CPU time per event over sequential",
                             turns["cpu_per_event_ratio"], 1.3))
    return result


def pinned(rounds):
    """More threads than the one processor they may use: waiters must not stand in the way."""
    if shutil.which("taskset") is None:
        return []
    result = []
    for threads in (2, 4, 8):
        measured = numbers(run("taskset", "-c", "0", BUILD / "threads_benchmark", *PINNED, threads,
                               rounds))
        result.append(Figure(f"PHOLD ({', '.join(PINNED)}), {threads} threads on one processor: "
                             "wall, times as fast", measured["speed_up"], 0.8, more_is_better=True))
    return result


def site(rounds):
    """A plant, not only PHOLD: one replication of a year."""
    path = scenario("site_64_lines")
    measured = medians({"sequential": study(path, 1, 1), "parallel": study(path, 1, 2, "parallel")},
                       rounds)
    return [Figure("site of 64 lines, two threads: wall, times faster",
                   measured["sequential"]["wall_seconds"] / measured["parallel"]["wall_seconds"],
                   1.5, more_is_better=True),
            Figure("site of 64 lines, two threads: CPU time over sequential",
                   measured["parallel"]["cpu_seconds"] / measured["sequential"]["cpu_seconds"])]


def figures(rounds):
    return phold(rounds) + hard(rounds) + optimistic(rounds) + pinned(rounds) + site(rounds)
