"""M3 in SimPy 4: 50 machines, three repairers, first come first served, ten years."""

import random
import sys
import time

import simpy

MACHINES, REPAIRERS, UP, REPAIR = 50, 3, 100.0, 8.0


class Shop:
    def __init__(self):
        self.environment = simpy.Environment()
        self.repairers = simpy.Resource(self.environment, capacity=REPAIRERS)
        self.up_time = 0.0
        for number in range(MACHINES):
            self.environment.process(self.machine(random.Random(number)))

    def machine(self, draws):
        while True:
            up = draws.expovariate(1 / UP)
            yield self.environment.timeout(up)
            self.up_time += up
            with self.repairers.request() as request:
                yield request
                yield self.environment.timeout(draws.expovariate(1 / REPAIR))


def main(hours=87_600):
    begin = time.process_time()
    shop = Shop()
    shop.environment.run(until=hours)
    print("cpu_seconds", time.process_time() - begin)
    print("result", shop.up_time / hours)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
