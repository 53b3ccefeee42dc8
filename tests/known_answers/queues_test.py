"""Queues of the oracle library: single stations, breakdowns, repair shops, networks.

One model time unit is one second, except where machines fail: there it is one hour.
"""

import sys

sys.dont_write_bytecode = True

import oracle_judge as judges  # noqa: E402
from oracle_product import (  # noqa: E402
    amount, estimate_of, exponential, failed_at_start, law, parts_at_start, start_calendars)

LEVELS = {"0.5": "p50", "0.9": "p90", "0.95": "p95", "0.99": "p99"}


def single_station(interval, service, machines=1, buffer="unlimited", **more):
    return {"Source": {"type": "source", "every": interval, "when_full": "lost", "next": "S"},
            "S": {"type": "station", "machines": machines, "buffer": buffer, "cycle": service,
                  "next": "Sink", **more},
            "Sink": {"type": "sink"}}


def futures_of(judge):
    """At least 400 where the spread over futures is an answer itself."""
    spread = any(name.endswith(("_tavc", "_var_rate")) for name in judge.case["answers"])
    return 400 if spread else judge.rule["replications"]


def judge_station(judge, figures, machines=1):
    """Answers that every single station tells."""
    told = {
        "util": lambda: figures.share("S", "busy"),
        "L": lambda: figures.device("S", "work_in_process"),
        "Lq": lambda: figures.device("S", "queue_length"),
        "W": lambda: figures.time("S", "sojourn"),
        "Wq": lambda: figures.time("S", "wait"),
        "P_wait": lambda: figures.device("S", "waited_share"),
        "sigma": lambda: figures.device("S", "waited_share"),
        "throughput": lambda: figures.rate("Sink", "throughput"),
    }
    for answer, estimate in told.items():
        if judge.has(answer):
            judge.mean(answer, estimate())
    for level, name in LEVELS.items():
        if judge.has(f"W_q{level}") and judge.later(f"W_q{level}") is None:
            judge.mean(f"W_q{level}", figures.time("Sink", "lead_time", name))
    if judge.has("P_empty") and machines == 1:
        judge.mean("P_empty", figures.share("S", "starved"))
    if judge.has("L_tavc"):
        judge.variance_constant("L_tavc", figures.device("S", "work_in_process"), figures.length)
    if judge.has("Lq_tavc"):
        judge.variance_constant("Lq_tavc", figures.device("S", "queue_length"), figures.length)


def judge_number(judge, devices, at, futures):
    """The distribution of the number in the system, seen at one instant of many futures."""
    figures = judge.product.look(devices, unit="s", at=at, futures=futures,
                                 by_future=["work_in_process"])
    numbers = [round(value) for value in figures.by_future("work_in_process")]
    if judge.has("var_L"):
        judge.block_mean("var_L", numbers, lambda block: estimate_of(block).sd ** 2)
    for level in ("0.05", *LEVELS):
        if judge.has(f"N_q{level}"):
            judge.integer_quantile(f"N_q{level}", numbers, float(level))
    if judge.has("P_empty") and judge.later("P_empty") is None:
        judge.probability("P_empty", numbers.count(0), len(numbers))
    if judge.has("P_N"):
        judge.counts("P_N", numbers, judge.exact("P_N"))


def stationary(judge, devices, machines=1):
    rule = judge.rule
    figures = judge.product.run(devices, unit="s", length=rule["length"], warm_up=rule["warmup"],
                                futures=futures_of(judge))
    judge_station(judge, figures, machines)
    return figures


def mm1(judge):
    p = judge.params
    devices = single_station(exponential(p["lam"], "s"), exponential(p["mu"], "s"))
    stationary(judge, devices)
    judge_number(judge, devices, judge.rule["warmup"], 64000)


def mmc(judge):
    p = judge.params
    devices = single_station(exponential(p["lam"], "s"), exponential(p["mu"], "s"), p["c"])
    stationary(judge, devices, p["c"])
    if judge.later("P_empty") is None:
        relaxation = ((p["c"] * p["mu"]) ** 0.5 - p["lam"] ** 0.5) ** -2
        judge_number(judge, devices, 20 * relaxation, 50000)


def mmck(judge):
    p = judge.params
    devices = single_station(exponential(p["lam"], "s"), exponential(p["mu"], "s"), p["c"],
                             p["K"] - p["c"])
    figures = stationary(judge, devices, p["c"])
    lost = figures.rate("Source", "lost_rate")
    judge.variance_constant("reject_count_var_rate", lost, figures.length)
    # The share that is lost: Poisson arrivals are offered at a known rate.
    judge.mean("P_block", lost / p["lam"])
    if p["c"] > 1:
        judge_number(judge, devices, 60, 350000)


def mg1(judge):
    service = law(judge.params["service"], "s")
    stationary(judge, single_station(exponential(judge.params["lam"], "s"), service))


def md1(judge):
    p = judge.params
    devices = single_station(exponential(p["lam"], "s"), amount(p["D"], "s"))
    stationary(judge, devices)
    judge_number(judge, devices, judge.rule["warmup"], 20000)


def gm1(judge):
    p = judge.params
    stationary(judge, single_station(law(p["interarrival"], "s"), exponential(p["mu"], "s")))


def mg_infinity(judge):
    p = judge.params
    # Sixty servers: that more are wanted has a chance below 1e-30.
    devices = single_station(exponential(p["lam"], "s"), law(p["service"], "s"), 60, 0)
    judge_number(judge, devices, 100, 20000)
    figures = judge.product.run(devices, unit="s", length=2000, warm_up=100, futures=32)
    judge.mean("L", figures.device("S", "work_in_process"))
    for answer in judge.case["answers"]:
        if answer.startswith("E_N(t="):
            at = float(answer[len("E_N(t="):answer.index(")")])
            seen = judge.product.look(devices, unit="s", at=at, futures=20000, by_future=[])
            judge.mean(answer, seen.device("S", "work_in_process"))


def mm1_transient(judge):
    p = judge.params
    devices = single_station(exponential(p["lam"], "s"), exponential(p["mu"], "s"))
    more = {}
    if p["N0"] > 0:
        devices["Start"] = parts_at_start(p["N0"], "S")
        more["calendars"] = start_calendars(p["N0"])
    for at, answers in judge.case["answers"].items():
        t = float(at.removeprefix("t="))
        futures = judge.rule["replications"]
        seen = judge.product.look(devices, unit="s", at=t, by_future=["work_in_process"],
                                  futures=max(futures, round(4500 / answers["P_empty"])), **more)
        numbers = [round(value) for value in seen.by_future("work_in_process")]
        judge.mean(f"{at}/E_N", seen.device("S", "work_in_process"))
        judge.standard_deviation(f"{at}/SD_N", numbers)
        judge.probability(f"{at}/P_empty", numbers.count(0), len(numbers))
        figures = judge.product.run(devices, unit="s", length=t, futures=futures, **more)
        judge.mean(f"{at}/E_timeavg_N", figures.device("S", "work_in_process"))
        judge.mean(f"{at}/E_departures", figures.device("S", "left"))


def breakdowns(judge):
    p = judge.params
    clock = "on_shift" if p["failures"] == "time" else "operating"
    jam = {"clock": clock, "time_to_failure": exponential(p["failure_rate_exp"], "s"),
           "repair": law(p["repair"], "s")}
    devices = single_station(exponential(p["lam"], "s"), law(p["service"], "s"),
                             failures={"jam": jam})
    figures = stationary(judge, devices)
    judge.mean("frac_busy", figures.share("S", "busy"))
    judge.mean("frac_down", figures.share("S", "repair"))
    judge.mean("frac_idle", figures.share("S", "starved"))
    judge.mean("failure_rate", figures.per_time("S", "failures"))
    if clock == "operating":  # the machine is idle exactly when no completion time runs
        judge.mean("util_effective", figures.share("S", "starved").complement())


def repair_shop(p, down=0):
    """N machines and their crew; `down` of them fail as the run begins."""
    devices = {"Crew": {"type": "crew", "size": p["crews"]}}
    for number in range(p["N"]):
        first = failed_at_start(p["fail_rate"], "h") if number < down else {}
        wear = {"clock": "calendar", "time_to_failure": exponential(p["fail_rate"], "h"),
                "repair": exponential(p["repair_rate"], "h"), "crew": "Crew", **first}
        devices[f"M{number + 1:02}"] = {"type": "machine", "rate": "1 part/h",
                                        "failures": {"wear": wear}}
    return devices


def machine_repair(judge):
    p, rule = judge.params, judge.rule
    devices = repair_shop(p)
    wanted = ["downtime", "downtime_waiting", "failures"]
    figures = judge.product.run(devices, unit="h", length=rule["length"], by_future=wanted,
                                warm_up=rule["warmup"], futures=futures_of(judge))
    down = figures.kpi("downtime") / figures.length
    judge.mean("mean_down", down)
    judge.mean("mean_up", (down * -1).plus(p["N"]))
    judge.mean("machine_availability", (down / p["N"]).complement())
    judge.mean("mean_waiting_repair", figures.device("Crew", "queue_length"))
    judge.mean("crew_util", figures.device("Crew", "utilisation"))
    judge.mean("failures_per_time", figures.kpi("failures") / figures.length)
    judge.mean("mean_downtime", figures.kpi("mean_down_time"))
    waits = zip(figures.by_future("downtime_waiting"), figures.by_future("failures"))
    judge.mean("mean_wait_for_crew", estimate_of([wait / count for wait, count in waits]))
    judge.variance_constant("mean_down_tavc", down, figures.length)
    judge.variance_constant("failure_count_var_rate", figures.kpi("failures") / figures.length,
                            figures.length)
    seen = judge.product.look(devices, unit="h", at=rule["warmup"], futures=40000,
                              by_future=["downtime"])
    numbers = [round(value / seen.length) for value in seen.by_future("downtime")]
    judge.counts("P_down_n", numbers, judge.exact("P_down_n"))
    for answer in judge.case["answers"]:
        if not answer.startswith(("E_machine_downtime[0,", "E_failures[0,")):
            continue
        until = float(answer[answer.index(",") + 1:answer.index("]")])
        start = answer.partition("|")[2]
        shop = repair_shop(p, 0 if start == "all_up" else int(start.split("_")[0]))
        figures = judge.product.run(shop, unit="h", length=until, futures=20000)
        kpi = "failures" if answer.startswith("E_failures") else "downtime"
        judge.mean(answer, figures.kpi(kpi))


def shares(row, names):
    """Where parts go next; what is missing to 1 leaves the plant."""
    given = {name: share for name, share in zip(names, row) if share > 0}
    rest = 1 - sum(given.values())
    if rest > 1e-9:
        given["Sink"] = rest
    return given if len(given) > 1 else next(iter(given))


def jackson(judge):
    p, rule = judge.params, judge.rule
    names = [f"N{i}" for i in range(len(p["mu"]))]
    devices = {"Sink": {"type": "sink"}}
    for i, name in enumerate(names):
        devices[name] = {"type": "station", "machines": p["servers"][i], "buffer": "unlimited",
                         "cycle": exponential(p["mu"][i], "s"),
                         "next": shares(p["routing"][i], names)}
        if p["external"][i] > 0:
            devices[f"In{i}"] = {"type": "source", "every": exponential(p["external"][i], "s"),
                                 "when_full": "lost", "next": name}
    figures = judge.product.run(devices, unit="s", length=rule["length"], warm_up=rule["warmup"],
                                futures=rule["replications"])
    arrivals = sum(p["external"])
    for i, name in enumerate(names):
        entered = figures.per_time(name, "entered")
        judge.mean(f"nodes/{i}/arrival_rate", entered)
        judge.mean(f"nodes/{i}/visits", entered / arrivals)
        judge.mean(f"nodes/{i}/util", figures.share(name, "busy"))
        judge.mean(f"nodes/{i}/L", figures.device(name, "work_in_process"))
        judge.mean(f"nodes/{i}/Lq", figures.device(name, "queue_length"))
        judge.mean(f"nodes/{i}/Wq", figures.time(name, "wait"))
        if p["servers"][i] == 1:
            judge.mean(f"nodes/{i}/P_empty", figures.share(name, "starved"))
    busiest = max(range(len(names)), key=lambda i: judge.exact(f"nodes/{i}/util"))
    judge.mean("max_util", figures.share(names[busiest], "busy"))
    judge.mean("L_total", figures.kpi("work_in_process"))
    judge.mean("W_total", figures.time("Sink", "lead_time", "mean"))


def closed(judge):
    """A closed network is a CONWIP line whose finished parts start again at the first node."""
    p, rule = judge.params, judge.rule
    count = len(p["mean_service"])
    names = [f"N{i}" for i in range(count)]
    if "cyclic" in p["routing"]:
        following = [*names[1:], "Sink"]
    else:  # node 1 to nodes 2 and 3 by their visits, both to node 4, and back
        split = dict(zip(names[1:-1], p["visit_ratios"][1:-1]))
        following = [split, *[names[-1]] * (count - 2), "Sink"]
    devices = {"Loop": {"type": "source", "conwip": p["population"], "next": names[0]},
               "Sink": {"type": "sink"}}
    for i, name in enumerate(names):
        delay = p["servers_0_means_delay"][i] == 0
        devices[name] = {"type": "station", "buffer": "unlimited", "next": following[i],
                         "machines": p["population"] if delay else p["servers_0_means_delay"][i],
                         "cycle": exponential(1 / p["mean_service"][i], "s")}
    figures = judge.product.run(devices, unit="s", length=rule["length"], warm_up=rule["warmup"],
                                futures=rule["replications"])
    judge.mean("throughput", figures.rate("Sink", "throughput"))
    judge.mean("cycle_time", figures.time("Sink", "lead_time", "mean"))
    for i, name in enumerate(names):
        judge.mean(f"nodes/{i}/L", figures.device(name, "work_in_process"))
        judge.mean(f"nodes/{i}/util", figures.share(name, "busy"))
        judge.mean(f"nodes/{i}/throughput", figures.per_time(name, "left"))
        judge.mean(f"nodes/{i}/residence_per_visit", figures.time(name, "sojourn"))
        if devices[name]["machines"] == 1:
            judge.mean(f"nodes/{i}/P_empty", figures.share(name, "starved"))


FUNCTIONS = {"Q-MM1-": mm1, "Q-MM1T": mm1_transient, "Q-MMC-": mmc, "Q-MMCK": mmck, "Q-MG1": mg1,
             "Q-MD1": md1, "Q-GM1": gm1, "Q-MGI": mg_infinity, "Q-BRK": breakdowns,
             "Q-MRP": machine_repair, "Q-JAC": jackson, "Q-CQN": closed}

if __name__ == "__main__":
    sys.exit(judges.run_family(judges.cases_of("queues"), FUNCTIONS))
