#include <doctest/doctest.h>

#include "engine/snapshot/snapshot.hpp"
#include "tests/support/plant.hpp"

/// Blocking before service, with constant times, so that every number can be followed by hand.

using namespace foretwin;
using test::Run;

namespace {

const std::string sink = "  Out: {type: sink}\n";
const std::string saturated = "  In: {type: source, saturated: true, next: A}\n";
const std::string before = ", blocking: before_service";

std::string station(const std::string& name, const std::string& cycle, const std::string& next,
                    const std::string& more = "") {
    return "  " + name + ": {type: station, cycle: " + cycle + ", next: " + next + more + "}\n";
}

}  // namespace

TEST_CASE("before service: a machine begins only when the next one can take its part") {
    // A 2 s, B 5 s without buffer: B's only place is kept while A works. A 0-2, B 2-7; A waits
    // from 2 to 7, works 7-9, B 9-14: period 7 s, A busy 2 and blocked 5, B busy 5 and starved 2.
    Run run =
        Run::of(saturated + station("A", "2 s", "B", before) + station("B", "5 s", "Out") + sink);
    run.to(6 * second);
    CHECK(run.count("A/loaded") == 2);
    CHECK(run.count("A/completed") == 1);
    run.to(70 * second);
    CHECK(run.count("Out/arrived") == 10);  // 7, 14, ..., 70
    CHECK(run.seconds("A/states/busy") == doctest::Approx(20));
    CHECK(run.seconds("A/states/blocked") == doctest::Approx(50));
    CHECK(run.seconds("B/states/busy") == doctest::Approx(50));
    CHECK(run.seconds("B/states/starved") == doctest::Approx(20));
}

TEST_CASE("before service with one more place goes as fast as after service without") {
    // A 2 s, B 5 s with one place before it: B works without a break from 2 s on.
    Run run = Run::of(saturated + station("A", "2 s", "B", before) +
                      station("B", "5 s", "Out", ", buffer: 1") + sink);
    run.to(52 * second);
    CHECK(run.count("Out/arrived") == 10);  // 7, 12, ..., 52
    CHECK(run.seconds("B/states/busy") == doctest::Approx(50));
    // A 0-2, 2-4, then from 7, 12, ..., 47 for 2 s each (place freed when B is done).
    CHECK(run.seconds("A/states/busy") == doctest::Approx(2 + 2 + 9 * 2));
    CHECK(run.count("A/loaded") == 12);  // the last one at 49, waiting; at 52 it begins
}

TEST_CASE("a station never holds, with what is on its way, more than machines + buffer parts") {
    // Two machines A (3 s) share the two places of B (10 s): 0-3 both work, 3-13 both wait. At 13
    // B is done once and its second part loads: one place, for A's machine 1; its part comes at
    // 16 and the next place is free at 23.
    Run run = Run::of(saturated + station("A", "3 s", "B", ", machines: 2" + before) +
                      station("B", "10 s", "Out", ", buffer: 1") + sink);
    for (int t = 0; t <= 200; ++t) {
        run.to(t * second);
        CHECK(run.count("B/inside") <= 2);
    }
    CHECK(run.count("B/entered") == 2 + 19);  // 3, 3, then 16, 26, ..., 196
    CHECK(run.count("Out/arrived") == 19);    // 13, 23, ..., 193
    // Blocked: both from 3; with one place freed at 13, 23, ... one of two machines works 3 s each.
    CHECK(run.seconds("A/states/busy") == doctest::Approx(2 * 3 + 19 * 3));
}

TEST_CASE("the place is kept for the machine blocked longest, of either kind of blocking") {
    // A (before service, 3 s), B (after service, 4 s) feed C (10 s, one place). A's place is kept
    // at 0, its part comes at 3; A's second waits in line from 3, B's finished part from 4. At 13
    // the place goes to A, which works until 16; C 16-26. At 26 the place goes to B's part: C
    // 26-36. A has been in line again since 16, B since 30: at 36 it is A's.
    Run run = Run::of(
        "  In A: {type: source, part: a, saturated: true, next: A}\n"
        "  In B: {type: source, part: b, saturated: true, next: B}\n" +
        station("A", "3 s", "C", before) + station("B", "4 s", "C") + station("C", "10 s", "Out") +
        sink);
    run.to(26 * second);
    CHECK(run.count("Out/parts/a") == 2);  // 13, 26
    CHECK(run.count("Out/parts/b") == 0);
    CHECK(run.count("B/left") == 1);
    CHECK(run.seconds("B/states/blocked") == doctest::Approx(22));  // 4-26
    run.to(36 * second);
    CHECK(run.count("Out/parts/b") == 1);
    run.to(39 * second);
    CHECK(run.count("A/left") == 3);                                     // 3, 16, 39
    CHECK(run.seconds("A/states/blocked") == doctest::Approx(10 + 20));  // 3-13, 16-36
}

TEST_CASE("a scrapped part gives its place back, to the one in line, not to the same machine") {
    // A scraps everything, B nothing; both take 3 s and send to C (one place, 4 s). A's place is
    // kept at 0, B waits. At 3 A's part is scrapped: the place goes to B (3-6), C works 6-10; A
    // waits from 3 to 10, works 10-13 while B waits since 6; and so on: period 10 s.
    Run run = Run::of(
        "  In A: {type: source, part: a, saturated: true, next: A}\n"
        "  In B: {type: source, part: b, saturated: true, next: B}\n" +
        station("A", "3 s", "C", ", scrap: 100 %" + before) + station("B", "3 s", "C", before) +
        station("C", "4 s", "Out") + sink);
    run.to(100 * second);
    CHECK(run.count("A/scrapped") == 10);   // 3, 13, ..., 93
    CHECK(run.count("Out/parts/b") == 10);  // 10, 20, ..., 100
    CHECK(run.seconds("A/states/blocked") == doctest::Approx(10 * 7));
    CHECK(run.seconds("B/states/blocked") == doctest::Approx(10 * 7));
}

TEST_CASE("a failed machine keeps its place; failing it may scrap the part and give it back") {
    // A (4 s) fails after 6 s of work, for 10 s; B 1 s, one place. Parts of A end at 4; the next
    // begins at 5 (B done), 5-7 work, 7-17 down, 17-19 work; B 19-20; A works again 20-24.
    const std::string devices = saturated + "  A: {type: station, cycle: 4 s, next: B" + before +
                                ", failures: {jam: {clock: operating, time_to_failure: 6 s, "
                                "repair: 10 s, part: FATE}}}\n" +
                                station("B", "1 s", "Out") + sink;
    const auto with = [&](const std::string& fate) {
        std::string text = devices;
        return Run::of(text.replace(text.find("FATE"), 4, fate));
    };
    Run resumes = with("resumes");
    resumes.to(20 * second);
    CHECK(resumes.count("Out/arrived") == 2);
    CHECK(resumes.seconds("A/states/busy") == doctest::Approx(8));
    CHECK(resumes.seconds("A/states/blocked") == doctest::Approx(2));  // 4-5, 19-20
    CHECK(resumes.seconds("A/states/repair") == doctest::Approx(10));
    Run scrapped = with("scrapped");
    // The part is lost at 7, its place free; at 17 a new one is loaded: 17-21, B 21-22.
    scrapped.to(22 * second);
    CHECK(scrapped.count("A/scrapped") == 1);
    CHECK(scrapped.count("Out/arrived") == 2);
    CHECK(scrapped.seconds("B/states/starved") == doctest::Approx(22 - 2));
}

TEST_CASE("off shift a machine in line gets its place and begins when its shift does") {
    // A 3 s, open 0-4 s and 10-20 s of every 20 s; B 5 s, always open, one place. A 0-3, waits from
    // 3; B 3-8. At 8 the place is kept for A, off shift until 10: it works 10-13, B 13-18.
    const std::string calendars =
        "calendars: {s: {period: 20 s, open: [[0 s, 4 s], [10 s, 20 s]]}}\n";
    Run run = Run::of(saturated + station("A", "3 s", "B", ", calendar: s" + before) +
                          station("B", "5 s", "Out") + sink,
                      calendars);
    run.to(18 * second);
    CHECK(run.count("Out/arrived") == 2);
    CHECK(run.seconds("A/states/busy") == doctest::Approx(6));
    CHECK(run.seconds("A/states/blocked") == doctest::Approx(1 + 5));  // 3-4, 13-18
    CHECK(run.seconds("A/states/off_shift") == doctest::Approx(6));
}

TEST_CASE("a machine that slept wakes first, and asks for a place when it is about to begin") {
    // Parts every 20 s. A sleeps at once, wakes in 2 s, works 3 s; B takes 30 s, one place. A:
    // woken 20-22, works 22-25; B 25-55. Second part: woken 40-42, waits 42-55, works 55-58; B
    // 58-88.
    Run run = Run::of("  In: {type: source, every: 20 s, when_full: lost, next: A}\n" +
                      station("A", "3 s", "B", ", standby: {wake: 2 s}" + before) +
                      station("B", "30 s", "Out") + sink);
    run.to(58 * second);
    CHECK(run.count("B/entered") == 2);
    CHECK(run.seconds("A/states/setup") == doctest::Approx(4));
    CHECK(run.seconds("A/states/blocked") == doctest::Approx(13));
    CHECK(run.seconds("A/states/busy") == doctest::Approx(6));
}

TEST_CASE("a buffer of its own keeps places too") {
    // A 2 s into a buffer of 1, B 5 s. A 0-2 (part through the buffer into B, 2-7), 2-4 (buffer),
    // then A begins when the buffer's part leaves it, at 7, 12, ...
    Run run = Run::of(saturated + station("A", "2 s", "Store", before) +
                      "  Store: {type: buffer, capacity: 1, next: B}\n" +
                      station("B", "5 s", "Out") + sink);
    run.to(52 * second);
    CHECK(run.count("Out/arrived") == 10);  // 7, 12, ..., 52
    CHECK(run.seconds("A/states/busy") == doctest::Approx(2 + 2 + 9 * 2));
    CHECK(run.seconds("A/states/blocked") == doctest::Approx(52 - 22));
}

TEST_CASE("the destination is drawn once, the same as after service, before processing begins") {
    const auto plant = [](const std::string& blocking) {
        return Run::of("  In: {type: source, every: 10 s, when_full: wait, next: A}\n" +
                       station("A", "1 s", "{B: 30 %, C: 70 %}", ", scrap: 20 %" + blocking) +
                       station("B", "1 s", "Out", ", buffer: 2") +
                       station("C", "1 s", "Out", ", buffer: 2") + sink);
    };
    // Nothing ever blocks here, so that both kinds must tell the same story to the part.
    Run one = plant(before);
    Run other = plant("");
    one.to(100'000 * second);
    other.to(100'000 * second);
    for (const char* figure : {"B/entered", "C/entered", "A/scrapped", "Out/arrived"}) {
        CAPTURE(figure);
        CHECK(one.count(figure) == other.count(figure));
    }
    CHECK(one.value("Out/lead_time_sum") == other.value("Out/lead_time_sum"));
}

TEST_CASE("a part in line for one destination stays so, although another place is free") {
    // As soon as a part for B, which takes for ever, is in B, the next one for B stops A before it
    // is worked on, however free C is.
    Run run = Run::of(saturated + station("A", "1 s", "{B: 50 %, C: 50 %}", before) +
                      station("B", "500 h", "Out") + station("C", "1 s", "Out") + sink);
    run.to(1000 * second);
    CHECK(run.count("B/inside") == 1);
    CHECK(run.count("A/inside") == 1);
    CHECK(run.count("A/loaded") == run.count("A/completed") + 1);
    CHECK(run.seconds("A/states/blocked") > 900);
}

TEST_CASE("a snapshot taken while places are kept and machines wait goes on bit for bit") {
    const std::string devices =
        saturated +
        station("A", "{exponential: {mean: 3 s}}", "{B: 60 %, C: 40 %}",
                ", machines: 3, scrap: 10 %" + before) +
        station("B", "{exponential: {mean: 2 s}}", "C", ", buffer: 1" + before) +
        station("C", "{exponential: {mean: 2 s}}", "Out", ", machines: 2") + sink;
    Run whole = Run::of(devices);
    whole.to(2000 * second);
    Run part = Run::of(devices);
    for (int split = 1; split < 50; ++split) {
        part.to(split * 17 * second);
        const snapshot::Bytes bytes = snapshot::capture(part.simulation());
        kernel::Simulation restored = snapshot::restore(part.plant().model, bytes);
        executors::run_sequential(restored, 2000 * second, executors::Trace::on);
        CHECK(restored.trace_fingerprint() == whole.simulation().trace_fingerprint());
        CHECK(test::figures_of(restored) == test::figures_of(whole.simulation()));
    }
}
