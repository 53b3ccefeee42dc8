#pragma once

#include <string>
#include <vector>

#include "engine/executors/parallel.hpp"
#include "engine/statistics/summary.hpp"
#include "scenarios/assembly/plant.hpp"
#include "scenarios/experiments/study_plan.hpp"
#include "scenarios/kpis/formula.hpp"

namespace foretwin::experiments {

/// One alternative, assembled once per parameter draw.
struct PreparedAlternative {
    Alternative alternative;
    loader::Value tree;                                  ///< with its changes, expanded and checked
    std::vector<assembly::Plant> plants;                 ///< per draw
    std::vector<std::vector<kernel::FigureSpec>> specs;  ///< per draw: factors differ
    std::vector<kpis::Formula> kpis;
    std::vector<kpis::Formula> devices;
    /// Warnings of loops that may lock; without them no future is looked through for deadlocks.
    loader::Problems loops;
};

/// A circle of devices in which a replication ended, waiting for one another.
struct DeadlockFound {
    std::int64_t replication = 0;
    std::string since;                 ///< local time
    double standstill_h = 0;           ///< from then on, within the measured time
    std::vector<std::string> devices;  ///< each waits for the next, the last for the first
};

/// What the replications of one alternative gave. Sums are taken in replication order.
struct Replications {
    std::vector<std::vector<double>> kpis;  ///< [kpi][replication]
    /// [device figure][parameter draw]: moments only, since there are many figures.
    std::vector<std::vector<statistics::Summary>> devices;
    std::vector<std::vector<double>> part_counts;  ///< [part type][replication]
    std::vector<std::uint64_t> fingerprints;       ///< per replication
    std::vector<std::uint64_t> traces;             ///< per replication, when traced
    std::uint64_t events = 0;
    std::vector<DeadlockFound> deadlocks;  ///< in replication order
    executors::Counters counters;          ///< when the plan has a clock
    executors::ParallelReport parallel;
};

/// How many threads the plan asks for.
int threads_of(const StudyPlan& plan);

/// The part types whose margin the economics may name, in order.
std::vector<std::string> part_types(const PreparedAlternative& prepared);

/// Applies each alternative's changes and builds its plants, in parallel.
std::vector<PreparedAlternative> prepare(const StudyPlan& plan, const ParameterDraws& draws);

/// Frees what was prepared, in parallel: plants of every alternative and parameter draw, with
/// thousands of pieces each.
void discard(const StudyPlan& plan, std::vector<PreparedAlternative> prepared);

/// Runs all alternatives over the same futures: replication r uses random key (seed, r) and
/// parameter draw r mod K.
std::vector<Replications> replicate(const StudyPlan& plan,
                                    const std::vector<PreparedAlternative>& prepared);

/// Hash of one replication's figures, names included.
std::uint64_t result_fingerprint(const std::vector<kernel::FigureSpec>& specs,
                                 const std::vector<Wide>& values);

}  // namespace foretwin::experiments
