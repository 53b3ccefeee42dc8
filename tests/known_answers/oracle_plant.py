"""Plants of the oracle library (README.md, "Plant JSON") as scenarios, and what they are asked."""

from oracle_product import amount, law

POWER = {"off": "off_shift", "idle": "starved", "busy": "busy", "down": "down",
         "blocked": "blocked"}


def power_of(kilowatts):
    return {POWER[state]: amount(value, "kW") for state, value in kilowatts.items()}


def next_of(routes):
    named = {("Sink" if to == "SINK" else to): share for to, share in routes}
    return named if len(named) > 1 else next(iter(named))


def station_of(station, unit):
    device = {"type": "station", "machines": station["machines"],
              "buffer": "unlimited" if station["buffer"] is None else station["buffer"],
              "cycle": law(station["proc"], unit), "scrap": station["scrap"],
              "next": next_of(station["next"])}
    failure = station["failure"]
    if failure is not None:
        cause = {"clock": "operating" if failure["mode"] == "operation" else "on_shift",
                 "time_to_failure": law(failure["ttf"], unit), "repair": law(failure["ttr"], unit)}
        if failure.get("crew"):
            cause["crew"] = failure["crew"]
        device["failures"] = {"failure": cause}
    if station.get("power_kw"):
        device["power"] = power_of(station["power_kw"])
    if station.get("calendar"):
        device["calendar"] = station["calendar"]
    return device


def source_of(source, first, unit):
    if source["type"] == "saturated":
        return {"type": "source", "saturated": True, "next": first}
    if source["type"] == "conwip":
        return {"type": "source", "conwip": source["population"], "next": first}
    return {"type": "source", "every": law(source["dist"], unit), "when_full": "lost",
            "next": first}


def scenario_of(plant):
    """Devices of the plant, and the sections `calendars` where it has some."""
    unit = plant["time_unit"]
    devices = {"Source": source_of(plant["source"], plant["stations"][0]["id"], unit),
               "Sink": {"type": "sink"}}
    for station in plant["stations"]:
        devices[station["id"]] = station_of(station, unit)
    for crew, size in plant["crews"].items():
        devices[crew] = {"type": "crew", "size": size}
    if plant.get("demand_window"):
        window = amount(plant["demand_window"], unit)
        devices["Grid"] = {"type": "tariff", "energy": {"price": "0 EUR/kWh"},
                           "demand": {"price": "0 EUR/kW/month", "window": window}}
    sections = {}
    if plant.get("calendars"):
        sections["calendars"] = {
            name: {"period": amount(calendar["period"], unit),
                   "open": [[amount(edge, unit) for edge in stretch] for stretch in calendar["on"]]}
            for name, calendar in plant["calendars"].items()}
    return devices, sections


def plant_figure(figures, plant, metric):
    """The estimate of a metric by the names of README.md."""
    unit_hours = figures.hours
    hours = figures.length * unit_hours
    if metric == "throughput":
        return figures.rate("Sink", "throughput")
    if metric == "lost_rate":
        return figures.rate("Source", "lost_rate")
    if metric == "scrap_rate":
        return figures.kpi("scrap") / figures.length
    if metric == "mean_lead_time":
        return figures.time("Sink", "lead_time", "mean")
    if metric == "wip_total":
        return figures.kpi("work_in_process")
    if metric == "energy_kwh":
        return figures.kpi("energy")
    if metric == "mean_kw_total":
        return figures.kpi("energy") / hours
    if metric == "peak_window_kw":
        return figures.kpi("peak_demand")
    station, _, name = metric.rpartition(".")
    return station_figure(figures, plant, station, name)


def station_figure(figures, plant, station, name):
    machines = next(s["machines"] for s in plant["stations"] if s["id"] == station)
    states = {"off": "off_shift", "idle": "starved", "busy": "busy", "blocked": "blocked"}
    if name in states:
        return figures.share(station, states[name])
    if name == "down":
        return figures.time(station, "downtime") / (figures.length * machines)
    if name == "downtime":
        return figures.time(station, "downtime")
    if name == "wip":
        return figures.device(station, "work_in_process")
    if name == "failures":
        return figures.device(station, "failures")
    if name == "failures_per_time":
        return figures.per_time(station, "failures")
    if name == "scrap_rate":
        return figures.rate(station, "scrap_rate")
    if name == "energy_kwh":
        return figures.device(station, "energy")
    if name == "mean_kw":
        return figures.device(station, "energy") / (figures.length * figures.hours)
    raise KeyError(name)
