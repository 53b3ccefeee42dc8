"""Runs a scenario through the product, `foretwin run --json --out`, and reads its figures.

Means, standard deviations and counts come from the documented JSON paths
(scenarios/report/README.md); figures of single futures from the table /kpis/<name> of study.h5,
read with the HDF5 library that the product itself is linked with.
"""

import ctypes
import ctypes.util
import json
import os
import pathlib
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
FORETWIN = os.environ.get("FORETWIN", str(ROOT / "build/release/foretwin"))
SHARE_OF_LENGTH = float(os.environ.get("FORETWIN_ORACLE_LENGTH", "1"))

HOURS = {"s": 1 / 3600, "min": 1 / 60, "h": 1.0}


class Estimate:
    """Mean over futures, their standard deviation and their number."""

    def __init__(self, mean, sd, futures):
        self.mean, self.sd, self.futures = mean, sd, futures

    def __mul__(self, factor):
        return Estimate(self.mean * factor, self.sd * abs(factor), self.futures)

    def __truediv__(self, divisor):
        return self * (1 / divisor)

    def plus(self, constant):
        return Estimate(self.mean + constant, self.sd, self.futures)

    def complement(self):
        return (self * -1).plus(1)


def estimate_of(values):
    """The estimate of a list with one value per future."""
    futures = len(values)
    mean = sum(values) / futures
    spread = sum((value - mean) ** 2 for value in values) / (futures - 1)
    return Estimate(mean, spread ** 0.5, futures)


class Figures:
    """What one run said. Times are turned into the unit of the case (`per_hour` of it an hour)."""

    def __init__(self, study, unit, length, tables):
        self.baseline = study["alternatives"]["baseline"]
        self.futures = study["replications"]
        self.length = length  # measured time, in the unit of the case
        self.hours = HOURS[unit]
        self._tables = tables
        self.per_hour = 1 / self.hours

    def _read(self, node):
        if node["mean"] is None:
            return Estimate(float("nan"), float("nan"), self.futures)
        return Estimate(node["mean"], node["sd"] or 0.0, self.futures)

    def kpi(self, name):
        """As the product tells it: hours, parts per hour, kWh."""
        return self._read(self.baseline["kpis"][name])

    def device(self, device, *path):
        """As the product tells it, e.g. device("S1", "state_shares", "busy")."""
        node = self.baseline["devices"][device]
        for key in path:
            node = node[key]
        return self._read(node)

    def share(self, device, state):
        return self.device(device, "state_shares", state)

    def time(self, device, *path):
        """A duration, in the unit of the case."""
        return self.device(device, *path) * self.per_hour

    def rate(self, device, *path):
        """A rate per hour, in the unit of the case."""
        return self.device(device, *path) * self.hours

    def per_time(self, device, *path):
        """A count, per time in the unit of the case."""
        return self.device(device, *path) / self.length

    def by_future(self, name):
        """The KPI in each future, as the product tells it."""
        return self._tables(name)


class Hdf5Tables:
    """Reads tables of doubles by their path."""

    def __init__(self, path):
        name = ctypes.util.find_library("hdf5_serial") or "libhdf5_serial.so.103"
        self._library = ctypes.CDLL(name)
        for function in ("H5Fopen", "H5Dopen2", "H5Dget_space", "H5Sget_simple_extent_npoints"):
            getattr(self._library, function).restype = ctypes.c_int64
        self._library.H5open()
        self._double = ctypes.c_int64.in_dll(self._library, "H5T_NATIVE_DOUBLE_g")
        self._file = ctypes.c_int64(self._library.H5Fopen(str(path).encode(), 0, ctypes.c_int64(0)))
        if self._file.value < 0:
            raise OSError(f"no HDF5 file at {path}")

    def __call__(self, name):
        library = self._library
        handle = ctypes.c_int64(
            library.H5Dopen2(self._file, f"/kpis/{name}".encode(), ctypes.c_int64(0)))
        space = ctypes.c_int64(library.H5Dget_space(handle))
        count = library.H5Sget_simple_extent_npoints(space)
        values = (ctypes.c_double * count)()
        everything = ctypes.c_int64(0)
        status = library.H5Dread(handle, self._double, everything, everything, everything, values)
        if handle.value < 0 or status < 0:
            raise KeyError(name)
        library.H5Sclose(space)
        library.H5Dclose(handle)
        return list(values)

    def close(self):
        self._library.H5Fclose(self._file)


class Product:
    """Runs scenarios under one seed. `effort` multiplies the number of futures: a case whose
    intervals came out too wide is run again with more of them."""

    def __init__(self, seed=1, effort=1.0):
        self.seed, self.effort = seed, effort
        self.runs = 0

    def run(self, devices, *, unit, length, warm_up=0.0, futures=32, by_future=(), **sections):
        """Simulates `futures` replications of `length` after `warm_up` (in `unit`). `by_future`
        names the KPIs whose single futures are wanted."""
        futures = max(2, round(futures * self.effort))
        if SHARE_OF_LENGTH < 1:
            futures = max(2, min(32, round(futures * SHARE_OF_LENGTH)))
            if futures == 2:
                length, warm_up = length * SHARE_OF_LENGTH, warm_up * SHARE_OF_LENGTH
        time = {"warm_up": amount(warm_up, unit), "horizon": amount(length, unit)}
        time.update(sections.pop("time", {}))
        scenario = {"foretwin": 1, "name": "oracle", "time": time, "devices": devices, **sections}
        self.runs += 1
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "oracle.json"
            path.write_text(json.dumps(scenario))
            command = [FORETWIN, "run", str(path), "--json", "--replications", str(futures),
                       "--seed", str(self.seed), "--threads", "0"]
            if by_future:
                command += ["--out", folder]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode != 0:
                raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}:\n"
                                   f"{done.stderr[-2000:]}\n{json.dumps(scenario)[:2000]}")
            tables = read_tables(pathlib.Path(folder) / "study.h5", by_future)
        return Figures(json.loads(done.stdout), unit, length, tables.__getitem__)

    def look(self, devices, *, unit, at, futures, by_future, **sections):
        """The state at instant `at`: an average over the microsecond after it."""
        return self.run(devices, unit=unit, length=1e-6 / 3600 / HOURS[unit], warm_up=at,
                        futures=futures, by_future=by_future, **sections)


def read_tables(path, names):
    if not names:
        return {}
    tables = Hdf5Tables(path)
    found = {name: tables(name) for name in names}
    tables.close()
    return found


def amount(value, unit):
    """12.5, "min" -> "12.5 min"; every digit counts."""
    return f"{value:.17g} {unit}"


def law(dist, unit):
    """A distribution of the oracle library as a scenario writes it."""
    kind = dist["dist"]
    if kind == "deterministic":
        return amount(dist["value"] if "value" in dist else dist["mean"], unit)
    if kind == "exponential":
        return {"exponential": {"mean": amount(dist["mean"], unit)}}
    if kind == "lognormal":
        return {"lognormal": {"mean": amount(dist["mean"], unit), "cv": dist["cv"]}}
    if kind == "weibull":
        return {"weibull": {"shape": dist["shape"], "scale": amount(dist["scale"], unit)}}
    if kind == "erlang":
        return {"erlang": {"k": dist["k"], "mean": amount(dist["mean"], unit)}}
    if kind == "gamma":
        return {"gamma": {"shape": dist["shape"], "mean": amount(dist["mean"], unit)}}
    if kind == "uniform":
        return {"uniform": {"a": amount(dist["a"], unit), "b": amount(dist["b"], unit)}}
    if kind == "hyperexp2":
        return {"hyperexponential": {"p": dist["p"], "rate1": amount(dist["rate1"], f"/{unit}"),
                                     "rate2": amount(dist["rate2"], f"/{unit}")}}
    raise ValueError(f"unknown distribution {kind}")


def exponential(rate, unit):
    return {"exponential": {"mean": amount(1 / rate, unit)}}


def failed_at_start(rate, unit):
    """An exponential life whose first instance ends as the run begins: the hazard is `rate` up to
    an age that no later life reaches, and immense beyond; the component starts at that age."""
    age = 1e6
    return {"time_to_failure": {"piecewise": {"edges": [amount(age, unit)],
                                              "rates": [amount(rate, f"/{unit}"), "1e9 /s"]}},
            "age": amount(age, unit)}


def parts_at_start(number, station):
    """A source that sends `number` parts in the first microseconds and none later; needs the
    calendar that `start_calendars` gives."""
    return {"type": "source", "every": "1 us", "when_full": "lost", "next": station,
            "calendar": f"start {number}"}


def start_calendars(*numbers):
    return {f"start {number}": {"period": "100000 h", "open": [["0 us", f"{number}.5 us"]]}
            for number in numbers}
