"""Ten thousand studies leave no more behind than a few hundred."""

from __future__ import annotations

import gc

from conftest import TINY, run_python

PROGRAM = """
import gc, sys
import foretwin as ft

def resident():
    gc.collect()
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * 4096

def study():
    scenario = ft.load(sys.argv[1])
    scenario["Desk/buffer"] = 4
    result = scenario.run(replications=1, threads=1)
    return result["baseline"].futures("throughput"), result.tree

def failure():
    try:
        ft.load(sys.argv[1].replace("3, cycle", "many, cycle"))
    except ft.InputError:
        pass

sizes = []
for part in range(10):
    for _ in range(1000):
        study()
    for _ in range(100):
        failure()
    sizes.append(resident())
print(*sizes)
"""


def test_ten_thousand_runs_leave_nothing_behind() -> None:
    """A leak of one small study each (some 20 kB) would be 150 MB over the last 7,000."""
    sizes = [int(word) for word in run_python(PROGRAM, TINY, timeout=400).split()]
    assert sizes[-1] - sizes[2] < 7000 * 500, sizes


def test_studies_in_a_cycle_are_collected() -> None:
    import weakref

    import foretwin as ft

    study = ft.load(TINY).run(replications=1)
    holder = {"study": study}
    holder["self"] = holder  # type: ignore[assignment]
    gone = weakref.ref(study)
    del study, holder
    gc.collect()
    assert gone() is None
