#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "scenarios/experiments/replicate.hpp"

namespace foretwin::experiments {

class Bookmark;

/// What futures of one alternative tell those that follow, of how fast they go; 0: nothing yet.
using Pace = std::atomic<double>;

/// What one future of one alternative gave.
struct Outcome {
    std::vector<double> kpis;
    std::vector<double> devices;
    std::vector<double> parts;
    std::uint64_t fingerprint = 0;
    std::uint64_t trace = 0;
    std::uint64_t events = 0;
    std::vector<DeadlockFound> deadlocks;
    executors::Counters counters;  ///< of what this process ran
    executors::ParallelReport parallel;
};

/// Throws Cancelled when the study was stopped from outside.
void stop_if_cancelled(const StudyPlan& plan);

/// Runs one replication, told by its row, from time 0 or from where its bookmark lies to its end.
/// `types` are the part types to count. With a bookmark it pauses now and then, which changes no
/// figure. Without one, a plan that may be stopped runs in stretches, which change no figure
/// either; `pace` then keeps the events per ns from one future to the next.
Outcome run_future(const StudyPlan& plan, const PreparedAlternative& prepared,
                   const std::vector<std::string>& types, executors::Row row,
                   Bookmark* bookmark = nullptr, Pace* pace = nullptr);

}  // namespace foretwin::experiments
