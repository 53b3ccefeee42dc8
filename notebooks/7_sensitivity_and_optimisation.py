# %% [markdown]
# # 7 · Sensitivity and optimisation
#
# Two questions remain when a change looks good: *which of my numbers decide it?* and *is there a
# better one?* Any sampler and any optimiser can drive Foretwin: to them a study is a function
# from numbers to a figure. Here they come from SciPy.

# %%
import foretwin as ft
import matplotlib.pyplot as plt
import numpy as np
from foretwin.interoperate import objective
from scipy import optimize, stats

scenario = ft.load("../scenarios/library/bottling_line/scenario.yaml")

# %% [markdown]
# ## Which machine holds the line back?
# Six machines, each with a cycle. Let every one be up to 10 % quicker or slower, all at once,
# spread evenly over that range (a Sobol sequence), and fit a plane through the answers. Its
# slopes tell what a per cent of each machine is worth, the others being uncertain too.
#
# All points share the same seed and so the same luck: what differs between them comes from the
# cycles.

# %%
MACHINES = ["Washer", "Inspector", "Filler", "Labeller", "Packer", "Palletizer"]
short = scenario.copy()
short["/time/horizon"] = "1 week"
usual = [float(short[f"{machine}/cycle"].split()[0]) for machine in MACHINES]
throughput = objective(
    short, {f"{machine}/cycle": (0.9 * seconds, 1.1 * seconds, "s")
            for machine, seconds in zip(MACHINES, usual)},
    kpi="throughput", replications=4, seed=1)

points = stats.qmc.scale(stats.qmc.Sobol(6, rng=1).random(64), 0.9, 1.1)
answers = np.array([throughput.kpi_at(point * usual) for point in points])

percent = 100 * (points - 1)


def fitted(*columns):
    """Least squares: coefficients, and the share of the differences that they explain."""
    matrix = np.column_stack([np.ones(len(points)), *columns])
    coefficients, *_ = np.linalg.lstsq(matrix, answers, rcond=None)
    return coefficients, 1 - (answers - matrix @ coefficients).var() / answers.var()


plane, explained = fitted(percent)
print(f"throughput between {answers.min():.1f} and {answers.max():.1f} parts/h")
print(f"the plane explains {explained:.0%} of the differences")
for machine, slope in zip(MACHINES, plane[1:]):
    print(f"{machine:11} {-slope:+.2f} parts/h for each per cent quicker")

# %%
figure, axes = plt.subplots(figsize=(8, 2.8))
order = np.argsort(-plane[1:])
axes.barh([MACHINES[at] for at in order], -plane[1:][order], color="#1b6ca8")
axes.set(xlabel="parts/h gained for each per cent that the machine is quicker",
         title="The filler decides, the labeller helps")
plt.show()

# %% [markdown]
# Making the washer, the inspector, the packer or the palletizer quicker buys next to nothing.
# Part of the rest is that filler and labeller hold each other back: a quicker filler helps most
# when the labeller can follow. With their squares and their product, more is explained:

# %%
filler, labeller = percent[:, MACHINES.index("Filler")], percent[:, MACHINES.index("Labeller")]
_, explained = fitted(percent, filler**2, filler * labeller, labeller**2)
print(f"with these three terms {explained:.0%}")

# %% [markdown]
# ## How large should the buffer behind the filler be?
# Suppose that an accumulation table costs 20,000 EUR, and 10,000 EUR more for each place beyond
# today's eight. Too small gains little, too large never earns its price.

# %%
places = [12, 16, 20, 24, 32, 40, 56]
for count in places:
    scenario.change(f"{count} places", set={"Labeller/buffer": count},
                    invest=f"{20_000 + 10_000 * (count - 8)} EUR")
study = scenario.compare([f"{count} places" for count in places], replications=32, seed=1)
money = study.to_pandas("money").set_index("alternative")
print(money[["investment", "npv", "npv_low", "npv_high"]].round(0).to_string())

# %%
figure, axes = plt.subplots(figsize=(8, 3))
means, lows, highs = (money[key] / 1000 for key in ("npv", "npv_low", "npv_high"))
axes.errorbar(places, means, yerr=[means - lows, highs - means], fmt="o-", color="#1b6ca8",
              capsize=4)
axes.axhline(0, color="grey", linewidth=1)
axes.set(xlabel="places between filler and labeller (today 8)",
         ylabel="NPV over 5 years, 1000 EUR", title="The best size is a broad hill, not a point")
plt.show()

# %% [markdown]
# Are forty places better than thirty-two? Both met the same futures, so compare them future by
# future:

# %%
gap = study["40 places"].npv_futures() - study["32 places"].npv_futures()
print(f"forty are worth more in {np.mean(gap > 0):.0%} of the futures, "
      f"by {gap.mean():,.0f} EUR in the mean (futures spread by {gap.std(ddof=1):,.0f})")

# %% [markdown]
# On top of the hill it does not matter: neighbours are worth much the same, and the cheaper one
# binds less money.
#
# ## The same forty places, put elsewhere
# Today the five buffers have 6, 8, 8, 8 and 10 places. Moving a conveyor is cheaper than buying
# one: which division of the forty is best? SciPy's differential evolution tries a hundred or so,
# learning from each.

# %%
BUFFERS = ["Inspector", "Filler", "Labeller", "Packer", "Palletizer"]
today = [short[f"{machine}/buffer"] for machine in BUFFERS]


def divided(weights, total=40, least=2):
    """Whole places in proportion to the weights, at least two each."""
    shares = np.array(weights) / sum(weights) * (total - least * len(weights))
    whole = np.floor(shares).astype(int)
    for at in np.argsort(whole - shares)[: total - least * len(weights) - whole.sum()]:
        whole[at] += 1
    return [int(count) + least for count in whole]


def with_buffers(plant, counts):
    other = plant.copy()
    for machine, count in zip(BUFFERS, counts):
        other[f"{machine}/buffer"] = count
    return other


def lost(weights):
    """What the optimiser makes small: minus the throughput."""
    plant = with_buffers(short, divided(weights))
    return -plant.run(replications=4, seed=1)["baseline"]["throughput"].mean


search = optimize.differential_evolution(lost, [(0.02, 1.0)] * 5, popsize=4, maxiter=5,
                                         polish=False, tol=0, rng=1)
best = divided(search.x)
start = with_buffers(short, today).run(replications=4, seed=1)["baseline"]["throughput"].mean
print(f"today {dict(zip(BUFFERS, today))}: {start:.2f} parts/h")
print(f"found {dict(zip(BUFFERS, best))}: {-search.fun:.2f} parts/h")
print(f"{search.nfev} divisions were tried")

# %% [markdown]
# ## Never believe the winner on its own luck
# The best of them all was chosen *because* it did well in four futures of one week; part of that
# is luck. So it must prove itself in futures that took no part in the search: another seed, four
# weeks, and an interval.

# %%
plain = ft.load("../scenarios/library/bottling_line/scenario.yaml")
plain.change("divided anew", set={f"{m}/buffer": n for m, n in zip(BUFFERS, best)})
proof = plain.compare(["divided anew"], replications=32, seed=2)
gain = proof["divided anew"].difference("throughput")
promised = -search.fun - start
print(f"promised by the search: {promised:+.2f} parts/h")
print(f"in fresh futures:       {gain.mean:+.2f} parts/h ({gain.low:+.2f} to {gain.high:+.2f})")

# %%
figure, axes = plt.subplots(figsize=(8, 2.8))
at = np.arange(len(BUFFERS))
axes.bar(at - 0.2, today, 0.4, color="#c7c7c7", label="today")
axes.bar(at + 0.2, best, 0.4, color="#1b6ca8", label="found")
axes.set_xticks(at, [f"before the {machine.lower()}" for machine in BUFFERS], fontsize=8)
axes.set(ylabel="places", title="The same forty places, gathered around the filler")
axes.legend(frameon=False)
plt.show()

# %% [markdown]
# **You have seen**: what a per cent of each machine is worth, a best size that is a hill, a
# search, and the proof of its winner in fresh futures. **Next**: a machine that no catalogue has
# ([lesson 8](8_your_own_device.ipynb)).
