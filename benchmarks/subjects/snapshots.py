"""Snapshots and forks of a line of 1,000 devices, and of PHOLD with half a million events."""

from harness import BUILD, EXACT, SECONDS, Figure, numbers, run

# What is captured, and the most ms that capturing, and capturing and restoring, may take.
POINTS = {("line", "1000"): (1, None), ("phold", "65536", "8"): (None, 1000)}


def figures(rounds):
    result = []
    for point, (capture, both) in POINTS.items():
        name = f"snapshot, {' '.join(point)}"
        measured = numbers(run(BUILD / "snapshot_benchmark", *point, rounds))
        result += [
            Figure(f"{name}: ms to capture", measured["capture_ms"], capture, tolerance=SECONDS),
            Figure(f"{name}: ms to capture and restore",
                   measured["capture_ms"] + measured["restore_ms"], both, tolerance=SECONDS),
            Figure(f"{name}: KiB of a fork", measured["fork_kb_each"], tolerance=EXACT),
            Figure(f"{name}: KiB of a copy", measured["copy_kb_each"], tolerance=EXACT)]
    return result
