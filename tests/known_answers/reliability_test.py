"""Reliability of the oracle library: one unit, a repair pool, standby, spares, replacement."""

import sys

sys.dont_write_bytecode = True

import oracle_judge as judges  # noqa: E402
from oracle_product import amount, estimate_of, exponential, failed_at_start, law  # noqa: E402

U = "h"  # one model time unit is one hour


def one_machine(life, repair, **more):
    """A machine that ages on the calendar clock; other causes and plans in `more`."""
    wear = {"clock": "calendar", "time_to_failure": life, "repair": repair,
            **more.pop("cause", {})}
    return {"M": {"type": "machine", "rate": "1 part/h", "failures": {"wear": wear}, **more}}


def weibull(p):
    return law({"dist": "weibull", "shape": p["shape"], "scale": p["scale"]}, U)


def alternating(judge):
    p, rule = judge.params, judge.rule
    figures = judge.product.run(one_machine(law(p["up"], U), law(p["down"], U)), unit=U,
                                length=rule["length"], warm_up=rule["warmup"], futures=1200)
    down, failures = figures.kpi("downtime"), figures.kpi("failures")
    judge.mean("availability", figures.share("M", "busy"))
    judge.mean("failures_per_time", failures / figures.length)
    judge.mean("MTTF", figures.device("M", "mtbf"))
    judge.mean("MTTR", figures.device("M", "mttr"))
    judge.variance_constant("downtime_var_rate", down / figures.length, figures.length)
    judge.variance_constant("failure_count_var_rate", failures / figures.length, figures.length)
    judge.variance_constant("SD_D_over_T10000", down / figures.length, figures.length,
                            to_constant=lambda sd: sd ** 2 / 10000)


def downtime_distribution(judge):
    p, futures = judge.params, judge.rule["replications"]
    figures = judge.product.run(one_machine(law(p["up"], U), law(p["down"], U)), unit=U,
                                length=p["T"], futures=futures, by_future=["downtime"])
    downtimes = figures.by_future("downtime")
    count = len(downtimes)
    judge.cdf("P_no_downtime", sum(down < 1e-9 for down in downtimes), count)
    for name in judge.exact("cdf"):
        limit = float(name.removeprefix("x=")) + 1e-9
        if judge.exact(f"cdf/{name}") < 1 - 1e-6:
            judge.cdf(f"cdf/{name}", sum(down <= limit for down in downtimes), count)
    ordered = sorted(downtimes)
    for level, exact in judge.exact("quantiles").items():
        # The inverse of the empirical distribution function, whose levels are known to 3.29 sigma.
        chance = judges.Z_999 * (float(level) * (1 - float(level)) / count) ** 0.5
        low, high = ((float(level) + sign * chance) * count for sign in (-1, 1))
        between = ordered[max(0, int(low) - 1)], ordered[min(count - 1, int(high) + 1)]
        got = ordered[min(count - 1, int(float(level) * count))]
        inside = between[0] - 1e-6 <= exact <= between[1] + 1e-6
        judge.within(f"quantiles/{level}", got, exact,
                     max(between[1] - between[0], 1e-6) if inside else 0.0, "quantile")
    if judge.has("E_D"):
        judge.mean("E_D", figures.kpi("downtime"))
        judge.standard_deviation("SD_D", downtimes)


def renewal_count(judge):
    p, futures = judge.params, 200000
    devices = one_machine(law(p["life"], U), "0 h")
    figures = judge.product.run(devices, unit=U, length=p["T"], futures=futures,
                                by_future=["failures"])
    counts = [round(value) for value in figures.by_future("failures")]
    judge.mean("E_N", figures.kpi("failures"))
    judge.block_mean("Var_N", counts, lambda block: estimate_of(block).sd ** 2)
    cells = sorted((name for name in judge.case["answers"] if name.startswith("P_N=")),
                   key=lambda name: int(name.removeprefix("P_N=")))
    for name in cells:
        judge.cdf(name, counts.count(int(name.removeprefix("P_N="))), len(counts))


def point_availability(judge):
    p = judge.params
    for start in ("up", "down"):
        first = failed_at_start(p["fail_rate"], U) if start == "down" else {}
        devices = one_machine(exponential(p["fail_rate"], U), exponential(p["repair_rate"], U),
                              cause=first)
        for t in p["t"]:
            at = f"t={t:g}"
            seen = judge.product.look(devices, unit=U, at=t, futures=100000, by_future=[])
            judge.mean(f"{at}/A|{start}", seen.share("M", "busy"))
            figures = judge.product.run(devices, unit=U, length=t,
                                        futures=400000 if t <= 5 else 100000)
            judge.mean(f"{at}/E_D[0,t]|{start}", figures.kpi("downtime"))
            if start == "up":
                judge.mean(f"{at}/E_failures|up", figures.kpi("failures"))


def erlang_availability(judge):
    p = judge.params
    devices = one_machine(law({"dist": "erlang", "k": p["k_up"], "mean": p["mean_up"]}, U),
                          law({"dist": "erlang", "k": p["k_down"], "mean": p["mean_down"]}, U))
    for t in p["t"]:
        path = f"start=up phase 0/t={t:g}"
        seen = judge.product.look(devices, unit=U, at=t, futures=50000, by_future=[])
        judge.mean(f"{path}/A", seen.share("M", "busy"))
        # Within ten hours a failure is rare: more futures make the interval narrow.
        figures = judge.product.run(devices, unit=U, length=t,
                                    futures=2400000 if t <= 10 else 50000)
        judge.mean(f"{path}/E_D[0,t]", figures.kpi("downtime"))
        judge.mean(f"{path}/E_failures", figures.kpi("failures"))


def repair_pool(judge):
    """Components of a k-out-of-n system that fail whether or not the system is up."""
    p, rule = judge.params, judge.rule
    devices = {"Crew": {"type": "crew", "size": p["crews"]}}
    for i in range(p["n"]):
        wear = {"clock": "calendar", "time_to_failure": exponential(p["fail_rate"], U),
                "repair": exponential(p["repair_rate"], U), "crew": "Crew"}
        devices[f"M{i}"] = {"type": "machine", "rate": "1 part/h", "failures": {"wear": wear}}
    figures = judge.product.run(devices, unit=U, length=rule["length"], warm_up=rule["warmup"],
                                futures=rule["replications"])
    judge.mean("mean_failed", figures.kpi("downtime") / figures.length)
    judge.mean("component_failures_per_time", figures.kpi("failures") / figures.length)
    seen = judge.product.look(devices, unit=U, at=rule["warmup"], futures=40000,
                              by_future=["downtime"])
    failed = [round(value / seen.length) for value in seen.by_future("downtime")]
    judge.probability("system_availability", sum(n <= p["n"] - p["k"] for n in failed),
                      len(failed))
    for answer in judge.case["answers"]:
        if answer.startswith("A("):
            at = float(answer[2:answer.index(")")])
            seen = judge.product.look(devices, unit=U, at=at, futures=40000,
                                      by_future=["downtime"])
            failed = [round(value / seen.length) for value in seen.by_future("downtime")]
            judge.probability(answer, sum(n <= p["n"] - p["k"] for n in failed), len(failed))


def standby(judge):
    """Two machines and one job that goes on forever: it is loaded on the other machine when the
    one it ran on fails. A machine without it ages not at all (cold) or slowly (warm)."""
    p = judge.params
    repair = law(p["repair"], U) if "repair" in p else exponential(p["repair_rate"], U)
    active = p.get("fail_rate", p.get("active_rate"))
    idle = p.get("standby_rate", 0)
    causes = {"in use": {"clock": "operating", "time_to_failure": exponential(active - idle, U),
                         "repair": repair, "crew": "Crew", "part": "scrapped"}}
    if idle > 0:
        causes["any time"] = {"clock": "calendar", "time_to_failure": exponential(idle, U),
                              "repair": repair, "crew": "Crew", "part": "scrapped"}
    devices = {"Job": {"type": "source", "conwip": 1, "next": "Pair"}, "Sink": {"type": "sink"},
               "Crew": {"type": "crew"},
               "Pair": {"type": "station", "machines": 2, "buffer": "unlimited",
                        "cycle": "100000000 h", "next": "Sink", "failures": causes}}
    figures = judge.product.run(devices, unit=U, length=50000, warm_up=1000, futures=64)
    judge.mean("availability", figures.share("Pair", "busy") * 2)


def cold_spares(judge):
    p, rule = judge.params, judge.rule
    devices = {"Store": {"type": "spares", "stock": p["s"],
                         "lead_time": exponential(1 / p["mean_resupply"], U)}}
    for i in range(p["N"]):
        wear = {"clock": "calendar", "time_to_failure": exponential(p["fail_rate"], U),
                "repair": "0 h", "spare": "Store"}
        devices[f"M{i}"] = {"type": "machine", "rate": "1 part/h", "failures": {"wear": wear}}
    figures = judge.product.run(devices, unit=U, length=rule["length"], warm_up=rule["warmup"],
                                futures=400)
    down = figures.kpi("downtime") / figures.length
    judge.mean("mean_operating", (down * -1).plus(p["N"]))
    judge.mean("operational_availability", (down / p["N"]).complement())
    judge.mean("failures_per_time", figures.kpi("failures") / figures.length)
    judge.variance_constant("operating_tavc", down, figures.length)
    seen = judge.product.look(devices, unit=U, at=rule["warmup"], futures=40000,
                              by_future=["downtime"])
    running = sum(value < seen.length / 2 for value in seen.by_future("downtime"))
    judge.probability("P_all_operating", running, len(seen.by_future("downtime")))


def spares(judge):
    """Poisson demand: parts that use up a machine each, which then waits for a spare. For any law
    of the lead time: exponential, deterministic and lognormal in turn."""
    p, rule = judge.params, judge.rule
    mean = p["mean_lead_time"]
    laws = {"exponential": exponential(1 / mean, U), "deterministic": amount(mean, U),
            "lognormal": law({"dist": "lognormal", "mean": mean, "cv": 1}, U)}
    for lead_time in laws.values():
        devices = {
            "Demand": {"type": "source", "every": exponential(p["demand_rate"], U),
                       "when_full": "lost", "next": "Users"},
            "Users": {"type": "station", "machines": 60, "buffer": "unlimited", "cycle": "1 us",
                      "next": "Sink",
                      "failures": {"use": {"clock": "cycles", "time_to_failure": "1 cycle",
                                           "repair": "0 h", "spare": "Store"}}},
            "Sink": {"type": "sink"},
            "Store": {"type": "spares", "stock": p["s"], "lead_time": lead_time}}
        figures = judge.product.run(devices, unit=U, length=rule["length"],
                                    warm_up=rule["warmup"], futures=rule["replications"])
        judge.mean("fill_rate", figures.device("Store", "fill_rate"))
        judge.mean("EBO", figures.device("Store", "owed"))
        judge.mean("E_on_hand", figures.device("Store", "on_hand"))
        judge.mean("mean_backorder_delay", figures.device("Users", "mean_down_time"))
        if any(not verdict.good for verdict in judge.verdicts.values()):
            return


def age_replacement(judge):
    p = judge.params

    def renewed(age, **times):
        failure, planned = times.get("failure", 0), times.get("planned", 0)
        # The calendar clock runs on during planned work; here nothing ages then.
        devices = one_machine(weibull(p), amount(failure, U),
                              cause={"clock": "operating",
                                     "cost": amount(p["cost_failure"], "EUR")})
        if age is not None:
            devices["M"]["maintenance"] = {"by age": {
                "at_age": amount(age, U), "takes": amount(planned, U), "renews": ["wear"],
                "cost": amount(p["cost_preventive"], "EUR")}}
        # Well above 10^5 cycles of 300 to 900 hours.
        return judge.product.run(devices, unit=U, length=3e5, warm_up=1e4, futures=320)

    best = judge.exact("T_opt_cost")
    for answer, age in (("cost_rate_opt", best), ("cost_rate_at_half_Topt", best / 2),
                        ("cost_rate_at_2Topt", best * 2), ("cost_rate_run_to_failure", None)):
        figures = renewed(age)
        judge.mean(answer, figures.kpi("maintenance_cost") / figures.length)
        if answer == "cost_rate_opt":
            judge.mean("failures_per_time_at_Topt_no_durations",
                       figures.kpi("failures") / figures.length)
    for answer, age in (("availability_opt", judge.exact("T_opt_availability")),
                        ("availability_run_to_failure", None)):
        figures = renewed(age, failure=p["time_failure"], planned=p["time_preventive"])
        judge.mean(answer, figures.share("M", "busy"))


def block_replacement(judge):
    p = judge.params
    for answer, until in (("M_at_scale_half", 0.5), ("M_at_scale", 1), ("M_at_2scale", 2)):
        figures = judge.product.run(one_machine(weibull(p), "0 h"), unit=U,
                                    length=until * p["scale"], futures=100000)
        judge.mean(answer, figures.kpi("failures"))
    best = judge.exact("T_opt_approx")
    devices = one_machine(weibull(p), "0 h", cause={"cost": amount(p["cost_failure"], "EUR")},
                          maintenance={"block": {"every": amount(best, U), "takes": "0 h",
                                                 "renews": ["wear"],
                                                 "cost": amount(p["cost_preventive"], "EUR")}})
    figures = judge.product.run(devices, unit=U, length=best * 1000, warm_up=best / 2, futures=100)
    judge.mean("cost_rate_opt", figures.kpi("maintenance_cost") / figures.length)


def minimal_repair(judge):
    p = judge.params
    bad_as_old = {"after_repair": "as_bad_as_old", "cost": amount(p["cost_min_repair"], "EUR")}
    for t in p["times"]:
        figures = judge.product.run(one_machine(weibull(p), "0 h", cause=bad_as_old), unit=U,
                                    length=t, futures=40000, by_future=["failures"])
        counts = figures.by_future("failures")
        judge.mean(f"E_N({t})", figures.kpi("failures"))
        judge.cdf(f"P_N({t})=0", sum(n < 0.5 for n in counts), len(counts))
        judge.cdf(f"P_N({t})<=2", sum(n < 2.5 for n in counts), len(counts))
    for answer in judge.case["answers"]:
        if answer.startswith("E_N(") and "|age" in answer:
            begin = float(answer.rpartition(" ")[2])
            end = sum(float(part) for part in answer[answer.index(",") + 1:answer.index("]")]
                      .split("+"))
            aged = one_machine(weibull(p), "0 h", cause={**bad_as_old, "age": amount(begin, U)})
            figures = judge.product.run(aged, unit=U, length=end - begin, futures=40000,
                                        by_future=["failures"])
            counts = figures.by_future("failures")
            judge.mean(answer, figures.kpi("failures"))
            none = answer.replace("E_N", "P_no_failure")
            judge.probability(none, sum(n < 0.5 for n in counts), len(counts))
    best = judge.exact("T_opt")
    devices = one_machine(weibull(p), "0 h", cause=bad_as_old,
                          maintenance={"overhaul": {"every": amount(best, U), "takes": "0 h",
                                                    "renews": ["wear"],
                                                    "cost": amount(p["cost_overhaul"], "EUR")}})
    figures = judge.product.run(devices, unit=U, length=best * 1000, warm_up=best / 2, futures=64)
    judge.mean("cost_rate_opt", figures.kpi("maintenance_cost") / figures.length)


def residual_life(judge):
    """The share of futures in which a component of known age fails within so many hours; the
    quantiles and the mean, exact to 1e-9, are in residual_life_test.cpp."""
    p = judge.params
    for age in p["ages"]:
        devices = one_machine(weibull(p), "1000000 h", cause={"age": amount(age, U)})
        for name in judge.exact(f"age={age:g}"):
            if not name.startswith("P_fail_within_"):
                continue
            figures = judge.product.run(devices, unit=U, length=float(name.rpartition("_")[2]),
                                        futures=100000, by_future=["failures"])
            failed = sum(n > 0.5 for n in figures.by_future("failures"))
            judge.cdf(f"age={age:g}/{name}", failed, len(figures.by_future("failures")))


FUNCTIONS = {"R-AV": alternating, "R-DD": downtime_distribution, "R-RC": renewal_count,
             "R-PA-1": point_availability, "R-PA-3": erlang_availability, "R-KN-1": repair_pool,
             "R-SB": standby, "R-WS": standby, "R-SN": cold_spares, "R-SP": spares,
             "R-AR": age_replacement, "R-BR": block_replacement, "R-MR": minimal_repair,
             "R-RL": residual_life}

if __name__ == "__main__":
    sys.exit(judges.run_family(judges.cases_of("reliability"), FUNCTIONS))
