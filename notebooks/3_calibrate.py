# %% [markdown]
# # 3 · Calibrate
#
# How long does a bearing live? A twin needs a *law* of lives, and records are all there is to
# find it. This lesson fits laws to published records, asks what they can*not* tell, and checks a
# fitted twin against its own past.

# %%
import foretwin as ft
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from foretwin import plots
from scipy import stats

TEXTBOOK = "../scenarios/library/reliability_textbook"
PARK = "../scenarios/library/machine_park"

# %% [markdown]
# ## Twenty-three bearings
# Millions of revolutions until each of 23 ball bearings failed (Lieblein and Zelen, 1956).

# %%
fits = ft.fit(f"{TEXTBOOK}/fits.yaml")
bearing = fits.laws.query("fit == 'ball bearing' and not shifted").set_index("family")
print(bearing[["aic", "shape", "scale", "mu", "sigma"]].round(3).to_string())

# %% [markdown]
# Weibull's law has shape 2.102 and scale 81.88 in the literature (Lawless, 2003): the same as in
# the table. But is it the right law? AIC judges how well a law explains the data; smaller is
# better, and differences below two mean little. So three laws do about equally well.

# %%
lives = np.sort(pd.read_csv(f"{TEXTBOOK}/data/ball_bearings.csv")["million_revolutions"])
laws = {
    "gamma": stats.gamma(bearing.loc["gamma", "shape"], scale=bearing.loc["gamma", "scale"]),
    "lognormal": stats.lognorm(bearing.loc["lognormal", "sigma"],
                               scale=np.exp(bearing.loc["lognormal", "mu"])),
    "Weibull": stats.weibull_min(bearing.loc["weibull", "shape"],
                                 scale=bearing.loc["weibull", "scale"]),
}
at = np.linspace(0, 200, 400)
figure, axes = plt.subplots(figsize=(8, 3.2))
axes.step(np.append(lives, 200), 100 * np.append(np.arange(1, 24), 23) / 23, where="post",
          color="black", label="the 23 bearings")
for (name, law), colour in zip(laws.items(), ["#1b6ca8", "#1b9e77", "#d95f02"]):
    axes.plot(at, 100 * law.cdf(at), color=colour, label=name)
axes.set(xlabel="million revolutions", ylabel="% failed", xlim=(0, 200),
         title="Three laws, and no bearing to tell them apart")
axes.legend(frameon=False, loc="lower right")
plt.show()

# %% [markdown]
# In the middle they agree. In the tail, where guarantees are made, they do not:

# %%
for name, law in laws.items():
    print(f"{name:9} half have failed at {law.median():5.1f}, one per cent at {law.ppf(0.01):4.1f} "
          "million revolutions")

# %% [markdown]
# Foretwin takes the best law, and says which was second; a study can be asked with `life_model=`
# whether its answer depends on that.
#
# ## Most fans were still running
# Of 70 diesel fans 12 had failed when the record was closed. Who takes the mean of those 12
# throws away what the other 58 tell:

# %%
fans = pd.read_csv(f"{TEXTBOOK}/data/diesel_fans.csv")
failed = fans[fans["failed"] == 1]["hours"]
best = fits["fan"]["best"]
mean = best["parameters"]["mean"]
low, high = mean["interval"]
print(f"mean of the {len(failed)} that failed:        {failed.mean():8,.0f} h")
print(f"fitted to all {len(fans)} ({best['family']}): {mean['estimate']:8,.0f} h "
      f"({low:,.0f} to {high:,.0f})")

# %% [markdown]
# The interval is wide because twelve failures do not tell more. A twin must carry this doubt
# along, so futures differ in the mean life that they assume.
#
# ## Into the plant
# Ten generators with such fans and valve seats, and a question: better seats, or a second
# mechanic? What the records could not tell takes part in the answer.

# %%
scenario = ft.load(f"{TEXTBOOK}/scenario.yaml")
study = scenario.compare(replications=64, seed=1)
print(study.headline)
spread = study.tree["alternatives"]["better seats"]["money"]["variance"]
total = spread["chance"] + spread["parameter_draws"]
for cause in ("chance", "fitted_parameters", "assumptions"):
    print(f"{cause.replace('_', ' '):18} {spread[cause] / total:6.1%} of the variance of its NPV")

# %% [markdown]
# ## Does the twin know its own past?
# A hundred machines with four components each, records from January to mid-September 2015 (a
# fleet simulated by Microsoft). The twin is fitted to them and then run over the same months: are
# the recorded counts among those that it makes?

# %%
park = ft.fit(f"{PARK}/scenario.yaml")
check = park.check(replications=64)
print(check.verdict)

# %%
rows = check.rows
figure, axes = plt.subplots(figsize=(8, 3))
at = np.arange(len(rows))
axes.hlines(at, rows["low"], rows["high"], color="#9ecae1", linewidth=9,
            label="95 % of simulated pasts")
axes.plot(rows["recorded"], at, "o", color="#d95f02", label="recorded")
axes.set_yticks(at, rows["group"] + " " + rows["quantity"])
axes.invert_yaxis()
axes.set(xlabel="count from January to mid-September",
         title="Recorded history lies within what the twin makes")
axes.legend(frameon=False, ncol=2, loc="upper center", bbox_to_anchor=(0.5, -0.2))
plt.show()

# %% [markdown]
# ## Would it have foretold failures?
# The past is known to the fit, so it is a mild judge. A *backtest* is stricter: on each of the
# last days the twin knows only what was known that morning, tells the chance that a machine fails
# within 24 hours, and is scored on what came.

# %%
scored = ft.backtest(f"{PARK}/backtest.yaml")
fleet = scored.scores.query("target == 'fleet'")
print(fleet[["horizon", "forecaster", "forecasts", "crps", "coverage"]].round(3)
      .to_string(index=False))

# %% [markdown]
# CRPS is the usual error of the number of failures foretold; smaller is better. A day and a week
# ahead, who knows the age of every component and the days of visits beats who knows only how often
# things fail; over fifteen days that knowledge is worth nothing. (The alarms of this fleet tell a
# failure nearly surely a day ahead. Real plants are not so kind.)
#
# And the chance that a single machine stops within a week: was it told honestly?

# %%
plots.reliability(scored.tree, horizon="7 days", forecaster=["memoryless", "age and visits"]);

# %%
bins = scored.reliability.query("horizon == '7 days' and forecaster == 'age and visits'")
print(bins[["foretold", "observed", "low", "high", "forecasts"]].round(2).to_string(index=False))

# %% [markdown]
# Points on the diagonal are honest. The memoryless forecaster gives every machine the same
# chance: honest, and of no use for choosing which machine to visit. Who knows ages and visits
# tells them apart; up to a third what was foretold came about as often, and higher chances were
# told too low.
#
# **You have seen**: laws with their doubt, records that cannot decide, a twin that knows its
# past, and chances that were checked. **Next**: with such a twin one can ask what a change would
# bring ([lesson 4](4_change_and_compare.ipynb)).
