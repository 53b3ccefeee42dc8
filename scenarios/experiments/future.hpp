#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "scenarios/experiments/replicate.hpp"

namespace foretwin::experiments {

class Bookmark;

/// What one future of one alternative gave.
struct Outcome {
    std::vector<double> kpis;
    std::vector<double> devices;
    std::vector<double> parts;
    std::uint64_t fingerprint = 0;
    std::uint64_t trace = 0;
    std::uint64_t events = 0;
    std::vector<DeadlockFound> deadlocks;
    /// Of this process alone; they are not kept in checkpoints.
    executors::Counters counters;
    executors::ParallelReport parallel;
};

/// Throws Cancelled when the study was stopped from outside.
void stop_if_cancelled(const StudyPlan& plan);

/// Runs the replication that its row names from time 0, or from where its bookmark lies, to its
/// end. `types` are the part types to count. With a bookmark it pauses now and then, which changes
/// no figure.
Outcome run_future(const StudyPlan& plan, const PreparedAlternative& prepared,
                   const std::vector<std::string>& types, executors::Row row,
                   Bookmark* bookmark = nullptr);

}  // namespace foretwin::experiments
