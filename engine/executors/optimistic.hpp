#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "engine/executors/parallel.hpp"
#include "engine/kernel/simulation.hpp"

namespace foretwin::executors {

/// What an optimistic run did; for reports and benchmarks, never part of a result.
struct OptimisticReport {
    int groups = 1;                        ///< pieces that ran side by side
    std::uint64_t rounds = 0;              ///< run side by side
    std::uint64_t speculative_events = 0;  ///< handled in them, for good
    std::uint64_t undone_events = 0;       ///< handled and taken back
    std::uint64_t sequential_events = 0;   ///< in stretches where side by side did not pay
    std::size_t most_waiting = 0;  ///< the most that one group handled in a round, not yet final
    /// Why nothing was handled ahead of what is certain, so that `conservative` tells what the
    /// parallel executor did instead; empty otherwise.
    std::string fallback;
    ParallelReport conservative;

    /// In the words of the parallel executor.
    ParallelReport as_parallel() const;
};

/// Handles every event up to and including `until` on up to `threads` threads of the current
/// oneTBB arena, ahead of what is certain, and undoes what came too early: same story as
/// run_sequential, bit for bit, for any number of threads. For models without lookahead whose
/// devices promise plain state (Behaviour::plain_state); others are left to run_parallel.
OptimisticReport run_optimistic(kernel::Simulation& simulation, Time until, int threads,
                                Trace trace = Trace::off, Observer* observer = nullptr);

}  // namespace foretwin::executors
