#include "tests/support/executors.hpp"

#include <doctest/doctest.h>

#include "engine/executors/reference.hpp"
#include "engine/executors/sequential.hpp"
#include "tests/support/toy.hpp"

using namespace foretwin;
using namespace foretwin::test;
using executors::run_reference;
using executors::run_sequential;
using executors::Trace;

namespace {

const kernel::Model model = hoppers({"d", "a", "c", "b", "e"});

}  // namespace

TEST_CASE("the sequential executor tells the reference's story, event by event") {
    for (std::uint32_t replication = 0; replication < 20; ++replication) {
        kernel::Simulation plain = started(model, {1, replication});
        kernel::Simulation fast = started(model, {1, replication});
        run_reference(plain, 20'000);
        run_sequential(fast, 20'000, Trace::on);
        CHECK(plain.events_handled() > 1000);
        expect_equal(plain, fast);
    }
}

TEST_CASE("a run may be cut anywhere, and the executors may take turns") {
    kernel::Simulation whole = started(model);
    run_sequential(whole, 5'000, Trace::on);
    kernel::Simulation pieces = started(model);
    for (Time until = 0; until <= 5'000; until += 50) {
        if (until % 100 == 0) {
            run_sequential(pieces, until, Trace::on);
        } else {
            run_reference(pieces, until);
        }
        CHECK(pieces.now() == until);
    }
    expect_equal(whole, pieces);
}

TEST_CASE("events at the end instant itself are handled, later ones stay pending") {
    kernel::Simulation simulation = started(model);
    run_sequential(simulation, 1000, Trace::on);
    CHECK(!simulation.pending().empty());
    for (const kernel::Event& event : simulation.pending()) CHECK(event.at > 1000);
}

TEST_CASE("tracing changes nothing but the trace") {
    kernel::Simulation traced = started(model);
    kernel::Simulation plain = started(model);
    run_sequential(traced, 3000, Trace::on);
    run_sequential(plain, 3000, Trace::off);
    CHECK(traced.report(false).values == plain.report(false).values);
    CHECK(traced.trace_fingerprint() != plain.trace_fingerprint());
}

TEST_CASE("another key is another story") {
    kernel::Simulation one = started(model, {1, 0});
    kernel::Simulation two = started(model, {1, 1});
    kernel::Simulation three = started(model, {2, 0});
    for (kernel::Simulation* s : {&one, &two, &three}) run_sequential(*s, 3000, Trace::on);
    CHECK(one.trace_fingerprint() != two.trace_fingerprint());
    CHECK(one.trace_fingerprint() != three.trace_fingerprint());
}

TEST_CASE("a copy is a fork: both go on, neither disturbs the other") {
    kernel::Simulation base = started(model);
    run_sequential(base, 1000, Trace::on);
    kernel::Simulation fork = base;
    run_sequential(base, 4000, Trace::on);
    const std::vector<Wide> figures = base.report(false).values;
    run_sequential(fork, 4000, Trace::on);
    expect_equal(base, fork);
    CHECK(base.report(false).values == figures);
}

TEST_CASE("memory does not grow with the horizon") {
    // Each hop replaces an alarm: cancelled events would pile up if nobody swept them.
    kernel::Simulation simulation = started(model);
    run_sequential(simulation, 10'000, Trace::off);
    const std::size_t bytes = simulation.memory().bytes();
    const std::size_t pending = simulation.pending_events();
    run_sequential(simulation, 1'000'000, Trace::off);
    CHECK(simulation.events_handled() > 50'000);
    CHECK(simulation.memory().bytes() <= 2 * bytes);
    CHECK(simulation.pending_events() <= pending + 50);
    CHECK(simulation.pending().capacity() < 4096);
}
