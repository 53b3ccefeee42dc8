#pragma once

#include <cstdint>
#include <string>

#include "engine/executors/parallel.hpp"

namespace foretwin::experiments {

/// What running a study did, beside its answer: for people who wonder where the time goes. Never
/// part of a fingerprint, nor of the files of a study, since times differ from run to run.
struct RunCounters {
    std::string executor;                ///< as name_of(Executor) tells it
    int threads = 1;                     ///< lent to the study
    std::int64_t replications = 0;       ///< of all alternatives, discarded ones not counted
    executors::Counters counters;        ///< of all replications; times are of threads, added up
    executors::ParallelReport parallel;  ///< of the parallel executor: groups, rounds, stretches
    std::uint32_t cells = 1;             ///< of the baseline: what could run side by side
    std::string blame;                   ///< why the baseline is in one piece; empty when it is not
    /// Why the optimistic executor left the baseline to the parallel one; empty when it did not.
    std::string why_not_optimistic;
    std::uint64_t build_ns = 0;   ///< wall time: checking and assembling all alternatives
    std::uint64_t run_ns = 0;     ///< wall time: all replications
    std::uint64_t answer_ns = 0;  ///< wall time: figures, intervals, money
};

}  // namespace foretwin::experiments
