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

/// Whether groups that have little to do before one must hear from another are tried at all.
enum class Attempt {
    where_it_may_pay,
    always,  ///< for tests: a clock still judges it
};

/// Handles every event up to and including `until` on up to `threads` threads of the current
/// oneTBB arena, conservatively: same story as run_sequential, bit for bit, for any number of
/// threads. Where the model cannot be cut, or windows hold too little work, it runs sequentially
/// and the report says so.
ParallelReport run_parallel(kernel::Simulation& simulation, Time until, int threads,
                            Trace trace = Trace::off, Observer* observer = nullptr,
                            Attempt attempt = Attempt::where_it_may_pay);

}  // namespace foretwin::executors
