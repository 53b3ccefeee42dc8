"""Writes site_64_lines.yaml: transfer lines as M2, each joined to the next by a conveyor.

    python3 benchmarks/scenarios/make_site.py > benchmarks/scenarios/site_64_lines.yaml
"""

LINES = 64
STATIONS = 10

HEAD = f"""\
# {LINES} transfer lines as M2 ({STATIONS} stations, buffers of 10, cycle 1 min, failures), each
# joined to the next by a conveyor of 30 s that holds 10 parts; one year. Written by make_site.py.
foretwin: 1
name: a site of {LINES} transfer lines joined by conveyors
time: {{horizon: 525600 min}}
devices:
  Source: {{type: source, saturated: true, next: L01 S01}}
  L01 S01:
    type: station
    cycle: 1 min
    failures:
      jam: {{clock: operating, time_to_failure: {{exponential: {{mean: 480 min}}}},
            repair: {{exponential: {{mean: 24 min}}}}}}
    next: L01 S02"""


def station(line: int, number: int) -> str:
    return f"L{line:02} S{number:02}"


def main() -> None:
    print(HEAD)
    for line in range(1, LINES + 1):
        leave = f"L{line:02} belt" if line < LINES else "Sink"
        for number in range(1, STATIONS + 1):
            if (line, number) == (1, 1):
                continue
            to = station(line, number + 1) if number < STATIONS else leave
            print(f"  {station(line, number)}: {{like: L01 S01, buffer: 10, next: {to}}}")
        if line < LINES:
            to = station(line + 1, 1)
            print(f"  {leave}: {{type: conveyor, delay: 30 s, capacity: 10, next: {to}}}")
    print("  Sink: {type: sink}")


if __name__ == "__main__":
    main()
