#include "models/flow/machine.hpp"
#include "models/flow/station.hpp"
#include "models/reliability/upkeep_parameters.hpp"

namespace foretwin::flow {
namespace {

constexpr ParameterSpec standby_keys[] = {
    {.name = "after",
     .kind = ParameterKind::quantity,
     .unit = "s",
     .lowest = 0,
     .usual = "0 s",
     .meaning = "starved for this long, the machine switches down"},
    {.name = "wake",
     .kind = ParameterKind::distribution,
     .unit = "s",
     .lowest = 0,
     .required = true,
     .meaning = "setup when a part comes"},
};

constexpr ParameterSpec station_parameters[] = {
    {.name = "machines",
     .kind = ParameterKind::count,
     .lowest = 1,
     .highest = 10000,
     .usual = "1",
     .meaning = "parallel machines"},
    {.name = "buffer",
     .kind = ParameterKind::count,
     .lowest = 0,
     .highest = 1e7,
     .usual = "0",
     .choices = "unlimited",
     .meaning = "places before the machines"},
    {.name = "cycle",
     .kind = ParameterKind::distribution,
     .unit = "s",
     .lowest = 0,
     .required = true,
     .meaning = "processing time per part"},
    {.name = "scrap",
     .kind = ParameterKind::fraction,
     .lowest = 0,
     .highest = 1,
     .usual = "0 %",
     .meaning = "probability that a completed part is scrapped"},
    {.name = "blocking",
     .kind = ParameterKind::choice,
     .usual = "after_service",
     .choices = "after_service | before_service",
     .meaning = "a finished part stays until there is place; before_service: processing begins "
                "only when a place is kept for the part"},
    {.name = "energy_per_part",
     .kind = ParameterKind::quantity,
     .unit = "J/part",
     .lowest = 0,
     .highest = 1e11,
     .usual = "0 J/part",
     .meaning = "drawn when a part is completed, beside the power by state"},
    {.name = "standby",
     .kind = ParameterKind::section,
     .meaning = "switching down when starved",
     .children = standby_keys},
    reliability::calendar_key,
    reliability::power_key,
    reliability::failures_key,
    reliability::sensors_key,
    reliability::maintenance_key,
    {.name = "next", .kind = ParameterKind::shares, .meaning = "where good parts go"},
};

constexpr ParameterSpec machine_parameters[] = {
    {.name = "part",
     .kind = ParameterKind::text,
     .usual = "part",
     .meaning = "type of what it makes"},
    {.name = "rate",
     .kind = ParameterKind::quantity,
     .unit = "part/s",
     .lowest = 0,
     .required = true,
     .meaning = "yield while busy"},
    reliability::calendar_key,
    reliability::power_key,
    reliability::failures_key,
    reliability::sensors_key,
    reliability::maintenance_key,
};

}  // namespace

const DeviceSpec Station::spec{
    "station", "parallel machines with one queue before them",
    "parts one by one, first come first served; no batches, no sequence-dependent setup",
    station_parameters};

const DeviceSpec Machine::spec{
    "machine", "a station without parts: busy whenever up and on shift, yields a rate",
    "machines that never wait for one another; not for lines", machine_parameters};

}  // namespace foretwin::flow
