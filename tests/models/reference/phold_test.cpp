#include "models/reference/phold.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "engine/core/rule.hpp"
#include "engine/executors/parallel.hpp"
#include "engine/executors/reference.hpp"
#include "engine/executors/sequential.hpp"

using namespace foretwin;
using reference::Phold;

namespace {

struct Counts {
    double events = 0;
    double sent_on = 0;
};

Counts counts(kernel::Simulation& simulation) {
    const std::vector<Wide> figures = simulation.report(false).values;
    Counts result;
    for (std::size_t i = 0; i < figures.size(); i += 2) {
        result.events += static_cast<double>(figures[i]);
        result.sent_on += static_cast<double>(figures[i + 1]);
    }
    return result;
}

kernel::Simulation after(const kernel::Model& model, double seconds) {
    kernel::Simulation simulation(model, {5, 0});
    simulation.start();
    executors::run_sequential(simulation, from_seconds(seconds));
    return simulation;
}

}  // namespace

TEST_CASE("the number of events is what renewal theory says, for any lookahead and remote share") {
    for (const double lookahead : {0.0, 0.1, 1.0}) {
        for (const double remote : {0.0, 0.1, 1.0}) {
            CAPTURE(lookahead);
            CAPTURE(remote);
            const Phold plan{512, 8, remote, lookahead};
            const kernel::Model model = reference::phold(plan);
            kernel::Simulation simulation = after(model, 50);
            // Five standard deviations: 1 in a million goes beyond. For 4096 chains over 50 s at
            // lookahead 0 that is 204,800 +- 2,263; a mean that is wrong by 2 % would be seen.
            const double sd = std::sqrt(reference::phold_variance_of_events(plan, 50));
            const Counts found = counts(simulation);
            CHECK(std::abs(found.events - reference::phold_mean_events(plan, 50)) < 5 * sd);
            CHECK(static_cast<double>(simulation.events_handled()) == found.events);
            // Each event is sent on with chance `remote`: binomial.
            const double spread = std::sqrt(found.events * remote * (1 - remote));
            CHECK(std::abs(found.sent_on - remote * found.events) <= 5 * spread);
            // Every event causes one.
            CHECK(simulation.pending_events() == 512 * 8);
        }
    }
}

TEST_CASE("events that are sent on go to all processes alike") {
    // 64 processes, all events sent on: each handles 1/64 of them, binomial.
    const Phold plan{64, 16, 1.0, 0.1};
    const kernel::Model model = reference::phold(plan);
    kernel::Simulation simulation = after(model, 100);
    const std::vector<Wide> figures = simulation.report(false).values;
    const double events = counts(simulation).events;
    const double spread = std::sqrt(events / 64);
    for (std::size_t i = 0; i < figures.size(); i += 2) {
        CHECK(std::abs(static_cast<double>(figures[i]) - events / 64) < 5 * spread);
    }
}

TEST_CASE("reference and sequential executor tell the same story, in few pieces or many") {
    for (const Phold& plan : {Phold{64, 8, 0.1, 0.1}, Phold{200, 16, 1.0, 0.0}, Phold{5000, 1}}) {
        CAPTURE(plan.processes);
        const kernel::Model model = reference::phold(plan);
        kernel::Simulation plain(model, {5, 0});
        kernel::Simulation fast(model, {5, 0});
        plain.start();
        fast.start();
        executors::run_reference(plain, 10 * second);
        for (Time until = second; until <= 10 * second; until += second) {
            executors::run_sequential(fast, until, executors::Trace::on);
        }
        CHECK(plain.events_handled() > 4000);
        CHECK(plain.events_handled() == fast.events_handled());
        CHECK(plain.trace_fingerprint() == fast.trace_fingerprint());
        CHECK(plain.report(false).values == fast.report(false).values);
    }
}

TEST_CASE("a plan that makes no sense is refused") {
    CHECK_THROWS_AS(reference::phold(Phold{0, 8, 0.1, 0.1}), RuleBroken);
    CHECK_THROWS_AS(reference::phold(Phold{8, 8, 1.1, 0.1}), RuleBroken);
    CHECK_THROWS_AS(reference::phold(Phold{8, 8, 0.1, -0.1}), RuleBroken);
}

TEST_CASE("a lookahead that is tiny beside the gaps between events costs no march of the clocks") {
    // A nanosecond against seconds: clocks alone would take 1e9 steps from one event to the next.
    const kernel::Model model = reference::phold({16, 1, 0.5, 1e-9});
    REQUIRE(model.partition.cells() == 16);
    kernel::Simulation plain(model, {3, 0});
    plain.start();
    executors::run_reference(plain, from_seconds(500));
    for (const int threads : {2, 5}) {
        kernel::Simulation parallel(model, {3, 0});
        parallel.start();
        const executors::ParallelReport report =
            executors::run_parallel(parallel, from_seconds(500), threads, executors::Trace::on,
                                    nullptr, executors::Attempt::always);
        CHECK(report.parallel_events == plain.events_handled());
        CHECK(parallel.report(false).values == plain.report(false).values);
        CHECK(parallel.trace_fingerprint() == plain.trace_fingerprint());
    }
}

TEST_CASE("where next to nothing is due before one group must hear from another, none is tried") {
    const kernel::Model model = reference::phold({16, 1, 0.5, 1e-9});
    kernel::Simulation simulation(model, {3, 0});
    simulation.start();
    const executors::ParallelReport report =
        executors::run_parallel(simulation, from_seconds(2'000), 2);
    CHECK(report.parallel_events == 0);
    CHECK(report.sequential_events == simulation.events_handled());
}
