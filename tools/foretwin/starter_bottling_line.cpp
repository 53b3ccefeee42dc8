#include "tools/foretwin/starters.hpp"

namespace foretwin::tool {

const Starter bottling_line_starter{
    "bottling_line", "a line of stations with buffers, shifts, a crew and a time-of-use tariff",
    R"yaml(foretwin: 1
name: "NAME"
description: a filler feeds two packers; two shifts, one crew, a time-of-use tariff

time: {start: 2026-01-05T06:00, zone: Europe/Berlin, warm_up: 1 day, horizon: 2 weeks}

calendars:
  two shifts: {weekdays: "06:00-22:00"}  # clock ranges stand in quotes

devices:
  Depalletizer:
    type: source
    part: bottle
    every: {exponential: {mean: 3.9 s}}
    when_full: wait
    calendar: two shifts
    next: Filler

  Filler:
    type: station
    buffer: 60
    cycle: {lognormal: {mean: 3.8 s, sd: 0.4 s}}
    scrap: 0.5 %
    calendar: two shifts
    power: {busy: 22 kW, starved: 6 kW, blocked: 6 kW, down: 2 kW}
    failures:
      valve jam:
        clock: operating
        time_to_failure: {weibull: {shape: 1.4, scale: 9.5 h}}
        repair: {lognormal: {mean: 40 min, sd: 25 min}}
        crew: Mechanics
    maintenance:
      valve service: {every: 1 week, takes: 1 h, renews: valve jam, crew: Mechanics}
    next: {Packer A: 55 %, Packer B: 45 %}   # shares sum to 1

  Packer A:
    type: station
    buffer: 40
    cycle: 6.4 s
    calendar: two shifts
    power: {busy: 9 kW, starved: 1 kW}
    failures:
      film tear:
        clock: operating
        time_to_failure: {exponential: {mean: 14 h}}
        repair: {lognormal: {mean: 10 min, sd: 6 min}}
        crew: Mechanics
    next: Warehouse

  Packer B: {like: Packer A, cycle: 7.6 s}   # a copy; own keys win

  Warehouse: {type: sink}
  Mechanics: {type: crew, size: 2, wage: 38 EUR/h, calendar: two shifts, at_shift_end: finish}
  Grid:
    type: tariff
    energy:
      bands:
        weekdays: {"08:00-20:00": 0.24 EUR/kWh}
      otherwise: 0.17 EUR/kWh
    demand: {price: 12 EUR/kW/month, window: 15 min}
    carbon: 0.35 kg/kWh

economics:
  currency: EUR
  margin: {bottle: 0.05 EUR/part}
  discount_rate: 8 %/year
  life: 5 years

kpis:
  throughput: {target: at least 9800 part/day}
  downtime: {of: Filler}
  energy_per_part: {}

# What no record supports, each with its range: it takes part in the uncertainty.
assumptions:
  alarm work: {value: 15 min, low: 10 min, high: 25 min, why: estimate of the mechanics}

changes:
  larger buffer:
    description: twice the places in front of packer A
    set: {Packer A/buffer: 80}
    invest: 9000 EUR
  condition monitoring:
    description: vibration sensor on the filler, valve changed on its alarm
    add:
      Filler/sensors/vibration:
        {detects: valve jam, period: 10 min, lead: 2 h, missed: 5 %, false_alarms: 12 /year}
      Filler/maintenance/valve change on alarm:
        {on_alarm: vibration, takes: {assumption: alarm work}, renews: valve jam, crew: Mechanics}
    invest: 14000 EUR
    running_cost: 1200 EUR/year
)yaml"};

}  // namespace foretwin::tool
