#pragma once

#include "engine/executors/observer.hpp"
#include "engine/kernel/simulation.hpp"

namespace foretwin::executors {

/// Whether the chain of handled events is hashed while running (a few ns per event).
enum class Trace { off, on };

/// Handles every event up to and including `until`, then sets the clock there: the fast executor
/// of one thread. Same story as run_reference, bit for bit, observed or not.
void run_sequential(kernel::Simulation& simulation, Time until, Trace trace = Trace::off,
                    Observer* observer = nullptr);

}  // namespace foretwin::executors
