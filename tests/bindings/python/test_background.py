"""Studies run without the interpreter's lock, are stopped by Ctrl-C, by progress functions and by
cancelled tasks, and answer with what was finished."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pytest
from conftest import LONG, TINY, run_python

import foretwin as ft


def test_python_goes_on_counting_while_a_study_runs() -> None:
    """With the lock held, the counter would stand still until the study ends."""
    seen: list[int] = []
    counted = 0

    def look(done: int, expected: int) -> None:
        seen.append(counted)

    ended = threading.Event()

    def study() -> None:
        ft.load(LONG).run(replications=16, threads=1, progress=look)
        ended.set()

    thread = threading.Thread(target=study)
    thread.start()
    while not ended.is_set():
        counted += 1
    thread.join()
    assert len(set(seen)) >= 3 and counted > 1000


def test_two_threads_run_two_studies_at_a_time() -> None:
    """Two that wait for each other half-way: it ends only if both are in the engine at once."""
    meet = threading.Barrier(2, timeout=60)
    met = threading.local()

    def look(done: int, expected: int) -> None:
        if not hasattr(met, "yes") and done < expected:
            met.yes = True
            meet.wait()

    found: list[str] = []

    def study() -> None:
        found.append(ft.load(LONG).run(replications=24, threads=1, progress=look).fingerprint)

    threads = [threading.Thread(target=study) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 2 and len(set(found)) == 1


def test_progress_counts_up_to_what_was_expected() -> None:
    told: list[tuple[int, int]] = []
    ft.load(LONG).compare(replications=8, progress=lambda done, all_: told.append((done, all_)))
    assert told == sorted(told) and told[-1] == (16, 16)


def test_what_a_progress_function_raises_stops_the_study_and_comes_out() -> None:
    class Enough(Exception):
        pass

    def stop(done: int, expected: int) -> None:
        raise Enough(done)

    begin = time.monotonic()
    with pytest.raises(Enough):
        ft.load(LONG).run(replications=1_000_000, progress=stop)
    assert time.monotonic() - begin < 60  # the whole would take hours
    assert ft.load(TINY).run(replications=2).replications == 2  # and the engine is as before


#: Shells start what they run in the background with Ctrl-C ignored; Python then leaves it so.
HEAR = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"

CONTROL_C = HEAR + """
import json, os, signal, sys, threading, time
import foretwin as ft
scenario = ft.load(sys.argv[1])
asked = []
def press(done, expected):
    if done >= 10 and not asked:
        asked.append(time.monotonic())
        os.kill(os.getpid(), signal.SIGINT)
study = scenario.run(replications=1_000_000, seed=3, progress=press)
took = time.monotonic() - asked[0]
first = scenario.run(replications=study.replications, seed=3)
print(json.dumps({
    "took": took, "stopped": study.stopped, "replications": study.replications,
    "warnings": study.tree["warnings"], "first": first.fingerprint, "found": study.fingerprint,
    "first_stopped": first.stopped,
    "equal": bool((first["baseline"].futures("throughput")
                   == study["baseline"].futures("throughput")).all())}))
"""


def test_control_c_gives_what_was_finished() -> None:
    told = json.loads(run_python(CONTROL_C, LONG))
    assert told["stopped"] and not told["first_stopped"]
    assert 10 <= told["replications"] < 1_000_000
    assert told["equal"] and told["found"] == told["first"]
    assert any("stopped after" in one for one in told["warnings"])
    assert told["took"] < 10  # benchmarks/python measures it; here it only ends at all


FROM_OUTSIDE = HEAR + """
import sys, foretwin as ft
print("ready", flush=True)
study = ft.load(sys.argv[1]).run(replications=1_000_000)
print(study.stopped, study.replications > 0, flush=True)
"""


def test_control_c_comes_from_the_terminal_too() -> None:
    process = subprocess.Popen([sys.executable, "-c", FROM_OUTSIDE, LONG], text=True,
                               stdout=subprocess.PIPE)
    assert process.stdout is not None and process.stdout.readline() == "ready\n"
    time.sleep(1.5)
    os.kill(process.pid, signal.SIGINT)
    assert process.stdout.readline() == "True True\n"
    assert process.wait(timeout=60) == 0


def test_before_anything_is_finished_control_c_is_the_usual_exception() -> None:
    program = HEAR + """
import os, signal, sys, threading, foretwin as ft
scenario = ft.load(sys.argv[1].replace("10 years", "200 years").replace(" min}", " s}"))
threading.Timer(0.3, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
try:
    scenario.run(replications=2)
except KeyboardInterrupt:
    print("stopped")
"""
    assert run_python(program, LONG) == "stopped\n"


def test_the_event_loop_goes_on() -> None:
    async def both() -> tuple[ft.Study, int]:
        turns = 0

        async def count() -> None:
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        counting = asyncio.create_task(count())
        study = await ft.load(LONG).compare_async(replications=4, seed=5)
        counting.cancel()
        return study, turns

    study, turns = asyncio.run(both())
    assert turns > 100
    assert study.fingerprint == ft.load(LONG).compare(replications=4, seed=5).fingerprint


def test_a_cancelled_task_stops_its_study() -> None:
    async def cancel() -> None:
        task = asyncio.create_task(ft.load(LONG).run_async(replications=10_000_000))
        await asyncio.sleep(0.1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(asyncio.wait_for(cancel(), 60))  # the loop waits for its threads


def test_a_study_with_a_time_limit() -> None:
    async def limited() -> None:
        await asyncio.wait_for(ft.load(LONG).run_async(replications=10_000_000), 0.1)

    with pytest.raises((asyncio.TimeoutError, TimeoutError)):
        asyncio.run(limited())


def test_many_threads_share_one_scenario() -> None:
    scenario = ft.load(TINY)
    expected = scenario.run(replications=5, seed=1).fingerprint
    found: list[str] = []

    def work() -> None:
        for _ in range(20):
            found.append(scenario.run(replications=5, seed=1).fingerprint)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 160


def test_threads_may_edit_copies_while_others_run() -> None:
    scenario = ft.load(TINY)
    means: dict[int, float] = {}

    def work(machines: int) -> None:
        own = scenario.copy()
        own["Desk/machines"] = machines
        means[machines] = own.run(replications=30)["baseline"]["throughput"].mean

    threads = [threading.Thread(target=work, args=(n,)) for n in (1, 2, 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert np.all(np.diff([means[1], means[2], means[3]]) > 0)
