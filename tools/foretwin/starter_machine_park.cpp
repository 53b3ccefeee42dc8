#include "tools/foretwin/starters.hpp"

namespace foretwin::tool {

const Starter machine_park_starter{"machine_park",
                                   "a fleet of like machines, kept running by a crew with spares",
                                   R"yaml(foretwin: 1
name: "NAME"
description: twenty like machines, kept running by a crew with spare parts

time: {start: 2026-01-05T06:00, zone: Europe/Berlin, horizon: 365 days}

calendars:
  day shift: {weekdays: "07:00-15:00"}

# Many devices from one template. A table gives one row per device instead of `count`:
# for_each: {file: machines.csv}, whose columns are the placeholders.
fleets:
  Park:
    for_each: {count: 20}
    name: "Machine {number}"
    device:
      type: machine                      # yields a rate; no material flow
      part: piece
      rate: 30 part/h
      power: {busy: 8 kW, repair: 1 kW}
      failures:
        bearing:
          clock: calendar
          time_to_failure: {weibull: {shape: 2.2, scale: 200 days}}
          repair: {lognormal: {mean: 8 h, sd: 4 h}}
          crew: Technicians
          spare: Bearings
      maintenance:
        # Replaced from this age on, at a visit every 30 days.
        visits: {every: 30 days, replaces: {bearing: {from_age: 240 days}}, takes: 3 h,
                 crew: Technicians}

devices:
  Technicians: {type: crew, size: 2, wage: 45 EUR/h, calendar: day shift}
  Bearings: {type: spares, stock: 3, reorder_point: 2, lead_time: 14 days, price: 350 EUR/part}
  Grid: {type: tariff, energy: {price: 0.20 EUR/kWh}, carbon: 0.35 kg/kWh}

# With recorded failures and replacements, say which column means what, and `foretwin fit`
# replaces the guesses above by what the records support:
# records:
#   devices:      {file: machines.csv, device: machineID, model: model}
#   failures:     {file: failures.csv, time: datetime, device: machineID, cause: failure}
#   replacements: {file: maint.csv, time: datetime, device: machineID, cause: comp}
#   observed: {from: 2025-01-01T06:00}
# parameters: fitted.yaml                # then: time_to_failure: {fitted: life bearing model1}

economics:
  currency: EUR
  margin: {piece: 1.5 EUR/part}
  discount_rate: 8 %/year
  life: 5 years

kpis:
  availability: {of: Park}
  downtime: {of: Park}
  maintenance_cost: {}

# A path begins with a device, or with / at the top of the file.
changes:
  replace earlier:
    description: bearings replaced from 120 days on instead of 240
    scale: {/fleets/Park/device/maintenance/visits/replaces/bearing/from_age: 0.5}
    invest: 0 EUR
  one more technician:
    set: {Technicians/size: 3}
    invest: 2000 EUR
)yaml"};

}  // namespace foretwin::tool
