"""What every subject of the benchmarks uses: figures, programs, scenarios, Python with SimPy."""

import dataclasses
import os
import pathlib
import statistics
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
# Where the programs are; another build than the release preset's is for trying out.
BUILD = pathlib.Path(os.environ.get("FORETWIN_BUILD_DIR", ROOT / "build/release"))
WORK = ROOT / "build/benchmarks"
HERE = ROOT / "benchmarks"
LIBRARY = ROOT / "scenarios/library"
SIMPY = "simpy==4.1.1"

# By how much a figure may move against the last committed one before it is called better or worse.
RATIO = 0.10  # of two things run in turn in one process or one run
SECONDS = 0.30  # absolute: the machine's memory and clock are shared with others
EXACT = 0.02  # memory, counts


@dataclasses.dataclass(frozen=True)
class Figure:
    """One measured number, a median where it is a time. `bar` is what it must reach."""

    name: str
    value: float
    bar: float | None = None
    more_is_better: bool = False
    tolerance: float = RATIO

    def verdict(self):
        if self.bar is None:
            return ""
        good = self.value >= self.bar if self.more_is_better else self.value <= self.bar
        return "holds" if good else "MISSED"

    def limit(self):
        return "" if self.bar is None else f"{'>=' if self.more_is_better else '<='} {self.bar:g}"

    def against(self, last):
        """'better', 'worse' or 'same' beside an earlier value, by more than the tolerance."""
        if last is None:
            return ""
        if abs(self.value - last) <= self.tolerance * abs(last):
            return "same"
        return "better" if (self.value > last) == self.more_is_better else "worse"


def build():
    """The release build as people run it, with the benchmarks."""
    if "FORETWIN_BUILD_DIR" not in os.environ:
        subprocess.run(["cmake", "--preset", "release"], cwd=ROOT, check=True, stdout=sys.stderr)
    subprocess.run(["cmake", "--build", BUILD, "--target", "foretwin", "benchmarks"], check=True,
                   stdout=sys.stderr)


def run(*command):
    """Standard output of a program; what it runs is told on standard error."""
    words = [str(word) for word in command]
    print(" ".join(words), file=sys.stderr)
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout


def values(output):
    """{name: text} of a program that prints one 'name value' per line."""
    return dict(line.rsplit(" ", 1) for line in output.splitlines())


def numbers(output):
    return {name: float(value) for name, value in values(output).items()}


def medians(commands, rounds):
    """{name: {quantity: median}}: all commands in turn, `rounds` times over."""
    measured = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            measured[name].append(values(run(*command)))
    return {name: {quantity: statistics.median(float(one[quantity]) for one in runs)
                   for quantity in runs[0] if quantity != "fingerprint"}
            for name, runs in measured.items()}


def scenario(name):
    return HERE / f"scenarios/{name}.yaml"


def with_horizon(name, copy, old, new):
    """A copy of a scenario with another horizon."""
    text = scenario(name).read_text()
    changed = text.replace(f"horizon: {old}", f"horizon: {new}")
    assert changed != text, f"{name} has no horizon of {old}"
    path = WORK / f"{copy}.yaml"
    path.write_text(changed)
    return path


def study(path, replications, threads, what=""):
    return [BUILD / "study_benchmark", path, replications, threads, *([what] if what else [])]


def python_with(name, *packages):
    """CPython with packages in an environment of its own; the system's one is built for speed."""
    environment = WORK / f".venv{name}"
    if not (environment / "bin/python").exists():
        system = pathlib.Path("/usr/bin/python3")
        python = system if system.exists() else sys.executable
        subprocess.run([python, "-m", "venv", environment], check=True)
    subprocess.run([environment / "bin/python", "-m", "pip", "install", "--quiet", *packages],
                   check=True, stdout=sys.stderr)
    return environment / "bin/python"


def python_with_simpy():
    return python_with("", SIMPY)
