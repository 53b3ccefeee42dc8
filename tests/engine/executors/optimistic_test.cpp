#include "engine/executors/optimistic.hpp"

#include <doctest/doctest.h>

#include "engine/executors/reference.hpp"
#include "engine/executors/speculation.hpp"
#include "engine/snapshot/snapshot.hpp"
#include "models/reference/phold.hpp"
#include "tests/support/executors.hpp"
#include "tests/support/random_model.hpp"
#include "tests/support/random_plain_model.hpp"
#include "tests/support/toy.hpp"

using namespace foretwin;
using namespace foretwin::test;
using executors::EventKey;
using executors::OptimisticReport;
using executors::RoundLimits;
using executors::run_optimistic;
using executors::run_parallel;
using executors::run_reference;
using executors::run_sequential;
using executors::Speculation;
using executors::Trace;

TEST_CASE("random models tell one story: reference, sequential and optimistic on 1 to 16 threads") {
    std::uint64_t rounds = 0;
    std::uint64_t undone = 0;
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
        CAPTURE(seed);
        const kernel::Model model = random_hamlets(seed);
        kernel::Simulation plain = started(model);
        run_reference(plain, 3'000);
        kernel::Simulation fast = started(model);
        executors::Observer alone;
        run_sequential(fast, 3'000, Trace::on, &alone);
        expect_equal(plain, fast);
        for (const int threads : {1, 2, 3, 8, 16}) {
            CAPTURE(threads);
            with_threads(threads, [&] {
                kernel::Simulation ahead = started(model);
                executors::Observer watching;
                const OptimisticReport report =
                    run_optimistic(ahead, 3'000, threads, Trace::on, &watching);
                CHECK(watching.counters.events == alone.counters.events);
                CHECK(watching.counters.cancelled == alone.counters.cancelled);
                CHECK(report.fallback.empty());
                CHECK(report.speculative_events + report.sequential_events ==
                      plain.events_handled());
                rounds += report.rounds;
                undone += report.undone_events;
                expect_equal(plain, ahead);
            });
        }
    }
    MESSAGE(rounds << " rounds, " << undone << " events undone");
    CHECK(rounds > 10'000);  // else nothing was tested
    CHECK(undone > 10'000);
}

TEST_CASE("PHOLD without lookahead: the same story on any number of threads") {
    for (const double lookahead : {0.0, 0.001, 0.1}) {
        CAPTURE(lookahead);
        const kernel::Model model = reference::phold({512, 8, 0.3, lookahead});
        kernel::Simulation plain = started(model);
        run_reference(plain, 5 * second);
        for (const int threads : {2, 3, 8}) {
            CAPTURE(threads);
            with_threads(threads, [&] {
                kernel::Simulation ahead = started(model);
                for (Time until = 0; until <= 5 * second; until += second) {
                    run_optimistic(ahead, until, threads, Trace::on);
                }
                expect_equal(plain, ahead);
            });
        }
    }
}

TEST_CASE("a run may be cut anywhere, executors and thread counts may take turns") {
    const kernel::Model model = random_hamlets(9);  // with a least delay: parallel can run it too
    REQUIRE(model.partition.cells() > 1);
    kernel::Simulation whole = started(model);
    run_sequential(whole, 4'000, Trace::on);
    kernel::Simulation pieces = started(model);
    for (Time until = 0; until <= 4'000; until += 100) {
        const int threads = 2 + static_cast<int>(until / 100 % 3);
        if (until % 300 == 0) {
            run_parallel(pieces, until, threads, Trace::on, nullptr, executors::Attempt::always);
        } else {
            run_optimistic(pieces, until, threads, Trace::on);
        }
        CHECK(pieces.now() == until);
    }
    expect_equal(whole, pieces);
}

TEST_CASE("a snapshot taken from an optimistic run continues on another executor") {
    const kernel::Model model = random_hamlets(11);
    kernel::Simulation whole = started(model);
    run_sequential(whole, 6'000, Trace::on);
    kernel::Simulation first = started(model);
    run_optimistic(first, 2'500, 3, Trace::on);
    kernel::Simulation restored = snapshot::restore(model, snapshot::capture(first));
    run_sequential(restored, 6'000, Trace::on);
    expect_equal(whole, restored);
}

TEST_CASE(
    "devices that promise no plain state are left to the parallel executor, with the reason") {
    const kernel::Model model = random_towns(7);
    kernel::Simulation plain = started(model);
    run_sequential(plain, 3'000, Trace::on);
    kernel::Simulation ahead = started(model);
    const OptimisticReport report = run_optimistic(ahead, 3'000, 2, Trace::on);
    CHECK(report.fallback == "devices of type 'person' do not promise plain state of their own");
    CHECK(report.rounds == 0);
    CHECK(report.conservative.parallel_events + report.conservative.sequential_events ==
          plain.events_handled());
    expect_equal(plain, ahead);
}

TEST_CASE("what waits to become final is bounded, however far ahead a round could run") {
    // Nobody ever sends to another and nothing ends the round but the bound.
    const kernel::Model model = reference::phold({64, 8, 0.0, 0.0});
    kernel::Simulation simulation = started(model);
    const std::vector<std::uint8_t> group_of(64, 0);
    Speculation group(simulation, group_of, 0, 1, true);
    group.give(std::exchange(simulation.pending(), {}));
    RoundLimits limits;
    limits.last = never;
    limits.most_waiting = Speculation::most_waiting;
    group.settle(group.bound());
    group.run(limits);
    CHECK(group.waiting() == Speculation::most_waiting);
    CHECK(group.handled() == 0);
    // The others are told where it stopped; up to there all becomes final.
    CHECK(limits.known_horizon.load() == group.bound().at);
    group.settle(group.bound());
    CHECK(group.handled() == Speculation::most_waiting);
    CHECK(group.undone() == 0);
    CHECK(group.release().size() == 64 * 8);
}

TEST_CASE("what was handled beyond the horizon is undone, to the last byte") {
    const kernel::Model model = reference::phold({64, 8, 0.0, 0.0});
    kernel::Simulation simulation = started(model);
    const kernel::Slab before = simulation.memory().fixed();
    const std::vector<std::uint8_t> group_of(64, 0);
    Speculation group(simulation, group_of, 0, 1, true);
    group.give(std::exchange(simulation.pending(), {}));
    const EventKey begin = group.bound();
    RoundLimits limits;
    limits.last = never;
    limits.most_waiting = 1000;
    group.settle(begin);
    group.run(limits);
    CHECK_FALSE(simulation.memory().fixed() == before);
    group.settle(begin);  // not even the first event was to be handled
    CHECK(group.undone() == 1000);
    CHECK(group.handled() == 0);
    CHECK(simulation.memory().fixed() == before);
    CHECK(group.release().size() == 64 * 8);
}

TEST_CASE("cancelled events that are undone and done again do not pile up") {
    const kernel::Model model = random_hamlets(4);
    kernel::Simulation ahead = started(model);
    run_optimistic(ahead, 10'000, 3, Trace::off);
    const std::size_t pending = ahead.pending_events();
    run_optimistic(ahead, 300'000, 3, Trace::off);
    CHECK(ahead.events_handled() > 100'000);
    CHECK(ahead.pending_events() <= 2 * pending + 50);
    CHECK(ahead.pending().capacity() < 4096);
}

TEST_CASE("where rounds hold too little work, events are handled sequentially") {
    // Sixteen events in all: a round can never hold two hundred.
    const kernel::Model model = reference::phold({4, 4, 1.0, 0.0});
    kernel::Simulation plain = started(model);
    run_sequential(plain, 20'000 * second, Trace::on);
    kernel::Simulation ahead = started(model);
    const OptimisticReport report = run_optimistic(ahead, 20'000 * second, 2, Trace::on);
    CHECK(plain.events_handled() > 300'000);
    CHECK(report.sequential_events > 0);
    CHECK(report.sequential_events + report.speculative_events == plain.events_handled());
    expect_equal(plain, ahead);
}
