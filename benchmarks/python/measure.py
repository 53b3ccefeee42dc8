"""What the Python package costs beside the engine, and beside SimPy 4; prints 'name value' lines.

    measure.py ROUNDS FORETWIN SCENARIO      with the package and SimPy importable
"""

import os
import pathlib
import signal
import statistics
import subprocess
import sys
import threading
import time

ROUNDS, COMMAND, LINE = int(sys.argv[1]), sys.argv[2], sys.argv[3]
EXAMPLES = pathlib.Path(__file__).resolve().parents[2] / "bindings/python/examples"
sys.path.insert(0, str(EXAMPLES))


def microseconds(call, count=20000):
    """Of one call, beside the loop itself: the shortest of many rounds."""
    best = []
    for work in (call, lambda: None):
        rounds = []
        for _ in range(5 * ROUNDS):
            begin = time.perf_counter()
            for _ in range(count // 20):
                work()
            rounds.append(time.perf_counter() - begin)
        best.append(min(rounds) / (count // 20) * 1e6)
    return best[0] - best[1]


def import_milliseconds():
    """Beyond NumPy's own, in fresh interpreters in turn."""
    def once(modules):
        program = (f"import time; a = time.perf_counter(); import {modules}; "
                   "print(time.perf_counter() - a)")
        return float(subprocess.run([sys.executable, "-c", program], capture_output=True, text=True,
                                    check=True).stdout)
    both = [(once("numpy, foretwin"), once("numpy")) for _ in range(3 * ROUNDS + 2)]
    return 1000 * (min(one for one, _ in both) - min(other for _, other in both))


def line():
    """CPU seconds of the transfer line from Python, over the command line, in turn; processes both,
    from start to end."""
    program = ("import sys, foretwin as ft; "
               "ft.load(sys.argv[1]).run(replications=8, threads=1).tree")
    ways = {"python": [sys.executable, "-c", program, LINE],
            "command": [COMMAND, "run", LINE, "--replications", "8", "--threads", "1", "--json"]}
    spent = {name: [] for name in ways}
    for _ in range(2 * ROUNDS):
        for name, words in ways.items():
            before = os.times()
            subprocess.run(words, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            after = os.times()
            spent[name].append(after.children_user + after.children_system
                               - before.children_user - before.children_system)
    return {name: min(times) for name, times in spent.items()}


def study_alone(ft):
    """CPU seconds of the study alone, without the interpreter's start."""
    scenario = ft.load(LINE)
    times = []
    for _ in range(2 * ROUNDS):
        begin = os.times().user + os.times().system
        scenario.run(replications=8, threads=1, progress=False)
        times.append(os.times().user + os.times().system - begin)
    return min(times)


def shop():
    """CPU seconds of 16 futures of 4 weeks: SimPy over Foretwin, in turn."""
    import machine_shop
    import machine_shop_simpy
    plant = machine_shop.shop(weeks=4)
    spent = {"foretwin": [], "simpy": []}
    for number in range(ROUNDS):
        begin = time.process_time()
        for seed in range(16):
            machine_shop_simpy.parts_made(16 * number + seed, 4)
        spent["simpy"].append(time.process_time() - begin)
        begin = time.process_time()
        plant.run(replications=16, seed=number, threads=1, progress=False)
        spent["foretwin"].append(time.process_time() - begin)
    return {name: statistics.median(times) for name, times in spent.items()}


def stop_milliseconds(ft):
    """From a real Ctrl-C until the study answers: the longest of all rounds."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # background jobs have it ignored
    scenario = ft.load(LINE)
    longest = 0.0
    for _ in range(2 * ROUNDS):
        pressed = []

        def press():
            pressed.append(time.perf_counter())
            os.kill(os.getpid(), signal.SIGINT)

        timer = threading.Timer(0.5, press)
        timer.start()
        study = scenario.run(replications=100_000, threads=1, progress=False)
        assert study.stopped
        longest = max(longest, time.perf_counter() - pressed[0])
    return 1000 * longest


def main():
    import foretwin as ft
    scenario = ft.load(LINE)
    study = scenario.run(replications=16, progress=False)
    baseline = study["baseline"]
    print("path", microseconds(lambda: scenario["/time/horizon"]))
    print("figure", microseconds(lambda: baseline["throughput"]))
    print("futures", microseconds(lambda: baseline.futures("throughput")))
    print("fingerprint", microseconds(lambda: study.fingerprint))
    print("import", import_milliseconds())
    spent = line()
    print("line_python", spent["python"])
    print("line_command", spent["command"])
    print("line_alone", study_alone(ft))
    times = shop()
    print("shop_simpy", times["simpy"])
    print("shop_foretwin", times["foretwin"])
    print("stop", stop_milliseconds(ft))


if __name__ == "__main__":
    main()
