#include <doctest/doctest.h>

#include <cmath>
#include <utility>

#include "tests/support/plant.hpp"

/// Stations and buffers in plants with constant times, so that every number can be followed by
/// hand.

using namespace foretwin;
using test::Run;

namespace {

const std::string sink = "  Out: {type: sink}\n";

std::string every(const std::string& interval, const std::string& when_full = "lost") {
    return "  In: {type: source, every: " + interval + ", when_full: " + when_full + ", next: A}\n";
}

std::string station(const std::string& name, const std::string& cycle, const std::string& next,
                    const std::string& more = "") {
    return "  " + name + ": {type: station, cycle: " + cycle + ", next: " + next + more + "}\n";
}

}  // namespace

TEST_CASE("one machine without a buffer: a part arrives every 10 s and is worked on for 4 s") {
    // Arrivals at 10, 20, ... 100: ten by 104 s; each leaves 4 s later, the last at 104 s.
    Run run = Run::of(every("10 s") + station("A", "4 s", "Out") + sink);
    run.to(104 * second);
    CHECK(run.count("In/offered") == 10);
    CHECK(run.count("A/entered") == 10);
    CHECK(run.count("Out/arrived") == 10);
    CHECK(run.seconds("A/states/busy") == doctest::Approx(40));
    CHECK(run.seconds("A/states/starved") == doctest::Approx(64));
    CHECK(run.seconds("Out/lead_time_sum") == doctest::Approx(40));
    CHECK(run.seconds("A/wip_time") == doctest::Approx(40));
}

TEST_CASE("a full station loses what arrives: with cycle 25 s only every third part gets in") {
    // In at 10, 20 and 30 lost (busy until 35), in at 40, ...: entered at 10 + 30 k.
    Run run = Run::of(every("10 s") + station("A", "25 s", "Out") + sink);
    run.to(100 * second);
    CHECK(run.count("In/offered") == 10);
    CHECK(run.count("In/entered") == 4);  // 10, 40, 70, 100
    CHECK(run.count("In/lost") == 6);
    CHECK(run.count("Out/arrived") == 3);  // 35, 65, 95
}

TEST_CASE("when_full: wait holds the part, and the next interval starts when it has entered") {
    // Enter at 10; the next comes at 20, waits until 35 and enters; the next comes at 45, enters
    // at 60 when the second is done; then 70 waits until 85.
    Run run = Run::of(every("10 s", "wait") + station("A", "25 s", "Out") + sink);
    run.to(84 * second);
    CHECK(run.count("In/offered") == 4);
    CHECK(run.count("In/entered") == 3);
    CHECK(run.count("In/waiting") == 1);
    CHECK(run.count("In/lost") == 0);
    run.to(85 * second);
    CHECK(run.count("In/entered") == 4);
    CHECK(run.count("In/waiting") == 0);
    CHECK(run.seconds("A/states/busy") == doctest::Approx(75));
}

TEST_CASE("a station holds machines + buffer parts and works first come first served") {
    // Cycle 35 s, arrivals every 10 s, two places: in at 10 (works), 20, 30 (wait), 40 lost,
    // 45 done -> 20 loads, one place free: 50 in; 60, 70, 80 lost (80: next done at 80).
    Run run = Run::of(every("10 s") + station("A", "35 s", "Out", ", buffer: 2") + sink);
    run.to(79 * second);
    CHECK(run.count("In/lost") == 3);  // 40, 60, 70
    CHECK(run.count("A/inside") == 3);
    // Completion beats arrival at the same instant: at 80 the place is free when the part comes.
    run.to(80 * second);
    CHECK(run.count("In/lost") == 3);
    CHECK(run.count("Out/arrived") == 2);
    // Waited so far: the part of 20 from 20 to 45, the part of 30 from 30 to 80.
    CHECK(run.seconds("A/waited") == doctest::Approx(25 + 50));
    CHECK(run.count("A/waited_parts") == 2);
}

TEST_CASE("parallel machines: the lowest-numbered free one is loaded, and reports machine-time") {
    // Two machines, cycle 15 s, arrivals every 10 s: at 10 machine 1, at 20 machine 2, at 30
    // machine 1 (free since 25) ... each busy 15 of 20 s from its first part on.
    Run run = Run::of(every("10 s") + station("A", "15 s", "Out", ", machines: 2") + sink);
    run.to(50 * second);
    CHECK(run.count("A/entered") == 5);
    CHECK(run.count("In/lost") == 0);
    // 10-25, 20-35, 30-45, 40-50, 50-50: 15 + 15 + 15 + 10 = 55 of 100 machine-seconds.
    CHECK(run.seconds("A/states/busy") == doctest::Approx(55));
    CHECK(run.seconds("A/states/starved") == doctest::Approx(45));
}

TEST_CASE("blocking after service: the finished part stays, and no new one is loaded") {
    // A saturated (2 s), B 5 s without buffer: B loads at 2; A is done again at 4 and blocked until
    // 7; then 9 until 12, ...: period 5 s, A busy 2 and blocked 3.
    Run run = Run::of("  In: {type: source, saturated: true, next: A}\n" +
                      station("A", "2 s", "B") + station("B", "5 s", "Out") + sink);
    run.to(52 * second);
    CHECK(run.count("Out/arrived") == 10);  // 7, 12, ..., 52
    CHECK(run.seconds("B/states/starved") == doctest::Approx(2));
    CHECK(run.seconds("B/states/busy") == doctest::Approx(50));
    // 0-2 busy, then ten periods of 2 busy and 3 blocked.
    CHECK(run.seconds("A/states/busy") == doctest::Approx(22));
    CHECK(run.seconds("A/states/blocked") == doctest::Approx(30));
}

TEST_CASE("a freed place goes to the machine blocked longest") {
    // A (cycle 3 s) and B (cycle 4 s) feed C (10 s). C takes A's first at 3 until 13. B is blocked
    // since 4, A since 6. At 13 B's part goes, at 23 A's: so C's parts come A, B, A, ...
    Run run = Run::of(
        "  In A: {type: source, part: a, saturated: true, next: A}\n"
        "  In B: {type: source, part: b, saturated: true, next: B}\n" +
        station("A", "3 s", "C") + station("B", "4 s", "C") + station("C", "10 s", "Out") + sink);
    run.to(13 * second);
    CHECK(run.count("Out/parts/a") == 1);
    CHECK(run.count("B/left") == 1);
    CHECK(run.count("A/left") == 1);
    run.to(23 * second);
    CHECK(run.count("Out/parts/b") == 1);
    CHECK(run.count("A/left") == 2);
    CHECK(run.seconds("B/states/blocked") == doctest::Approx(9 + 6));  // 4-13 and 17-23
}

TEST_CASE("a saturated source always keeps as many parts at the station as it has machines") {
    Run run = Run::of("  In: {type: source, saturated: true, next: A}\n" +
                      station("A", "3 s", "Out", ", machines: 2, buffer: 7") + sink);
    for (const Time at : {Time{0}, second, 3 * second, 100 * second}) {
        CHECK(run.to(at).count("A/inside") == 2);
    }
    CHECK(run.count("Out/arrived") == 2 * 33);
}

TEST_CASE("conwip keeps the number of parts: one that leaves, good or scrap, is replaced at once") {
    // Two parts, stations 2 s and 3 s in a row, the second has place for both: throughput is that
    // of the slower one, 1 per 3 s, from 5 s on.
    Run run = Run::of("  In: {type: source, conwip: 2, next: A}\n" +
                      station("A", "2 s", "B", ", buffer: 2") +
                      station("B", "3 s", "Out", ", buffer: 2") + sink);
    run.to(50 * second);
    CHECK(run.count("Out/arrived") == 16);  // 5, 8, ..., 50
    CHECK(run.count("A/inside") + run.count("B/inside") == 2);
    CHECK(run.count("In/entered") == 18);

    Run scrapping = Run::of("  In: {type: source, conwip: 3, next: A}\n" +
                            station("A", "2 s", "Out", ", buffer: 9, scrap: 100 %") + sink);
    scrapping.to(100 * second);
    CHECK(scrapping.count("A/scrapped") == 50);
    CHECK(scrapping.count("Out/arrived") == 0);
    CHECK(scrapping.count("A/inside") == 3);
}

TEST_CASE("scrap: all or nothing at 100 % and 0 %, and the declared share in between") {
    Run none = Run::of(every("2 s") + station("A", "1 s", "Out", ", scrap: 0 %") + sink);
    CHECK(none.to(1000 * second).count("A/scrapped") == 0);
    Run some = Run::of(every("2 s") + station("A", "1 s", "Out", ", scrap: 25 %") + sink);
    some.to(20'001 * second);
    const double n = 10'000;
    CHECK(some.count("A/completed") == 10'000);
    // Five standard errors of a share of 0.25.
    CHECK(std::abs(static_cast<double>(some.count("A/scrapped")) / n - 0.25) < 5 * 0.00433);
    CHECK(some.count("Out/arrived") == some.count("A/completed") - some.count("A/scrapped"));
}

TEST_CASE("parts split by their shares, drawn once per part") {
    Run run = Run::of(every("2 s") + station("A", "1 s", "{B: 20 %, C: 30 %, D: 50 %}") +
                      station("B", "1 s", "Out") + station("C", "1 s", "Out") +
                      station("D", "1 s", "Out") + sink);
    run.to(20'001 * second);
    const auto share = [&](const char* name) {
        return static_cast<double>(run.count(std::string(name) + "/entered")) / 10'000;
    };
    CHECK(std::abs(share("B") - 0.2) < 0.02);
    CHECK(std::abs(share("C") - 0.3) < 0.023);
    CHECK(std::abs(share("D") - 0.5) < 0.025);
    CHECK(share("B") + share("C") + share("D") == doctest::Approx(1));
}

TEST_CASE("a blocked part keeps its destination, although another place is free") {
    // A sends to B or C at even shares. B takes for ever: as soon as two parts want B, A is stuck,
    // however free C is.
    Run run = Run::of(every("2 s", "wait") + station("A", "1 s", "{B: 50 %, C: 50 %}") +
                      station("B", "500 h", "Out") + station("C", "1 s", "Out") + sink);
    run.to(1000 * second);
    CHECK(run.count("B/inside") == 1);
    CHECK(run.count("A/inside") == 1);
    CHECK(run.count("C/inside") == 0);
    CHECK(run.seconds("A/states/blocked") > 900);
}

TEST_CASE("rework: a part that comes back draws anew, so the loop ends") {
    // Each pass goes back with 40 %: 1 / 0.6 passes per part in the mean.
    Run run = Run::of(every("20 s") + station("A", "1 s", "{A 2: 100 %}") +
                      station("A 2", "1 s", "{Out: 60 %, A: 40 %}", ", buffer: unlimited") + sink);
    run.to(200'000 * second);
    const double passes = static_cast<double>(run.count("A 2/completed")) /
                          static_cast<double>(run.count("Out/arrived"));
    CHECK(std::abs(passes - 1 / 0.6) < 0.05);
}

TEST_CASE("a buffer of its own: capacity, order, and blocking of those before it") {
    // A 1 s into a buffer of 3, B 10 s. B holds 1, the buffer 3, A one finished: stuck at 5 parts.
    Run run = Run::of(
        "  In: {type: source, saturated: true, next: A}\n" + station("A", "1 s", "Store") +
        "  Store: {type: buffer, capacity: 3, next: B}\n" + station("B", "10 s", "Out") + sink);
    run.to(9 * second);
    CHECK(run.count("Store/inside") == 3);
    CHECK(run.count("B/inside") == 1);
    // Parts are done at 1 (on to B), 2, 3, 4 (stored), 5 (blocked).
    CHECK(run.seconds("A/states/blocked") == doctest::Approx(4));
    // Store: 1 part from 2, 2 from 3, 3 from 4 to 9.
    CHECK(run.seconds("Store/wip_time") == doctest::Approx(1 + 2 + 5 * 3));
    run.to(11 * second);
    CHECK(run.count("Out/arrived") == 1);
    CHECK(run.seconds("Store/sojourn") == doctest::Approx(9));  // the part of 2 left at 11
}

TEST_CASE("energy per part is counted at completion, beside the power by state") {
    Run run = Run::of(every("10 s") +
                      station("A", "4 s", "Out",
                              ", energy_per_part: 500 J/part, power: {busy: 2 kW, starved: 1 kW}") +
                      sink);
    run.to(104 * second);
    // 40 s busy at 2 kW, 64 s starved at 1 kW, in mW ns; ten parts completed.
    CHECK(run.value("A/energy") == Wide{144'000} * 1'000 * second);
    CHECK(run.count("A/energy_of_parts") == 10);
}

TEST_CASE("energy per part is on the bill: the meter counts what the station does") {
    // 720 kJ = 0.2 kWh for each of ten parts, beside 40 s at 2 kW and 64 s at 1 kW: 144 kJ.
    Run run = Run::of(
        every("10 s") +
        station("A", "4 s", "Out",
                ", energy_per_part: 720 kJ/part, power: {busy: 2 kW, starved: 1 kW}") +
        sink + "  Grid: {type: tariff, energy: {price: 0.5 EUR/kWh}, carbon: 0.25 kg/kWh}\n");
    run.to(104 * second);
    CHECK(run.value("Grid/energy") == Wide{144'000 + 7'200'000} * 1'000 * second);
    // 2.04 kWh: 1.02 EUR and 0.51 kg, told in millionths; the window of 15 min holds all of it.
    CHECK(run.count("Grid/energy_cost") == 1'020'000);
    CHECK(run.count("Grid/carbon") == 510'000);
    CHECK(run.count("Grid/peak_power") == 8'160'000);  // 2.04 kWh in a quarter of an hour
}

TEST_CASE("standby: starved for a while the machine switches down; a part wakes it with a setup") {
    // Arrivals every 60 s, cycle 10 s, down after 20 s, wake 5 s. From 60: setup? The machine
    // starts starved at 0 and sleeps at 20. 60-65 setup, 65-75 busy, 75-95 starved, 95-120 standby:
    // period 60 with 5, 10, 20, 25.
    Run run = Run::of(every("60 s") +
                      station("A", "10 s", "Out", ", standby: {after: 20 s, wake: 5 s}") + sink);
    run.to(660 * second);
    CHECK(run.count("A/wakes") == 11);  // at 60, ..., 660
    CHECK(run.seconds("A/states/setup") == doctest::Approx(10 * 5));
    CHECK(run.seconds("A/states/busy") == doctest::Approx(10 * 10));
    CHECK(run.seconds("A/states/starved") == doctest::Approx(20 + 10 * 20));
    CHECK(run.seconds("A/states/standby") == doctest::Approx(40 + 10 * 25));
}

TEST_CASE("off shift everything stands still: the part in work, and the source's interval") {
    // Open 0-60 s of every 100 s. Arrivals every 40 s of shift, cycle 30 s of shift.
    // Arrivals at shift seconds 40, 80, 120 -> 40, 120, 200 + 0... = 40, 100 + 20, 200.
    // Part 1: 40-60, 100-110. Part 2: 120-150. Part 3 at 200: 200-230.
    const std::string calendars = "calendars: {short: {period: 100 s, open: [[0 s, 60 s]]}}\n";
    Run run =
        Run::of("  In: {type: source, every: 40 s, when_full: lost, calendar: short, next: A}\n" +
                    station("A", "30 s", "Out", ", calendar: short") + sink,
                calendars);
    run.to(99 * second);
    CHECK(run.count("Out/arrived") == 0);
    CHECK(run.seconds("A/states/off_shift") == doctest::Approx(39));
    run.to(110 * second);
    CHECK(run.count("Out/arrived") == 1);
    CHECK(run.seconds("Out/lead_time_sum") == doctest::Approx(70));
    run.to(150 * second);
    CHECK(run.count("Out/arrived") == 2);
    run.to(230 * second);
    CHECK(run.count("Out/arrived") == 3);
    CHECK(run.count("In/offered") == 3);
    CHECK(run.seconds("A/states/busy") == doctest::Approx(90));
    CHECK(run.seconds("A/states/off_shift") == doctest::Approx(80));
}

TEST_CASE("a machine without parts yields its rate while busy, and stops when it fails") {
    // Fails after 40 s of work for 10 s: 40 of each 50 s busy.
    Run run = Run::of(
        "  M: {type: machine, part: sheet, rate: 6 part/min, power: {busy: 3 kW},\n"
        "      failures: {jam: {clock: operating, time_to_failure: 40 s, repair: 10 s}}}\n");
    run.to(500 * second);
    CHECK(run.seconds("M/states/busy") == doctest::Approx(400));
    CHECK(run.seconds("M/states/repair") == doctest::Approx(100));
    CHECK(run.count("M/failures/jam/failures") == 10);
    // 400 s x 0.1 part/s; the raw figure is busy time, its factor the rate.
    CHECK(run.seconds("M/parts/sheet") * 0.1 == doctest::Approx(40));
}

TEST_CASE("what waited before measuring began is not measured") {
    // Arrivals at 10, 20, ...; loads at 10, 35, 60. At 45 s the parts of 30 s and 40 s wait. From
    // there to 62 s they wait 15 s and 17 s, those of 50 s and 60 s wait 12 s and 2 s; on the
    // machine are the part of 20 s for 15 s and that of 30 s for 2 s.
    Run run = Run::of(every("10 s") + station("A", "25 s", "Out", ", buffer: unlimited") + sink);
    run.to(45 * second);
    run.simulation().begin_measuring();
    run.to(62 * second);
    CHECK(run.seconds("A/queue_time") == doctest::Approx(15 + 17 + 12 + 2));
    CHECK(run.seconds("A/wip_time") == doctest::Approx(15 + 17 + 12 + 2 + 15 + 2));
    CHECK(run.seconds("A/waited") == doctest::Approx(30));  // loaded at 60 s, after 30 s
    CHECK(run.count("A/loaded") == 1);
}

TEST_CASE("a plain station and one that draws energy for its parts tell the same story") {
    // What draws energy takes the way of stations that are not plain. Lives and repairs are drawn,
    // B is slower and fails more often: A blocks, C starves.
    const auto story = [](const std::string& more) {
        const std::string jam =
            ", buffer: 3, failures: {jam: {clock: operating, time_to_failure: {exponential: "
            "{mean: 200 s}}, repair: {exponential: {mean: 30 s}}}}";
        Run run =
            Run::of("  In: {type: source, saturated: true, next: A}\n" +
                    station("A", "{uniform: {low: 2 s, high: 4 s}}", "B", jam + more) +
                    station("B", "3 s", "C", jam + more) +
                    station("C", "{uniform: {low: 1 s, high: 4 s}}", "Out", jam + more) + sink);
        run.to(2 * hour);
        test::Figures figures = test::figures_of(run.simulation());
        for (const char* name : {"A", "B", "C"}) {
            figures.erase(std::string(name) + "/energy_of_parts");
        }
        CHECK(run.seconds("A/states/blocked") > 100);
        CHECK(run.seconds("C/states/starved") > 100);
        CHECK(run.count("B/failures/jam/failures") > 10);
        return std::pair(figures, run.simulation().events_handled());
    };
    CHECK(story("") == story(", energy_per_part: 1 J/part"));
}
