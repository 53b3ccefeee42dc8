"""What it costs to be observed: CPU time with counters over without, in one process."""

from harness import BUILD, EXACT, Figure, numbers, run, scenario

NAMES = {"phold_on_over_off": ("PHOLD (1024, 8, 0.1, 0.1), counters", 1.01),
         "plant_on_over_off": ("M2, counters", 1.01),
         # Without a bar: its CPU time holds what threads spend on waiting for one another.
         "phold_two_threads_on_over_off": ("PHOLD (65536, 8, 0.1, 0.1), two threads, counters",
                                           None),
         "phold_two_threads_with_timeline": ("the same with a trace", None)}


def figures(rounds):
    measured = numbers(run(BUILD / "observer_benchmark", scenario("m2_transfer_line"), rounds))
    return [Figure(f"{name}: CPU time on over off", measured[quantity], bar, tolerance=EXACT)
            for quantity, (name, bar) in NAMES.items()]
