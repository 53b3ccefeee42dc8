"""The same machine shop in Foretwin, with the interval of the answer, and a second repairman."""

from __future__ import annotations

import sys

import foretwin as ft

SHOP = """
foretwin: 1
name: Machine shop
time: {horizon: 4 weeks}
devices:
  Material: {type: source, part: part, saturated: true, next: Machines}
  Machines:
    type: station
    machines: 10
    cycle: {gamma: {mean: 10 min, sd: 2 min}}
    failures:
      breakdown: {clock: calendar, time_to_failure: {exponential: {mean: 300 min}},
                  repair: 30 min, crew: Repairman}
    next: Finished
  Finished: {type: sink}
  Repairman: {type: crew, size: 1}
changes:
  second repairman: {set: {Repairman/size: 2}}
"""


def shop(weeks: float = 4) -> ft.Scenario:
    scenario = ft.load(SHOP)
    scenario["/time/horizon"] = f"{weeks} weeks"
    return scenario


if __name__ == "__main__":
    futures, weeks = (int(word) for word in sys.argv[1:] or ("16", "4"))
    study = shop(weeks).compare(replications=futures)
    made = study["baseline"]["throughput"]
    more = study["second repairman"].difference("throughput")
    print(f"parts per week: {made.mean * 168:.0f} ({made.low * 168:.0f} to {made.high * 168:.0f})")
    print(f"with a second repairman: {more.mean * 168:+.0f} "
          f"({more.low * 168:+.0f} to {more.high * 168:+.0f})")
