#include "scenarios/assembly/event_estimate.hpp"

#include <doctest/doctest.h>

#include "scenarios/assembly/flow_estimate.hpp"
#include "tests/support/plant.hpp"

/// What a future would cost, judged from mean times alone.

using namespace foretwin;
using namespace foretwin::test;
using doctest::Approx;

namespace {

/// "accepted", or what is wrong with a plant that runs for so long.
std::string judged(const std::string& horizon, const std::string& devices) {
    const auto file =
        read_text("foretwin: 1\nname: t\ntime: {horizon: " + horizon + "}\ndevices:\n" + devices);
    const schema::Schema schema{catalogue::device_types()};
    const loader::Value tree = changes::alternative(file, {}, schema);
    const loader::CentralResolver resolver(tree, file.parameter_files);
    const loader::Reader reader(resolver, "EUR");
    try {
        assembly::refuse_huge_plant(*tree.find("devices"), reader);
        assembly::refuse_endless_run(tree, reader, loader::Clock(*tree.find("time"), reader));
    } catch (const InputError& error) {
        return error.what();
    }
    return "accepted";
}

struct Flow {
    loader::ScenarioFile file;
    assembly::FlowEstimate estimate;
};

Flow flow_of(const std::string& devices) {
    Flow flow;
    flow.file = read_text("foretwin: 1\nname: t\ntime: {horizon: 1 h}\ndevices:\n" + devices);
    const loader::CentralResolver resolver(flow.file.tree, flow.file.parameter_files);
    flow.estimate =
        assembly::estimate_flow(*flow.file.tree.find("devices"), loader::Reader(resolver, "EUR"));
    return flow;
}

bool mentions(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a source that waits makes no more parts than the station behind it takes") {
    const Flow flow = flow_of(
        "  In: {type: source, every: 1 ns, when_full: wait, next: A}\n"
        "  A: {type: station, machines: 2, cycle: 4 s, scrap: 10 %, next: B}\n"
        "  B: {type: station, cycle: 1 s, next: Out}\n"
        "  Out: {type: sink}\n");
    // Two machines of 4 s take a part every 2 s; nine in ten go on to B.
    CHECK(flow.estimate.sources.at(0).per_s == Approx(0.5));
    CHECK(flow.estimate.stations.at(0).per_s == Approx(0.5));
    CHECK(flow.estimate.stations.at(1).per_s == Approx(0.45));
    CHECK(flow.estimate.stores.empty());
}

TEST_CASE("rework is counted as often as it comes back") {
    const Flow flow = flow_of(
        "  In: {type: source, every: 10 s, when_full: wait, next: A}\n"
        "  A: {type: station, buffer: unlimited, cycle: 1 s, next: {A: 75 %, Out: 25 %}}\n"
        "  Out: {type: sink}\n");
    // 1 / (1 - 0.75) = 4 visits of each of 0.1 parts per second.
    CHECK(flow.estimate.stations.at(0).per_s == Approx(0.4).epsilon(1e-4));
}

TEST_CASE("a closed loop turns as fast as its bottleneck") {
    const Flow flow = flow_of(
        "  In: {type: source, conwip: 9, next: A}\n"
        "  A: {type: station, cycle: 0 s, next: {B: 50 %, Out: 50 %}}\n"
        "  B: {type: station, cycle: 3 s, next: Out}\n"
        "  Out: {type: sink}\n");
    // B takes one part in 3 s and every second one: 2 / 3 parts per second.
    CHECK(flow.estimate.sources.at(0).per_s == Approx(2.0 / 3));
}

TEST_CASE("an unlimited queue grows by what comes and does not leave") {
    const Flow flow = flow_of(
        "  In: {type: source, every: 1 s, when_full: lost, next: A}\n"
        "  A: {type: station, buffer: unlimited, cycle: 4 s, next: Out}\n"
        "  Out: {type: sink}\n");
    CHECK(flow.estimate.stores.at(0).grows_per_s == Approx(0.75));
}

TEST_CASE("ordinary plants are accepted for the whole reach of the clock") {
    const std::string line =
        "  In: {type: source, saturated: true, next: A}\n"
        "  A: {type: station, cycle: 10 s, next: Out}\n"
        "  Out: {type: sink}\n";
    // 200 years hold 6.3e8 cycles of 10 s.
    CHECK(judged("200 years", line) == "accepted");
}

TEST_CASE("ten thousand million events are accepted, more are not") {
    // Per second one arrival and, at the station, two events: 3 a second.
    const std::string line =
        "  In: {type: source, every: 1 s, when_full: wait, next: A}\n"
        "  A: {type: station, cycle: 0.5 s, next: Out}\n"
        "  Out: {type: sink}\n";
    CHECK(judged("3333333333 s", line) == "accepted");
    const std::string refused = judged("3333333400 s", line);
    CHECK(mentions(refused, "A/cycle: one future would have about 1.0e+10 events"));
    CHECK(mentions(refused, "shorten the horizon"));
}

TEST_CASE("a source makes no more parts than 32 bits tell apart") {
    const std::string line =
        "  In: {type: source, every: 1 s, when_full: lost, next: Out}\n  Out: {type: sink}\n";
    CHECK(judged("4199999999 s", line) == "accepted");
    CHECK(mentions(judged("4200000100 s", line), "In/every: one future would see"));
}

TEST_CASE("work on alarm that leads to the next alarm at once never ends") {
    const auto machine = [](const std::string& lead, const std::string& takes) {
        return "  M: {type: machine, rate: 1 part/h, failures: {f: {clock: calendar, "
               "time_to_failure: 10 h, repair: 1 h}}, sensors: {s: {detects: f, lead: " +
               lead + "}}, maintenance: {m: {on_alarm: s, takes: " + takes + ", renews: [f]}}}\n";
    };
    CHECK(judged("1 years", machine("2 h", "0 s")) == "accepted");
    CHECK(judged("1 years", machine("20 h", "1 min")) == "accepted");
    CHECK(mentions(judged("1 years", machine("20 h", "0 s")), "M/maintenance/m/on_alarm"));
}

TEST_CASE("five million machines with their causes are accepted, more are not") {
    // 250 stations of 10,000 machines with one cause each count as 250 x 10,000 x 2.
    const auto plant = [](int stations) {
        std::string text = "  Out: {type: sink}\n";
        for (int i = 0; i < stations; ++i)
            text += "  A" + std::to_string(i) +
                    ": {type: station, machines: 10000, cycle: 100 years, next: Out, failures: "
                    "{f: {clock: calendar, time_to_failure: 100 years, repair: 1 h}}}\n";
        return text;
    };
    CHECK(judged("1 h", plant(249)) == "accepted");
    CHECK(mentions(judged("1 h", plant(251)), "at most 5e6 fit into memory"));
}

TEST_CASE("what ages by cycles fails no more often than parts come") {
    // A cycle takes a microsecond, but a part comes every two hours: 5e4 h hold 25,000 failures.
    const std::string devices =
        "  In: {type: source, every: 2 h, when_full: lost, next: A}\n"
        "  A: {type: station, machines: 60, buffer: unlimited, cycle: 1 us, next: Out, failures: "
        "{use: {clock: cycles, time_to_failure: 1 cycle, repair: 0 h}}}\n"
        "  Out: {type: sink}\n";
    CHECK(judged("50000 h", devices) == "accepted");
    // With a part every microsecond there are 1.8e14 of them.
    std::string busy = devices;
    busy.replace(busy.find("2 h"), 3, "1 us");
    CHECK(judged("50000 h", busy) != "accepted");
}

TEST_CASE("a machine that stands most of the time ages little on its operating clock") {
    // Busy a thousandth of the time, one failure per microsecond of it: 1000 a second.
    const std::string devices =
        "  In: {type: source, every: 1 s, when_full: lost, next: A}\n"
        "  A: {type: station, cycle: 1 ms, next: Out, failures: {jam: {clock: operating, "
        "time_to_failure: 1 us, repair: 0 h}}}\n"
        "  Out: {type: sink}\n";
    CHECK(judged("30 days", devices) == "accepted");  // 3 x 1000 x 2.6e6 s = 7.8e9 events
    CHECK(judged("60 days", devices) != "accepted");
}

TEST_CASE("a source counts only while its calendar is open") {
    // Three parts in the first microseconds, then never again: they would pile up otherwise.
    const std::string calendar =
        "  A: {type: station, buffer: unlimited, cycle: 1 s, next: Out}\n"
        "  Out: {type: sink}\n"
        "  Start: {type: source, every: 1 us, when_full: lost, next: A, calendar: start}\n"
        "calendars:\n"
        "  start: {period: 100000 h, open: [[0 us, 3.5 us]]}\n";
    CHECK(judged("200 s", calendar) == "accepted");
    std::string always = calendar;
    always.erase(always.find(", calendar: start"), 17);
    CHECK(judged("200 s", always) != "accepted");
}
