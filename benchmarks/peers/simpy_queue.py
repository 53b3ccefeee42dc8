"""M1 in SimPy 4: M/M/1 until the 1,000,000th departure."""

import random
import sys
import time

import simpy


class Queue:
    def __init__(self, departures):
        self.environment = simpy.Environment()
        self.server = simpy.Resource(self.environment, capacity=1)
        self.draw = random.Random(1).expovariate
        self.left = departures
        self.waited = 0.0
        self.finished = self.environment.event()
        self.environment.process(self.arrivals())

    def arrivals(self):
        while True:
            yield self.environment.timeout(self.draw(1 / 1.25))
            self.environment.process(self.part())

    def part(self):
        arrived = self.environment.now
        with self.server.request() as request:
            yield request
            self.waited += self.environment.now - arrived
            yield self.environment.timeout(self.draw(1.0))
        self.left -= 1
        if self.left == 0:
            self.finished.succeed()


def main(departures=1_000_000):
    begin = time.process_time()
    queue = Queue(departures)
    queue.environment.run(until=queue.finished)
    print("cpu_seconds", time.process_time() - begin)
    print("result", queue.waited / departures)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
