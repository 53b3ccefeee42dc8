#pragma once

#include "scenarios/schema/schema.hpp"

/// Device types as the catalogue would list them, enough for the scenario of the design chapter.
namespace foretwin::test {

using Kind = ParameterKind;

inline constexpr ParameterSpec power_keys[] = {
    {.name = "busy", .kind = Kind::quantity, .unit = "W", .lowest = 0},
    {.name = "starved", .kind = Kind::quantity, .unit = "W", .lowest = 0},
    {.name = "blocked", .kind = Kind::quantity, .unit = "W", .lowest = 0},
    {.name = "down", .kind = Kind::quantity, .unit = "W", .lowest = 0}};
inline constexpr ParameterSpec failure_keys[] = {
    {.name = "clock",
     .kind = Kind::choice,
     .required = true,
     .choices = "operating | on_shift | calendar | cycles"},
    {.name = "time_to_failure", .kind = Kind::distribution, .unit = "s", .required = true},
    {.name = "repair", .kind = Kind::distribution, .unit = "s"},
    {.name = "crew", .kind = Kind::reference, .choices = "crew"},
    {.name = "age", .kind = Kind::quantity, .unit = "s", .lowest = 0}};
inline constexpr ParameterSpec maintenance_keys[] = {
    {.name = "every", .kind = Kind::quantity, .unit = "s", .lowest = 0},
    {.name = "on_alarm", .kind = Kind::text},
    {.name = "takes", .kind = Kind::distribution, .unit = "s", .required = true},
    {.name = "renews", .kind = Kind::names},
    {.name = "crew", .kind = Kind::reference, .choices = "crew"}};
inline constexpr ParameterSpec sensor_keys[] = {
    {.name = "detects", .kind = Kind::text, .required = true},
    {.name = "period", .kind = Kind::quantity, .unit = "s", .lowest = 0},
    {.name = "lead", .kind = Kind::distribution, .unit = "s"},
    {.name = "missed", .kind = Kind::fraction},
    {.name = "false_alarms", .kind = Kind::quantity, .unit = "/s", .lowest = 0}};
inline constexpr ParameterSpec source_keys[] = {
    {.name = "part", .kind = Kind::text},
    {.name = "every", .kind = Kind::distribution, .unit = "s"},
    {.name = "when_full", .kind = Kind::choice, .choices = "lost | wait"},
    {.name = "calendar", .kind = Kind::calendar},
    {.name = "next", .kind = Kind::shares, .required = true}};
inline constexpr ParameterSpec station_keys[] = {
    {.name = "machines", .kind = Kind::count, .lowest = 1, .highest = 10'000},
    {.name = "buffer", .kind = Kind::count, .lowest = 0, .choices = "unlimited"},
    {.name = "cycle",
     .kind = Kind::distribution,
     .unit = "s",
     .required = true,
     .meaning = "processing time of one part"},
    {.name = "scrap", .kind = Kind::fraction},
    {.name = "calendar", .kind = Kind::calendar},
    {.name = "power", .kind = Kind::section, .children = power_keys},
    {.name = "failures", .kind = Kind::sections, .children = failure_keys},
    {.name = "maintenance", .kind = Kind::sections, .children = maintenance_keys},
    {.name = "sensors", .kind = Kind::sections, .children = sensor_keys},
    {.name = "next", .kind = Kind::shares, .required = true}};
inline constexpr ParameterSpec machine_keys[] = {
    {.name = "model", .kind = Kind::text},
    {.name = "failures", .kind = Kind::sections, .children = failure_keys},
    {.name = "rate", .kind = Kind::quantity, .unit = "part/s", .lowest = 0}};
inline constexpr ParameterSpec crew_keys[] = {
    {.name = "size", .kind = Kind::count, .lowest = 1, .highest = 10'000, .required = true},
    {.name = "wage", .kind = Kind::quantity, .unit = "money/s", .lowest = 0},
    {.name = "calendar", .kind = Kind::calendar},
    {.name = "at_shift_end", .kind = Kind::choice, .choices = "finish | pause"}};
inline constexpr ParameterSpec energy_keys[] = {{.name = "file", .kind = Kind::file},
                                                {.name = "time", .kind = Kind::text},
                                                {.name = "value", .kind = Kind::text},
                                                {.name = "unit", .kind = Kind::text},
                                                {.name = "year", .kind = Kind::count}};
inline constexpr ParameterSpec demand_keys[] = {
    {.name = "price", .kind = Kind::quantity, .unit = "money/W/month"},
    {.name = "window", .kind = Kind::quantity, .unit = "s"}};
inline constexpr ParameterSpec tariff_keys[] = {
    {.name = "energy", .kind = Kind::section, .children = energy_keys},
    {.name = "demand", .kind = Kind::section, .children = demand_keys},
    {.name = "carbon", .kind = Kind::quantity, .unit = "kg/J"}};

inline constexpr DeviceSpec source{"source", "Makes parts.", "", source_keys};
inline constexpr DeviceSpec station{"station", "Works on parts.", "", station_keys};
inline constexpr DeviceSpec machine{"machine", "Works without parts.", "", machine_keys};
inline constexpr DeviceSpec sink{"sink", "Parts leave here.", "", {}};
inline constexpr DeviceSpec crew{"crew", "People who repair.", "", crew_keys};
inline constexpr DeviceSpec tariff{"tariff", "What energy costs.", "", tariff_keys};
inline constexpr const DeviceSpec* devices[] = {&source, &station, &machine, &sink, &crew, &tariff};
inline constexpr schema::Schema plant_schema{devices};

/// The scenario of the design chapter, section 6, word by word.
inline constexpr const char* bottling_line = R"(foretwin: 1
name: Bottling line 3
time: {start: 2026-01-05T06:00, zone: Europe/Berlin, warm_up: 2 days, horizon: 8 weeks}
calendars:
  two shifts: {weekdays: "06:00-22:00"}
devices:
  Depalletizer: {type: source, part: bottle, every: {exponential: {mean: 3.9 s}}, when_full: wait, calendar: two shifts, next: Filler}
  Filler:
    type: station
    machines: 1
    buffer: 60
    cycle: {lognormal: {mean: 3.8 s, sd: 0.4 s}}
    scrap: 0.5 %
    calendar: two shifts
    power: {busy: 22 kW, starved: 6 kW, blocked: 6 kW, down: 2 kW}
    failures:
      valve jam: {clock: operating, time_to_failure: {weibull: {shape: 1.4, scale: 9.5 h}},
                  repair: {lognormal: {mean: 18 min, sd: 12 min}}, crew: Mechanics}
    maintenance:
      valve service: {every: 2 weeks, takes: 2 h, renews: [valve jam], crew: Mechanics}
    next: {Packer A: 55 %, Packer B: 45 %}
  Packer A: {type: station, buffer: 40, cycle: 6.4 s, calendar: two shifts, power: {busy: 9 kW, starved: 1 kW}, next: Warehouse}
  Packer B: {like: Packer A, cycle: 7.6 s}
  Warehouse: {type: sink}
  Mechanics: {type: crew, size: 2, wage: 38 EUR/h, calendar: two shifts, at_shift_end: finish}
  Grid: {type: tariff, energy: {file: prices.csv, time: timestamp, value: price_eur_per_mwh, unit: EUR/MWh, year: 2016},
         demand: {price: 12 EUR/kW/month, window: 15 min}, carbon: 0.35 kg/kWh}
economics: {currency: EUR, margin: {bottle: 0.05 EUR/part}, discount_rate: 8 %/year, life: 5 years}
kpis: {throughput: {target: at least 9800 part/day}, energy_per_part: {}, downtime: {of: Filler}}
changes:
  condition monitoring:
    add:
      Filler/sensors/vibration: {detects: valve jam, period: 10 min, lead: 2 h, missed: 5 %, false_alarms: 12 /year}
      Filler/maintenance/valve change on alarm: {on_alarm: vibration, takes: 25 min, renews: [valve jam], crew: Mechanics}
    invest: 14000 EUR
    running_cost: 1200 EUR/year
  larger buffer: {set: {Packer A/buffer: 80}, invest: 9000 EUR}
)";

}  // namespace foretwin::test
