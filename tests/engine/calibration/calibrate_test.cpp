// Small records made by hand: lives, visits, alarms, the written file, and wrong input.
#include "engine/calibration/calibrate.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/calibration/calibration_report.hpp"
#include "engine/calibration/parameter_file.hpp"
#include "machine_park.hpp"

using namespace foretwin;
using namespace foretwin::calibration;

namespace {

LocalSeconds at_day(double days) {
    return *telemetry::parse_local_time("2020-01-01") +
           static_cast<LocalSeconds>(std::llround(days * 86400));
}

/// One device of one model with causes "belt" and "motor"; days count from 2020-01-01.
Records one_press() {
    Records records;
    records.devices = {"press"};
    records.models = {"M"};
    records.model_of = {0};
    records.causes = {"belt", "motor"};
    records.codes = {"E1", "E2"};
    records.observed_from = at_day(0);
    records.observed_to = at_day(100);
    return records;
}

struct Folder {
    std::filesystem::path path = std::filesystem::temp_directory_path() / "foretwin_calibrate_test";
    Folder() { std::filesystem::create_directories(path); }
    ~Folder() { std::filesystem::remove_all(path); }
    void write(const std::string& name, const std::string& text) const {
        std::ofstream(path / name) << text;
    }
};

}  // namespace

TEST_CASE("lives: late entry, failure, preventive replacement, still running") {
    Records records = one_press();
    // Belt replaced 40 days before the observation, fails at day 10, is replaced at day 35.
    records.replacements = {{at_day(-40), 0, 0}, {at_day(10), 0, 0}, {at_day(35), 0, 0}};
    records.failures = {{at_day(10), 0, 0}};
    const auto data = make_lives(records, {}, {});
    REQUIRE(data.lives.size() == 3);
    CHECK(data.lives[0].entry == 40);
    CHECK(data.lives[0].exit == 50);
    CHECK(data.lives[0].failed());
    CHECK(data.lives[1].entry == 0);
    CHECK(data.lives[1].exit == 25);
    CHECK(data.lives[1].ending == Ending::replacement);
    CHECK(data.lives[2].exit == 65);
    CHECK(data.lives[2].ending == Ending::still_running);
}

TEST_CASE("a component first met at its failure has an unknown age and takes no part") {
    Records records = one_press();
    records.failures = {{at_day(10), 0, 1}};
    const auto data = make_lives(records, {}, {});
    CHECK(data.counts.of_unknown_age == 1);
    REQUIRE(data.lives.size() == 1);
    CHECK(data.lives[0].entry == 0);
    CHECK(data.lives[0].exit == 90);
}

TEST_CASE("visits without a record are inferred, and bracket the failure") {
    Records records = one_press();
    // Visits every 10 days from day 5; day 25 replaced nothing and left no record.
    records.replacements = {{at_day(-8), 0, 0}, {at_day(-8), 0, 1}, {at_day(5), 0, 1},
                            {at_day(15), 0, 1}, {at_day(35), 0, 0}, {at_day(45), 0, 1},
                            {at_day(55), 0, 1}};
    records.failures = {{at_day(35), 0, 0}};
    const VisitGrid grid = find_visit_grid(records, {});
    REQUIRE(grid.found);
    CHECK(grid.period_days() == 10);
    CHECK(grid.devices[0].first == at_day(5));
    CHECK(grid.devices[0].recorded == 5);
    CHECK(grid.devices[0].held == 10);  // days 5, 15, ... 95
    CHECK(grid.at_or_after(0, at_day(36)) == at_day(45));
    CHECK(grid.at_or_before(0, at_day(-1)) == at_day(-5));
    const auto data = make_lives(records, {}, grid);
    const Life& belt = data.lives[0];
    CHECK(belt.checked == 3);  // the visit before the first recorded one: day -5
    CHECK(belt.first_visit == 13);
    CHECK(belt.last_visit == 43);
    const auto seen = observe(belt, Treatment::inspected, 10);
    REQUIRE(seen);
    CHECK(seen->lower == 33);  // the silent visit of day 25
    CHECK(seen->upper == 43);
    const auto exact = observe(belt, Treatment::exact, 10);
    CHECK(exact->checked == 8);
    CHECK(exact->upper == 43);
}

TEST_CASE("continuous instants are no grid, and inspection cannot be asked for") {
    Records records = one_press();
    for (const double d : {-5.0, 3.1, 9.7, 22.4, 31.9, 47.3, 66.6, 80.2})
        records.replacements.push_back({at_day(d), 0, 0});
    records.failures = {{at_day(22.4), 0, 0}, {at_day(66.6), 0, 0}};
    CHECK_FALSE(find_visit_grid(records, {}).found);
    RecordMapping mapping;
    mapping.treatment = Treatment::inspected;
    CHECK_THROWS_AS(calibrate(mapping, records), InputError);
    mapping.treatment = Treatment::automatic;
    const auto result = calibrate(mapping, records);
    CHECK(result.treatment == Treatment::exact);
    CHECK(result.classes.size() == 1);
    CHECK(to_text(result).find("no common period") != std::string::npos);
}

TEST_CASE("alarms: all codes within the window, repetitions once, false when nothing follows") {
    Records records = one_press();
    records.observed_to = at_day(50);
    records.failures = {{at_day(10), 0, 0}, {at_day(30), 0, 0}};
    const auto hour = [](double days, double hours) {
        return at_day(days) + LocalSeconds(3600 * hours);
    };
    records.alarms = {{hour(8, 20), 0, 0},  {hour(9, 6), 0, 1},     // complete 18 h before day 10
                      {hour(9, 8), 0, 0},                           // repetition: the same episode
                      {hour(20, 0), 0, 0},  {hour(20, 1), 0, 1},    // false
                      {hour(25, 0), 0, 0},  {hour(27, 0), 0, 1},    // too far apart: no alarm
                      {hour(49, 20), 0, 0}, {hour(49, 21), 0, 1}};  // the end: cannot be judged
    RecordMapping mapping;
    mapping.announcements = {{"belt", "belt", {"E1", "E2"}, 24, 24, {}}};
    const auto results = measure_announcements(records, mapping);
    REQUIRE(results.size() == 1);
    CHECK(results[0].failures == 2);
    CHECK(results[0].announced == 1);
    CHECK(results[0].missed() == 1);
    CHECK(results[0].alarms == 2);
    CHECK(results[0].false_alarms == 1);
    CHECK(results[0].leads_hours == std::vector<double>{18});
    CHECK(results[0].exposure_years == doctest::Approx(49 / 365.25));
}

TEST_CASE("all that is wrong with the records is said at once, with places") {
    const Folder folder;
    folder.write("machines.csv", "id,model\nA,x\n");
    folder.write("failures.csv", "time,id,cause\n2020-01-32,A,c\n2020-01-02,B,c\n");
    folder.write("replaced.csv", "time,id\n2020-01-02,A\n");
    RecordMapping mapping;
    mapping.devices = {"machines.csv", "id", "model", {}};
    mapping.failures = {"failures.csv", "time", "id", "cause", {"plant.yaml", 3, 5}};
    mapping.replacements = {"replaced.csv", "time", "id", "cause", {}};
    mapping.alarms = {"errors.csv", "time", "id", "code", {"plant.yaml", 9, 5}};
    try {
        calibrate(mapping, folder.path);
        FAIL("wrong input was accepted");
    } catch (const InputError& error) {
        std::string all;
        for (const Problem& problem : error.problems()) all += to_text(problem) + "\n";
        CAPTURE(all);
        CHECK(error.problems().size() == 4);
        CHECK(all.find("failures.csv:2:1: '2020-01-32' is no date") != std::string::npos);
        CHECK(all.find("failures.csv:3:12: unknown device 'B'") != std::string::npos);
        CHECK(all.find("replaced.csv:1:1: no column 'cause'") != std::string::npos);
        CHECK(all.find("plant.yaml:9:5: file not found: errors.csv") != std::string::npos);
    }
}

TEST_CASE(
    "a rule that names an unknown code, and an exclusion that excludes nothing, are mistakes") {
    auto mapping = machine_park_mapping();
    mapping.announcements[1].codes[0] = "eror2";
    mapping.announcements[2].cause = "comp9";
    mapping.exclusions[0].failures_at += 3600;
    try {
        read_record_files(mapping, machine_park_folder());
        FAIL("wrong rules were accepted");
    } catch (const InputError& error) {
        REQUIRE(error.problems().size() == 3);
        CHECK(error.problems()[0].what == "no record has the code 'eror2'");
        CHECK(error.problems()[0].hint == "did you mean 'error2'?");
        CHECK(error.problems()[1].what == "no record has the cause 'comp9'");
        CHECK(error.problems()[2].what.find("2015-01-02T04:00") != std::string::npos);
    }
}

TEST_CASE("an observation that ends before it begins is refused") {
    auto mapping = machine_park_mapping();
    mapping.observed_to = mapping.observed_from - 1;
    CHECK_THROWS_AS(read_record_files(mapping, machine_park_folder()), InputError);
}

TEST_CASE("the parameter file names every class, visit, rule, age, and its records") {
    const std::string file = to_parameter_file(machine_park());
    for (const char* text :
         {"foretwin_parameters: 1\n", "file: \"data/failures.csv\"", "rows: 555, used: 537",
          "failures: 18, lives: 36", "\"life comp1 model3\":", "\"life comp3 model4\":",
          "\"visit chance comp3 model1\":", "\"visit period\": {kind: value, value: 15 days}",
          "\"errors comp2 missed\": {kind: share, count: 0, of: 179",
          "\"errors comp1 lead\": {kind: value, value: 24 h}", "\"first visit 17\": {kind: moment",
          "\"age 100 comp4\": {kind: value", "rate_at_most: "}) {
        CAPTURE(text);
        CHECK(file.find(text) != std::string::npos);
    }
    CHECK(file == to_parameter_file(calibrate(machine_park_mapping(), machine_park_folder())));
}

TEST_CASE("a lognormal law is written as mean and coefficient of variation with their covariance") {
    LifeFit fit;
    fit.law.family = LifeFamily::lognormal;
    fit.law.theta = {4, std::log(0.5)};
    fit.held = {false, false};
    fit.covariance = {{0.01, 0.001}, {0.001, 0.02}};
    const WrittenLaw law = written_law(fit);
    CHECK(law.parameters[0].value == doctest::Approx(std::exp(4 + 0.125)));
    CHECK(law.parameters[1].value == doctest::Approx(std::sqrt(std::expm1(0.25))));
    // Delta method by differences: log mean and log cv as functions of (mu, log sigma).
    const auto log_cv = [](double s) { return 0.5 * std::log(std::expm1(std::exp(2 * s))); };
    const auto log_mean = [](double m, double s) { return m + std::exp(2 * s) / 2; };
    const double s = std::log(0.5), h = 1e-5;
    const double a = (log_mean(4, s + h) - log_mean(4, s - h)) / (2 * h);
    const double b = (log_cv(s + h) - log_cv(s - h)) / (2 * h);
    CHECK(law.covariance[0][0] == doctest::Approx(0.01 + 2 * a * 0.001 + a * a * 0.02));
    CHECK(law.covariance[0][1] == doctest::Approx(b * 0.001 + a * b * 0.02));
    CHECK(law.covariance[1][1] == doctest::Approx(b * b * 0.02));
}

TEST_CASE("the report says what was expected and observed, as text and as data") {
    const std::string text = to_text(machine_park());
    CHECK(text.find("EXPECTED AGAINST OBSERVED FAILURES") != std::string::npos);
    CHECK(text.find("36 lives left out") != std::string::npos);
    const auto json = to_json(machine_park());
    CHECK(json["lives"].size() == 16);
    CHECK(json["excluded"]["lives"] == 36);
    CHECK(json["policy"]["period_days"] == 15);
    double expected = 0;
    for (const auto& age : json["lives"][0]["age_classes"])
        expected += age["expected"].get<double>();
    CHECK(expected == doctest::Approx(json["lives"][0]["failures"].get<double>()).epsilon(0.02));
}

TEST_CASE("the committed parameter file is what the committed records give") {
    // Numbers may differ in the last digits: fits use the processor's own logarithms.
    const auto tokens = [](const std::string& text) {
        std::vector<std::string> parts(1);
        for (const char c : text) {
            if (std::string(" ,[]{}\n\"").find(c) == std::string::npos)
                parts.back() += c;
            else if (!parts.back().empty())
                parts.emplace_back();
        }
        return parts;
    };
    std::ifstream stream(machine_park_folder() + "/fitted.yaml");
    const std::string committed{std::istreambuf_iterator<char>(stream), {}};
    const auto expected = tokens(committed), got = tokens(to_parameter_file(machine_park()));
    REQUIRE(expected.size() > 5000);
    REQUIRE(got.size() == expected.size());
    int different = 0;
    for (std::size_t i = 0; i < got.size(); ++i) {
        if (got[i] == expected[i]) continue;
        char* end = nullptr;
        const double a = std::strtod(got[i].c_str(), &end),
                     b = std::strtod(expected[i].c_str(), nullptr);
        const bool near = *end == '\0' && std::abs(a - b) <= 2e-3 * std::abs(b) + 1e-4;
        if (!near) MESSAGE(got[i] << " instead of " << expected[i]);
        different += near ? 0 : 1;
    }
    CHECK(different == 0);
}
