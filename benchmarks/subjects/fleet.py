"""A million sensors reporting through a thousand gateways: how large, how fast to build and run."""

import statistics

from harness import BUILD, EXACT, SECONDS, Figure, numbers, run

# The bar of each quantity, its tolerance, and whether more is better.
QUANTITIES = {
    "devices": (1e6, EXACT, True), "build_seconds": (5, SECONDS, False),
    "start_seconds": (None, SECONDS, False), "model_bytes_per_device": (None, EXACT, False),
    "twin_bytes_per_device": (None, EXACT, False), "bytes_per_pending_event": (None, EXACT, False),
    "peak_memory_mb": (None, EXACT, False), "ns_per_event": (None, SECONDS, False),
    "over_floor": (None, SECONDS, False)}
IN_WORDS = {"over_floor": "time per event over a hold operation on a bare heap"}


def figures(rounds):
    runs = [numbers(run(BUILD / "fleet_benchmark")) for _ in range(rounds)]
    assert all(one["conserved"] == 1 for one in runs), "a report was lost or made up"
    return [Figure(f"sensor fleet: {IN_WORDS.get(name, name.replace('_', ' '))}",
                   statistics.median(one[name] for one in runs), bar, more, tolerance)
            for name, (bar, tolerance, more) in QUANTITIES.items()]
