#pragma once

#include "models/contract/parameter.hpp"
#include "models/reliability/upkeep_run.hpp"

namespace foretwin::flow {

/// A station without parts: busy whenever it is up and on shift, and yields `rate` while busy. No
/// flow ports, no event per part. For fleets, where only what stops a machine matters.
struct Machine {
    static const DeviceSpec spec;

    std::string name;
    std::string part = "part";  ///< type of what it makes
    double rate_per_s = 0;      ///< parts per second while busy
    reliability::Upkeep upkeep;

    std::uint32_t slots_at = 0;
    TimerIndex first_timer = 0;
};

void add_machine(kernel::ModelBuilder& builder, DeviceIndex device, Machine machine);

}  // namespace foretwin::flow
