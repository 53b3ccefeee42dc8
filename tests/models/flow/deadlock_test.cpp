#include "models/flow/deadlock.hpp"

#include <doctest/doctest.h>

#include "tests/support/plant.hpp"

/// Deadlocks with constant times, followed by hand.

using namespace foretwin;
using flow::Deadlock;
using test::Run;

namespace {

const std::string sink = "  Out: {type: sink}\n";
const std::string waits = "  In: {type: source, every: 1 s, when_full: wait, next: A}\n";
const std::string before = ", blocking: before_service";

std::string station(const std::string& name, const std::string& cycle, const std::string& next,
                    const std::string& more = "") {
    return "  " + name + ": {type: station, cycle: " + cycle + ", next: " + next + more + "}\n";
}

/// "since s: names in flow order", one per deadlock.
std::string told(Run& run, Time at) {
    run.to(at);
    std::string text;
    for (const Deadlock& deadlock : flow::find_deadlocks(run.simulation())) {
        text += (text.empty() ? "" : "; ") + std::to_string(deadlock.since / second) + " s:";
        for (const DeviceIndex device : deadlock.devices) {
            text += " " + run.plant().model.devices[device].name;
        }
    }
    return text;
}

}  // namespace

TEST_CASE("two stations that send everything to each other lock as soon as both are full") {
    // All parts go A -> B -> A (0.0001 % ever leave; none here). Parts enter at 1, and when A has
    // place: A 1-3, B 3-8; the second part A 3-5, blocked; at 8 B's part wants A: locked since 8.
    Run run = Run::of(waits + station("A", "2 s", "B") +
                      station("B", "5 s", "{A: 99.9999 %, Out: 0.0001 %}") + sink);
    CHECK(told(run, 7 * second).empty());
    CHECK(told(run, 8 * second) == "8 s: A B");
    // Looking again, and asking for figures, changes nothing.
    CHECK(told(run, 5000 * second) == "8 s: A B");
    CHECK(run.seconds("A/states/blocked") == doctest::Approx(5000 - 5));
    CHECK(run.seconds("B/states/blocked") == doctest::Approx(5000 - 8));
}

TEST_CASE("before service the loop locks when the places are full, with parts not worked on") {
    // A works 1-3, a place in B being kept. The source's next part is in line for A since 2, so it
    // takes the place that is free at 3. B's part then waits for a place in A, A's for one in B.
    Run run = Run::of(waits + station("A", "2 s", "B", before) +
                      station("B", "5 s", "{A: 99.9999 %, Out: 0.0001 %}", before) + sink);
    CHECK(told(run, 2 * second).empty());
    CHECK(told(run, 100 * second) == "3 s: A B");
    CHECK(run.count("B/completed") == 0);
}

TEST_CASE("a buffer of its own can be part of the circle; who stands in line before it is not") {
    // Z feeds A; A, the store and B are the circle. A 1 s: in at 2 from Z (1 s), ... it fills: B
    // takes 100 s, holds 1, the store 1, A one finished part, Z one. At 103 B's part wants A.
    Run run = Run::of("  In: {type: source, every: 1 s, when_full: wait, next: Z}\n" +
                      station("Z", "1 s", "A") + station("A", "1 s", "Store") +
                      "  Store: {type: buffer, capacity: 1, next: B}\n" +
                      station("B", "100 s", "{A: 99.9999 %, Out: 0.0001 %}") + sink);
    CHECK(told(run, 102 * second).empty());
    CHECK(told(run, 1000 * second) == "103 s: A Store B");
}

TEST_CASE("a station that sends its own parts back to itself needs nobody else to lock") {
    Run run = Run::of(waits + station("A", "2 s", "{A: 99.9999 %, Out: 0.0001 %}") + sink);
    CHECK(told(run, 100 * second) == "3 s: A");
    Run roomy = Run::of(
        waits + station("A", "2 s", "{A: 99.9999 %, Out: 0.0001 %}", ", buffer: unlimited") + sink);
    CHECK(told(roomy, 100 * second).empty());
    CHECK(roomy.count("A/completed") == 49);
}

TEST_CASE("one machine that can still move keeps the whole circle from being locked") {
    // B has two machines: one holds a part for A for ever, the other one works for 1000 s on a
    // part that will leave a place. Until then this is a jam, no deadlock.
    Run run = Run::of(waits + station("A", "2 s", "B") +
                      station("B", "{empirical: {values: [1 s, 1000 s]}}",
                              "{A: 99.9999 %, Out: 0.0001 %}", ", machines: 2") +
                      sink);
    run.to(20'000 * second);
    const auto found = flow::find_deadlocks(run.simulation());
    REQUIRE(found.size() == 1);
    const Time since = found.front().since;
    CHECK(told(run, 20'000 * second) == std::to_string(since / second) + " s: A B");
    Run again = Run::of(waits + station("A", "2 s", "B") +
                        station("B", "{empirical: {values: [1 s, 1000 s]}}",
                                "{A: 99.9999 %, Out: 0.0001 %}", ", machines: 2") +
                        sink);
    CHECK(told(again, since - 1).empty());
    CHECK(!told(again, since).empty());
}

TEST_CASE("waiting for a repair that takes long is no deadlock") {
    // B fails after 3 s of work and is repaired for 100 h: everything before it waits, A is
    // blocked, but nothing is locked.
    Run run =
        Run::of(waits + station("A", "2 s", "B") +
                "  B: {type: station, cycle: 5 s, next: {A: 99.9999 %, Out: 0.0001 %}, "
                "failures: {jam: {clock: operating, time_to_failure: 3 s, repair: 100 h}}}\n" +
                sink);
    CHECK(told(run, 50 * hour).empty());
    CHECK(run.seconds("A/states/blocked") > 49 * 3600);
    CHECK(told(run, 500 * hour).find("A B") != std::string::npos);
}

TEST_CASE("conwip with fewer parts than places never locks, with as many it can") {
    const auto loop = [](int parts) {
        return Run::of("  In: {type: source, conwip: " + std::to_string(parts) + ", next: A}\n" +
                       station("A", "2 s", "B", ", buffer: 1") +
                       station("B", "3 s", "{A: 90 %, Out: 10 %}", ", buffer: 1") + sink);
    };
    Run few = loop(3);
    CHECK(told(few, 100 * hour).empty());
    CHECK(few.count("Out/arrived") > 10'000);
    Run many = loop(4);
    CHECK(told(many, 100 * hour).find(" s: A B") != std::string::npos);
}

TEST_CASE("a place kept for a part that may yet be scrapped is a way out, until it is gone") {
    // Z keeps one of A's two places from 0 to 1000 s and scraps its part then. A works 1-3 and 3-5,
    // B 3-8; from 8 on B waits for A and A for B, but the place that comes free at 1000 could save
    // them. A part of the source, in line since 4, gets it: only now nothing can move.
    Run run = Run::of(waits + "  In Z: {type: source, saturated: true, next: Z}\n" +
                      station("Z", "1000 s", "A", ", scrap: 100 %" + before) +
                      station("A", "2 s", "B", ", buffer: 1") +
                      station("B", "5 s", "{A: 99.9999 %, Out: 0.0001 %}") + sink);
    CHECK(told(run, 999 * second).empty());
    CHECK(run.seconds("B/states/blocked") == doctest::Approx(999 - 8));
    CHECK(told(run, 2000 * second) == "1000 s: A B");
}
