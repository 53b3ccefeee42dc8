#include "engine/telemetry/events.hpp"

#include <doctest/doctest.h>

using namespace foretwin;
using namespace foretwin::telemetry;

namespace {

struct Reading {
    std::vector<Event> events;
    NameTable kinds;
    Problems problems;
};

Reading read(std::string_view text) {
    Reading reading;
    NameTable devices;
    devices.index_of("pump 1");
    devices.index_of("pump 2");
    const auto file = parse_csv(text, "f.csv", reading.problems);
    reading.events =
        read_events(file, {"when", "who", "what"}, devices, reading.kinds, reading.problems);
    return reading;
}

}  // namespace

TEST_CASE("events come in time order, with devices and kinds by index") {
    const auto reading = read(
        "what,when,extra,who\nleak,2015-01-02,x,pump 2\n"
        "jam,2015-01-01 06:00:00,y,pump 1\n");
    CHECK(reading.problems.empty());
    REQUIRE(reading.events.size() == 2);
    CHECK(reading.events[0].at == *parse_local_time("2015-01-01 06:00"));
    CHECK(reading.events[0].device == 0);
    CHECK(reading.kinds.name(reading.events[0].kind) == "jam");
    CHECK(reading.events[1].device == 1);
}

TEST_CASE("every bad record is reported with its place, and all at once") {
    const auto reading = read(
        "when,who,what\n"
        "2015-02-30,pump 1,leak\n"
        "2015-02-03,pump 3,leak\n"
        "NaN,,leak\n"
        "2015-02-03,pump 1,leak\n"
        "2015-02-03,pump 1,leak\n");
    REQUIRE(reading.problems.size() == 5);
    CHECK(to_text(reading.problems[0]).find("f.csv:2:1: '2015-02-30' is no date and time") == 0);
    CHECK(to_text(reading.problems[1]).find("f.csv:3:12: unknown device 'pump 3'") == 0);
    CHECK(reading.problems[1].hint == "did you mean 'pump 1'?");
    CHECK(reading.problems[2].what == "nothing in column 'when' but 'NaN'");
    CHECK(reading.problems[3].what == "nothing in column 'who'");
    CHECK(reading.problems[4].what == "the same record as in line 5");
    CHECK(reading.events.size() == 1);
}

TEST_CASE("a device has one attribute, and a repeated device is a mistake") {
    Problems problems;
    NameTable devices, models;
    const auto file = parse_csv("id,model\n7,B\n8,A\n9,B\n", "m.csv", problems);
    const auto model_of = read_attribute(file, "id", "model", devices, models, problems);
    CHECK(problems.empty());
    CHECK(model_of == std::vector<std::uint32_t>{0, 1, 0});
    CHECK(devices.names() == std::vector<std::string>{"7", "8", "9"});
    const auto twice = parse_csv("id,model\n7,B\n", "m.csv", problems);
    read_attribute(twice, "id", "model", devices, models, problems);
    REQUIRE(problems.size() == 1);
    CHECK(problems[0].what == "device '7' stands twice");
}
