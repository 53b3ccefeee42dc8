#pragma once

#include <vector>

#include "engine/kernel/simulation.hpp"
#include "models/contract/ports.hpp"

namespace foretwin::flow {

/// Stations, buffers and conveyors that wait for one another in a circle: each is full, and every
/// machine of it (or the first part in line) waits for a place in another device that will never
/// have one. Nothing in it ever moves again.
struct Deadlock {
    Time since = 0;                    ///< the last instant at which something in it moved
    std::vector<DeviceIndex> devices;  ///< each waits for the next, the last one for the first

    bool operator==(const Deadlock&) const = default;
};

/// The deadlocks in which a running twin is stuck at this instant, in device order; mostly none.
/// Looks at the state only and changes nothing: a run pays for it once, at its end. What waits for
/// a repair, a spare part or a shift is no deadlock.
std::vector<Deadlock> find_deadlocks(const kernel::Simulation& simulation);

}  // namespace foretwin::flow
