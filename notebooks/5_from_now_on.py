# %% [markdown]
# # 5 · From now on
#
# So far the twin looked at *any* four weeks. A shift leader asks otherwise: the mill broke ten
# minutes ago, the washer's buffer is full: what will come out *today*? A **living twin** follows
# the plant by its telemetry, forecasts from the present state, and scores itself when the truth
# is there.

# %%
import tempfile
from pathlib import Path

import foretwin as ft
import pandas as pd
from foretwin import plots

LINE = Path("../scenarios/library/living_line")
folder = tempfile.TemporaryDirectory()  # gone when the lesson is closed
work = Path(folder.name)

# %% [markdown]
# ## A plant to follow
# No real plant can be shipped with a lesson, so one is *imitated*: a scenario that the twin never
# sees plays a day and a half and tells what machines tell: states, counters, power. The twin's
# own belief comes from data sheets, which are a little wrong, as they are. The mill's cycle, for
# one:

# %%
plant, belief = ft.load(LINE / "plant.yaml"), ft.load(LINE / "scenario.yaml")
for machine in ("Saw", "Mill"):
    print(f"{machine}: data sheet {belief[machine + '/cycle']['lognormal']['mean']}, "
          f"in truth {plant[machine + '/cycle']['lognormal']['mean']}")

# %%
lines = ft.imitate(plant, work / "telemetry.jsonl", length="36 h", seed=1)
ingested = ft.ingest(LINE / "telemetry.yaml", file=work / "telemetry.jsonl", store=work / "line.h5")
print(f"{lines} lines of telemetry; samples accepted: {ingested.tree['samples']['accepted']}")
print((work / "telemetry.jsonl").read_text().splitlines()[0])

# %% [markdown]
# ## Follow it
# Each hour the twin takes in what was told, brings itself to that very state (parts in the
# buffers, the age of each blade, the repair that is under way), and plays 200 futures from there:
# for the next hour, the next shift, the next day.

# %%
living = ft.live(LINE / "live.yaml", store=work / "line.h5", out=work / "live",
                 since="2026-01-05T06:00")
print(f"now it is {pd.Timestamp(living.now):%d %B %Y, %H:%M}; "
      f"{len(living.forecasts)} forecasts were made on the way")

# %% [markdown]
# ## What came
# The production of every hour: the band is what was foretold an hour before, the dots are what
# came.

# %%
ledger = living.forecasts.query("alternative == 'baseline' and figure == 'production'")
hours = ledger.query("horizon == 'hour'")
plots.fan_chart(hours[["end", "low", "q25", "median", "q75", "high", "truth"]], time=hours["end"],
                level=0.8, label="good parts of an hour", unit="part",
                title="Each hour's production, foretold an hour before");

# %% [markdown]
# Nobody could see the stop coming that spoilt the hour before 20:00. But at 20:00 the twin knew
# of it, and foretold that the next hour would be a bad one, too:

# %%
evening = hours[hours["end"].between("2026-01-05 19:00", "2026-01-05 22:00")]
print(evening[["end", "low", "median", "high", "truth"]].to_string(index=False))

# %% [markdown]
# The next eight hours, foretold every hour:

# %%
shifts = ledger.query("horizon == 'shift'")
plots.fan_chart(shifts[["end", "low", "q25", "median", "q75", "high", "truth"]],
                time=shifts["end"], level=0.8, label="good parts of eight hours", unit="part",
                title="Eight hours of production, foretold before they began");

# %% [markdown]
# Neighbouring dots share seven of their eight hours, so that one stop moves many of them.
#
# ## How good was that?
# A forecast without a score is an opinion. *Skill over persistence* compares with "as in the
# stretch before": 0 is no better, 1 is perfect. Intervals should hold 80 %. Parts are whole
# numbers and may hit the very edge of an interval: the picture counts that as inside, the scores
# let chance decide.

# %%
scores = living.scores.query("figure in ('production', 'energy', 'downtime')")
columns = ["figure", "horizon", "forecasts", "inside", "trials", "persistence_skill"]
print(scores.query("horizon != 'day'")[columns].round(2).to_string(index=False))

# %% [markdown]
# The trials are few, since only stretches that do not overlap count: a day and a half proves
# little about shifts and nothing about days. The twin knows that, too. It puts its forecasts in
# doubt until enough of them are scored:

# %%
latest = living.forecasts.query("issued == issued.max() and alternative == 'baseline'")
print(latest.query("figure == 'production'")[["horizon", "low", "median", "high", "doubt"]]
      .to_string(index=False))

# %% [markdown]
# ## What it learned
# The data sheets were a little too good. From the counters the twin learned how fast its machines
# really are; 1.00 would be as fast as the data sheet says, more is slower.

# %%
for machine in ("Saw", "Mill"):
    sheet, truth = (float(one[machine + "/cycle"]["lognormal"]["mean"].split()[0])
                    for one in (belief, plant))
    print(f"{machine}: learned {living.tree['paces'][machine]:.3f}, in truth {truth / sheet:.3f}")

# %% [markdown]
# ## What if, from now on
# The same present state can be asked what a change would do *today*. Here: a faster mill.

# %%
asked = living.forecasts.query("issued == issued.max() and figure == 'production'")
print(asked[["alternative", "horizon", "low", "median", "high"]].to_string(index=False))

# %% [markdown]
# **You have seen**: a twin brought to now by telemetry, forecasts that are scored, doubt that is
# told, and a change asked from the present state. `living.html()` is the page that a control room
# would keep open. **Next**: what energy costs ([lesson 6](6_energy_and_tariffs.ipynb)).
