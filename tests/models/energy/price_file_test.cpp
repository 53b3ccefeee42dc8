// Hourly price files: strict reading, and the mapping of a reference year onto a run.
#include "models/energy/price_file.hpp"

#include <doctest/doctest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>

#include "engine/core/error.hpp"
#include "models/energy/tariff.hpp"

using namespace foretwin;
using namespace foretwin::energy;

namespace {

constexpr std::int64_t day_s = 86'400;

/// A file that is gone when the test ends.
class TemporaryFile {
  public:
    explicit TemporaryFile(const std::string& text) {
        static int number = 0;
        path_ = std::filesystem::temp_directory_path() /
                ("foretwin_price_" + std::to_string(number++) + "_" +
                 std::to_string(std::hash<std::string>()(text)) + ".csv");
        std::ofstream(path_) << text;
    }
    ~TemporaryFile() { std::filesystem::remove(path_); }
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;
    PriceFileDefinition definition() const { return {path_, "prices.csv", {}, "t", "p", 1, "", 0}; }

  private:
    std::filesystem::path path_;
};

std::vector<Problem> problems_of(const std::string& text) {
    const TemporaryFile file(text);
    try {
        read_price_file(file.definition(), "Europe/Berlin");
    } catch (const InputError& error) {
        return error.problems();
    }
    return {};
}

/// All local hours from `first` on, each with its number within the ISO week (0..167) plus 1000
/// times the ISO week as price.
HourlyValues weekly_numbers(std::int64_t first_day, int days, const std::string& zone) {
    HourlyValues values{"made.csv", zone, {}, {}};
    for (std::int64_t day = first_day; day < first_day + days; ++day) {
        const IsoDay iso = iso_day(day);
        for (int hour_of_day = 0; hour_of_day < 24; ++hour_of_day) {
            values.local_s.push_back(day * day_s + hour_of_day * 3'600);
            values.values.push_back(1000 * iso.week + 24 * iso.weekday + hour_of_day);
        }
    }
    return values;
}

constexpr std::int64_t day_2016_01_04 = 16'804, day_2026_01_01 = 20'454;

}  // namespace

TEST_CASE("a good file is read to the millionth") {
    const TemporaryFile file("t,p\n2016-01-04 00:00:00,13.78\n2016-01-04 01:00:00,-0.000001\n");
    const HourlyValues values = read_price_file(file.definition(), "Europe/Berlin");
    CHECK(values.zone == "Europe/Berlin");
    CHECK(values.local_s ==
          std::vector<std::int64_t>{day_2016_01_04 * day_s, day_2016_01_04 * day_s + 3'600});
    CHECK(values.values == std::vector<std::int64_t>{13'780'000, -1});
}

TEST_CASE("every bad row is told with its place") {
    const auto problems = problems_of(
        "t,p\n2016-01-04 00:00,1\n2016-01-04 00:00,1\n2016-01-04 02:00,nan\n"
        "2016-01-04 03:30,1\n2016-02-30 00:00,1\n2016-01-04 05:00,2e9\n");
    REQUIRE(problems.size() == 5);
    CHECK(problems[0].place.line == 3);  // the same hour twice, where no clock goes back
    CHECK(problems[1].place.line == 4);
    CHECK(problems[1].place.column == 18);
    CHECK(problems[4].place.file == "prices.csv");
}

TEST_CASE("missing columns, rows and files are told") {
    CHECK(problems_of("time,p\n2016-01-04 00:00,1\n").size() == 1);
    CHECK(problems_of("t,p\n").size() == 1);
    PriceFileDefinition nowhere;
    nowhere.path = "/nonexistent/prices.csv";
    CHECK_THROWS_AS(read_price_file(nowhere, "UTC"), InputError);
}

TEST_CASE("every hour of a run takes the same ISO week, weekday and hour of the reference year") {
    // 2026 and 2027 in Berlin against ISO 2016 (52 weeks from 2016-01-04): 2026 has a week 53.
    const HourlyValues values = weekly_numbers(day_2016_01_04, 52 * 7, "Europe/Berlin");
    const RunCalendar calendar{day_2026_01_01 * day_s * second - hour, "Europe/Berlin", 730 * day};
    MappingReport report;
    const StepFunction price = map_hours(values, 2016, calendar, report);
    for (const LocalHour& hour_of_run : local_hours(calendar, "Europe/Berlin").hours) {
        const int week = hour_of_run.iso_week == 53 ? 52 : hour_of_run.iso_week;
        const int expected = 1000 * week + 24 * hour_of_run.weekday + hour_of_run.hour;
        CHECK(price.value(price.index_at(hour_of_run.begin)) == expected);
    }
    CHECK(report.hours == 730 * 24);
    CHECK(report.week_53_hours == 7 * 24);
    CHECK(report.skipped_hours == 2);
    CHECK(report.repeated_hours == 2);
    CHECK(report.rows_in_skipped_hours == 1);  // 2016-03-27 02:00
    CHECK(report.filled_hours == 0);
}

TEST_CASE("a reference file on true local time lends the hour before a skipped one") {
    HourlyValues values = weekly_numbers(day_2016_01_04, 52 * 7, "Europe/Berlin");
    // 2016-03-27, Sunday of week 12, has no 02:00.
    const std::int64_t skipped = (day_2016_01_04 + 83) * day_s + 2 * 3'600;
    for (std::size_t i = 0; i < values.local_s.size(); ++i)
        if (values.local_s[i] == skipped) {
            values.local_s.erase(values.local_s.begin() + static_cast<std::ptrdiff_t>(i));
            values.values.erase(values.values.begin() + static_cast<std::ptrdiff_t>(i));
        }
    MappingReport report;
    // Sunday of week 12 of 2026 is 22 March, a day with a 02:00.
    const RunCalendar calendar{(day_2026_01_01 + 80) * day_s * second - hour, "Europe/Berlin", day};
    const StepFunction price = map_hours(values, 2016, calendar, report);
    CHECK(report.filled_hours == 1);
    CHECK(price.value(price.index_at(2 * hour)) == 12'000 + 24 * 6 + 1);
}

TEST_CASE("an hour given twice serves each passage with its own value") {
    HourlyValues values{"made.csv", "Europe/Berlin", {}, {}};
    const std::int64_t day_2026_10_25 = 20'751;
    for (int passage = 0; passage < 25; ++passage) {
        const int hour_of_day = passage < 3 ? passage : passage - 1;
        values.local_s.push_back(day_2026_10_25 * day_s + hour_of_day * 3'600);
        values.values.push_back(passage);
    }
    MappingReport report;
    const RunCalendar calendar{day_2026_10_25 * day_s * second - 2 * hour, "Europe/Berlin",
                               25 * hour};
    const StepFunction price = map_hours(values, 0, calendar, report);
    for (int passage = 0; passage < 25; ++passage)
        CHECK(price.value(price.index_at(passage * hour)) == passage);
    CHECK(report.repeated_hours == 0);
}

TEST_CASE("a file in another zone is read on its own clock") {
    const HourlyValues values = weekly_numbers(day_2026_01_01, 3, "UTC");
    MappingReport report;
    // Berlin's midnight of 2 January is 23:00 UTC of 1 January, a Thursday.
    const RunCalendar calendar{(day_2026_01_01 + 1) * day_s * second - hour, "Europe/Berlin", day};
    const StepFunction price = map_hours(values, 0, calendar, report);
    CHECK(price.value(0) == 1000 + 24 * 3 + 23);
}

TEST_CASE("an hour that the file lacks is told with its date") {
    const HourlyValues values = weekly_numbers(day_2016_01_04, 10, "UTC");
    MappingReport report;
    const RunCalendar calendar{day_2016_01_04 * day_s * second, "UTC", 11 * day};
    CHECK_THROWS_WITH_AS(map_hours(values, 0, calendar, report),
                         doctest::Contains("2016-01-14T00:00"), InputError);
    CHECK_THROWS_AS(map_hours(values, 2017, calendar, report), InputError);
}

TEST_CASE("the integral over a year of hourly prices equals the plain sum") {
    const HourlyValues values = weekly_numbers(day_2016_01_04, 52 * 7, "UTC");
    MappingReport report;
    const RunCalendar calendar{day_2016_01_04 * day_s * second, "UTC", 364 * day};
    const StepFunction price = map_hours(values, 2016, calendar, report);
    Wide sum = 0;
    for (const std::int64_t value : values.values) sum += static_cast<Wide>(value) * hour;
    CHECK(price.integral(0, 364 * day) == sum);
    for (Time cut = 0; cut < 364 * day; cut += 5 * day + 7 * minute)
        CHECK(price.integral(0, cut) + price.integral(cut, 364 * day) == sum);
}
