#pragma once

#include <doctest/doctest.h>
#include <tbb/global_control.h>
#include <tbb/task_arena.h>

#include "engine/kernel/simulation.hpp"

namespace foretwin::test {

/// Two twins that have lived the same story, traced.
inline void expect_equal(kernel::Simulation& a, kernel::Simulation& b) {
    CHECK(a.now() == b.now());
    CHECK(a.events_handled() == b.events_handled());
    CHECK(a.pending_events() == b.pending_events());
    CHECK(a.report(false).values == b.report(false).values);
    CHECK(a.trace_fingerprint() == b.trace_fingerprint());
    // Where all state is plain: the same bytes, timers, counters and traces included.
    if (a.model().not_undoable.empty()) CHECK(a.memory().fixed() == b.memory().fixed());
}

/// Runs `body` with exactly so many threads, however few processors there are.
template <class Body>
void with_threads(int threads, Body body) {
    const tbb::global_control allowed(tbb::global_control::max_allowed_parallelism,
                                      static_cast<std::size_t>(threads));
    tbb::task_arena arena(threads);
    arena.execute(body);
}

}  // namespace foretwin::test
