"""The same file by pandas: read_csv, then to_hdf with the store's compression (zlib, level 1).

Usage: pandas_ingest.py CSV HDF5. Prints seconds and CPU seconds, imports apart."""

import pathlib
import sys
import time

import pandas


def main():
    source, target = sys.argv[1], pathlib.Path(sys.argv[2])
    target.unlink(missing_ok=True)
    wall, cpu = time.perf_counter(), time.process_time()
    frame = pandas.read_csv(source, parse_dates=["datetime"])
    frame.to_hdf(target, key="telemetry", complevel=1, complib="zlib")
    print("seconds", time.perf_counter() - wall)
    print("cpu_seconds", time.process_time() - cpu)
    print("bytes", target.stat().st_size)


if __name__ == "__main__":
    main()
