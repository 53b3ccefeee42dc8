"""Production lines of the oracle library: solved as Markov chains, or in closed form."""

import sys

sys.dont_write_bytecode = True

import oracle_judge as judges  # noqa: E402
from oracle_plant import plant_figure, scenario_of, station_figure  # noqa: E402
from oracle_product import (  # noqa: E402
    amount, estimate_of, failed_at_start, law, parts_at_start,
    start_calendars)


def line(judge):
    """A plant by its Markov chain: means, spread of counts and levels, output from empty."""
    plant, rule, answers = judge.params["plant"], judge.rule, judge.case["answers"]
    devices, sections = scenario_of(plant)
    length = max([rule["length"], *(m["per_rep"] for m in rule.get("metrics", {}).values())])
    figures = judge.product.run(devices, unit=plant["time_unit"], length=length,
                                warm_up=rule["warmup"], futures=400, **sections)
    for metric in ("throughput", "scrap_rate", "lost_rate", "wip_total", "mean_kw_total"):
        if judge.has(metric):
            judge.mean(metric, plant_figure(figures, plant, metric))
    for station, told in answers["stations"].items():
        for name in told:
            judge.mean(f"stations/{station}/{name}", station_figure(figures, plant, station, name))
    for answer, metric in (("throughput_var_rate", "throughput"), ("wip_tavc", "wip_total")):
        if judge.has(answer):
            judge.variance_constant(answer, plant_figure(figures, plant, metric), length)
    for answer in answers:
        if answer.startswith("E_output[0,"):
            until = float(answer[answer.index(",") + 1:answer.index("]")])
            short = judge.product.run(devices, unit=plant["time_unit"], length=until,
                                      futures=8000, **sections)
            judge.mean(answer, short.kpi("production"))


def zero_buffer(judge):
    """Two stations without a place between them, general processing times."""
    rule = judge.rule
    devices = {"Source": {"type": "source", "saturated": True, "next": "S1"},
               "Sink": {"type": "sink"}}
    for name, station, following in zip(("S1", "S2"), judge.params["stations"], ("S2", "Sink")):
        device = {"type": "station", "next": following}
        if station["dist"] == "det+exp_failures":
            device["cycle"] = amount(station["value"], "min")
            device["failures"] = {"jam": {
                "clock": "operating",
                "time_to_failure": {"exponential": {"mean": amount(station["mttf"], "min")}},
                "repair": {"exponential": {"mean": amount(station["mttr"], "min")}}}}
        else:
            device["cycle"] = law(station, "min")
        devices[name] = device
    figures = judge.product.run(devices, unit="min", length=rule["length"],
                                warm_up=rule["warmup"], futures=rule["replications"],
                                by_future=["production"])
    judge.mean("throughput", figures.rate("Sink", "throughput"))
    cycles = [figures.length / parts for parts in figures.by_future("production")]
    judge.mean("cycle_time", estimate_of(cycles))
    judge.mean("blocked_1", figures.share("S1", "blocked"))
    judge.mean("starved_2", figures.share("S2", "starved"))
    # The first station is never starved, the second never blocked.
    judge.mean("busy_or_down_1", figures.share("S1", "blocked").complement())
    judge.mean("busy_or_down_2", figures.share("S2", "starved").complement())


def forecast(judge):
    """From a given state: parts on their places, one machine under repair. The parts are sent in
    the first microseconds; the failed machine's first life ends as its part begins."""
    plant = judge.params["plant"]
    inside, blocked, phases, down = judge.params["state_tuple"]
    if any(blocked) or any(phases):
        raise ValueError("blocked parts and phases at the start are not expressed")
    devices, _ = scenario_of(plant)
    numbers = set()
    for index, station in enumerate(plant["stations"]):
        if index > 0 and inside[index] > 0:  # the first is saturated
            devices[f"Start {index}"] = parts_at_start(inside[index], station["id"])
            numbers.add(inside[index])
        if index in down:
            rate = 1 / station["failure"]["ttf"]["mean"]
            devices[station["id"]]["failures"]["failure"].update(failed_at_start(rate, "min"))
    calendars = start_calendars(*numbers)
    for at in judge.case["answers"]:
        figures = judge.product.run(devices, unit="min", length=float(at.removeprefix("T=")),
                                    futures=judge.rule["replications"], calendars=calendars)
        judge.mean(f"{at}/E_output", figures.kpi("production"))
        judge.mean(f"{at}/E_downtime_all_machines", figures.kpi("downtime") * figures.per_hour)
        judge.mean(f"{at}/E_time_avg_wip", figures.kpi("work_in_process"))


FUNCTIONS = {"L-HB": line, "L-2M": line, "L-3M": line, "L-ER": line, "L-AR": line, "L-SM": line,
             "L-ZB": zero_buffer, "L-FC": forecast}

if __name__ == "__main__":
    sys.exit(judges.run_family(judges.cases_of("lines"), FUNCTIONS))
