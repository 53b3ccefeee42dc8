# %% [markdown]
# # 4 · Change and compare
#
# The question of every planner: *if I change this, what do I gain, what does it cost, and how
# sure is that?* The plant is a bottling line of six machines in two shifts, with short stops
# everywhere and long ones at the filler. (Its figures are typical of such lines; it is nobody's
# plant.)

# %%
import foretwin as ft
import numpy as np

scenario = ft.load("../scenarios/library/bottling_line/scenario.yaml")
print(scenario)

# %% [markdown]
# ## Changes have names and prices
# A *change* says what is different, what it costs to buy and what it costs to keep. The file
# brings some; one more is added here: a third operator, so that short stops wait for nobody. He
# needs no investment, and his wage is known to the plant.

# %%
scenario.change("third operator", description="short stops wait for nobody",
                set={"Operators/size": 3})
for name in scenario.changes:
    change = scenario[f"/changes/{name}"]
    print(f"{name}: {change.get('description', '')}")
    print(f"    invest {change.get('invest', 'nothing')}, "
          f"running cost {change.get('running_cost', 'none')}")

# %%
study = scenario.compare(["larger buffer", "faster filler", "condition monitoring",
                          "third operator"], replications=64, seed=1)
print(study.headline)

# %% [markdown]
# ## What is gained
# Each change meets **the same futures** as the plant of today: the jam that strikes one strikes
# the other. So what differs comes from the change and not from luck. A part is a pallet layer of
# 160 bottles.

# %%
study.plot.difference("throughput");

# %% [markdown]
# The third operator gains next to nothing: short stops hardly ever wait for somebody.

# %%
for name, answer in study.items():
    waiting = answer["downtime_waiting"]
    print(f"{name:21} {waiting.mean:.2f} h of four weeks waiting for people or spare parts")

# %% [markdown]
# ## Why the same futures
# Look at the larger buffer, future by future. A future that is bad for the line of today is bad
# for the other one, too; the *difference* hardly cares.

# %%
today = study["baseline"].futures("production")
other = study["larger buffer"].futures("production")
paired = (other - today).std(ddof=1)
apart = np.hypot(today.std(ddof=1), other.std(ddof=1))
print(f"production of today, first five futures:  {today[:5]}")
print(f"with the larger buffer:                   {other[:5]}")
print(f"spread of the difference, same futures:   {paired:6.0f} parts")
print(f"spread if each had its own futures:       {apart:6.0f} parts")
print(f"as sharp an answer would need {(apart / paired) ** 2:.0f} times as many futures")

# %% [markdown]
# ## Downtime is not loss
# It seems natural to judge a change by the downtime it saves. Here that would lead astray:

# %%
study.plot.difference("downtime");

# %% [markdown]
# The larger buffer *adds* downtime, and yet the line makes more: machines that run more also stop
# more. Condition monitoring saves downtime, and gains less. What counts is whether the slowest
# machine goes on working while another one stands. The next picture shows it: the filler is busy
# most, and what it loses is lost for good.

# %%
study.plot.loss_tree();

# %% [markdown]
# ## Does it pay?
# Cash flows are those of the changed plant minus those of the plant of today: margin of what is
# made in addition, energy, wages, spare parts. The *net present value* (NPV) adds up five years
# at the discount rate of the scenario.

# %%
money = study.to_pandas("money").set_index("alternative")
shown = ["investment", "npv", "npv_low", "npv_high", "probability_npv_positive", "payback_years"]
print(money[shown].round({"npv": -3, "npv_low": -3, "npv_high": -3}).round(2).to_string())

# %%
study.plot.difference("npv");

# %% [markdown]
# The interval of condition monitoring holds zero: from 64 futures nobody can say whether it pays.
# That is an answer, too. It says: do not decide by this figure; find out what it hangs on.
#
# For the larger buffer, here is the money over the years. The bands hold half and nine tenths of
# all futures.

# %%
study.plot.cash_flow_fan("larger buffer");

# %% [markdown]
# ## What must be true
# Nobody recorded the margin of a layer or the life of a valve set: they are *assumptions*, each
# with a range, and their ranges take part in every interval above. The tornado turns one after
# the other through its range.

# %%
study.plot.tornado("faster filler");

# %%
for row in study.tree["alternatives"]["faster filler"]["tornado"]:
    if row["break_even"] is not None and not row["within_noise"]:
        where = "inside" if row["break_even_in_range"] else "outside"
        print(f"{row['name']}: assumed {row['low']:g} to {row['high']:g} {row['unit']}; the answer "
              f"turns at {row['break_even']:.3g}, {where} that range")

# %% [markdown]
# So before the faster filler is bought, somebody should find out the margin.
#
# ## Two together
# Changes can be combined. Whether their gains add up is again a question to the twin.

# %%
both = scenario.study(["larger buffer", "condition monitoring",
                       ["larger buffer", "condition monitoring"]], replications=64, seed=1)
gains = {name: both[name].difference("production").mean for name in list(both)[1:]}
for name, gain in gains.items():
    print(f"{name:37} {gain:+7.0f} parts in four weeks")
print(f"{'the two gains added up':37} {list(gains.values())[0] + list(gains.values())[1]:+7.0f}")

# %% [markdown]
# **You have seen**: changes with prices, differences in the same futures, downtime that is no
# loss, money with its doubt, and what must be true for the answer to hold. **Next**: forecasts
# from the state of *now* ([lesson 5](5_from_now_on.ipynb)).
