"""The store read beside plain HDF5; CSV into the store beside pandas, with all processors."""

import os
import resource
import statistics
import sys
import time

from harness import BUILD, EXACT, HERE, SECONDS, WORK, Figure, numbers, python_with, run

# The bar is told of a store of 10^8 samples; fewer show the same in a tenth of the time.
SAMPLES = int(os.environ.get("FORETWIN_STORE_SAMPLES", 100_000_000))
MACHINES, HOURS = 100, 43_805  # the machine park's, for five years: 17.5 million samples
PANDAS = ("pandas==3.1.1", "tables==3.11.1", "numpy==2.4.6")


def ingest_once(park, store):
    """Seconds and CPU seconds of the whole program, from the file to what is on disk."""
    store.unlink(missing_ok=True)
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    run(BUILD / "foretwin", "ingest", park / "telemetry.yaml", "--store", store)
    seconds, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def ingest_figures(rounds):
    park = WORK / "park"
    if not (park / "telemetry.yaml").exists():
        run(sys.executable, HERE / "telemetry/make_park.py", park, MACHINES, HOURS)
    python = python_with("pandas", *PANDAS)
    ours, theirs = [], []
    for _ in range(rounds):
        theirs.append(numbers(run(python, HERE / "peers/pandas_ingest.py", park / "telemetry.csv",
                                  park / "pandas.h5")))
        ours.append(ingest_once(park, park / "store.h5"))
    wall = statistics.median(one["seconds"] for one in theirs)
    cpu = statistics.median(one["cpu_seconds"] for one in theirs)
    samples = 4 * MACHINES * HOURS
    size = (park / "store.h5").stat().st_size
    return [
        Figure("CSV into the store: times as fast as pandas",
               wall / statistics.median(one[0] for one in ours), 2, more_is_better=True),
        Figure("CSV into the store: CPU time over pandas",
               statistics.median(one[1] for one in ours) / cpu),
        Figure("CSV into the store: ns per sample",
               1e9 * statistics.median(one[0] for one in ours) / samples, tolerance=SECONDS),
        Figure("CSV into the store: bytes over pandas", size / theirs[0]["bytes"],
               tolerance=EXACT)]


def figures(rounds):
    store = WORK / f"store_{SAMPLES}.h5"
    read = numbers(run(BUILD / "store_read_benchmark", store, SAMPLES, rounds))
    name = f"store of {SAMPLES:.0e} samples"
    return [
        Figure(f"{name}: read, times as fast as plain HDF5", read["as_fast"], 0.7,
               more_is_better=True),
        Figure(f"{name}: read on one thread, times as fast as plain HDF5",
               read["as_fast_one_thread"], 0.7, more_is_better=True),
        Figure(f"{name}: chunks read for an hour of it", read["hour_chunks"], 2, tolerance=EXACT),
        Figure(f"{name}: bytes per sample", read["bytes"] / SAMPLES, tolerance=EXACT),
        *ingest_figures(rounds)]
