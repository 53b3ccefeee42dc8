#include "scenarios/backtest.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <fstream>
#include <sstream>

#include "scenarios/report/backtest.hpp"

using namespace foretwin;

namespace {

const std::filesystem::path park = FORETWIN_SOURCE_DIR "/scenarios/library/machine_park";

std::string library_text() {
    std::stringstream text;
    text << std::ifstream(park / "backtest.yaml").rdbuf();
    return text.str();
}

/// The library's backtest with something replaced, written to a file of its own.
class Written {
  public:
    explicit Written(const std::string& from = "", const std::string& to = "") {
        std::string text = library_text();
        const auto put = [&](const std::string& what, const std::string& with) {
            const auto at = text.find(what);
            REQUIRE(at != std::string::npos);
            text.replace(at, what.size(), with);
        };
        put("scenario: scenario.yaml",
            "scenario: " + std::filesystem::relative(park / "scenario.yaml", folder()).string());
        if (!from.empty()) put(from, to);
        static int number = 0;
        path_ = folder() / ("foretwin_backtest_" + std::to_string(++number) + ".yaml");
        std::ofstream(path_) << text;
    }
    ~Written() { std::filesystem::remove(path_); }
    Written(const Written&) = delete;
    Written& operator=(const Written&) = delete;
    const std::filesystem::path& path() const { return path_; }

  private:
    static std::filesystem::path folder() {
        return std::filesystem::canonical(std::filesystem::temp_directory_path());
    }
    std::filesystem::path path_;
};

std::string complaints(const std::string& from, const std::string& to) {
    const Written file(from, to);
    std::string all;
    try {
        run_backtest(read_backtest(file.path()));
    } catch (const InputError& error) {
        for (const Problem& problem : error.problems()) all += to_text(problem) + "\n";
    }
    return all;
}

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

const experiments::BacktestResult& library_result() {
    static const auto result = run_backtest(read_backtest(park / "backtest.yaml"));
    return result;
}

const experiments::BacktestResult::Row& row(const char* horizon, const char* forecaster) {
    for (const auto& one : library_result().rows)
        if (one.target == "fleet" && one.horizon == horizon && one.forecaster == forecaster)
            return one;
    throw std::runtime_error("no such row");
}

}  // namespace

TEST_CASE("the library's backtest is read as it is written") {
    const BacktestFile file = read_backtest(park / "backtest.yaml");
    CHECK(file.attributes == std::vector<std::string>{"age"});
    CHECK(file.at == 6 * 3600);
    CHECK(file.every_hours == doctest::Approx(24));
    REQUIRE(file.horizons.size() == 3);
    CHECK(file.horizons[2].hours == doctest::Approx(360));
    CHECK(file.over_the_last == doctest::Approx(0.2));
    REQUIRE(file.demands.size() == 6);
    CHECK(file.demands[1].against == "age and visits");
    CHECK(file.demands[3].rule == BacktestDemand::Rule::standard_errors);
    CHECK(file.demands[3].horizon == 2);
    CHECK(file.demands[5].value == doctest::Approx(0.15));
}

TEST_CASE("a backtest of real records meets what it must") {
    const auto& result = library_result();
    CHECK(result.first_origin == "2015-07-25T06:00");
    CHECK(result.demands.size() == 6);
    for (const auto& demand : result.demands) {
        CAPTURE(report::demand_text(demand));
        CHECK(demand.met);
    }
    // The last origin whose target ends within the records (2015-09-14T00:00) is 09-12, 09-06 and
    // 08-29: 50, 44 and 36 days counted from 07-25.
    CHECK(row("24 h", calibration::memoryless).forecasts == 50);
    CHECK(row("7 days", calibration::memoryless).forecasts == 44);
    CHECK(row("15 days", calibration::memoryless).forecasts == 36);
    // Every failure of 07-26 to 09-13 lies in one target of 24 h (counted in failures.csv).
    CHECK(row("24 h", calibration::memoryless).failures == 108);
    CHECK(row("24 h", calibration::age_and_visits).crps <
          row("24 h", calibration::memoryless).crps);
    CHECK(row("7 days", calibration::age_visits_and_alarms).crps <
          row("7 days", calibration::age_and_visits).crps);
    CHECK(row("24 h", calibration::memoryless).against_reference.mean == 0);
    // Right forecasts hold what they say (chance of a false alarm: 1 % each).
    for (const char* horizon : {"24 h", "7 days", "15 days"})
        CHECK(row(horizon, calibration::age_visits_and_alarms).coverage.p_value > 0.01);
}

TEST_CASE("the same backtest twice is the same to the last digit") {
    const auto again = run_backtest(read_backtest(park / "backtest.yaml"));
    CHECK(report::backtest_json(again).dump() == report::backtest_json(library_result()).dump());
}

TEST_CASE("a demand that is missed is told, and the answer is no") {
    const Written file("at_most: 50 %", "at_most: 0.001 %");
    const auto result = run_backtest(read_backtest(file.path()));
    CHECK_FALSE(result.good());
    CHECK_FALSE(result.demands.front().met);
    CHECK(has(report::backtest_text(result, 120), "MISSED: CRPS of the fleet at 24 h"));
    CHECK(library_result().good());
}

TEST_CASE("a wrong backtest file is refused with place and way out") {
    CHECK(has(complaints("attributes: [age]", "attributes: [agee]"), "no column 'agee'"));
    CHECK(has(complaints("attributes: [age]", "attributes: [model]"), "'model3' is no number"));
    CHECK(has(complaints("horizons: [24 h", "horizons: [24 kW"), "'24 kW' is no duration"));
    CHECK(
        has(complaints("horizons: [24 h", "horizons: [48 h"), "no forecast has the horizon 24 h"));
    CHECK(has(complaints("over_the_last: 20 %", "over_the_last: 120 %"), "between 0 and 1"));
    CHECK(has(complaints("at: \"06:00\"", "at: six"), "'six' is no time of day"));
    CHECK(has(complaints("against: memoryless", "against: memoryles"), "memoryless"));
    CHECK(has(complaints("level: 80 %", "levle: 80 %"), "did you mean 'level'?"));
    CHECK(has(complaints("at_least: 15 %", "at_most: 15 %"), "a demand needs one bound"));
    CHECK(has(complaints("foretwin_backtest: 1", "foretwin_backtest: 2"), "version '2'"));
    CHECK(
        has(complaints("15 days]", "15 days, 80 days]"), "too early to score a horizon of 1920 h"));
    CHECK(has(complaints("over_the_last: 20 %", "from: 2019-01-01T06:00"), "outside the records"));
    // All at once, each where it stands.
    const std::string both = complaints("level: 80 %", "level: 180 %\nmore: 1");
    CHECK(has(both, "a level lies between 0 and 1"));
    CHECK(has(both, ":15:1: unknown key 'more'"));
    CHECK_THROWS_AS(read_backtest(park / "scenario.yaml"), InputError);
    CHECK_THROWS_AS(read_backtest(park / "nowhere.yaml"), InputError);
}

TEST_CASE("the page holds fans, reliability and PITs, and nothing from elsewhere") {
    const std::string page = report::backtest_html(library_result());
    CHECK(has(page, "Failures of the fleet within 15 days"));
    CHECK(has(page, "Reliability and PIT within 24 h, age, visits and alarms"));
    CHECK_FALSE(has(page, ">nan"));
    CHECK_FALSE(has(page, "http"));
    CHECK_FALSE(has(page, "<script"));
    const auto json = report::backtest_json(library_result());
    CHECK(json.at("scores").size() == 9 + 3 * 3 * 16);
    CHECK(json.at("fleet").size() == 9);
    CHECK(json.at("fleet").at(0).at("forecasts").size() == 50);
    CHECK(json.at("good") == true);
}
