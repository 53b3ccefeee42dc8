#pragma once

#include "engine/executors/observer.hpp"
#include "engine/kernel/simulation.hpp"

namespace foretwin::executors {

/// Handles every event up to and including `until`, then sets the clock there. The plainest code
/// that is right (std::priority_queue, one pop and one push per event): tests hold the fast
/// executors against it. Always traces.
void run_reference(kernel::Simulation& simulation, Time until, Observer* observer = nullptr);

}  // namespace foretwin::executors
