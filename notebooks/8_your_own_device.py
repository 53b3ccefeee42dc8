# %% [markdown]
# # 8 · Your own device
#
# The catalogue has stations, buffers, conveyors, crews, meters. Your plant has something else:
# here a **batch oven** that dries many parts at once. Its catalogue neighbour, the station, takes
# parts one by one. In this lesson you describe the oven as a Python class, prove it against a
# case that can be known, and ask it a question.

# %%
import foretwin as ft
import matplotlib.pyplot as plt

# %% [markdown]
# ## A class says what the device is
# The attributes declare parameters with their units, the state, timers, random draws and the
# figures it reports. The methods say what happens: a part comes, a timer fires. Nothing else is
# needed; the engine keeps the state, so the oven can be stored and forked like everything in the
# plant.


# %%
class BatchOven(ft.Device):
    """Dries parts together: starts when it is full, or when parts have waited long enough."""

    size = ft.parameter(kind="count", lowest=1, highest=200, meaning="parts of a full load")
    patience = ft.parameter("1 h", unit="s", lowest=0, meaning="longest wait for a full load")
    time = ft.law(unit="s", meaning="drying time of a load")
    heating = ft.parameter("60 kW", unit="W", lowest=0, meaning="power while it dries")
    idling = ft.parameter("12 kW", unit="W", lowest=0, meaning="power while it waits")

    loads = ft.figure(unit="1", kind="total")
    fill = ft.figure(unit="1", kind="mean")

    came = ft.state(0)          # parts that came so far
    gone = ft.state(0)          # parts that were dried so far
    inside = ft.state(0)        # parts of the load that is drying
    late = ft.state(0)          # 1: somebody has waited long enough
    dry = ft.timer()
    tired = ft.timer()
    drying = ft.draws()
    parts = ft.flow(capacity="unlimited")
    meter = ft.power(highest=1e6)

    def start(self):
        self.set_power(self.idling)

    def look(self):
        waiting = self.came - self.gone
        if self.inside or waiting == 0:
            return
        if waiting < self.size and not self.late:
            if self.due(self.tired) == float("inf"):
                self.after(self.tired, self.patience)
            return
        self.inside = min(waiting, self.size)
        self.late = 0
        self.cancel(self.tired)
        self.record(self.loads, 1)
        self.record(self.fill, self.inside)
        self.set_power(self.heating)
        self.after(self.dry, self.sample(self.time, self.drying))

    def on_part(self, part):
        self.came = part + 1
        self.look()

    def on_tired(self):
        self.late = 1
        self.look()

    def on_dry(self):
        for part in range(self.gone, self.gone + self.inside):
            self.send_on(part)
        self.gone += self.inside
        self.inside = 0
        self.set_power(self.idling)
        self.look()


# %% [markdown]
# From now on scenarios know the type `batch_oven`, with its parameters held to their units like
# all others.

# %%
try:
    ft.load({"foretwin": 1, "name": "Try", "time": {"horizon": "1 day"}, "devices": {
        "Oven": {"type": "batch_oven", "size": 8, "time": "40 kW", "patiense": "1 h",
                 "next": "Out"},
        "Out": {"type": "sink"}}})
except ft.InputError as mistake:
    print(mistake)

# %% [markdown]
# ## First: is it right?
# An oven for one part at a time *is* a station. So the same plant with the one and with the other
# must make the same parts in the same time, in every single future.


# %%
def plant(oven):
    """A paint shop with this oven."""
    return ft.load({
        "foretwin": 1,
        "name": "Paint shop",
        "time": {"start": "2026-01-05T06:00", "zone": "Europe/Berlin", "warm_up": "1 day",
                 "horizon": "4 weeks"},
        "devices": {
            "Orders": {"type": "source", "part": "door", "when_full": "wait", "next": "Spray booth",
                       "every": {"exponential": {"mean": "5.5 min"}}},
            "Spray booth": {"type": "station", "buffer": "unlimited", "scrap": "1 %",
                            "cycle": {"lognormal": {"mean": "4 min", "sd": "1 min"}},
                            "next": "Oven"},
            "Oven": {**oven, "next": "Dispatch"},
            "Dispatch": {"type": "sink"},
        },
    })


station = plant({"type": "station", "buffer": "unlimited", "cycle": "5 min"}).run(
    replications=8, seed=1)["baseline"]
oven = plant({"type": "batch_oven", "size": 1, "time": "5 min"}).run(
    replications=8, seed=1)["baseline"]
for kpi in ("production", "lead_time"):
    largest = abs(oven.futures(kpi) - station.futures(kpi)).max()
    print(f"{kpi}: station {station[kpi].mean:.6g}, oven {oven[kpi].mean:.6g} {oven[kpi].unit}, "
          f"largest difference of any future {largest:g}")

# %% [markdown]
# ## Then: a question
# A load takes 40 minutes, however full the oven is. For how many doors should it wait? Small
# loads burn energy, large loads keep doors waiting, and an oven that is too small cannot keep up.

# %%
scenario = plant({"type": "batch_oven", "size": 8,
                  "time": {"lognormal": {"mean": "40 min", "sd": "4 min"}}})
sizes = [9, 10, 12, 16, 24]
for size in sizes:
    scenario.change(f"{size} doors", set={"Oven/size": size})
study = scenario.compare(replications=8, seed=1)
answers = {8: study["baseline"], **{size: study[f"{size} doors"] for size in sizes}}

print("load      in the plant        energy    doors in a load")
for size, answer in answers.items():
    fill = study.tree["alternatives"][answer.name]["devices"]["Oven"]["fill"]["mean"]
    print(f"{size:2} doors  {answer['lead_time'].mean:5.2f} h per door  "
          f"{answer['energy_per_part'].mean:.2f} kWh per door  {fill:.1f}")

# %%
figure, axes = plt.subplots(figsize=(8, 3.4))
for size, answer in answers.items():
    time, energy = answer["lead_time"], answer["energy_per_part"]
    axes.errorbar(time.mean, energy.mean, xerr=[[time.mean - time.low], [time.high - time.mean]],
                  fmt="o", color="#d95f02" if size == 8 else "#1b6ca8", capsize=3)
    axes.annotate(f"{size} doors", (time.mean, energy.mean), xytext=(8, 5),
                  textcoords="offset points")
axes.set(xlabel="hours that a door spends in the plant", ylabel="kWh per door",
         title="Down and to the left is better: loads of 8 lose on both sides", xlim=(1.2, 1.85))
plt.show()

# %% [markdown]
# Loads of 8 lose on both sides: doors queue before the full oven *and* it heats more often. Loads
# of 10 take no longer than loads of 9 and need less energy. From 10 on it is a choice: more
# waiting buys less energy. At 24 the oven seldom fills before an hour is over, so that larger
# still would change little.
#
# The gains have intervals, since the oven lives in the same futures as everything else:

# %%
for size in sizes:
    saved = study[f"{size} doors"].difference("energy_per_part")
    print(f"{size:2} instead of 8 doors: {saved.mean:+.2f} kWh per door "
          f"({saved.low:+.2f} to {saved.high:+.2f})")

# %% [markdown]
# ## It keeps the promises
# The same figures on any number of threads, to the last bit.

# %%
print("one thread: ", scenario.run(replications=8, seed=1, threads=1).fingerprint)
print("two threads:", scenario.run(replications=8, seed=1, threads=2).fingerprint)

# %% [markdown]
# What keeps that promise is up to you, too: chance comes from the device's own draws
# (`self.sample`, `self.uniform`, ...), never from `random` or NumPy, and what it remembers is
# declared as state.
#
# Python handlers cost more per event than the catalogue's devices. Where that matters, `class
# BatchOven(ft.Device, compile=True)` has Numba compile them (`pip install "foretwin[numba]"`).
#
# **You have seen** the whole way: [simulate](1_first_simulation.ipynb),
# [look](2_look_at_telemetry.ipynb), [calibrate](3_calibrate.ipynb),
# [compare](4_change_and_compare.ipynb), [follow](5_from_now_on.ipynb), [pay for
# energy](6_energy_and_tariffs.ipynb), [search](7_sensitivity_and_optimisation.ipynb), and add
# what was missing.
