# %% [markdown]
# # 6 · Energy and tariffs
#
# What does the electricity of a plant cost under another contract, and what would another way of
# working save? First a meter of a real steel plant; then a simulated plant under real German
# hourly prices of 2016.

# %%
import foretwin as ft
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from foretwin import plots

LIBRARY = "../scenarios/library"

# %% [markdown]
# ## A real meter
# A steel plant in Korea, energy per quarter of an hour, January to September 2018 (UCI dataset
# 851, CC BY 4.0; `steel_plant/data/SOURCE.md`). A stamp is the *end* of its quarter, and the row
# of 00:00 closes the day it is dated with.

# %%
meter = pd.read_csv(f"{LIBRARY}/steel_plant/data/energy.csv")
start = pd.Timestamp("2018-01-01")
meter.index = start + pd.to_timedelta(np.arange(len(meter)) * 15, unit="min")
power = meter["Usage_kWh"] * 4  # kWh in a quarter of an hour -> mean kW
print(f"{len(power)} quarters, {power.index[0].date()} to {power.index[-1].date()}")
print(f"energy {meter['Usage_kWh'].sum() / 1000:,.0f} MWh, mean {power.mean():.0f} kW, "
      f"highest quarter {power.max():.0f} kW on {power.idxmax():%d %B at %H:%M}")

# %%
week = power.groupby([power.index.strftime("%u"), power.index.hour]).mean().unstack()
figure, axes = plt.subplots(figsize=(8, 2.8))
picture = axes.imshow(week, aspect="auto", cmap="viridis")
axes.set_yticks(range(7), ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"])
axes.set(xlabel="hour of the day", title="Mean power of the steel plant by weekday and hour")
figure.colorbar(picture, label="kW")
plt.show()

# %% [markdown]
# ## Peaks are paid for
# Most contracts of this size have two parts: a price per kWh, and a *demand charge* per kW of the
# highest quarter of each month. What would the peaks alone have cost, at 12 EUR per kW?

# %%
peaks = power.groupby(power.index.to_period("M")).max()
for month, peak in peaks.items():
    print(f"{month}: {peak:5.0f} kW -> {12 * peak:8,.0f} EUR")
few = (power > 0.9 * power.max()).sum()
print(f"quarters above 90 % of the highest: {few} of {len(power)}")

# %% [markdown]
# ## How well can its energy be foretold?
# Before one promises a supplier tomorrow's energy, one asks how good such promises would have
# been. At each of 120 midnights a forecast is made from what was known then, and compared with
# what came.

# %%
scored = ft.backtest(f"{LIBRARY}/steel_plant/backtest.yaml")
energy = scored.scores.query("target == 'energy'")
print(energy[["horizon", "forecaster", "forecasts", "crps", "coverage"]].round(2)
      .to_string(index=False))

# %% [markdown]
# *CRPS* is the usual error of a forecast that tells a range: in kWh, smaller is better.
# *Coverage* is the share of the 80 % intervals (those that do not overlap) that held what came.
# Climatology foretells "as on all days of this kind so far", seasonal naive "as a week ago";
# weighing recent days more does best.

# %%
fan = scored.forecasts.query(
    "target == 'energy' and horizon == '1 day' and forecaster == 'recent days'").tail(42)
plots.fan_chart(fan[["origin", "low", "median", "high", "truth"]], level=0.8,
                label="energy of a day", unit="kWh",
                title="Six weeks of forecasts, each made the midnight before");

# %%
inside = ((fan["low"] <= fan["truth"]) & (fan["truth"] <= fan["high"])).sum()
print(f"{inside} of these {len(fan)} days lie in the interval")

# %% [markdown]
# ## Real prices
# Now the other side of the bill: the German day-ahead price of every hour of 2016 (epftoolbox,
# Apache-2.0; data by ENTSO-E).

# %%
prices = pd.read_csv(f"{LIBRARY}/machine_park/data/prices.csv", parse_dates=["timestamp"])
prices = prices.set_index("timestamp")["price_eur_per_mwh"]
by_hour = prices.groupby(prices.index.hour)
hours = np.arange(24)
figure, axes = plt.subplots(figsize=(8, 2.8))
axes.fill_between(hours, by_hour.quantile(0.1), by_hour.quantile(0.9), color="#9ecae1",
                  label="8 of 10 days")
axes.plot(hours, by_hour.mean(), color="#1b6ca8", label="mean")
axes.set(xlabel="hour of the day", ylabel="EUR/MWh", title="Nights are cheap, evenings dear",
         xticks=range(0, 24, 3), xlim=(0, 23))
axes.legend(frameon=False, loc="upper left")
plt.show()
print(f"mean {prices.mean():.1f} EUR/MWh; {(prices < 0).sum()} of {len(prices)} hours below zero")

# %% [markdown]
# ## A foundry under these prices
# A furnace melts a charge, a caster pours it, in two shifts. The caster is the slower of the two.
# The foundry pays the price of every hour and a demand charge. (The plant is invented, the prices
# are real.) Four ideas:

# %%
scenario = ft.load("""
foretwin: 1
name: Foundry
time: {start: 2016-01-04T00:00, zone: Europe/Berlin, horizon: 52 weeks}
calendars:
  shifts: {weekdays: "06:00-22:00"}
flow: [Scrap yard, Furnace, Caster, Store]
devices:
  Scrap yard: {type: source, part: charge, saturated: true}
  Furnace:
    type: station
    calendar: shifts
    cycle: {lognormal: {mean: 48 min, sd: 4 min}}
    power: {busy: 900 kW, blocked: 150 kW, down: 150 kW, off_shift: 60 kW}
    failures:
      lining:
        clock: operating
        time_to_failure: {weibull: {shape: 3, scale: 300 h}}
        repair: {lognormal: {mean: 10 h, sd: 3 h}}
  Caster:
    type: station
    buffer: 1
    calendar: shifts
    cycle: {lognormal: {mean: 58 min, sd: 9 min}}
    power: {busy: 80 kW, starved: 20 kW, off_shift: 5 kW}
  Store: {type: sink}
  Grid:
    type: tariff
    energy: {file: ../scenarios/library/machine_park/data/prices.csv, time: timestamp,
             value: price_eur_per_mwh, unit: EUR/MWh, year: 2016}
    demand: {price: 9 EUR/kW/month, window: 15 min}
    carbon: 0.46 kg/kWh
economics: {currency: EUR, margin: {charge: 180 EUR/part}, discount_rate: 8 %/year, life: 5 years}
changes:
  fixed price:
    description: a supplier offers every kWh at one price
    set: {Grid/energy: {price: 33 EUR/MWh}}
  night shifts:
    description: the same sixteen hours from 20 to 12 o'clock, with extra pay
    set: {/calendars/shifts: {weekdays: "00:00-12:00, 20:00-24:00"}}
    running_cost: 30000 EUR/year
  slower melt:
    description: less power for longer
    set: {Furnace/power/busy: 780 kW, Furnace/cycle: {lognormal: {mean: 55 min, sd: 4 min}}}
  smaller furnace:
    description: much less power for much longer
    set: {Furnace/power/busy: 600 kW, Furnace/cycle: {lognormal: {mean: 72 min, sd: 6 min}}}
""")
study = scenario.compare(replications=16, seed=1)

# %%
rows = []
for name, answer in study.items():
    bill = study.tree["alternatives"][name]["devices"]["Grid"]
    rows.append({
        "alternative": name,
        "charges": answer["production"].mean,
        "MWh": answer["energy"].mean / 1000,
        "EUR/MWh paid": 1000 * bill["energy_charge"]["mean"] / answer["energy"].mean,
        "energy, EUR": bill["energy_charge"]["mean"],
        "demand, EUR": bill["demand_charge"]["mean"],
        "peak, kW": bill["peak"]["mean"],
    })
table = pd.DataFrame(rows).set_index("alternative")
print(table.round({"EUR/MWh paid": 2, "charges": 0, "MWh": 0, "energy, EUR": -2, "demand, EUR": -2,
                   "peak, kW": 0}).to_string())

# %% [markdown]
# The foundry pays more per MWh than the mean of the year, since it melts by day, when power is
# dear. Does any of the ideas pay, all told?

# %%
names = list(scenario.changes)
money = study.to_pandas("money").set_index("alternative")
for name in names:
    npv, low, high = money.loc[name, ["npv", "npv_low", "npv_high"]]
    print(f"{name:16} NPV over 5 years {npv:10,.0f} EUR ({low:10,.0f} to {high:10,.0f})")

# %%
today = table.loc["baseline"]
bill = (today["energy, EUR"] - table["energy, EUR"] + today["demand, EUR"] - table["demand, EUR"])
output = 180 * (table["charges"] - today["charges"])
extra_pay = pd.Series({"night shifts": 30_000}).reindex(table.index, fill_value=0)
saved, left = bill[names] / 1000, (bill + output - extra_pay)[names] / 1000
figure, axes = plt.subplots(figsize=(8, 3.2))
at = np.arange(len(names))
axes.bar(at - 0.2, saved, 0.38, color="#9ecae1", label="saved on the energy bill")
bars = axes.bar(at + 0.2, left, 0.38, color="#1b6ca8", label="left after extra pay and lost output")
for where, values in ((at - 0.2, saved), (at + 0.2, left)):
    for x, value in zip(where, values):
        axes.annotate(f"{value:+.0f}", (x, value), ha="center", xytext=(0, 3 if value > 0 else -12),
                      textcoords="offset points", fontsize=9)
axes.axhline(0, color="black", linewidth=0.8)
axes.set_xticks(at, names)
axes.set(ylabel="1000 EUR/year", ylim=(-115, 85),
         title="What the bill saves is not what an idea is worth")
axes.legend(frameon=False, loc="lower left")
plt.show()

# %% [markdown]
# - **Fixed price**: pays, since the foundry works in the dear hours. The offer would cease to pay
#   at the price that it pays today, which stands in the table.
# - **Night shifts**: the cheap hours save less than the extra pay costs.
# - **Slower melt**: pays best. The furnace was quicker than the caster, so that it can take its
#   time; the highest quarter of an hour falls, and hardly any output is lost.
# - **Smaller furnace**: now the furnace holds the caster back. The bill falls most of all, and
#   the idea is the worst: what is saved on energy is lost several times over in output.
#
# An energy bill alone never says what an idea is worth.
#
# **You have seen**: a real meter, forecasts that were scored, real prices, and ideas that a bill
# alone would have judged wrongly. **Next**: [lesson 7](7_sensitivity_and_optimisation.ipynb)
# searches for the best plan instead of comparing a few.
