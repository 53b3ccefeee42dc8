"""A machine shop in SimPy 4: ten machines that fail, and one repairman with other work to do."""

from __future__ import annotations

import random
import sys
from collections.abc import Generator
from typing import Any

import simpy

MACHINES = 10
CYCLE = 25.0, 0.4  # shape and scale of a gamma law: 10 minutes on average, sd 2
TIME_TO_FAILURE = 300.0  # minutes, mean, exponential
REPAIR = 30.0
OTHER_JOB = 30.0
WEEK = 7 * 24 * 60.0

Steps = Generator[Any, Any, None]


class Machine:
    """Makes parts without end; a failure interrupts the part, which goes on after the repair."""

    def __init__(self, env: simpy.Environment, repairman: simpy.PreemptiveResource) -> None:
        self.env = env
        self.repairman = repairman
        self.parts = 0
        self.broken = False
        self.work = env.process(self.working())
        env.process(self.failing())

    def working(self) -> Steps:
        while True:
            remaining = random.gammavariate(*CYCLE)
            while remaining > 0:
                begun = self.env.now
                try:
                    yield self.env.timeout(remaining)
                    remaining = 0
                except simpy.Interrupt:
                    remaining -= self.env.now - begun
                    self.broken = True
                    with self.repairman.request(priority=1) as ours:
                        yield ours
                        yield self.env.timeout(REPAIR)
                    self.broken = False
            self.parts += 1

    def failing(self) -> Steps:
        while True:
            yield self.env.timeout(random.expovariate(1 / TIME_TO_FAILURE))
            if not self.broken:
                self.work.interrupt()


def other_jobs(env: simpy.Environment, repairman: simpy.PreemptiveResource) -> Steps:
    """The repairman's other work, which every failure interrupts."""
    while True:
        remaining = OTHER_JOB
        while remaining > 0:
            with repairman.request(priority=2) as free:
                yield free
                begun = env.now
                try:
                    yield env.timeout(remaining)
                    remaining = 0
                except simpy.Interrupt:
                    remaining -= env.now - begun


def parts_made(seed: int, weeks: float) -> int:
    """Of one future, by all machines."""
    random.seed(seed)
    env = simpy.Environment()
    repairman = simpy.PreemptiveResource(env, capacity=1)
    machines = [Machine(env, repairman) for _ in range(MACHINES)]
    env.process(other_jobs(env, repairman))
    env.run(until=weeks * WEEK)
    return sum(machine.parts for machine in machines)


if __name__ == "__main__":
    futures, weeks = (int(word) for word in sys.argv[1:] or ("16", "4"))
    made = [parts_made(seed, weeks) for seed in range(futures)]
    print(f"parts per week: {sum(made) / futures / weeks:.0f}")
