// Local hours, ISO weeks, months and clock changes along a run.
#include <doctest/doctest.h>

#include "engine/core/error.hpp"
#include "models/energy/run_calendar.hpp"
#include "models/energy/step_function.hpp"
#include "models/energy/tariff.hpp"

using namespace foretwin;
using namespace foretwin::energy;

namespace {

constexpr std::int64_t unix_day = 86'400LL * second;

/// Days from 1970-01-01 to dates used below (date -d DATE +%s / 86400).
constexpr std::int64_t day_2015_12_28 = 16'797, day_2016_01_04 = 16'804, day_2020_12_31 = 18'627;
constexpr std::int64_t day_2026_03_29 = 20'541, day_2026_10_25 = 20'751;

}  // namespace

TEST_CASE("ISO week dates") {
    CHECK(iso_day(day_2015_12_28).year == 2015);
    CHECK(iso_day(day_2015_12_28).week == 53);
    CHECK(iso_day(day_2015_12_28).weekday == 0);
    CHECK(iso_day(day_2015_12_28 + 6).week == 53);  // Sunday 2016-01-03
    CHECK(iso_day(day_2016_01_04).week == 1);
    CHECK(iso_day(day_2020_12_31).week == 53);
    CHECK(iso_day(0).week == 1);      // 1970-01-01, a Thursday
    CHECK(iso_day(-1).weekday == 2);  // the Wednesday before
    for (std::int64_t day = 15'000; day < 23'000; ++day) CHECK(day_of(iso_day(day)) == day);
}

TEST_CASE("the day the clock goes forward has 23 local hours, one is skipped") {
    // Berlin's midnight is 23:00 UTC of the day before.
    const RunCalendar calendar{day_2026_03_29 * unix_day - hour, "Europe/Berlin", 23 * hour};
    const LocalHours day_hours = local_hours(calendar, "Europe/Berlin");
    REQUIRE(day_hours.hours.size() == 23);
    CHECK(day_hours.hours[1].hour == 1);
    CHECK(day_hours.hours[2].hour == 3);
    CHECK(day_hours.hours[2].begin == 2 * hour);
    CHECK(day_hours.skipped == 1);
    CHECK(day_hours.repeated == 0);
}

TEST_CASE("the day the clock goes back has 25 local hours, one is repeated") {
    const RunCalendar calendar{day_2026_10_25 * unix_day - 2 * hour, "Europe/Berlin", 25 * hour};
    const LocalHours day_hours = local_hours(calendar, "Europe/Berlin");
    REQUIRE(day_hours.hours.size() == 25);
    CHECK(day_hours.hours[2].hour == 2);
    CHECK_FALSE(day_hours.hours[2].repeated);
    CHECK(day_hours.hours[3].hour == 2);
    CHECK(day_hours.hours[3].repeated);
    CHECK(day_hours.repeated == 1);
    CHECK(day_hours.skipped == 0);
    // A run that begins in the second passage knows that it is the second.
    const RunCalendar late{day_2026_10_25 * unix_day + hour + 10 * minute, "Europe/Berlin", hour};
    CHECK(local_hours(late, "Europe/Berlin").hours.at(0).repeated);
}

TEST_CASE("a run that begins inside an hour keeps that hour's number") {
    const RunCalendar calendar{30 * minute, "UTC", 2 * hour};
    const LocalHours run = local_hours(calendar, "UTC");
    REQUIRE(run.hours.size() == 3);
    CHECK(run.hours[0].begin == 0);
    CHECK(run.hours[0].hour == 0);
    CHECK(run.hours[1].begin == 30 * minute);
    CHECK(run.hours[2].begin == 90 * minute);
}

TEST_CASE("hours of a zone half an hour off") {
    // 00:00 UTC is 05:30 in India.
    const LocalHours run = local_hours({0, "Asia/Kolkata", hour}, "Asia/Kolkata");
    REQUIRE(run.hours.size() == 2);
    CHECK(run.hours[0].hour == 5);
    CHECK(run.hours[1].begin == 30 * minute);
}

TEST_CASE("months cover the run") {
    const RunCalendar calendar{day_2026_03_29 * unix_day - hour, "Europe/Berlin", 60 * day};
    const auto all = months(calendar);
    REQUIRE(all.size() == 3);
    CHECK(all.front().begin == 0);
    CHECK(all.front().length == 743 * hour);
    CHECK(all[1].begin == all[0].end);
    CHECK(all[1].length == 720 * hour);
    CHECK(all.back().end == 60 * day);
}

TEST_CASE("bands follow the local clock through a clock change") {
    // Sunday 2026-03-29: night until 06:00 lasts only five hours.
    TariffDefinition definition;
    definition.energy = TimeOfUse{{{every_day, 6 * 60, 22 * 60, 200}}, 100.0};
    const RunCalendar calendar{day_2026_03_29 * unix_day - hour, "Europe/Berlin", 2 * day};
    const Tariff tariff = make_tariff(definition, calendar);
    CHECK(tariff.price.step_end(0) == 5 * hour);
    CHECK(tariff.price.step_end(1) == 21 * hour);
    CHECK(tariff.price.step_end(2) == 29 * hour);
}

TEST_CASE("a band past midnight belongs to the weekday on which it begins") {
    TariffDefinition definition;
    definition.energy = TimeOfUse{{{std::uint8_t{1} << 6, 22 * 60, 6 * 60, 200}}, 100.0};
    // From Sunday 2026-03-29 UTC: Sunday 22:00 to Monday 06:00.
    const Tariff tariff = make_tariff(definition, {day_2026_03_29 * unix_day, "UTC", 3 * day});
    CHECK(tariff.price.step_begin(1) == 22 * hour);
    CHECK(tariff.price.step_end(1) == 30 * hour);
    CHECK(tariff.price.size() == 3);
}

TEST_CASE("contracts that make no sense are all told at once") {
    TariffDefinition definition;
    definition.energy = TimeOfUse{{{every_day, 0, 720, 1}, {weekend, 600, 720, 2}}, std::nullopt};
    definition.demand = DemandDefinition{.per_kw_month = -1, .window = 7 * minute, .ratchet = 2};
    try {
        make_tariff(definition, {0, "UTC", day});
        FAIL("not reached");
    } catch (const InputError& error) {
        CHECK(error.problems().size() == 5);  // overlap, gap, window, price, ratchet
    }
    CHECK_THROWS_AS(make_tariff({}, {0, "Europe/Bielefeld", day}), InputError);
}

TEST_CASE("clock ranges") {
    CHECK(parse_clock_range("06:00-22:30")->to_minute == 1350);
    CHECK(parse_clock_range("22:00-06:00")->from_minute == 1320);
    CHECK(parse_clock_range("00:00-24:00")->to_minute == 1440);
    for (const char* bad : {"", "6:00-22:00", "06:00-25:00", "06:61-07:00", "24:00-06:00",
                            "06:00-24:01", "06:00 22:00", "ab:cd-ef:gh"})
        CHECK_FALSE(parse_clock_range(bad));
}

TEST_CASE("a step function's integral equals a sum over its parts") {
    const StepFunction steps({{0, 5}, {10, -3}, {11, 7}, {500, 7}, {900, 0}}, 1000);
    CHECK(steps.size() == 4);  // equal neighbours are one step
    Wide sum = 0;
    for (Time at = 0; at < 1000; ++at) {
        CHECK(steps.integral(0, at) == sum);
        sum += steps.value(steps.index_at(at));
    }
    CHECK(steps.integral(0, 1000) == sum);
    CHECK(steps.integral(5, 950) == 5 * 5 - 3 + 889 * 7);
}
