"""Energy of the oracle library: what power by state, switching off and tariffs cost."""

import sys

sys.dont_write_bytecode = True

import oracle_judge as judges  # noqa: E402
from oracle_plant import power_of  # noqa: E402
from oracle_product import amount, exponential, failed_at_start, law  # noqa: E402


def up_and_down(fail_rate, repair_rate, kw_up, kw_down, down_at_start=False):
    first = failed_at_start(fail_rate, "h") if down_at_start else {}
    wear = {"clock": "calendar", "time_to_failure": exponential(fail_rate, "h"),
            "repair": exponential(repair_rate, "h"), **first}
    return {"M": {"type": "machine", "rate": "1 part/h", "failures": {"wear": wear},
                  "power": power_of({"busy": kw_up, "down": kw_down})}}


def two_states(judge):
    p = judge.params
    rates = (p["fail_rate_per_h"], p["repair_rate_per_h"], p["P_up_kW"], p["P_down_kW"])
    figures = judge.product.run(up_and_down(*rates), unit="h", length=5000, warm_up=100,
                                futures=1000)
    mean_kw = figures.kpi("energy") / figures.length
    judge.mean("mean_power", mean_kw)
    judge.variance_constant("power_tavc", mean_kw, figures.length)
    judge.variance_constant("SD_energy_asymptotic", mean_kw, figures.length,
                            to_constant=lambda sd: sd ** 2 / p["T_h"])
    for start in ("up", "down"):
        figures = judge.product.run(up_and_down(*rates, start == "down"), unit="h",
                                    length=p["T_h"], futures=judge.rule["replications"])
        judge.mean(f"E_energy[0,{p['T_h']}]|{start}", figures.kpi("energy"))


def semi_markov(judge):
    """Each power state is a station that the one token passes: a visit lasts its sojourn."""
    p, rule = judge.params, judge.rule
    states = {state["name"]: state for state in p["states"]}
    devices = {"Token": {"type": "source", "conwip": 1, "next": "busy"}, "Sink": {"type": "sink"}}
    # After work comes a short pause or, in three of ten cases, standby and warming up.
    following = {"busy": {"idle": states["idle"]["visits"], "standby": states["standby"]["visits"]},
                 "idle": "Sink", "standby": "warmup", "warmup": "Sink"}
    laws = {"busy": {"dist": "lognormal", "cv": 0.5}, "idle": {"dist": "exponential"},
            "standby": {"dist": "gamma", "shape": 2}, "warmup": {"dist": "deterministic"}}
    for name, state in states.items():
        devices[name] = {"type": "station", "cycle": law({**laws[name], "mean": state["mean"]},
                                                         "min"),
                         "next": following[name], "power": power_of({"busy": state["kW"]})}
    figures = judge.product.run(devices, unit="min", length=rule["length"],
                                warm_up=rule["warmup"], futures=rule["replications"])
    for i, state in enumerate(p["states"]):
        judge.mean(f"fractions/{i}", figures.share(state["name"], "busy"))
    judge.mean("mean_power", figures.kpi("energy") / (figures.length * figures.hours))


def switch_off(judge):
    p, rule = judge.params, judge.rule
    off, setup, busy, idle = p["kW_off_setup_busy_idle"]

    def station(**more):
        return {"Source": {"type": "source", "every": exponential(p["lam"], "s"),
                           "when_full": "lost", "next": "S"},
                "S": {"type": "station", "buffer": "unlimited", "cycle": law(p["service"], "s"),
                      "next": "Sink", "power": {"standby": amount(off, "kW"),
                                                "setup": amount(setup, "kW"),
                                                "busy": amount(busy, "kW"),
                                                "starved": amount(idle, "kW")}, **more},
                "Sink": {"type": "sink"}}

    standby = {"after": "0 s", "wake": law(p["setup"], "s")}
    figures = judge.product.run(station(standby=standby), unit="s", length=rule["length"],
                                warm_up=rule["warmup"], futures=rule["replications"])
    judge.mean("frac_busy", figures.share("S", "busy"))
    judge.mean("frac_off", figures.share("S", "standby"))
    judge.mean("frac_setup", figures.share("S", "setup"))
    # The wait before the service holds the setup, during which the part lies in the machine.
    judge.mean("Wq", figures.time("S", "sojourn").plus(-p["service"]["mean"]))
    judge.mean("L", figures.device("S", "work_in_process"))
    judge.mean("mean_power", figures.kpi("energy") / (figures.length * figures.hours))
    judge.mean("starts_per_time", figures.per_time("S", "wakes"))
    figures = judge.product.run(station(), unit="s", length=rule["length"],
                                warm_up=rule["warmup"], futures=rule["replications"])
    judge.mean("mean_power_if_idling_instead",
               figures.kpi("energy") / (figures.length * figures.hours))
    judge.mean("Wq_if_idling", figures.time("S", "wait"))


def time_of_use(judge):
    p = judge.params
    bands = {f"{begin:02}:00-{end:02}:00": amount(price, "EUR/kWh")
             for begin, end, price in p["tariff"]}
    devices = up_and_down(p["fail_rate"], p["repair_rate"], p["P_up"], p["P_down"])
    devices["Grid"] = {"type": "tariff", "energy": {"bands": {"every_day": bands}}}
    figures = judge.product.run(devices, unit="h", length=p["T_h"],
                                futures=judge.rule["replications"],
                                time={"start": f"2026-01-05T{p['start_hour_of_day']:02}:00"})
    judge.mean("E_cost", figures.kpi("energy_cost"))
    judge.mean("E_kWh", figures.kpi("energy"))


FUNCTIONS = {"E-2S": two_states, "E-SM": semi_markov, "E-SU": switch_off, "E-TX": time_of_use}

if __name__ == "__main__":
    sys.exit(judges.run_family(judges.cases_of("energy"), FUNCTIONS))
