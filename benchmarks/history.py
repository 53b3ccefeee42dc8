"""The history of one kind of machine: results/<kind>.csv, one row per figure and run.

    date,commit,subject,figure,value,bar,verdict

`commit` is the one that was checked out; a plus behind it says that the tree was changed. A run
replaces what the same commit told before, and leaves all other rows as they are.
"""

import csv
import datetime
import io
import pathlib
import re
import subprocess

from harness import HERE, ROOT

COLUMNS = ("date", "commit", "subject", "figure", "value", "bar", "verdict")


def machine_kind():
    """Processor model and number of processors, never a name of the machine; and as file name."""
    info = pathlib.Path("/proc/cpuinfo").read_text()
    models = re.findall(r"^model name\s*: (.*)$", info, re.MULTILINE)
    family = re.findall(r"^cpu family\s*: (.*)$", info, re.MULTILINE)
    kind = f"{models[0]} family {family[0]}, {len(models)} processors"
    return kind, re.sub(r"[^a-z0-9]+", "_", kind.lower()).strip("_")


def path_of(file_name):
    return HERE / f"results/{file_name}.csv"


def git(*words):
    return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True).stdout


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text)))


def last_committed(file_name):
    """{(subject, figure): (value, commit)}: of each the latest that is committed."""
    place = path_of(file_name).relative_to(ROOT).as_posix()
    return {(row["subject"], row["figure"]): (float(row["value"]), row["commit"])
            for row in rows_of(git("show", f"HEAD:{place}"))}


def version():
    """The commit checked out, with a plus when sources are changed; results may be."""
    changed = git("status", "--porcelain", "--untracked-files=no", "--", ".",
                  ":!benchmarks/results", ":!benchmarks/README.md")
    return git("rev-parse", "--short=10", "HEAD").strip() + ("+" if changed.strip() else "")


def add(file_name, subject, figures):
    """Adds a run of one subject."""
    path = path_of(file_name)
    commit = version()
    kept = rows_of(path.read_text()) if path.exists() else []
    kept = [row for row in kept if (row["commit"], row["subject"]) != (commit, subject)]
    today = datetime.date.today().isoformat()
    for figure in figures:
        kept.append({"date": today, "commit": commit, "subject": subject, "figure": figure.name,
                     "value": f"{figure.value:.4g}", "bar": figure.limit(),
                     "verdict": figure.verdict()})
    path.parent.mkdir(exist_ok=True)
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(kept)
