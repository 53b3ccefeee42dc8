#include "tools/foretwin/starters.hpp"

namespace foretwin::tool {

const Starter minimal_starter{"minimal", "one machine between a source and a sink",
                              R"yaml(foretwin: 1
name: "NAME"
description: one machine between a source and a sink, to begin with

# Every quantity carries its unit. `foretwin check` tells what is wrong, line by line;
# `foretwin devices station` tells every key of a station.
time: {start: 2026-01-05T06:00, zone: Europe/Berlin, warm_up: 1 day, horizon: 4 weeks}

devices:
  Supply:
    type: source
    part: piece
    every: {exponential: {mean: 60 s}}   # a piece a minute on average
    when_full: wait                      # what finds no place waits (or: lost)
    next: Machine

  Machine:
    type: station
    buffer: 5                            # places in front of it
    cycle: {lognormal: {mean: 50 s, sd: 5 s}}
    power: {busy: 12 kW, starved: 3 kW}
    failures:
      jam:
        clock: operating                 # ages only while it works
        time_to_failure: {weibull: {shape: 1.5, scale: 40 h}}
        repair: {lognormal: {mean: 90 min, sd: 60 min}}
        crew: Mechanics
    next: Dispatch

  Dispatch: {type: sink}
  Mechanics: {type: crew, size: 1, wage: 40 EUR/h}
  Grid: {type: tariff, energy: {price: 0.20 EUR/kWh}, carbon: 0.35 kg/kWh}

economics:
  currency: EUR
  margin: {piece: 2 EUR/part}            # what one good part is worth
  discount_rate: 8 %/year
  life: 5 years

kpis:
  throughput: {target: at least 1300 part/day}
  availability: {of: Machine}
  energy_per_part: {}

# What you think of doing: a patch to the plant, and what it costs.
changes:
  faster repair:
    description: spare parts and tools beside the machine halve the repair time
    scale: {Machine/failures/jam/repair: 0.5}
    invest: 8000 EUR
    running_cost: 500 EUR/year
)yaml"};

}  // namespace foretwin::tool
