"""A living twin that was away for a day: until it is current again, its missed forecasts issued."""

import os
import shutil
import statistics
import subprocess
import time

from harness import BUILD, ROOT, SECONDS, WORK, Figure

LIBRARY = ROOT / "scenarios/library/living_line"
DAYS = 14


def foretwin(folder, *words):
    subprocess.run([BUILD / "foretwin", *words], cwd=folder, check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def outage(folder):
    """13 days of telemetry and a ledger that ends with them; then the 14th day is stored, too."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for file in LIBRARY.glob("*.yaml"):
        shutil.copy(file, folder)
    foretwin(folder, "imitate", "plant.yaml", "--for", f"{DAYS} days", "--out", "all.jsonl")
    with open(folder / "all.jsonl") as lines, open(folder / "telemetry.jsonl", "w") as known:
        for line in lines:
            if '"2026-01-18T' in line:
                break
            known.write(line)
    foretwin(folder, "ingest", "telemetry.yaml", "--store", "t.h5")
    foretwin(folder, "live", "live.yaml", "--store", "t.h5", "--out", "before", "--once",
             "--since", "2026-01-17T22:00")
    foretwin(folder, "ingest", "telemetry.yaml", "--file", "all.jsonl", "--store", "t.h5")


def figures(rounds):
    folder = WORK / "outage"
    outage(folder)
    walls, cpus = [], []
    for number in range(rounds):
        shutil.copytree(folder / "before", folder / f"round_{number}")
        began, used = time.monotonic(), os.times()
        foretwin(folder, "live", "live.yaml", "--store", "t.h5", "--out", f"round_{number}",
                 "--once")
        now = os.times()
        walls.append(time.monotonic() - began)
        cpus.append(now.children_user + now.children_system
                    - used.children_user - used.children_system)
    what = "catching up after 24 h"
    return [Figure(f"{what}: seconds", statistics.median(walls), 30, tolerance=SECONDS),
            Figure(f"{what}: CPU seconds", statistics.median(cpus))]
