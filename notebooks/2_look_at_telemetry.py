# %% [markdown]
# # 2 · Look at telemetry
#
# Before a twin can be believed, somebody must look at what the machines told. Two things stand in
# records: *what a machine did* (states, faults) and *what was measured* (signals). This lesson
# looks at both: two days of a real machining centre, and hourly readings of three machines of a
# fleet.

# %%
import gzip
import tempfile
from pathlib import Path

import foretwin as ft
import matplotlib.pyplot as plt
import pandas as pd
from foretwin import plots
from matplotlib import dates

CENTRE = "../scenarios/library/machining_centre"
PARK = "../scenarios/library/machine_park"

# %% [markdown]
# ## What a machine did
# The log of a machine's control is thousands of lines: a time, an item, a value. This one was
# recorded at the NIST Smart Manufacturing Systems Test Bed.

# %%
with gzip.open(f"{CENTRE}/data/Mazak01-20161020-20161021.txt.gz", "rt") as log:
    lines = log.read().splitlines()
print(f"{len(lines):,} lines on one day, such as")
for line in [line for line in lines if "|execution|" in line][3:8]:
    print("   ", line[:90])

# %% [markdown]
# A *profile* says what they mean: which values make the machine *busy*, *in setup*, *failed*. It
# is a text that can be read, and disputed:

# %%
with open(f"{CENTRE}/profile.yaml", encoding="utf-8") as file:
    profile = file.read()
print(profile[profile.index("    states:"):profile.index("    known:")])

# %%
past = ft.replay(f"{CENTRE}/profile.yaml")
hours = past.time_in_state.set_index("day").drop(columns="device") / 3600
hours = hours.loc[:, hours.sum() > 0]
print("hours in each state")
print(hours.round(2).to_string())

# %%
first_day = past.states[past.states["end"] < "2016-10-21"]
plots.state_timeline(first_day, title="20 October 2016: what the machining centre did (UTC)");

# %% [markdown]
# At night the control tells nothing. That time is *unknown*; it is not idle time, and it is in no
# share. Of the time that is known, this much was production:

# %%
known = hours.drop(columns="unknown").sum()
print(f"known: {known.sum():.1f} of {hours.to_numpy().sum():.1f} hours told of")
for state, share in (known / known.sum()).sort_values(ascending=False).items():
    print(f"{state:8} {share:6.1%}")

# %% [markdown]
# Busy for a third of the time that is known: the first thing that a twin built on data sheets
# alone would get wrong. And the faults?

# %%
faults = past.states.query("state == 'repair'")
print(faults.groupby("cause")["seconds"].agg(["count", "sum"]).to_string())
undefined = past.kpis.query("day == 'total' and device == '' and value.isna()")
print("cannot be known from this log:", ", ".join(undefined["kpi"]))

# %% [markdown]
# Five stops of some seconds each: slips, no break-downs. Two days are too short to learn how
# often this machine breaks. And what the log cannot tell is said to be undefined, instead of
# being guessed.
#
# ## What was measured
# Voltage, rotation, pressure and vibration of three machines, once an hour (a fleet simulated by
# Microsoft, MIT licence). This file was damaged on purpose, in the ways in which such files are:
# empty cells, text in the place of numbers, a value that is stuck, a wrong unit, rows that come
# late or twice.
#
# Opened as it is, it shows none of that:

# %%
raw = pd.read_csv(f"{PARK}/data/telemetry.csv")
print(raw.describe(include="all").loc[["count", "unique", "top"]].to_string())

# %% [markdown]
# Most of its columns are not even numbers. So the file is *held to rules* before anything is
# computed from it. The rules are written down, like everything here:

# %%
rules = Path(f"{PARK}/telemetry.yaml").read_text(encoding="utf-8")
print(rules[rules.index("signals:"):])

# %%
folder = tempfile.TemporaryDirectory()  # gone when the lesson is closed
work = Path(folder.name)
ingested = ft.ingest(f"{PARK}/telemetry.yaml", store=work / "park.h5")
counts = ingested.series.set_index(["device", "signal"]).fillna(0).astype(int)
print(counts.loc[:, counts.sum() > 0].sum().to_string())

# %% [markdown]
# Every sample is accounted for: received = accepted + rejected + late. What is rejected lies in a
# file of its own; what is doubtful is stored with a mark.

# %%
total = counts.sum()
print(f"{total['received']} = {total['accepted']} + {total['rejected']} + {total['late']}: "
      f"{total['received'] == total['accepted'] + total['rejected'] + total['late']}")

# %%
pressure = ingested.store["3", "pressure"].to_pandas()
good, marked = pressure[pressure["quality"] == 0], pressure[pressure["quality"] != 0]
figure, axes = plt.subplots(figsize=(8, 3))
axes.plot(good.index, good["value"], ".", color="#1b6ca8", markersize=3, label="good")
axes.plot(marked.index, marked["value"], "x", color="#d95f02", markersize=5,
          label="marked as doubtful")
axes.set(ylabel="pressure, psi", title="Machine 3: from March on in another unit")
axes.xaxis.set_major_locator(dates.DayLocator(interval=4))
axes.xaxis.set_major_formatter(dates.DateFormatter("%d %b %Y"))
axes.legend(frameon=False)
plt.show()
print(f"mean pressure of all samples:     {pressure['value'].mean():6.1f} psi")
print(f"mean pressure of the good ones:   {good['value'].mean():6.1f} psi")
print(f"doubtful ones over the good ones: {marked['value'].mean() / good['value'].mean():6.1f}")

# %% [markdown]
# A psi is 6.9 kPa: from March on the values are kPa. Who takes the plain mean believes in a
# pressure that the machine never had.

# %% [markdown]
# **You have seen**: states from a control's log, time that is unknown instead of idle, rules for
# measured values, and an account in which nothing is lost. **Next**: from records to the numbers
# of a twin ([lesson 3](3_calibrate.ipynb)).
