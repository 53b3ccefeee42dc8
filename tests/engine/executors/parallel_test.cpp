#include "engine/executors/parallel.hpp"

#include <doctest/doctest.h>

#include "engine/executors/reference.hpp"
#include "engine/snapshot/snapshot.hpp"
#include "tests/support/executors.hpp"
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

}  // namespace

TEST_CASE("random models tell one story: reference, sequential and parallel on 1 to 16 threads") {
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
                const bool cut = threads > 1 && model.partition.cells() > 1;
                CHECK(report.parallel_events == (cut ? plain.events_handled() : 0));
                CHECK(report.parallel_events + report.sequential_events == plain.events_handled());
                expect_equal(plain, parallel);
            });
        }
    }
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

TEST_CASE("where waiting costs more than it saves, nine of ten events are handled sequentially") {
    const kernel::Model model = random_towns(3);  // a handful of devices
    REQUIRE(model.partition.cells() > 1);
    constexpr Time end = 60'000'000;
    kernel::Simulation plain = started(model);
    run_sequential(plain, end, Trace::on);
    kernel::Simulation tried = started(model);
    const ParallelReport report =
        executors::run_parallel(tried, end, 2, Trace::on, nullptr, Attempt::judged_by_clock);
    CHECK(report.parallel_events > 0);
    CHECK(report.sequential_events > 9 * report.parallel_events);
    expect_equal(plain, tried);
    // What pending events tell beforehand spares even the attempt.
    kernel::Simulation untried = started(model);
    CHECK(executors::run_parallel(untried, end, 2, Trace::on).parallel_events == 0);
    expect_equal(plain, untried);
}
