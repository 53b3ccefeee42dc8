#include "models/flow/conveyor.hpp"

#include <doctest/doctest.h>

#include "models/flow/deadlock.hpp"
#include "tests/support/plant.hpp"

/// Conveyors with constant times, followed by hand.

using namespace foretwin;
using test::Run;

namespace {

const std::string sink = "  Out: {type: sink}\n";

std::string every(const std::string& interval, const std::string& next) {
    return "  In: {type: source, every: " + interval + ", when_full: wait, next: " + next + "}\n";
}

std::string belt(const std::string& keys, const std::string& next, const char* name = "Belt") {
    return "  " + std::string(name) + ": {type: conveyor, " + keys + ", next: " + next + "}\n";
}

std::string station(const std::string& name, const std::string& keys, const std::string& next) {
    return "  " + name + ": {type: station, " + keys + ", next: " + next + "}\n";
}

std::string refusal(const std::string& devices) {
    try {
        Run::of(devices);
    } catch (const InputError& error) {
        return error.what();
    }
    return "";
}

}  // namespace

TEST_CASE("a part takes the delay, and is inside on its way") {
    // Parts enter at 4, 8, 12, ... and arrive at 14, 18, 22, ...: at 20 s five have entered, two
    // have left, 10 s each. Inside: 1 from 4, 2 from 8, 3 from 12 (one leaves and none enters at
    // 14: 2; 16: 3; 18: 2; 20: 3): 4 + 8 + 6 + 4 + 6 + 4 = 32 part-seconds until 20.
    Run run =
        Run::of(every("4 s", "Belt") + belt("delay: 10 s, capacity: unlimited", "Out") + sink);
    run.to(20 * second);
    CHECK(run.count("Belt/entered") == 5);
    CHECK(run.count("Belt/left") == 2);
    CHECK(run.count("Belt/inside") == 3);
    CHECK(run.value("Belt/sojourn") == 20 * second);
    CHECK(run.value("Belt/wip_time") == 32 * second);
    CHECK(run.count("Out/arrived") == 2);
    CHECK(run.value("Out/lead_time_sum") == 20 * second);
}

TEST_CASE("a part enters only with a credit, and a freed place is known after the way back") {
    // Two places, 10 s there, 5 s back, a part every second that waits for its place. In at 1 and
    // 2; out at 11 and 12; known at 16 and 17, when the next two enter (in line since 3; the next
    // interval begins at 16, its part comes at 17 and takes the second credit). Out at 26 and 27,
    // known at 31 and 32, and so on: two parts in 15 s.
    Run run =
        Run::of(every("1 s", "Belt") + belt("delay: 10 s, capacity: 2, return: 5 s", "Out") + sink);
    run.to(15 * second);
    CHECK(run.count("Belt/entered") == 2);
    CHECK(run.count("Belt/left") == 2);
    CHECK(run.count("Belt/inside") == 0);  // though its entry does not know yet
    CHECK(run.count("In/waiting") == 1);
    run.to(16 * second);
    CHECK(run.count("Belt/entered") == 3);
    run.to(17 * second);
    CHECK(run.count("Belt/entered") == 4);
    run.to(27 * second);
    CHECK(run.count("Out/arrived") == 4);
    run.to((16 + 15 * 1000) * second);
    CHECK(run.count("Belt/entered") == 2 * 1000 + 3);
}

TEST_CASE("the way back takes as long as the way there unless told, and may take no time") {
    // One place: a part every 10 + 10 s, or every 10 s. In at 1, then whenever the place is known.
    Run slow = Run::of(every("1 s", "Belt") + belt("delay: 10 s, capacity: 1", "Out") + sink);
    CHECK(slow.to(201 * second).count("Belt/entered") == 11);
    Run fast =
        Run::of(every("1 s", "Belt") + belt("delay: 10 s, capacity: 1, return: 0 s", "Out") + sink);
    CHECK(fast.to(201 * second).count("Belt/entered") == 21);
}

TEST_CASE("parts wait at the end in order until there is place; the sender is blocked") {
    // A works 1 s per part without end, B 6 s without buffer. On the belt (3 places, 4 s there,
    // 2 s back): in at 1, 2, 3. The first one arrives at 5 and goes into B (5-11), the others
    // arrive at 6 and 7 and wait until 11 and 17. Credits: 7, 13, 19. A is blocked with its fourth
    // part 4-7, with its fifth part 8-13, with its sixth 14-19. Seven seconds in B: at 17 the third
    // begins, the fourth one (in at 7, there since 11) at 23.
    Run run = Run::of("  In: {type: source, saturated: true, next: A}\n" +
                      station("A", "cycle: 1 s", "Belt") +
                      belt("delay: 4 s, capacity: 3, return: 2 s", "B") +
                      station("B", "cycle: 6 s", "Out") + sink);
    run.to(7 * second);
    CHECK(run.count("Belt/entered") == 4);
    CHECK(run.count("B/entered") == 1);
    CHECK(run.value("A/states/blocked") == 3 * second);
    run.to(13 * second);
    CHECK(run.count("Belt/entered") == 5);
    CHECK(run.count("B/entered") == 2);
    CHECK(run.value("A/states/blocked") == (3 + 5) * second);
    run.to(23 * second);
    CHECK(run.count("B/entered") == 4);
    CHECK(run.value("B/states/busy") == (23 - 5) * second);
    CHECK(run.value("A/states/blocked") == (3 + 5 + 5 + 3) * second);
    // On the belt: 4 s, 2-11 s, 3-17 s, 7-23 s.
    CHECK(run.value("Belt/sojourn") == (4 + 9 + 14 + 16) * second);
}

TEST_CASE("before service a station waits for a credit; a scrapped part gives its place back") {
    // A keeps the only place from 0 on, works 0-2, hands over at 2. Out at 12, known at 13: only
    // then does A begin its second part, which it hands over at 15.
    const std::string saturated = "  In: {type: source, saturated: true, next: A}\n";
    const std::string way = belt("delay: 10 s, capacity: 1, return: 1 s", "Out") + sink;
    Run run =
        Run::of(saturated + station("A", "cycle: 2 s, blocking: before_service", "Belt") + way);
    run.to(14 * second);
    CHECK(run.count("A/completed") == 1);
    CHECK(run.value("A/states/blocked") == (13 - 2) * second);
    run.to(15 * second);
    CHECK(run.count("Belt/entered") == 2);
    Run bad =
        Run::of(saturated +
                station("A", "cycle: 2 s, scrap: 100 %, blocking: before_service", "Belt") + way);
    bad.to(100 * second);
    CHECK(bad.count("A/scrapped") == 50);
    CHECK(bad.count("Belt/entered") == 0);
}

TEST_CASE("several senders share one conveyor: a credit goes to who has been blocked longest") {
    // A finishes at 1, B at 2, C at 3; one place, 10 + 10 s. In: A's part at 1, B's at 21, C's at
    // 41, A's second (blocked since 2) ... A holds its second part from 2 on as B does its first:
    // A stands in line at 2 (processing ends in name order: A before B), so A, A, B, C.
    Run run = Run::of(
        "  In A: {type: source, saturated: true, next: A}\n"
        "  In B: {type: source, saturated: true, next: B}\n"
        "  In C: {type: source, saturated: true, next: C}\n" +
        station("A", "cycle: 1 s", "Belt") + station("B", "cycle: 2 s", "Belt") +
        station("C", "cycle: 3 s", "Belt") + belt("delay: 10 s, capacity: 1", "Out") + sink);
    const auto left = [&](Time at) {
        run.to(at * second);
        return std::to_string(run.count("A/left")) + std::to_string(run.count("B/left")) +
               std::to_string(run.count("C/left"));
    };
    CHECK(left(1) == "100");
    CHECK(left(20) == "100");
    CHECK(left(21) == "200");
    CHECK(left(41) == "210");
    CHECK(left(61) == "211");
    CHECK(left(81) == "311");
}

TEST_CASE("several conveyors feed one station without quotas there: each part waits on its own") {
    // Both bring a part at 11; B takes that of the conveyor which comes first by name and works
    // 11-16, then the other one 16-21. Neither sender ever learns of the other.
    Run run = Run::of(
        "  In 1: {type: source, every: 1 s, when_full: wait, next: Belt 1}\n"
        "  In 2: {type: source, every: 1 s, when_full: wait, next: Belt 2}\n" +
        belt("delay: 10 s, capacity: 1", "B", "Belt 1") +
        belt("delay: 10 s, capacity: 1", "B", "Belt 2") + station("B", "cycle: 5 s", "Out") + sink);
    run.to(21 * second);
    CHECK(run.value("Belt 1/sojourn") == 10 * second);
    CHECK(run.value("Belt 2/sojourn") == 15 * second);
    CHECK(run.count("Out/arrived") == 2);
    CHECK(run.count("Belt 1/entered") == 2);  // at 1 and 21
    CHECK(run.count("Belt 2/entered") == 1);  // again at 26
    CHECK(run.to(26 * second).count("Belt 2/entered") == 2);
}

TEST_CASE("a conveyor may split its parts and lead into another conveyor") {
    Run run = Run::of(every("1 s", "Belt") +
                      belt("delay: 10 s, capacity: unlimited", "{Out: 50 %, Belt 2: 50 %}") +
                      belt("delay: 20 s, capacity: unlimited", "Out", "Belt 2") + sink);
    run.to(1000 * second);
    CHECK(run.count("Belt/left") == 990);
    CHECK(run.count("Belt/left") == run.count("Out/arrived") + run.count("Belt 2/inside"));
    CHECK(run.count("Belt 2/entered") > 400);
    CHECK(run.count("Belt 2/entered") < 590);
    CHECK(run.seconds("Out/lead_time_sum") ==
          10.0 * static_cast<double>(run.count("Out/arrived")) +
              20.0 * static_cast<double>(run.count("Belt 2/left")));
}

TEST_CASE("what is on its way when measuring begins counts as inside, not as entered") {
    Run run =
        Run::of(every("4 s", "Belt") + belt("delay: 10 s, capacity: unlimited", "Out") + sink);
    run.to(20 * second);
    run.simulation().begin_measuring();
    run.to(22 * second);
    CHECK(run.count("Belt/entered") == 0);
    CHECK(run.count("Belt/left") == 1);
    CHECK(run.count("Belt/inside") == 2);
    CHECK(run.value("Belt/wip_time") == (2 * 3) * second);
}

TEST_CASE(
    "plants joined by conveyors are cut there; a closed loop across one holds them together") {
    const std::string way = station("A", "cycle: 1 s", "Belt") +
                            belt("delay: 30 s, capacity: 9, return: 20 s", "B") +
                            station("B", "cycle: 1 s", "Out") + sink;
    Run open = Run::of("  In: {type: source, saturated: true, next: A}\n" + way);
    const kernel::Partition& cut = open.plant().model.partition;
    CHECK(cut.logical_processes == 2);
    CHECK(cut.cut_channels == 2);
    CHECK(cut.least_lookahead() == 20 * second);
    CHECK(cut.largest_process == 3);  // In, A, Belt; or the far end of Belt, B, Out
    // A part that leaves is replaced at once: nothing may run ahead.
    Run closed = Run::of("  In: {type: source, conwip: 3, next: A}\n" + way);
    CHECK(closed.plant().model.partition.logical_processes == 1);
    CHECK(closed.plant().model.partition.largest_process == 6);
    CHECK(closed.plant().model.partition.parts_in_largest == 1);  // five devices for people
    CHECK(closed.plant().model.partition.blame.find("conwip") != std::string::npos);
    // Three parts go round: A 1 s, belt 30 s, B 1 s; the second and third follow at 1 s.
    CHECK(closed.to(32 * second).count("Out/arrived") == 1);
    CHECK(closed.to(34 * second).count("Out/arrived") == 3);
    CHECK(closed.to(64 * second).count("Out/arrived") == 4);
}

TEST_CASE("a loop over conveyors is warned of, and locks when all its places wait at their ends") {
    // One place each; 10 s there and as long back, for parts and for credits. Parts want in from 1
    // on. Part 1: A 1-2, on its way 2-12, B 12-13, back 13-23. Part 2: A 2-3, no credit until 22.
    const std::string devices = every("1 s", "A") + station("A", "cycle: 1 s", "There") +
                                belt("delay: 10 s, capacity: 1", "B", "There") +
                                station("B", "cycle: 1 s", "{Back: 99.9999 %, Out: 0.0001 %}") +
                                belt("delay: 10 s, capacity: 1", "A", "Back") + sink;
    const auto warnings = loader::loop_warnings(
        test::read_text("foretwin: 1\nname: t\ntime: {horizon: 1 h}\ndevices:\n" + devices).tree);
    REQUIRE(warnings.size() == 1);
    CHECK(warnings.front().what.find("4 places") != std::string::npos);
    Run run = Run::of(devices);
    run.to(30 * second);
    CHECK(flow::find_deadlocks(run.simulation()).empty());
    run.to(1000 * second);
    const auto deadlocks = flow::find_deadlocks(run.simulation());
    REQUIRE(deadlocks.size() == 1);
    std::string names;
    for (const DeviceIndex device : deadlocks.front().devices) {
        names += run.plant().model.devices[device].name + " ";
    }
    CHECK(names == "A There B Back ");
    // Part 1 is back at 23 and waits for A, first in line. Part 2 enters There at 22, part 3 enters
    // A. Part 2 is through B at 33 and waits for a place on the way back. At 42 part 3 enters There
    // and part 1 A; at 52 part 2 enters Back, part 3 B (done at 53, no place on the way back); at
    // 62 part 1 enters There, and A takes part 4, in line since 23, before part 2, which arrives
    // now. Part 1 is there at 72: the last thing that moves.
    CHECK(deadlocks.front().since == 72 * second);
}

TEST_CASE(
    "a conveyor needs a delay and a capacity; other wrong values are named with their place") {
    const std::string plant = every("1 s", "Belt") + sink;
    CHECK(refusal(plant + belt("capacity: 3", "Out")).find("delay") != std::string::npos);
    CHECK(refusal(plant + belt("delay: 10 s", "Out")).find("capacity") != std::string::npos);
    CHECK(refusal(plant + belt("delay: 0 s, capacity: 3", "Out")).find("Belt/delay") !=
          std::string::npos);
    CHECK(refusal(plant + belt("delay: 1 s, capacity: 0", "Out")).find("Belt/capacity") !=
          std::string::npos);
    CHECK(
        refusal(plant + belt("delay: 1 s, capacity: 1, return: -1 s", "Out")).find("Belt/return") !=
        std::string::npos);
    CHECK(refusal("  In: {type: source, saturated: true, next: Belt}\n" + sink +
                  belt("delay: 1 s, capacity: 1", "Out"))
              .find("a saturated source feeds exactly one station") != std::string::npos);
}

TEST_CASE("a delay longer than the run keeps its parts to the end") {
    Run run = Run::of(every("1 h", "Belt") + belt("delay: 290 years, capacity: 2", "Out") + sink);
    run.to(100 * hour);
    CHECK(run.count("Belt/inside") == 2);
    CHECK(run.count("Out/arrived") == 0);
}
