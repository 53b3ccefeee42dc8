"""Snapshots and forks: time to capture and restore, memory of a fork beside that of a copy."""

from harness import BUILD, EXACT, SECONDS, Figure, numbers, run

# What snapshot_benchmark is asked, and the most ms that capture, and capture and restore, may take.
SUBJECTS = {"a line of 1,000 devices": (("line", 1000), 1, None),
            "PHOLD (65536, 8)": (("phold", 65536, 8), None, 1000)}


def figures(rounds):
    result = []
    for name, (arguments, capture_bar, both_bar) in SUBJECTS.items():
        measured = numbers(run(BUILD / "snapshot_benchmark", *arguments, rounds))
        both = measured["capture_ms"] + measured["restore_ms"]
        result += [
            Figure(f"{name}: ms to capture", measured["capture_ms"], capture_bar,
                   tolerance=SECONDS),
            Figure(f"{name}: ms to capture and restore", both, both_bar, tolerance=SECONDS),
            Figure(f"{name}: KiB of a parked fork", measured["fork_kb_each"], tolerance=EXACT),
            Figure(f"{name}: KiB of a copy", measured["copy_kb_each"], tolerance=EXACT)]
    return result
