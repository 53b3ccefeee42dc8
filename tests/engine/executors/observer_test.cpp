#include "engine/executors/observer.hpp"

#include <doctest/doctest.h>

#include <string>
#include <thread>

#include "engine/executors/parallel.hpp"
#include "engine/executors/reference.hpp"
#include "tests/support/executors.hpp"
#include "tests/support/random_model.hpp"
#include "tests/support/toy.hpp"

using namespace foretwin;
using namespace foretwin::test;
using executors::Counters;
using executors::Observer;
using executors::ParallelReport;
using executors::Row;
using executors::Timeline;
using executors::Trace;

namespace {

/// A clock that goes on by one whenever somebody looks.
std::uint64_t ticks() {
    static std::atomic<std::uint64_t> now{1000};
    return ++now;
}

Timeline::Entry entry_named(const Timeline& timeline, const std::string& name) {
    for (const Timeline::Entry& entry : timeline.entries()) {
        if (entry.name == name) return entry;
    }
    FAIL("no entry '" << name << "'");
    return {};
}

}  // namespace

TEST_CASE("events and cancelled events are the same on every executor") {
    std::uint64_t cancelled = 0;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        CAPTURE(seed);
        const kernel::Model model = random_towns(seed);
        Observer plain, fast, many;
        kernel::Simulation on_reference = started(model);
        executors::run_reference(on_reference, 3'000, &plain);
        kernel::Simulation on_sequential = started(model);
        executors::run_sequential(on_sequential, 1'000, Trace::off, &fast);
        executors::run_sequential(on_sequential, 3'000, Trace::off, &fast);
        with_threads(3, [&] {
            kernel::Simulation on_many = started(model);
            executors::run_parallel(on_many, 3'000, 3, Trace::off, &many,
                                    executors::Attempt::always);
        });
        CHECK(plain.counters.events == on_reference.events_handled());
        CHECK(fast.counters.events == plain.counters.events);
        CHECK(many.counters.events == plain.counters.events);
        CHECK(fast.counters.cancelled == plain.counters.cancelled);
        CHECK(many.counters.cancelled == plain.counters.cancelled);
        cancelled += plain.counters.cancelled;
        CHECK(plain.counters.sequential_ns == 0);  // no clock was given
    }
    CHECK(cancelled > 1000);  // else nothing was tested
}

TEST_CASE("who watches changes nothing") {
    const kernel::Model model = random_towns(7);
    kernel::Simulation alone = started(model);
    executors::run_sequential(alone, 3'000, Trace::on);
    Timeline timeline(1000);
    Observer observer{ticks, &timeline, Row{1, 0}, {}};
    with_threads(2, [&] {
        kernel::Simulation watched = started(model);
        executors::run_parallel(watched, 3'000, 2, Trace::on, &observer,
                                executors::Attempt::always);
        CHECK(watched.trace_fingerprint() == alone.trace_fingerprint());
        CHECK(watched.report(false).values == alone.report(false).values);
    });
}

TEST_CASE("the timeline of a parallel run holds every round, and its events add up") {
    const kernel::Model model = random_towns(7);
    Timeline timeline(100'000);
    Observer observer{ticks, &timeline, Row{2, 5}, {}};
    ParallelReport report;
    with_threads(2, [&] {
        kernel::Simulation simulation = started(model);
        report = executors::run_parallel(simulation, 100'000, 2, Trace::off, &observer,
                                         executors::Attempt::always);
    });
    REQUIRE(report.rounds > 3);
    CHECK(timeline.left_out() == 0);
    std::uint64_t in_rounds = 0, side_by_side = 0, sequential = 0, values = 0, waits = 0;
    for (const Timeline::Entry& entry : timeline.entries()) {
        const std::string name = entry.name;
        if (entry.kind == Timeline::Kind::value) {
            ++values;
            continue;
        }
        CHECK(entry.begin_ns < entry.end_ns);
        CHECK((entry.about.group == 2 && entry.about.number == 5));
        if (name == "round") {
            CHECK(entry.row.group == Row::threads);
            in_rounds += entry.events;
        }
        if (name == "waiting") ++waits;
        if (name == "side by side") side_by_side += entry.events;
        if (name == "sequential") sequential += entry.events;
    }
    CHECK(in_rounds == report.parallel_events);
    CHECK(side_by_side == report.parallel_events);
    CHECK(sequential == report.sequential_events);
    CHECK(values == report.rounds);
    CHECK(waits == report.waits);
    const Counters& counters = observer.counters;
    CHECK(counters.events == report.parallel_events + report.sequential_events);
    CHECK(counters.deepest_queue > 0);
    // Of every round its begin and its end are looked at, and the begin and end of each share.
    CHECK(counters.rounds_ns >= 3 * report.rounds);
    CHECK(counters.between_ns >= report.rounds);
    CHECK(counters.waiting_ns >= report.waits);
    CHECK(counters.dividing_ns > 0);
}

TEST_CASE("a sequential run is one span") {
    const kernel::Model model = hoppers({"a", "b"});
    Timeline timeline(10);
    Observer observer{ticks, &timeline, Row{1, 3}, {}};
    kernel::Simulation simulation = started(model);
    executors::run_sequential(simulation, 3'000, Trace::off, &observer);
    CHECK(timeline.entries().size() == 1);
    const Timeline::Entry span = entry_named(timeline, "sequential");
    CHECK(span.events == simulation.events_handled());
    CHECK((span.row.group == 1 && span.row.number == 3));
    CHECK(observer.counters.sequential_ns == 1);  // the clock was looked at twice
}

TEST_CASE("a timeline keeps what it has room for, counts the rest, and spares a quarter of it") {
    Timeline timeline(8);
    int rounds = 0;
    for (int i = 0; i < 10; ++i) {
        if (!timeline.has_place_for_detail()) continue;
        timeline.span(Row{}, Row{1, 0}, "round", 1, 2, 0);
        ++rounds;
    }
    CHECK(rounds == 6);
    CHECK(timeline.left_out() == 4);
    for (int i = 0; i < 5; ++i) timeline.span(Row{1, 0}, Row{1, 0}, "measured", 1, 2, 0);
    CHECK(timeline.entries().size() == 8);
    CHECK(timeline.left_out() == 4 + 3);
    CHECK(timeline.entries().back().name == std::string("measured"));
}

TEST_CASE("many threads may add to a timeline at once: nothing is lost without being counted") {
    constexpr std::uint64_t each = 10'000;
    Timeline timeline(15'000);
    std::vector<std::thread> threads;
    for (std::uint32_t t = 0; t < 4; ++t) {
        threads.emplace_back([&timeline, t] {
            for (std::uint64_t i = 0; i < each; ++i) {
                timeline.span(Row{0, t}, Row{1, 0}, "round", i, i + 1, t);
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    const std::vector<Timeline::Entry> entries = timeline.entries();
    CHECK(entries.size() == 15'000);
    CHECK(timeline.left_out() == 4 * each - 15'000);
    for (const Timeline::Entry& entry : entries) {
        REQUIRE(entry.end_ns == entry.begin_ns + 1);  // each entry whole
        REQUIRE(entry.events == entry.row.number);
    }
}
