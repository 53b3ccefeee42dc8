#include <doctest/doctest.h>

#include <cmath>

#include "tests/support/plant.hpp"

/// How machines fail and are repaired: constant lives and repairs, so that every number can be
/// followed by hand.

using namespace foretwin;
using test::Run;

namespace {

/// A station with endless parts of 10 s each and one cause.
std::string line(const std::string& cause, const std::string& more = "") {
    return "  In: {type: source, saturated: true, next: A}\n"
           "  A: {type: station, cycle: 10 s, next: Out" +
           more + ",\n      failures: {jam: {" + cause + "}}}\n  Out: {type: sink}\n";
}

/// The same with a part every 20 s: half of the time the machine waits.
std::string half_idle(const std::string& cause, const std::string& more = "") {
    return "  In: {type: source, every: 20 s, when_full: lost, next: A}\n"
           "  A: {type: station, cycle: 10 s, next: Out" +
           more + ",\n      failures: {jam: {" + cause + "}}}\n  Out: {type: sink}\n";
}

const std::string half_shift = "calendars: {half: {period: 100 s, open: [[0 s, 50 s]]}}\n";

}  // namespace

TEST_CASE("operating clock: ages only while processing") {
    // Busy 10 of every 20 s from 20 on; a life of 35 s of work ends in the fourth part, at
    // 80 + 5 = 85; the repair takes 12 s, then the part resumes for its last 5 s.
    Run run = Run::of(half_idle("clock: operating, time_to_failure: 35 s, repair: 12 s"));
    run.to(84 * second);
    CHECK(run.count("A/failures/jam/failures") == 0);
    run.to(96 * second);
    CHECK(run.count("A/failures/jam/failures") == 1);
    CHECK(run.seconds("A/states/repair") == doctest::Approx(11));
    CHECK(run.count("Out/arrived") == 3);
    run.to(102 * second);
    CHECK(run.count("Out/arrived") == 4);
    CHECK(run.seconds("A/states/repair") == doctest::Approx(12));
    CHECK(run.count("In/lost") == 1);  // the part of 100
}

TEST_CASE("on_shift clock: ages on shift, idle or not, and stands still off shift and when down") {
    // On shift 0-50, 100-150, ... Life 70 s: 50 in the first shift, 20 in the second: fails at 120,
    // up at 125; the next life ends after 25 s of this shift (150) and 45 of the next: at 245.
    Run run = Run::of(
        half_idle("clock: on_shift, time_to_failure: 70 s, repair: 5 s", ", calendar: half"),
        half_shift);
    run.to(119 * second);
    CHECK(run.count("A/failures/jam/failures") == 0);
    run.to(244 * second);
    CHECK(run.count("A/failures/jam/failures") == 1);
    run.to(245 * second);
    CHECK(run.count("A/failures/jam/failures") == 2);
}

TEST_CASE("calendar clock: ages day and night, also off shift, only not while down") {
    // Fails at 70 (off shift), up at 75, fails at 145, up at 150, fails at 220.
    Run run = Run::of(
        half_idle("clock: calendar, time_to_failure: 70 s, repair: 5 s", ", calendar: half"),
        half_shift);
    run.to(74 * second);
    CHECK(run.count("A/failures/jam/failures") == 1);
    // Down counts before off shift.
    CHECK(run.seconds("A/states/repair") == doctest::Approx(4));
    CHECK(run.seconds("A/states/off_shift") == doctest::Approx(20));
    run.to(219 * second);
    CHECK(run.count("A/failures/jam/failures") == 2);
    run.to(220 * second);
    CHECK(run.count("A/failures/jam/failures") == 3);
}

TEST_CASE("cycles clock: fails when the life's last part is done, which leaves first") {
    // 3 cycles of 10 s: fails at 30, 7 s of repair, then 37 + 30 = 67, 104, ...
    Run run = Run::of(line("clock: cycles, time_to_failure: 3 cycle, repair: 7 s"));
    run.to(30 * second);
    CHECK(run.count("A/failures/jam/failures") == 1);
    CHECK(run.count("Out/arrived") == 3);
    run.to(66 * second);
    CHECK(run.count("A/failures/jam/failures") == 1);
    run.to(67 * second);
    CHECK(run.count("A/failures/jam/failures") == 2);
    // A life of 2.2 cycles is over within the third.
    Run part = Run::of(line("clock: cycles, time_to_failure: 2.2 cycle, repair: 7 s"));
    CHECK(part.to(30 * second).count("A/failures/jam/failures") == 1);
}

TEST_CASE("completion beats a failure of the same instant") {
    // Life 20 s of work = exactly two parts: the second leaves at 20, the failure waits until the
    // next part has been loaded and worked on for no time.
    Run run = Run::of(line("clock: operating, time_to_failure: 20 s, repair: 5 s"));
    run.to(20 * second);
    CHECK(run.count("Out/arrived") == 2);
    run.to(24 * second);
    CHECK(run.count("A/failures/jam/failures") == 1);
    CHECK(run.seconds("A/states/repair") == doctest::Approx(4));
}

TEST_CASE("the part in work resumes, restarts or is scrapped") {
    // Life 15 s: the second part fails half done, at 15; repaired at 20.
    const std::string cause = "clock: operating, time_to_failure: 15 s, repair: 5 s, part: ";
    Run resumes = Run::of(line(cause + "resumes"));
    CHECK(resumes.to(25 * second - 1).count("Out/arrived") == 1);
    CHECK(resumes.to(25 * second).count("Out/arrived") == 2);
    Run restarts = Run::of(line(cause + "restarts"));
    CHECK(restarts.to(30 * second - 1).count("Out/arrived") == 1);
    CHECK(restarts.to(30 * second).count("Out/arrived") == 2);
    Run scrapped = Run::of(line(cause + "scrapped"));
    scrapped.to(15 * second);
    CHECK(scrapped.count("A/scrapped") == 1);
    CHECK(scrapped.count("A/inside") == 1);  // the next one waits on the machine's repair
    CHECK(scrapped.to(30 * second).count("Out/arrived") == 2);
    CHECK(scrapped.count("A/completed") == 2);
    // Two good parts of ten seconds each: what a failure spoiled was never completed.
    CHECK(scrapped.count("A/good_run_time") == 2);
}

TEST_CASE("a machine that is blocked fails only on the clocks that run while it stands") {
    // B takes for ever; A is blocked from 10 on. Calendar clock: fails at 30. Operating: never.
    const auto plant = [](const std::string& clock) {
        return "  In: {type: source, saturated: true, next: A}\n"
               "  A: {type: station, cycle: 5 s, next: B, failures: {jam: {clock: " +
               clock +
               ", time_to_failure: 30 s, repair: 5 s}}}\n"
               "  B: {type: station, cycle: 900 h, next: Out}\n  Out: {type: sink}\n";
    };
    Run calendar = Run::of(plant("calendar"));
    calendar.to(32 * second);
    CHECK(calendar.count("A/failures/jam/failures") == 1);
    CHECK(calendar.seconds("A/states/blocked") ==
          doctest::Approx(20));  // down counts before blocked
    Run operating = Run::of(plant("operating"));
    CHECK(operating.to(3600 * second).count("A/failures/jam/failures") == 0);
}

TEST_CASE("a freed place goes to the machine blocked longest, also when it is down") {
    // A done at 10, blocked until B is done at 10 + 40 = 50; fails at 30 for 30 s (until 60). The
    // part moves at 50 all the same; A, still down, takes the next one in only at 60.
    Run run = Run::of(
        "  In: {type: source, saturated: true, next: A}\n"
        "  A: {type: station, cycle: 5 s, next: B, failures: {jam: {clock: calendar, "
        "time_to_failure: 30 s, repair: 30 s}}}\n"
        "  B: {type: station, cycle: 40 s, next: Out}\n  Out: {type: sink}\n");
    run.to(46 * second);  // first part: A 0-5, B 5-45; second: A 5-10, to B at 45
    CHECK(run.count("Out/arrived") == 1);
    CHECK(run.count("B/entered") == 2);
    CHECK(run.seconds("A/states/repair") == doctest::Approx(16));
    run.to(60 * second);
    CHECK(run.seconds("A/states/busy") == doctest::Approx(10));
    CHECK(run.to(65 * second).seconds("A/states/busy") == doctest::Approx(15));
}

TEST_CASE("off shift suspends processing, not the repair") {
    // On shift 0-50. Fails at 45 (5 s into the fifth part), repair 30 s: up at 75, off shift until
    // 100, the part is done at 105.
    Run run =
        Run::of(line("clock: operating, time_to_failure: 45 s, repair: 30 s", ", calendar: half"),
                half_shift);
    run.to(100 * second);
    CHECK(run.seconds("A/states/repair") == doctest::Approx(30));
    CHECK(run.seconds("A/states/off_shift") == doctest::Approx(25));
    CHECK(run.count("Out/arrived") == 4);
    CHECK(run.to(105 * second).count("Out/arrived") == 5);
}

TEST_CASE(
    "an age at the start shortens the first life only; residual lives are conditional on it") {
    // A constant life of 100 s at age 60: 40 s are left.
    Run run =
        Run::of(half_idle("clock: calendar, time_to_failure: 100 s, repair: 10 s, age: 60 s"));
    run.to(39 * second);
    CHECK(run.count("A/failures/jam/failures") == 0);
    run.to(149 * second);
    CHECK(run.count("A/failures/jam/failures") == 1);
    run.to(150 * second);
    CHECK(run.count("A/failures/jam/failures") == 2);
    // Uniform lives of 50 to 100 s at age 90: the first failure comes within 10 s, always.
    for (std::uint32_t replication = 0; replication < 50; ++replication) {
        Run one = Run::of(half_idle("clock: calendar, time_to_failure: {uniform: {low: 50 s, high: "
                                    "100 s}}, repair: 10 s, age: 90 s"),
                          "", {1, replication});
        CHECK(one.to(10 * second).count("A/failures/jam/failures") == 1);
    }
}

TEST_CASE("as bad as old: the age stays, so with growing hazard failures come closer") {
    // Weibull shape 3: as good as new has 1 failure per mean life (0.893 scale); minimal repair has
    // (t / scale)^3 failures by age t: 27 after three scales, against about three.
    const std::string life =
        "clock: calendar, time_to_failure: {weibull: {shape: 3, scale: 100 h}}, "
        "repair: 1 s, after_repair: ";
    double old = 0;
    double fresh = 0;
    for (std::uint32_t replication = 0; replication < 200; ++replication) {
        Run bad = Run::of(half_idle(life + "as_bad_as_old"), "", {1, replication});
        Run good = Run::of(half_idle(life + "as_good_as_new"), "", {1, replication});
        old += static_cast<double>(bad.to(300 * hour).count("A/failures/jam/failures"));
        fresh += static_cast<double>(good.to(300 * hour).count("A/failures/jam/failures"));
    }
    // A Poisson count of mean 27: standard error over 200 runs 0.37.
    CHECK(std::abs(old / 200 - 27) < 5 * 0.37);
    CHECK(fresh / 200 < 3.2);
}

TEST_CASE("imperfect repair: Kijima I takes a share of the last stretch, II of the whole age") {
    // A constant life cannot show it (it would fail at once), so: piecewise hazard, none below
    // 100 s, then 1 /s: a failure comes a moment after age 100. Restoration 50 %.
    const std::string cause =
        "clock: calendar, time_to_failure: {piecewise: {edges: [100 s], rates: [0 /s, 1000 /s]}}, "
        "repair: 0 s, after_repair: imperfect, restoration: 50 %, kijima: ";
    // I: virtual age after the first failure 100 - 50 = 50, so the next stretch is 50 s long and
    // the age then 50 + 25 = 75, ...: failures at 100, 150, 175, 187.5, ...
    Run one = Run::of(half_idle(cause + "1"));
    CHECK(one.to(149 * second).count("A/failures/jam/failures") == 1);
    CHECK(one.to(151 * second).count("A/failures/jam/failures") == 2);
    CHECK(one.to(176 * second).count("A/failures/jam/failures") == 3);
    CHECK(one.to(188 * second).count("A/failures/jam/failures") == 4);
    // II: half of the whole age every time: failures at 100, 150, 200, 250.
    Run two = Run::of(half_idle(cause + "2"));
    CHECK(two.to(149 * second).count("A/failures/jam/failures") == 1);
    CHECK(two.to(151 * second).count("A/failures/jam/failures") == 2);
    CHECK(two.to(199 * second).count("A/failures/jam/failures") == 2);
    CHECK(two.to(251 * second).count("A/failures/jam/failures") == 4);
}

TEST_CASE("a hidden failure surfaces at the next visit, and is found together with others there") {
    // Lives of 25 s and 33 s, visits at 30, 60, ...: the first stops the machine at 30, repaired at
    // 34; the second life ends at 33 + 4 s of standstill = 37 -> found at 60. Both at one visit:
    // the first cause's second life ends at 34 + 25 = 59 -> also at 60.
    Run run = Run::of(
        "  M: {type: machine, rate: 1 part/s, failures: {\n"
        "      seal: {clock: calendar, time_to_failure: 25 s, repair: 4 s, surfaces: {every: 30 "
        "s}},\n"
        "      wheel: {clock: calendar, time_to_failure: 33 s, repair: 9 s, surfaces: {every: 30 "
        "s}}"
        "}}\n");
    run.to(29 * second);
    CHECK(run.count("M/failures/seal/failures") == 0);
    run.to(59 * second);
    CHECK(run.count("M/failures/seal/failures") == 1);
    CHECK(run.count("M/failures/wheel/failures") == 0);
    run.to(60 * second);
    CHECK(run.count("M/failures/seal/failures") == 2);
    CHECK(run.count("M/failures/wheel/failures") == 1);
    run.to(80 * second);
    // Both repairs begin at once; down until the longer ends: 4 + 9 s.
    CHECK(run.seconds("M/states/repair") == doctest::Approx(13));
}
