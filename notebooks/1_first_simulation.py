# %% [markdown]
# # 1 · First simulation
#
# A *digital twin* of a plant is a model that can be asked what will happen. In this lesson you
# build one of three machines, let it run for four weeks, and read its answer: how much it makes,
# where the time goes, and **how sure that is**.
#
# You need nothing but this notebook. Later lessons bring records of real machines.

# %%
import foretwin as ft
import matplotlib.pyplot as plt

# %% [markdown]
# ## A plant is a text
# A saw, a mill and a washing machine stand in a row. Between them is room for a few parts. The
# mill is the slowest. The saw needs a new blade now and then, and the mill's tools break.
#
# Every quantity carries its unit; `buffer` is the number of places in front of a machine.

# %%
scenario = ft.load("""
foretwin: 1
name: My first line
time: {start: 2026-01-05T00:00, zone: Europe/Berlin, warm_up: 2 days, horizon: 4 weeks}
flow: [Blanks, Saw, Mill, Washer, Dispatch]
devices:
  Blanks: {type: source, part: housing, saturated: true}
  Saw:
    type: station
    cycle: {lognormal: {mean: 52 s, sd: 6 s}}
    power: {busy: 7.5 kW, starved: 1.2 kW}
    failures:
      blade:
        clock: operating                  # the blade ages only while it cuts
        time_to_failure: {weibull: {shape: 2, scale: 11 h}}
        repair: {lognormal: {mean: 22 min, sd: 10 min}}
  Mill:
    type: station
    buffer: 20
    cycle: {lognormal: {mean: 58 s, sd: 4 s}}
    scrap: 1 %
    power: {busy: 16 kW, starved: 4 kW}
    failures:
      tool break:
        clock: operating
        time_to_failure: {exponential: {mean: 7 h}}
        repair: {lognormal: {mean: 18 min, sd: 12 min}}
  Washer: {type: station, buffer: 15, cycle: 50 s, power: {busy: 11 kW, starved: 9 kW}}
  Dispatch: {type: sink}
""")
scenario

# %% [markdown]
# ## Run it
# Nobody knows when a blade will break. So Foretwin plays the four weeks many times, each time
# with other luck. Each such life is called a *replication*, or simply **a future**. Here are 64
# of them.

# %%
study = scenario.run(replications=64, seed=1)
study

# %% [markdown]
# The 95 % interval is one **of the mean**: were all possible futures known, their mean would most
# likely lie within. It is *not* how much one month differs from the next; that is the column
# *a single future*. Here are the futures themselves.

# %%
made = study["baseline"].futures("production")
production = study["baseline"]["production"]
print(f"{made.size} futures, the first three: {made[:3]}")
print(f"mean of all futures        {production.mean:,.0f}")
print(f"95 % interval of the mean  {production.low:,.0f} to {production.high:,.0f}")
print(f"95 % of single futures     {production.future_low:,.0f} to {production.future_high:,.0f}")

# %%
figure, axes = plt.subplots(figsize=(8, 3.2))
axes.hist(made, bins=14, color="#9ecae1", edgecolor="white")
axes.axvspan(production.low, production.high, color="#d95f02", alpha=0.6,
             label="95 % interval of the mean")
axes.axvspan(production.future_low, production.future_high, color="#1b6ca8", alpha=0.12,
             label="95 % of single futures")
axes.set(xlabel="good parts in four weeks", ylabel="futures", title="64 futures of the same line")
axes.legend(frameon=False, loc="upper left")
plt.show()

# %% [markdown]
# More futures make the interval of the mean narrower. They do not make single futures more alike:
# that is luck, and no computation removes it.

# %%
for replications in (16, 64, 256):
    answer = scenario.run(replications=replications, seed=1)["baseline"]["production"]
    of_mean, of_one = answer.high - answer.low, answer.future_high - answer.future_low
    print(f"{replications:4} futures: the mean is known to ±{of_mean / 2:3.0f} parts, "
          f"single futures spread by ±{of_one / 2:3.0f}")

# %% [markdown]
# ## Where does the time go?
# A machine is always in exactly one state. *Starved* means: nothing to work on. *Blocked* means:
# finished, but no place to put the part.

# %%
study.plot.loss_tree();

# %% [markdown]
# The mill is the bottleneck: it is busy nearly always and hardly waits. The saw is blocked, since
# the mill does not take its parts fast enough; the washer is starved.
#
# ## Change something
# Values are reached by their path; a copy keeps the original as it was. How much more would the
# line make if the mill were quicker?

# %%
cycles = [60, 58, 56, 54, 52, 50, 48, 46]
answers = []
for seconds in cycles:
    other = scenario.copy()
    other["Mill/cycle"] = f"{seconds} s"
    answers.append(other.run(replications=64, seed=1)["baseline"]["production"])
for seconds, answer in zip(cycles, answers):
    print(f"mill {seconds} s: {answer.mean:9,.0f} good parts in four weeks")

# %%
figure, axes = plt.subplots(figsize=(8, 3))
axes.fill_between(cycles, [a.future_low for a in answers], [a.future_high for a in answers],
                  color="#9ecae1", alpha=0.6, label="95 % of single futures")
axes.plot(cycles, [a.mean for a in answers], "o-", color="#1b6ca8", label="mean")
axes.axvline(52, color="#d95f02", linestyle="--")
axes.text(51.8, answers[0].mean, "the saw's cycle", color="#d95f02", va="bottom")
axes.invert_xaxis()
axes.set(xlabel="mill's cycle, s (quicker to the right)", ylabel="good parts in four weeks",
         title="A quicker mill helps until another machine is the slowest")
axes.legend(frameon=False, loc="upper left")
plt.show()

# %%
first = answers[cycles.index(54)].mean / answers[cycles.index(58)].mean - 1
last = answers[cycles.index(46)].mean / answers[cycles.index(50)].mean - 1
print(f"from 58 to 54 s: {first:+.1%}")
print(f"from 50 to 46 s: {last:+.1%}")

# %% [markdown]
# The first four seconds bring nearly all that they promise; the last four nearly nothing, since
# by then the saw holds the line back. This is what a simulation is for. Lesson 4 makes such
# comparisons properly, with intervals of the difference and with money.
#
# ## Mistakes are told, not guessed away
# A unit that does not fit, a name that is misspelt: all problems of a text are named at once,
# with line and column.

# %%
try:
    ft.load(scenario.to_yaml().replace("52 s", "52 kW").replace("buffer: 15", "bufer: 15"))
except ft.InputError as mistake:
    print(mistake)

# %% [markdown]
# ## The same answer, anywhere
# The same scenario, seed and number of replications give the same figures to the last bit, on any
# computer and any number of threads. A *fingerprint* of all figures makes that easy to verify;
# the command line prints the same one.

# %%
print("one thread: ", scenario.run(replications=64, seed=1, threads=1).fingerprint)
print("two threads:", scenario.run(replications=64, seed=1, threads=2).fingerprint)

# %% [markdown]
# **You have seen**: a scenario is a text with units; a study is many futures; an interval of the
# mean is not the spread of futures; the bottleneck decides. **Next**: what a real machine told of
# itself ([lesson 2](2_look_at_telemetry.ipynb)).
