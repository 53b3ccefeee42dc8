#include "scenarios/replay.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "engine/telemetry/shdr.hpp"
#include "scenarios/report/replay.hpp"

using namespace foretwin;
using namespace foretwin::scenarios;
using experiments::ReplayResult;

namespace {

const std::string head = R"(foretwin_profile: 1
name: Cell
zone: Europe/Berlin
devices:
)";
const std::string mill = R"(  Mill:
    conditions: [system]
    states:
      - {state: repair, when: {system: FAULT}}
      - {state: off_shift, when: {power: "OFF"}}
      - {state: busy, when: {execution: ACTIVE}}
      - {state: starved, when: {execution: READY}}
    parts: {produced: count, scrapped: {item: bad}}
    planned_run_time: 10 min
    power: {item: kW, unit: kW}
)";
const std::string saw = R"(  Saw:
    states: [{state: busy, when: {execution: ACTIVE}}]
)";

std::vector<Problem> problems_of(const std::string& text) {
    loader::Problems problems;
    const loader::Value tree = loader::read_yaml(text, "profile", problems);
    if (problems.empty()) read_profile(tree, problems);
    return problems;
}

ReplayResult replayed(const std::string& profile, const std::string& log,
                      const ReplayOptions& options = {}) {
    loader::Problems problems;
    const loader::Value tree = loader::read_yaml(profile, "profile", problems);
    const ProfileFile file = read_profile(tree, problems);
    for (const Problem& problem : problems) FAIL(to_text(problem));
    telemetry::ShdrDecoder decoder({file.default_device, file.profile.zone, {}, {}, {}});
    telemetry::ShdrLog source(
        [log, at = std::size_t{0}](char* into, std::size_t size) mutable {
            const std::size_t part = std::min(size, log.size() - at);
            std::copy_n(log.data() + at, part, into);
            at += part;
            return part;
        },
        "log", decoder);
    return replay(file, source, options);
}

double figure(const std::vector<ReplayResult::Figure>& figures, const std::string& name) {
    const auto* found = report::find_figure(figures, name);
    REQUIRE_MESSAGE(found != nullptr, name);
    return found->value;
}

/// One shift of the mill, 22:00 to 02:00 local time (20:00 to 24:00 UTC) over midnight.
const std::string night =
    "2016-10-07T20:00:00Z|execution|READY|power|ON|count|100|bad|7|kW|2\n"
    "2016-10-07T21:00:00Z|execution|ACTIVE|kW|6\n"
    "2016-10-07T22:00:00Z|count|104\n"
    "2016-10-07T22:30:00Z|system|FAULT|7|||jam\n"
    "2016-10-07T22:30:00Z|kW|1\n"
    "2016-10-07T23:00:00Z|system|NORMAL||||\n"
    "2016-10-07T23:00:00Z|count|106|bad|8|kW|6\n"
    "2016-10-07T23:30:00Z|power|OFF|kW|0\n"
    "2016-10-08T00:00:00Z|execution|UNAVAILABLE\n";

}  // namespace

TEST_CASE("history's KPIs, by hand") {
    const ReplayResult result = replayed(head + mill, night);
    // 1 h ready, 2 h active (21:00-22:30, 23:00-23:30), half an hour each of fault and power off.
    const auto& kpis = result.total.kpis;
    CHECK(figure(kpis, "availability") == doctest::Approx(2 / 3.5));
    CHECK(figure(kpis, "utilisation") == doctest::Approx(2 / 4.0));
    CHECK(figure(kpis, "failures") == 1);
    CHECK(figure(kpis, "mtbf") == doctest::Approx(2));
    CHECK(figure(kpis, "mttr") == doctest::Approx(0.5));
    CHECK(figure(kpis, "production") == 5);  // 6 produced, 1 scrapped
    // 5 good parts of 10 minutes in 3.5 h of planned busy time.
    CHECK(figure(kpis, "oee") == doctest::Approx(50 / 210.0));
    CHECK(figure(result.total.devices[0].kpis, "effectiveness") == doctest::Approx(60 / 120.0));
    CHECK(figure(result.total.devices[0].kpis, "quality_ratio") == doctest::Approx(5 / 6.0));
    // 2 kWh + 6 x 1.5 + 1 x 0.5 + 6 x 0.5.
    CHECK(figure(kpis, "energy") == doctest::Approx(2 + 9 + 0.5 + 3).epsilon(1e-12));
    CHECK(result.devices[0].intervals.size() == 5);
    CHECK(result.devices[0].intervals[2].cause == "jam");
}

TEST_CASE("days are those of the zone, and add up to the total") {
    const ReplayResult result = replayed(head + mill, night);
    REQUIRE(result.days.size() == 2);
    CHECK(result.days[0].label == "2016-10-07");
    CHECK(result.days[1].label == "2016-10-08");  // begins at 22:00 UTC
    CHECK(result.days[0].to - result.days[0].from == 2 * hour);
    const auto& first = result.days[0].devices[0].accounts;
    const auto& second_day = result.days[1].devices[0].accounts;
    const auto& all = result.total.devices[0].accounts;
    for (std::size_t i = 0; i < observed::state_count; ++i)
        CHECK(first.in_state[i] + second_day.in_state[i] == all.in_state[i]);
    CHECK(first.energy + second_day.energy == all.energy);
    CHECK(first.produced == 0);  // told at midnight: of the new day
    CHECK(second_day.produced == 6);
    CHECK(figure(result.days[1].kpis, "failures") == 1);
    CHECK(figure(result.days[0].kpis, "failures") == 0);
    CHECK(report::find_figure(result.days[0].kpis, "mtbf")->undefined ==
          "no failure began in this time");
}

TEST_CASE("machines of one cell share the calendar; what is undefined says why") {
    const ReplayResult result =
        replayed(head + saw + "  Press:\n    states: [{state: busy, when: {execution: ACTIVE}}]\n",
                 "2016-10-07T08:00:00Z|Saw:execution|ACTIVE\n"
                 "2016-10-07T09:00:00Z|Press:execution|ACTIVE|Drill:x|1\n"
                 "2016-10-07T10:00:00Z|Saw:execution|UNAVAILABLE\n");
    for (const auto& device : result.total.devices) CHECK(device.accounts.calendar() == 2 * hour);
    CHECK(figure(result.total.kpis, "availability") == 1);
    REQUIRE(result.strangers.size() == 1);
    CHECK(result.strangers[0].what == "Drill");
    const auto why = [&](const char* name) {
        return report::find_figure(result.total.kpis, name)->undefined;
    };
    CHECK(why("oee") == "the profile names no counter of parts");
    CHECK(why("energy") == "the profile names no item of power or energy");
    CHECK(why("mtbf") == "no rule of the profile tells a failure (down_waiting, repair)");
}

TEST_CASE("a window is told whole, also where nothing is known") {
    ReplayOptions options;
    options.from = "2016-10-07";
    options.to = "2016-10-09";
    const ReplayResult result = replayed(head + mill, night, options);
    CHECK(result.days.size() == 2);
    CHECK(result.total.devices[0].accounts.calendar() == 2 * day);
    // From midnight (22:00 UTC) to 20:00 UTC nothing was told; the power stays off at the end.
    const auto& in_state = result.total.devices[0].accounts.in_state;
    CHECK(in_state[observed::unknown_state] == 22 * hour);
    CHECK(in_state[index_of(MachineState::off_shift)] == 22 * hour + 30 * minute);
    // One stamp centuries ahead is late; it does not reach for days without end.
    const ReplayResult wild =
        replayed(head + mill, "2016-10-07T19:00:00Z|power|ON\n2260-01-01T00:00:00Z|kW|9\n" + night);
    CHECK(wild.days.size() == 2);
    CHECK(wild.devices[0].order.late == 1);
    CHECK(replayed(head + mill, night, options).fingerprint == result.fingerprint);
    CHECK(replayed(head + mill, night).fingerprint != result.fingerprint);
}

TEST_CASE("a profile's problems have a place and a way out") {
    const std::pair<std::string, std::string> cases[] = {
        {"foretwin_profile: 2\nname: x\ndevices: {A: {states: [{state: busy, when: {a: b}}]}}\n",
         "this is version '2'"},
        {head + "  A/B:\n    states: [{state: busy, when: {a: b}}]\n", "no name for a device"},
        {head + "  A:\n    states: []\n", "must be a list of rules"},
        {head + "  A:\n    states: [{state: busy, when: {}}]\n", "must be a map of items"},
        {head + "  A:\n    states: [{state: busy, when: {a: \"> b\"}}]\n",
         "compares with no number"},
        {head + "  A:\n    states: [{state: busy, when: {a: b}, cause: x}]\n",
         "only down states have a cause"},
        {head + "  A:\n    states: [{state: busy, when: {any condition: FAULT}}]\n",
         "needs 'conditions'"},
        {head + mill + "    energy: {item: e, unit: kWh}\n", "counted twice"},
        {head + saw + "    power: {item: p, unit: kg}\n", "no unit like"},
        {head + saw + "    planned_run_time: 1 min\n", "no counter of parts"},
        {head + saw + "  Saw 2:\n    source: Saw\n    states: [{state: busy, when: {a: b}}]\n",
         "that of two devices"},
    };
    for (const auto& [text, what] : cases) {
        const std::vector<Problem> problems = problems_of(text);
        CAPTURE(what);
        REQUIRE_FALSE(problems.empty());
        CHECK(problems[0].what.find(what) != std::string::npos);
        CHECK(problems[0].place.line > 0);
        CHECK_FALSE(problems[0].hint.empty());
    }
    CHECK(problems_of(head + mill).empty());
}
