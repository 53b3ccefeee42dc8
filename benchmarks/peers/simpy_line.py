"""M2 in SimPy 4: ten stations, nine buffers of 10, failures on the clock of processing time."""

import random
import sys
import time

import simpy

STATIONS, PLACES, CYCLE, TO_FAILURE, REPAIR = 10, 10, 1.0, 480.0, 24.0


class Line:
    def __init__(self):
        self.environment = simpy.Environment()
        self.parts = 0
        buffers = [simpy.Container(self.environment, PLACES) for _ in range(STATIONS - 1)]
        for number in range(STATIONS):
            before = buffers[number - 1] if number > 0 else None
            after = buffers[number] if number < STATIONS - 1 else None
            self.environment.process(self.station(random.Random(number), before, after))

    def station(self, draws, before, after):
        timeout = self.environment.timeout
        life = draws.expovariate(1 / TO_FAILURE)
        while True:
            if before is not None:
                yield before.get(1)
            remaining = CYCLE
            while life < remaining:
                yield timeout(life)
                remaining -= life
                yield timeout(draws.expovariate(1 / REPAIR))
                life = draws.expovariate(1 / TO_FAILURE)
            yield timeout(remaining)
            life -= remaining
            if after is not None:
                yield after.put(1)
            else:
                self.parts += 1


def main(minutes=525_600):
    begin = time.process_time()
    line = Line()
    line.environment.run(until=minutes)
    print("cpu_seconds", time.process_time() - begin)
    print("result", line.parts)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
