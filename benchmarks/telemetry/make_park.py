"""Writes hourly telemetry of machines, shaped like the machine park's, as wide CSV.

Usage: make_park.py FOLDER MACHINES HOURS: telemetry.csv and the description for `ingest`."""

import datetime
import pathlib
import random
import sys

SIGNALS = {"volt": ("V", 170, 15), "rotate": ("rpm", 446, 52), "pressure": ("psi", 100, 11),
           "vibration": ("mm/s", 40, 5)}
DESCRIPTION = """foretwin_ingest: 1
file: telemetry.csv
form: wide
time: {column: datetime, zone: UTC}
device: {column: machineID}
signals:
"""


def main():
    folder, machines, hours = pathlib.Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    folder.mkdir(parents=True, exist_ok=True)
    draw = random.Random(7).gauss
    begin = datetime.datetime(2015, 1, 1, 6)
    times = [str(begin + datetime.timedelta(hours=hour)) for hour in range(hours)]
    with open(folder / "telemetry.csv", "w") as file:
        file.write("datetime,machineID," + ",".join(SIGNALS) + "\n")
        for machine in range(1, machines + 1):
            for time in times:
                values = ",".join(f"{draw(mean, sd):.3f}" for _, mean, sd in SIGNALS.values())
                file.write(f"{time},{machine},{values}\n")
    with open(folder / "telemetry.yaml", "w") as file:
        file.write(DESCRIPTION)
        for name, (unit, _, _) in SIGNALS.items():
            file.write(f"  {name}: {{unit: {unit}}}\n")


if __name__ == "__main__":
    main()
