"""PHOLD through the full product path beside a minimal engine; its memory alone."""

from harness import BUILD, EXACT, SECONDS, Figure, numbers, run

# Processes, events of each, remote share, lookahead: times faster than the minimal engine; MB.
POINTS = {("1024", "8", "0.1", "0.1"): (1.5, None), ("1024", "8", "1.0", "0.1"): (None, None),
          ("65536", "1", "0.1", "0.1"): (None, None), ("65536", "8", "0.1", "0.1"): (1.2, 60),
          ("65536", "16", "0.1", "0.1"): (None, None), ("1048576", "1", "0.1", "0.1"): (None, 200)}


def figures(rounds):
    result = []
    for point, (times, megabytes) in POINTS.items():
        name = f"PHOLD ({', '.join(point)})"
        beside = numbers(run(BUILD / "phold_benchmark", *point, rounds))
        result.append(Figure(f"{name}: times faster than a minimal engine",
                             beside["times_faster"], times, more_is_better=True))
        result.append(Figure(f"{name}: ns per event", beside["product_ns_per_event"],
                             tolerance=SECONDS))
        if megabytes is not None:
            alone = numbers(run(BUILD / "phold_benchmark", *point, 1, 4, "product"))
            result.append(Figure(f"{name}: MB resident", alone["peak_memory_mb"], megabytes,
                                 tolerance=EXACT))
    return result
