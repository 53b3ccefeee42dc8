#include "scenarios/loader/check.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "scenarios/loader/expand.hpp"
#include "scenarios/loader/scenario_file.hpp"
#include "tests/scenarios/loader/plant_specs.hpp"

using namespace foretwin;
using namespace foretwin::loader;

namespace {

/// A folder with prices.csv, and the way from text to problems.
struct Desk {
    std::filesystem::path folder;
    Desk() {
        folder = std::filesystem::temp_directory_path() /
                 ("foretwin_check_" + std::to_string(::getpid()));
        std::filesystem::create_directory(folder);
        std::ofstream(folder / "prices.csv") << "timestamp,price_eur_per_mwh\n";
    }
    ~Desk() { std::filesystem::remove_all(folder); }
    Desk(const Desk&) = delete;
    Desk& operator=(const Desk&) = delete;

    std::string problems_of(const std::string& text) const {
        Problems problems;
        const ScenarioFile file = read_scenario_text(text, folder, problems, "line.yaml");
        Value tree = file.tree;
        expand_like(tree, problems);
        expand_fleets(tree, folder, problems);
        expand_flow(tree, problems);
        const CentralResolver resolver(tree, file.parameter_files);
        check(tree, test::plant_schema, resolver, folder, problems);
        if (problems.empty()) {
            check_flow(tree, test::plant_schema, problems);
            check_calendars(tree, test::plant_schema, resolver, problems);
        }
        std::string all;
        for (const Problem& problem : problems) all += to_text(problem) + "\n";
        return all;
    }

    /// The bottling line with one text replaced by another.
    std::string with(const std::string& before, const std::string& after) const {
        std::string text = test::bottling_line;
        const std::size_t at = text.find(before);
        REQUIRE_MESSAGE(at != std::string::npos, before);
        return problems_of(text.replace(at, before.size(), after));
    }
};

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

std::size_t lines(const std::string& text) {
    return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

}  // namespace

TEST_CASE_FIXTURE(Desk, "the scenario of the design chapter is right as it stands") {
    CHECK(problems_of(test::bottling_line) == "");
}

TEST_CASE_FIXTURE(Desk, "unknown keys and types are told with a suggestion") {
    CHECK(with("buffer: 60", "bufer: 60") ==
          "line.yaml:11:5: Filler: unknown key 'bufer' (did you mean 'buffer'?)\n");
    CHECK(with("type: crew", "type: cerw") ==
          "line.yaml:25:21: Mechanics: unknown device type 'cerw' (did you mean 'crew'?)\n");
    CHECK(contains(with("horizon: 8", "horizont: 8"), "did you mean 'horizon'?"));
    CHECK(contains(with("kpis:", "kpi:"), "did you mean 'kpis'?"));
    CHECK(contains(with("throughput:", "thruput:"), "unknown KPI 'thruput'"));
}

TEST_CASE_FIXTURE(Desk, "values of the wrong kind, unit or size are told") {
    CHECK(with("every: 2 weeks", "every: 2") ==
          "line.yaml:20:30: Filler/maintenance/valve service/every: '2' has no unit (expected a "
          "time such as '12 min')\n");
    CHECK(contains(with("busy: 22 kW", "busy: 22 kWh"), "has the wrong unit (expected a power"));
    CHECK(contains(with("cycle: 6.4 s", "cycle: -6.4 s"), "'-6.4 s' is negative"));
    CHECK(contains(with("warm_up: 2 days", "warm_up: -2 days"), "negative"));
    CHECK(contains(with("scrap: 0.5 %", "scrap: 105 %"), "not between 0 and 1"));
    CHECK(contains(with("machines: 1", "machines: 0"), "'0' is below 1"));
    CHECK(contains(with("machines: 1", "machines: 1000000000"), "absurdly large"));
    CHECK(contains(with("machines: 1", "machines: unlimited"), "whole number"));
    CHECK(contains(with("buffer: 60", "buffer: 1000000000000"), "absurdly large"));
    CHECK(with("buffer: 60", "buffer: unlimited") == "");
    CHECK(contains(with("buffer: 60", "buffer: [1]"), "a list where a whole number"));
    CHECK(contains(with("buffer: 60", "buffer:"), "'buffer' has no value"));
    CHECK(contains(with("when_full: wait", "when_full: waits"), "did you mean 'wait'?"));
    CHECK(contains(with("start: 2026-01-05T06:00", "start: 2026-13-05"), "is not a date"));
    CHECK(contains(with("zone: Europe/Berlin", "zone: Europe/Berlim"), "did you mean"));
    CHECK(contains(with("horizon: 8 weeks", "horizon: 0 weeks"), "the horizon is 0"));
    CHECK(contains(with("{weibull: {shape: 1.4, scale: 9.5 h}}", "{weibull: {shape: 1.4}}"),
                   "incomplete"));
    CHECK(contains(with("currency: EUR", "currency: EURO"), "not a currency code"));
    CHECK(contains(with("38 EUR/h", "38 USD/h"), "not the scenario's currency EUR"));
    CHECK(contains(with("at least 9800", "around 9800"), "is no target"));
    CHECK(contains(with("9800 part/day", "9800 kW"), "throughput is told in part/h"));
    CHECK(contains(with("    cycle: {lognormal: {mean: 3.8 s, sd: 0.4 s}}\n", ""),
                   "Filler: key 'cycle' is missing (processing time of one part)"));
}

TEST_CASE_FIXTURE(Desk, "names that lead nowhere or to the wrong thing are told") {
    CHECK(contains(with("next: Warehouse}", "next: Warehose}"),
                   "there is no device 'Warehose' (did you mean 'Warehouse'?)"));
    CHECK(contains(with("Packer B: 45 %", "Packer B: 40 %"), "shares sum to 95 %"));
    CHECK(contains(with("crew: Mechanics}\n    maint", "crew: Grid}\n    maint"),
                   "'Grid' is a tariff, not a crew"));
    CHECK(contains(with("calendar: two shifts, next", "calendar: two shift, next"),
                   "there is no calendar 'two shift' (did you mean 'two shifts'?)"));
    CHECK(contains(with("prices.csv", "price.csv"), "there is no file"));
    CHECK(contains(with("of: Filler", "of: Filer"), "did you mean 'Filler'?"));
    CHECK(contains(with("  Warehouse:", "  Ware/house:"), "must not contain '/'"));
    CHECK(contains(with("9.5 h}}", "{assumption: life}}}"), "there is no assumption 'life'"));
    CHECK(contains(with("{weibull: {shape: 1.4, scale: 9.5 h}}", "{fitted: life}"),
                   "there is no fitted parameter 'life'"));
    CHECK(contains(with("name: Bottling line 3\n", "name: B\nparameters: fit.yaml\n"),
                   "`foretwin fit` writes it"));
}

TEST_CASE_FIXTURE(Desk, "assumptions have a range around their value") {
    const auto assuming = [&](const std::string& assumption) {
        return with("name: Bottling line 3\n",
                    "name: B\nassumptions: {repair: " + assumption + "}\n");
    };
    CHECK(assuming("{value: 4 h, low: 2 h, high: 8 h, why: experience}") == "");
    CHECK(contains(assuming("{value: 4 h, low: 2 h}"), "lacks `high`"));
    CHECK(contains(assuming("{value: 4 h, low: 5 h, high: 8 h}"), "'5 h' is above the value"));
    CHECK(contains(assuming("{value: 4 h, low: 2 h, high: 8 kW}"), "of another kind"));
    CHECK(contains(assuming("{low: 2 h, high: 8 h}"), "'value' is missing"));
}

TEST_CASE_FIXTURE(Desk, "a flow that cannot drain is told where it is caught") {
    const std::string told = with("power: {busy: 9 kW, starved: 1 kW}, next: Warehouse}",
                                  "power: {busy: 9 kW, starved: 1 kW}, next: Filler}");
    CHECK(contains(told, "Filler: no part can ever leave the plant from here"));
    CHECK(contains(told, "Depalletizer: no part can ever leave"));
    CHECK(contains(with("Packer A: 55 %, Packer B: 45 %", "Packer A: 0 %, Filler: 100 %"),
                   "Filler: no part can ever leave"));
}

TEST_CASE_FIXTURE(Desk, "a crew that no shift ever staffs is told") {
    const std::string told = with("two shifts: {weekdays: \"06:00-22:00\"}",
                                  "two shifts: {weekdays: \"06:00-22:00\"}\n  never: {monday: []}");
    CHECK(told == "");
    const std::string unstaffed =
        with("  Mechanics: {type: crew, size: 2, wage: 38 EUR/h, calendar: two shifts",
             "  Mechanics: {type: crew, size: 2, wage: 38 EUR/h, calendar: never");
    CHECK(contains(unstaffed, "there is no calendar 'never'"));
    std::string text = test::bottling_line;
    text.replace(text.find("two shifts: {weekdays"), 0, "never: {monday: []}\n  ");
    const std::string before = "wage: 38 EUR/h, calendar: two shifts";
    text.replace(text.find(before), before.size(), "wage: 38 EUR/h, calendar: never");
    CHECK(contains(problems_of(text), "'Mechanics' is never on shift"));
}

TEST_CASE_FIXTURE(Desk, "all problems of a file are told at once") {
    std::string text = test::bottling_line;
    for (const auto& [before, after] :
         {std::pair{"buffer: 60", "bufer: 60"}, std::pair{"scrap: 0.5 %", "scrap: 5"},
          std::pair{"horizon: 8 weeks", "horizon: 8"}, std::pair{"of: Filler", "of: Nobody"}})
        text.replace(text.find(before), std::string(before).size(), after);
    CHECK(lines(problems_of(text)) == 4);
}

TEST_CASE_FIXTURE(Desk, "what is no scenario is told at once") {
    CHECK(contains(problems_of("name: x\n"), "the key `foretwin` is missing"));
    CHECK(contains(problems_of("foretwin: 2\n"), "version '2'"));
    CHECK(contains(problems_of("foretwin_parameters: 1\n"), "fitted-parameter file"));
    CHECK(contains(problems_of("[1, 2]\n"), "a map of sections"));
    Problems problems;
    read_scenario(folder / "nothing.yaml", problems);
    CHECK(problems.size() == 1);
}

TEST_CASE("names have 1 to 64 printable characters without special ones") {
    CHECK(name_problem("Packer A").empty());
    CHECK(name_problem("Abfüller №1").empty());
    CHECK(name_problem(std::string(64, 'x')).empty());
    for (const std::string& bad :
         {std::string(), std::string(65, 'x'), std::string("a/b"), std::string("a.b"),
          std::string("a:b"), std::string("a,b"), std::string("#a"), std::string("a'b"),
          std::string("a\"b"), std::string("a[b"), std::string("a}b"), std::string(" a"),
          std::string("a "), std::string("a\nb")})
        CHECK_MESSAGE(!name_problem(bad).empty(), bad);
}
