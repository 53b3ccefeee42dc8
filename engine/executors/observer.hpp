#pragma once

#include <algorithm>
#include <cstdint>

#include "engine/executors/timeline.hpp"

/// What a run tells beside its result. Never part of a result or fingerprint: only the events and
/// the cancelled ones are the same on every executor, all else depends on machine and day.
namespace foretwin::executors {

/// Wall time in ns since any fixed instant, never going back. It is given from outside: the engine
/// reads no clock of its own.
using Clock = std::uint64_t (*)();

struct Counters {
    std::uint64_t events = 0;     ///< handled
    std::uint64_t cancelled = 0;  ///< scheduled, and cancelled or replaced before they were due
    /// Most events pending at once, cancelled ones that still lie there included; in a parallel run
    /// looked at between rounds, all groups together.
    std::uint64_t deepest_queue = 0;
    // Wall time, ns; 0 where no clock was given.
    std::uint64_t sequential_ns = 0;  ///< one thread, all devices
    std::uint64_t rounds_ns = 0;      ///< groups side by side, first to begin until last to end
    std::uint64_t waiting_ns = 0;     ///< threads in rounds that waited for another group, added up
    std::uint64_t between_ns = 0;     ///< between rounds: all come together, meters fold in
    std::uint64_t dividing_ns = 0;    ///< filling the queues of groups, and giving them back

    void add(const Counters& more) {
        events += more.events;
        cancelled += more.cancelled;
        deepest_queue = std::max(deepest_queue, more.deepest_queue);
        sequential_ns += more.sequential_ns;
        rounds_ns += more.rounds_ns;
        waiting_ns += more.waiting_ns;
        between_ns += more.between_ns;
        dividing_ns += more.dividing_ns;
    }
};

/// Given to an executor by whoever wants to know. Without one nothing is counted.
struct Observer {
    Clock clock = nullptr;         ///< nullptr: no wall time is taken
    Timeline* timeline = nullptr;  ///< nullptr: only the counters; needs a clock
    Row row;                       ///< where the phases of this replication stand in the timeline
    Counters counters;

    std::uint64_t now() const { return clock == nullptr ? 0 : clock(); }
    /// Stood there from `begin` until now; returns now, to begin the next one.
    std::uint64_t phase(const char* name, std::uint64_t begin, std::uint64_t events) {
        const std::uint64_t end = now();
        if (timeline != nullptr) timeline->span(row, row, name, begin, end, events);
        return end;
    }
};

}  // namespace foretwin::executors
