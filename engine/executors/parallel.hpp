#pragma once

#include <cstdint>

#include "engine/executors/sequential.hpp"
#include "engine/kernel/simulation.hpp"

namespace foretwin::executors {

/// What a parallel run did; for reports and benchmarks, never part of a result.
struct ParallelReport {
    int groups = 1;            ///< pieces that ran, or could run, side by side
    Time lookahead = never;    ///< the smallest between two of them
    std::uint64_t rounds = 0;  ///< times all came together to see how to go on
    std::uint64_t waits = 0;   ///< times a thread had to wait for another one
    std::uint64_t parallel_events = 0;
    std::uint64_t sequential_events = 0;  ///< in stretches where side by side did not pay
    std::uint64_t stretches = 0;          ///< of those: an event cost too much side by side

    /// Adds another run of the same model.
    void add(const ParallelReport& more);
};

/// When events are handled side by side; tests force what a run would choose by its cost.
enum class Attempt {
    where_it_may_pay,  ///< pending events say whether it is tried, the clock whether it goes on
    judged_by_clock,   ///< tried in any case
    always,            ///< tried, and never given up
};

/// Handles every event up to and including `until` on up to `threads` threads of the current
/// oneTBB arena, conservatively: same story as run_sequential, bit for bit, for any number of
/// threads. Where the model cannot be cut, or windows hold too little work, it runs sequentially
/// and the report says so.
ParallelReport run_parallel(kernel::Simulation& simulation, Time until, int threads,
                            Trace trace = Trace::off, Observer* observer = nullptr,
                            Attempt attempt = Attempt::where_it_may_pay);

}  // namespace foretwin::executors
