#include "scenarios/energy_backtest.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <fstream>
#include <sstream>

#include "scenarios/backtest.hpp"
#include "scenarios/report/backtest.hpp"

using namespace foretwin;

namespace {

const std::filesystem::path plant = FORETWIN_SOURCE_DIR "/scenarios/library/steel_plant";

std::string text_of(const std::filesystem::path& path) {
    std::stringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
}

/// A folder of its own with the library's backtest, in which something was replaced.
class Folder {
  public:
    explicit Folder(const std::string& from = "", const std::string& to = "") {
        static int number = 0;
        path_ = std::filesystem::canonical(std::filesystem::temp_directory_path()) /
                ("foretwin_energy_backtest_" + std::to_string(++number));
        std::filesystem::create_directories(path_ / "data");
        std::string text = text_of(plant / "backtest.yaml");
        const auto found = text.find(from);
        REQUIRE(found != std::string::npos);
        text.replace(found, from.size(), to);
        write("backtest.yaml", text);
        std::filesystem::create_symlink(plant / "data/energy.csv", path_ / "data/energy.csv");
    }
    ~Folder() { std::filesystem::remove_all(path_); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    void write(const std::string& name, const std::string& text) const {
        std::filesystem::remove(path_ / name);
        std::ofstream(path_ / name) << text;
    }
    BacktestFile file() const { return read_backtest(path_ / "backtest.yaml"); }
    const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
};

std::string complaints_of(const Folder& folder) {
    std::string all;
    try {
        run_backtest(folder.file());
    } catch (const InputError& error) {
        for (const Problem& problem : error.problems()) all += to_text(problem) + "\n";
    }
    return all;
}

std::string complaints(const std::string& from, const std::string& to) {
    return complaints_of(Folder(from, to));
}

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

const experiments::BacktestResult& library_result() {
    static const auto result = run_backtest(read_backtest(plant / "backtest.yaml"));
    return result;
}

const experiments::BacktestResult::Row& row(const char* target, const char* horizon,
                                            const char* forecaster) {
    for (const auto& one : library_result().rows)
        if (one.target == target && one.horizon == horizon && one.forecaster == forecaster)
            return one;
    throw std::runtime_error("no such row");
}

}  // namespace

TEST_CASE("the library's backtest of energy is read as it is written") {
    const BacktestFile file = read_backtest(plant / "backtest.yaml");
    REQUIRE(file.readings);
    CHECK(file.readings->columns.step == 900);
    CHECK(file.readings->columns.midnight_closes_its_day);
    CHECK(file.readings->unit_in_kwh == 1);
    CHECK(file.readings->holidays.size() == 19);
    REQUIRE(file.horizons.size() == 2);
    REQUIRE(file.demands.size() == 8);
    CHECK(file.demands[1].score == BacktestDemand::Score::coverage);
    CHECK(file.demands[1].horizon == 1);
    CHECK(file.demands[1].value == doctest::Approx(0.01));
    CHECK(file.demands[5].against == "seasonal naive");
    CHECK(file.demands[7].of == BacktestDemand::Of::peak_demand);
}

TEST_CASE("forecasts of a real plant's energy meet what they must") {
    const auto& result = library_result();
    CHECK(result.records_from == "2018-01-01T00:00");
    CHECK(result.records_to == "2018-09-17T00:00");
    CHECK(result.first_origin == "2018-05-20T00:00");
    REQUIRE(result.demands.size() == 8);
    for (const auto& demand : result.demands) {
        CAPTURE(report::demand_text(demand));
        CHECK(demand.met);
    }
    // Midnights of 05-20 to 09-16 are 120; the last week that ends in the records begins on 09-10.
    CHECK(row("energy", "1 day", "recent days").forecasts == 120);
    CHECK(row("energy", "7 days", "recent days").forecasts == 114);
    CHECK(row("energy", "7 days", "recent days").coverage.trials == 17);
    CHECK(row("energy", "1 day", "climatology").against_reference.mean == 0);
    CHECK(row("energy", "1 day", "climatology").skill[0].second == 0);
    // Of all 120 days the mean energy, and of all 114 weeks (added up from the file apart).
    CHECK(row("energy", "1 day", "recent days").truth == doctest::Approx(2364.7813333));
    CHECK(row("energy", "7 days", "recent days").truth == doctest::Approx(16658.703947));
    // The highest peak before is that of 2018-01-15.
    REQUIRE(result.tail);
    CHECK(result.tail->maximum == doctest::Approx(612.56));
    CHECK(result.tail->beyond.size() == 2);
    CHECK(result.tail->beyond[1].chance > result.tail->beyond[0].chance);
}

TEST_CASE("the same backtest of energy twice is the same to the last digit") {
    const auto again = run_backtest(read_backtest(plant / "backtest.yaml"));
    CHECK(report::backtest_json(again).dump() == report::backtest_json(library_result()).dump());
}

TEST_CASE("a demand on energy that is missed is told, and the answer is no") {
    const Folder folder("against: climatology, at_most: 100 %",
                        "against: climatology, at_most: 1 %");
    const auto result = run_backtest(folder.file());
    CHECK_FALSE(result.good());
    CHECK(has(report::backtest_text(result, 120), "MISSED: CRPS of energy over 1 day"));
}

TEST_CASE("readings may come in two files") {
    const Folder folder("origins: {from: 2018-05-20T00:00}", "origins: {}");
    std::stringstream rows(text_of(plant / "data/energy.csv"));
    std::string head, early, late, line;
    std::getline(rows, head);
    // 139 days, 96 readings each; the second file repeats the last row.
    for (int i = 0; std::getline(rows, line); ++i) {
        if (i < 139 * 96) early += line + "\n";
        if (i >= 139 * 96 - 1) late += line + "\n";
    }
    std::filesystem::create_directories(folder.path() / "later");
    folder.write("data/energy.csv", head + "\n" + early);
    folder.write("later/energy.csv", head + "\n" + late);
    BacktestFile file = folder.file();
    file.continuation = folder.path() / "later";
    const auto result = run_backtest(file);
    CHECK(result.first_origin == "2018-05-20T00:00");
    CHECK(result.inputs.size() == 2);
    REQUIRE(result.rows.size() == library_result().rows.size());
    for (std::size_t i = 0; i < result.rows.size(); ++i)
        CHECK(result.rows[i].crps == library_result().rows[i].crps);
    folder.write("later/energy.csv", head + "\n18-09-2018 00:15,1\n");
    CHECK_THROWS_AS(run_backtest(file), InputError);
}

TEST_CASE("a wrong backtest of energy is refused with place and way out") {
    CHECK(has(complaints("target: energy", "target: heat"), "unknown target 'heat'"));
    CHECK(has(complaints("energy: Usage_kWh", "energy: Usage"), "Usage_kWh"));
    CHECK(has(complaints("unit: kWh", "unit: kW"), "unknown unit 'kW'"));
    CHECK(has(complaints("every: 15 min", "every: 7 min"), "do not divide a day"));
    CHECK(has(complaints("every: 15 min", "every: 30 min"), "between the steps"));
    CHECK(has(complaints("stamps: end", "stamps: start"), "no interval starts at the end"));
    CHECK(
        has(complaints("midnight: closes its day", "midnight: begins its day"), "time steps back"));
    CHECK(has(complaints("dates: day-month-year", "dates: year-month-day"), "no date and time"));
    CHECK(has(complaints("[2018-01-01,", "[2018-01-01T06:00,"), "a holiday is a whole day"));
    CHECK(has(complaints("[1 day, 7 days]", "[30 h, 7 days, 1 day]"), "1 to 1000 whole days"));
    CHECK(has(complaints("[1 day, 7 days]", "[1 day]"), "no forecast has the horizon 7 days"));
    CHECK(
        has(complaints("from: 2018-05-20T00:00", "from: 2018-01-20T00:00"), "28 days are needed"));
    CHECK(has(complaints("from: 2018-05-20T00:00", "from: 2018-09-10T00:00"), "two origins"));
    CHECK(has(complaints("against: climatology, at_most", "against: chance, at_most"),
              "unknown against 'chance'"));
    CHECK(has(complaints("not_rejected_at: 1 %", "at_most: 1 %"), "not_rejected_at"));
    CHECK(has(complaints("of: peak demand, horizon: 1 day", "of: energy, horizon: 1 day"),
              "of the peak demand only"));
    CHECK(has(complaints("file: data/energy.csv", "file: data/nothing.csv"), "nothing.csv"));
    const Folder text;
    text.write("data/energy.csv",
               "date,Usage_kWh\n01-01-2018 00:15,3.17\n01-01-2018 00:30,four\n"
               "01-01-2018 01:00,3\n");
    const std::string all = complaints_of(text);
    CHECK(has(all, "data/energy.csv:3:18: 'four' is no reading"));
    CHECK(has(all, "data/energy.csv:4:1: readings are missing"));
}

TEST_CASE("the page of energy holds fans, PITs and the tail, and nothing from elsewhere") {
    const std::string page = report::backtest_html(library_result());
    CHECK(has(page, "Energy within 7 days"));
    CHECK(has(page, "Peak demand within 1 day"));
    CHECK(has(page, "More than ever before"));
    CHECK(has(page, "generalised Pareto"));
    CHECK_FALSE(has(page, ">nan"));
    CHECK_FALSE(has(page, "http"));
    CHECK_FALSE(has(page, "<script"));
    const auto json = report::backtest_json(library_result());
    CHECK(json.at("target") == "energy");
    CHECK(json.at("scores").size() == 12);
    CHECK(json.at("forecasts").size() == 12);
    CHECK(json.at("peak_tail").at("beyond").size() == 2);
    CHECK_FALSE(json.contains("stops"));
    CHECK(json.at("good") == true);
}
