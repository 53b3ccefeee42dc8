#include <doctest/doctest.h>

#include <algorithm>

#include "scenarios/loader/check.hpp"
#include "scenarios/loader/scenario_file.hpp"

using namespace foretwin;
using namespace foretwin::loader;

namespace {

/// The devices of a plant, one a line from line 3 of the file on.
std::string warned(const std::string& devices) {
    Problems problems;
    const ScenarioFile file =
        read_scenario_text("foretwin: 1\ndevices:\n" + devices, {}, problems, "line.yaml");
    REQUIRE(problems.empty());
    std::string all;
    for (const Problem& problem : loop_warnings(file.tree)) all += to_text(problem) + "\n";
    return all;
}

bool holds(const std::string& text, const std::string& part) {
    INFO(text);
    return text.find(part) != std::string::npos;
}

const std::string in = "  In: {type: source, every: 1 s, next: A}\n";
const std::string out = "  Out: {type: sink}\n";

std::string loop_of_two(const std::string& a, const std::string& b, const std::string& source) {
    return source + "  A: {type: station, " + a + "next: B}\n  B: {type: station, " + b +
           "next: {Out: 90 %, A: 10 %}}\n" + out;
}

}  // namespace

TEST_CASE("a loop of finite buffers is warned of where it closes, with its places and a way out") {
    CHECK(warned(loop_of_two("buffer: 2, ", "machines: 3, ", in)) ==
          "line.yaml:5:35: the loop A -> B -> A has 6 places in all: when they are full of parts "
          "that wait for one another, nothing in it moves again (deadlock) (make one buffer of the "
          "loop unlimited, or let conwip sources keep fewer than 6 parts)\n");
}

TEST_CASE("no loop, an unlimited buffer in it, or a share of nothing: no warning") {
    CHECK(warned(in + "  A: {type: station, next: B}\n  B: {type: station, next: Out}\n" + out) ==
          "");
    CHECK(warned(loop_of_two("buffer: unlimited, ", "", in)) == "");
    CHECK(warned(loop_of_two("", "buffer: unlimited, ", in)) == "");
    CHECK(
        warned(in +
               "  A: {type: station, next: B}\n  B: {type: station, next: {Out: 100 %, A: 0 %}}\n" +
               out) == "");
}

TEST_CASE(
    "a saturated source ignores the buffer of its station, so unlimited does not help there") {
    const std::string saturated = "  In: {type: source, saturated: true, next: A}\n";
    CHECK(holds(warned(loop_of_two("buffer: unlimited, ", "buffer: 1, ", saturated)),
                "has 3 places in all"));
}

TEST_CASE("conwip sources that keep fewer parts than the loop has places silence the warning") {
    const auto conwip = [](int parts) {
        return "  In: {type: source, conwip: " + std::to_string(parts) + ", next: A}\n";
    };
    CHECK(warned(loop_of_two("buffer: 1, ", "buffer: 1, ", conwip(3))) == "");
    CHECK(warned(loop_of_two("buffer: 1, ", "buffer: 1, ", conwip(4))) != "");
    // Two sources add up; one without a limit spoils it; one that feeds another line does not.
    const std::string second = "  In 2: {type: source, conwip: 1, next: B}\n";
    CHECK(warned(loop_of_two("buffer: 1, ", "buffer: 1, ", conwip(3) + second)) != "");
    CHECK(warned(loop_of_two("buffer: 1, ", "buffer: 1, ", conwip(2) + second)) == "");
    CHECK(warned(loop_of_two("buffer: 1, ", "buffer: 1, ",
                             conwip(2) + "  In 3: {type: source, every: 1 h, next: B}\n")) != "");
    CHECK(warned(loop_of_two("buffer: 1, ", "buffer: 1, ",
                             conwip(3) + "  In 4: {type: source, every: 1 h, next: Out}\n")) == "");
}

TEST_CASE("a loop that no source feeds stays empty") {
    CHECK(warned("  In: {type: source, every: 1 s, next: Out}\n" + loop_of_two("", "", "")) == "");
}

TEST_CASE("buffers of their own and stations that feed themselves count") {
    CHECK(holds(warned(in +
                       "  A: {type: station, next: Store}\n"
                       "  Store: {type: buffer, capacity: 4, next: {A: 5 %, Out: 95 %}}\n" +
                       out),
                "the loop A -> Store -> A has 5 places in all"));
    CHECK(warned(in +
                 "  A: {type: station, next: Store}\n"
                 "  Store: {type: buffer, capacity: unlimited, next: {A: 5 %, Out: 95 %}}\n" +
                 out) == "");
    CHECK(holds(warned(in + "  A: {type: station, next: {A: 5 %, Out: 95 %}}\n" + out),
                "the loop A -> A has 1 place in all: when they"));
}

TEST_CASE("the tightest loop through a device is named, and every device once") {
    // A -> B -> A has 2 places, A -> B -> C -> A 12, and D -> E -> D stands apart.
    const std::string text = warned(in +
                                    "  A: {type: station, next: B}\n"
                                    "  B: {type: station, next: {A: 10 %, C: 90 %}}\n"
                                    "  C: {type: station, buffer: 9, next: {A: 10 %, D: 90 %}}\n"
                                    "  D: {type: station, next: E}\n"
                                    "  E: {type: station, next: {D: 10 %, Out: 90 %}}\n" +
                                    out);
    CHECK(holds(text, "line.yaml:5:22: the loop A -> B -> A has 2 places"));
    CHECK(holds(text, "the loop C -> A -> B -> C has 12 places"));
    CHECK(holds(text, "the loop D -> E -> D has 2 places"));
    CHECK(std::count(text.begin(), text.end(), '\n') == 3);
}

TEST_CASE("a long line without loops and a loop of thousands are looked through in no time") {
    std::string line = in.substr(0, in.size() - 3) + "S0}\n";
    std::string ring = line;
    constexpr int stations = 3000;
    for (int i = 0; i < stations; ++i) {
        const std::string begin = "  S" + std::to_string(i) + ": {type: station, next: ";
        const std::string next = "S" + std::to_string(i + 1) + "}\n";
        line += begin + (i + 1 < stations ? next : "Out}\n");
        ring += begin + (i + 1 < stations ? next : "{S0: 1 %, Out: 99 %}}\n");
    }
    CHECK(warned(line + out) == "");
    const std::string text = warned(ring + out);
    CHECK(holds(text, "the loop S0 -> S1 -> "));
    CHECK(holds(text, "-> S11 -> ... -> S2999 -> S0 has 3000 places"));
}
