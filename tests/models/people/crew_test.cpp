#include <doctest/doctest.h>

#include "tests/support/plant.hpp"

/// Crews: who is served first, what happens at the end of the shift, and what the hours cost.

using namespace foretwin;
using test::Run;

namespace {

/// A machine that fails once after `life` and takes `repair`.
std::string machine(const std::string& name, const std::string& life, const std::string& repair,
                    const std::string& more = "") {
    return "  " + name + ": {type: machine, rate: 1 part/s, failures: {jam: {clock: calendar, " +
           "time_to_failure: " + life + ", repair: " + repair + ", crew: C" + more + "}}}\n";
}

const std::string short_shift = "calendars: {short: {period: 100 s, open: [[0 s, 50 s]]}}\n";

}  // namespace

TEST_CASE("one mechanic: repairs wait in the order of failure") {
    // Fail at 10, 12, 14; 20 s each: 10-30, 30-50, 50-70. Waiting 0, 18, 36.
    Run run = Run::of(machine("A", "10 s", "20 s") + machine("B", "14 s", "20 s") +
                      machine("Z", "12 s", "20 s") + "  C: {type: crew, size: 1}\n");
    run.to(29 * second);
    CHECK(run.seconds("C/queue_time") == doctest::Approx(17 + 15));
    // A, up since 30, fails again at 40 and waits behind B.
    run.to(70 * second);
    CHECK(run.seconds("A/states/repair") == doctest::Approx(20));
    CHECK(run.seconds("Z/states/down_waiting") == doctest::Approx(18 + 8));  // again down at 62
    CHECK(run.seconds("B/states/down_waiting") == doctest::Approx(36));
    CHECK(run.count("C/jobs") == 4);  // the fourth, A's second, begins at 70
    CHECK(run.seconds("C/working") == doctest::Approx(60));
}

TEST_CASE("failures of one instant are served in the order of their events: by name") {
    // Z keeps the mechanic from 5 to 25; A and B fail together at 10: A 25-45, B 45-65.
    Run run = Run::of(machine("B", "10 s", "20 s") + machine("A", "10 s", "20 s") +
                      machine("Z", "5 s", "20 s") + "  C: {type: crew, size: 1}\n");
    run.to(45 * second);
    CHECK(run.seconds("A/states/repair") == doctest::Approx(20));
    CHECK(run.seconds("B/states/repair") == doctest::Approx(0));
}

TEST_CASE("a repair that waited for its spare keeps the rank of its failure") {
    // Z keeps the mechanic from 10 to 50. A failed at 5, its part comes at 30 (ordered at 0); B
    // failed at 20. At 50 A goes first.
    Run run = Run::of(machine("A", "5 s", "20 s", ", spare: Store") + machine("B", "20 s", "20 s") +
                      machine("Z", "10 s", "40 s") +
                      "  C: {type: crew, size: 1}\n"
                      "  Store: {type: spares, stock: 0, reorder_point: 0, lead_time: 30 s}\n");
    run.to(70 * second);
    CHECK(run.seconds("A/states/repair") == doctest::Approx(20));
    CHECK(run.seconds("B/states/repair") == doctest::Approx(0));
}

TEST_CASE("two mechanics work side by side") {
    Run run = Run::of(machine("A", "10 s", "20 s") + machine("B", "14 s", "20 s") +
                      machine("Z", "12 s", "20 s") + "  C: {type: crew, size: 2}\n");
    run.to(34 * second);
    // A 10-30, Z 12-32, B from 30.
    CHECK(run.seconds("B/states/down_waiting") == doctest::Approx(16));
    CHECK(run.seconds("C/working") == doctest::Approx(20 + 20 + 4));
    CHECK(run.seconds("C/staffed") == doctest::Approx(68));
}

TEST_CASE("the smaller priority is served first, among equals the earlier failure") {
    // While A is repaired (10-30), B fails at 11 and Z, more urgent, at 12: Z 30-50, B 50-70.
    Run run =
        Run::of(machine("A", "10 s", "20 s") + machine("B", "11 s", "20 s", ", priority: 5") +
                machine("Z", "12 s", "20 s", ", priority: -1") + "  C: {type: crew, size: 1}\n");
    run.to(49 * second);
    CHECK(run.seconds("Z/states/repair") == doctest::Approx(19));
    CHECK(run.seconds("B/states/repair") == doctest::Approx(0));
}

TEST_CASE("planned work waits behind repairs: its priority is 10, a repair's 0") {
    // Repair of A 10-30. Service of B asked for at 11, failure of Z at 12: Z goes first.
    Run run = Run::of(machine("A", "10 s", "20 s") + machine("Z", "12 s", "20 s") +
                      "  B: {type: machine, rate: 1 part/s, maintenance: {service: {every: 11 s, "
                      "takes: 5 s, crew: C}}}\n  C: {type: crew, size: 1}\n");
    run.to(50 * second);
    CHECK(run.seconds("Z/states/repair") == doctest::Approx(20));
    CHECK(run.seconds("B/states/maintenance") == doctest::Approx(0));
    // And while it waits, the machine works.
    CHECK(run.seconds("B/states/busy") == doctest::Approx(50));
}

TEST_CASE("jobs begin on shift only; at its end a repair is finished in overtime") {
    // Shift 0-50 of each 100 s. A fails at 40, 20 s: 40-60, ten of them overtime. B fails at 45,
    // begins at 100 on the next shift.
    Run run = Run::of(machine("A", "40 s", "20 s") + machine("B", "45 s", "20 s") +
                          "  C: {type: crew, size: 1, wage: 36 EUR/h, calendar: short}\n",
                      short_shift);
    run.to(100 * second);
    CHECK(run.count("A/failures/jam/repairs") == 1);
    CHECK(run.seconds("C/staffed") == doctest::Approx(50));
    CHECK(run.seconds("C/overtime") == doctest::Approx(10));
    CHECK(run.seconds("B/states/down_waiting") == doctest::Approx(55));
    // 60 s at 1 cent a second, raw in ns.
    CHECK(run.seconds("C/labour_cost") * 36 / 3600 == doctest::Approx(0.60));
}

TEST_CASE("at_shift_end: pause puts the repair aside until the next shift") {
    // 40-50, then 100-110: up at 110; in between it waits.
    Run run = Run::of(machine("A", "40 s", "20 s") +
                          "  C: {type: crew, size: 1, calendar: short, at_shift_end: pause}\n",
                      short_shift);
    run.to(109 * second);
    CHECK(run.count("A/failures/jam/repairs") == 0);
    CHECK(run.seconds("A/states/repair") == doctest::Approx(19));
    CHECK(run.seconds("A/states/down_waiting") == doctest::Approx(50));
    run.to(110 * second);
    CHECK(run.count("A/failures/jam/repairs") == 1);
    // Nobody works off shift: neither overtime nor working time.
    CHECK(run.seconds("C/overtime") == doctest::Approx(0));
    CHECK(run.seconds("C/working") == doctest::Approx(20));
    CHECK(run.seconds("C/staffed") == doctest::Approx(60));
}

TEST_CASE("planned work is paused and resumed likewise; half done, it keeps the machine") {
    // Service at 45 for 20 s: 45-50, put aside 50-100, 100-115. That of 90 is the same job still.
    Run run = Run::of(
        "  B: {type: machine, rate: 1 part/s, maintenance: {service: {every: 45 s, "
        "takes: 20 s, crew: C}}}\n"
        "  C: {type: crew, size: 1, calendar: short, at_shift_end: pause}\n",
        short_shift);
    run.to(114 * second);
    CHECK(run.seconds("B/states/maintenance") == doctest::Approx(69));
    CHECK(run.seconds("B/states/busy") == doctest::Approx(45));
    CHECK(run.count("B/maintenance/service/jobs") == 0);
    CHECK(run.to(115 * second).count("B/maintenance/service/jobs") == 1);
    // Nobody is at work in between, and the machine goes on when the job is done.
    CHECK(run.seconds("C/working") == doctest::Approx(20));
    CHECK(run.to(130 * second).seconds("B/states/busy") == doctest::Approx(60));
}

TEST_CASE("travel comes before each job and belongs to the repair") {
    Run run = Run::of(machine("A", "10 s", "20 s") + "  C: {type: crew, size: 1, travel: 7 s}\n");
    run.to(36 * second);
    CHECK(run.count("A/failures/jam/repairs") == 0);
    CHECK(run.to(37 * second).count("A/failures/jam/repairs") == 1);
    CHECK(run.seconds("A/states/repair") == doctest::Approx(27));
}

TEST_CASE("a repair that ends with the shift gives its mechanic back before the edge") {
    // A 30-50: repair end comes before the shift edge at 50, so B, waiting since 40, is begun at
    // that very instant and finished in overtime.
    Run run = Run::of(machine("A", "30 s", "20 s") + machine("B", "40 s", "20 s") +
                          "  C: {type: crew, size: 1, calendar: short}\n",
                      short_shift);
    run.to(70 * second);
    CHECK(run.count("B/failures/jam/repairs") == 1);
    CHECK(run.seconds("C/overtime") == doctest::Approx(20));
}
