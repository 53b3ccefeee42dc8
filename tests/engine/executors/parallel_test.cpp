#include "engine/executors/parallel.hpp"

#include <doctest/doctest.h>
#include <tbb/global_control.h>
#include <tbb/task_arena.h>

#include "engine/executors/reference.hpp"
#include "engine/snapshot/snapshot.hpp"
#include "tests/support/random_model.hpp"
#include "tests/support/toy.hpp"

using namespace foretwin;
using namespace foretwin::test;
using executors::Attempt;
using executors::ParallelReport;
using executors::run_reference;
using executors::run_sequential;
using executors::Trace;

namespace {

/// However little there is to do side by side.
ParallelReport run_side_by_side(kernel::Simulation& simulation, Time until, int threads,
                                Trace trace) {
    return executors::run_parallel(simulation, until, threads, trace, nullptr, Attempt::always);
}

void expect_equal(kernel::Simulation& a, kernel::Simulation& b) {
    CHECK(a.now() == b.now());
    CHECK(a.events_handled() == b.events_handled());
    CHECK(a.pending_events() == b.pending_events());
    CHECK(a.report(false).values == b.report(false).values);
    CHECK(a.trace_fingerprint() == b.trace_fingerprint());
}

/// With exactly so many threads, however few processors there are.
template <class Body>
void with_threads(int threads, Body body) {
    const tbb::global_control allowed(tbb::global_control::max_allowed_parallelism,
                                      static_cast<std::size_t>(threads));
    tbb::task_arena arena(threads);
    arena.execute(body);
}

}  // namespace

TEST_CASE("random models tell one story: reference, sequential and parallel on 1 to 16 threads") {
    std::uint64_t side_by_side = 0;
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
        CAPTURE(seed);
        const kernel::Model model = random_towns(seed);
        kernel::Simulation plain = started(model);
        run_reference(plain, 3'000);
        kernel::Simulation fast = started(model);
        run_sequential(fast, 3'000, Trace::on);
        expect_equal(plain, fast);
        for (const int threads : {1, 2, 3, 8, 16}) {
            CAPTURE(threads);
            with_threads(threads, [&] {
                kernel::Simulation parallel = started(model);
                const ParallelReport report = run_side_by_side(parallel, 3'000, threads, Trace::on);
                CHECK(report.parallel_events + report.sequential_events == plain.events_handled());
                side_by_side += report.parallel_events;
                expect_equal(plain, parallel);
            });
        }
    }
    CHECK(side_by_side > 100'000);  // else nothing was tested
}

TEST_CASE("a run may be cut anywhere, executors and thread counts may take turns") {
    const kernel::Model model = random_towns(7);
    kernel::Simulation whole = started(model);
    run_sequential(whole, 4'000, Trace::on);
    kernel::Simulation pieces = started(model);
    for (Time until = 0; until <= 4'000; until += 100) {
        if (until % 300 == 0) {
            run_reference(pieces, until);
        } else {
            run_side_by_side(pieces, until, 2 + static_cast<int>(until / 100 % 3), Trace::on);
        }
        CHECK(pieces.now() == until);
    }
    expect_equal(whole, pieces);
}

TEST_CASE("a snapshot taken from one thread count continues on another") {
    const kernel::Model model = random_towns(11);
    kernel::Simulation whole = started(model);
    run_sequential(whole, 6'000, Trace::on);
    kernel::Simulation first = started(model);
    run_side_by_side(first, 2'500, 3, Trace::on);
    kernel::Simulation second = snapshot::restore(model, snapshot::capture(first));
    run_side_by_side(second, 6'000, 2, Trace::on);
    expect_equal(whole, second);
}

TEST_CASE("a model in one piece runs sequentially, and says so") {
    const kernel::Model model = hoppers({"a", "b", "c"});
    kernel::Simulation plain = started(model);
    run_sequential(plain, 3'000, Trace::on);
    kernel::Simulation parallel = started(model);
    const ParallelReport report = run_side_by_side(parallel, 3'000, 8, Trace::on);
    CHECK(report.groups == 1);
    CHECK(report.rounds == 0);
    CHECK(report.sequential_events == plain.events_handled());
    expect_equal(plain, parallel);
}

TEST_CASE("where waiting costs more than it saves, most events are handled sequentially") {
    const kernel::Model model = random_towns(3);  // a handful of devices
    REQUIRE(model.partition.cells() > 1);
    kernel::Simulation plain = started(model);
    run_sequential(plain, 10'000'000, Trace::on);
    kernel::Simulation parallel = started(model);
    const ParallelReport report = run_side_by_side(parallel, 10'000'000, 2, Trace::on);
    CHECK(plain.events_handled() > 2'000'000);
    CHECK(report.sequential_events > report.parallel_events);
    expect_equal(plain, parallel);
}
