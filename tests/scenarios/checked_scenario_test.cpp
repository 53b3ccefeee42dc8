#include "scenarios/checked_scenario.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "models/catalogue/catalogue.hpp"
#include "scenarios/fitting.hpp"
#include "scenarios/good_scenario.hpp"
#include "scenarios/schema/catalogue_json.hpp"

using namespace foretwin;

namespace {

const char* const line = R"(foretwin: 1
name: A line
time: {start: 2026-01-05T00:00, horizon: 2 weeks, warm_up: 1 day}
calendars:
  days: {weekdays: "06:00-14:00"}
devices:
  In: {type: source, part: box, every: 70 s, when_full: wait, next: A}
  A: {type: station, calendar: days, cycle: 50 s, power: {busy: 5 kW}, next: Out}
  Out: {type: sink}
  Grid: {type: tariff, energy: {price: 0.2 EUR/kWh}}
economics: {currency: EUR, margin: {box: {assumption: margin}}}
assumptions:
  margin: {value: 2 EUR/part, low: 1 EUR/part, high: 3 EUR/part}
changes:
  faster: {description: more speed, set: {A/cycle: 40 s}}
)";

CheckedScenario checked(const std::string& text) {
    return check_scenario(read_good_scenario_text(text, ".", "line.yaml"));
}

}  // namespace

TEST_CASE("a check tells time, devices, open hours, alternatives and assumptions") {
    const auto told = check_json(checked(line));
    CHECK(told["scenario"] == "A line");
    CHECK(told["time"]["horizon_h"] == 336);
    CHECK(told["time"]["warm_up_h"] == 24);
    REQUIRE(told["devices"].size() == 4);
    CHECK(told["devices"][0]["name"] == "A");
    CHECK(told["devices"][0]["machines"] == 1);
    REQUIRE(told["alternatives"].size() == 2);
    CHECK(told["alternatives"][1]["description"] == "more speed");
    CHECK(told["assumptions"][0]["value"] == "2 EUR/part (1 EUR/part to 3 EUR/part)");
    CHECK(told["warnings"].empty());
    CHECK_FALSE(told["notes"].empty());
    // From Sunday, when the warm-up begins, 15 days have 10 days of work: 80 h in 15/7 weeks.
    CHECK(told["calendars"][0]["hours_per_week"].get<double>() ==
          doctest::Approx(80 * 7 / 15.0).epsilon(1e-12));
}

TEST_CASE("the same in words") {
    const std::string told = check_text(checked(line), 100);
    CHECK(told.starts_with("A line\nMeasured: 336.0 h"));  // the text is no file
    CHECK(told.find("\nDevices\n  1 x sink\n  1 x source\n") != std::string::npos);
    CHECK(told.find("  faster: more speed\n") != std::string::npos);
}

TEST_CASE("a check refuses what cannot be built") {
    std::string wrong = line;
    wrong.replace(wrong.find("next: Out"), 9, "next: Off");
    CHECK_THROWS_AS(checked(wrong), InputError);
}

TEST_CASE("the catalogue as JSON has every type, and names the nearest to one that there is not") {
    const schema::Schema schema{catalogue::device_types()};
    const auto all = schema::devices_json(schema);
    CHECK(all["devices"].size() == schema.device_types().size());
    const auto crew = schema::device_json(schema::known_device(schema, "crew"));
    CHECK(crew["type"] == "crew");
    CHECK(crew["parameters"][0]["name"] == "size");
    CHECK(crew["parameters"][0]["kind"] == "count");
    CHECK_THROWS_WITH_AS(static_cast<void>(schema::known_device(schema, "cruw")),
                         "unknown device type 'cruw' (did you mean 'crew'?)", InputError);
}

TEST_CASE("a fit of lifetimes asks for their unit, and is no replay of a scenario") {
    scenarios::FitQuestion question;
    question.file =
        FORETWIN_SOURCE_DIR "/scenarios/library/reliability_textbook/data/ball_bearings.csv";
    CHECK_THROWS_AS(scenarios::fit(question), InputError);
    question.unit = "Mcycles";
    question.time = "million_revolutions";
    question.to_check = true;
    CHECK_THROWS_AS(scenarios::fit(question), InputError);
}
