#pragma once

#include <cstdint>

#include "engine/executors/sequential.hpp"

namespace foretwin::executors {

/// A stretch of a run that one thread handled alone, with what it took.
struct Stretch {
    std::uint64_t handled = 0;
    double seconds_per_event = 0;
};

/// Handles every event up to and including `until` sequentially.
Stretch run_stretch(kernel::Simulation& simulation, Time until, Trace trace, Observer* observer);

}  // namespace foretwin::executors
