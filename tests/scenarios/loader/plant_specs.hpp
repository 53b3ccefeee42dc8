#pragma once

#include <fstream>
#include <iterator>
#include <string>

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
inline std::string read_bottling_line() {
    std::ifstream file(FORETWIN_SOURCE_DIR "/tests/scenarios/loader/bottling_line.yaml");
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}
inline const std::string bottling_line = read_bottling_line();

}  // namespace foretwin::test
