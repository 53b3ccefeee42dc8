#include "engine/forecast/day_forecast.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "engine/core/math.hpp"
#include "engine/core/name_hash.hpp"
#include "engine/random/stream.hpp"
#include "engine/statistics/scores.hpp"
#include "engine/statistics/verification.hpp"

using namespace foretwin;
using namespace foretwin::forecast;
using doctest::Approx;

namespace {

LocalSeconds at(const char* text) {
    return telemetry::parse_local_time(text).value();
}

/// Days from Monday, 2018-01-01, on.
DailyValues week_days(std::vector<double> values, std::size_t ahead = 0) {
    DailyValues days{"test", "kWh", Combine::sum, at("2018-01-01"), std::move(values), {}};
    for (std::size_t i = 0; i < days.values.size() + ahead; ++i)
        days.types.push_back(i % 7 < 5    ? DayType::working
                             : i % 7 == 5 ? DayType::saturday
                                          : DayType::sunday);
    return days;
}

std::vector<double> ramp(std::size_t count) {
    std::vector<double> values;
    for (std::size_t i = 0; i < count; ++i) values.push_back(static_cast<double>(i));
    return values;
}

/// A plant whose level wanders: normal scores follow an autoregression, weekends stand still on
/// every second occasion.
DailyValues wandering_plant(std::size_t count) {
    std::vector<double> values;
    double score = 0;
    for (std::size_t i = 0; i < count; ++i) {
        random::Draws draws({7, 0}, name_hash("wandering plant"), static_cast<std::uint32_t>(i), 0);
        score = 0.5 * score + math::sqrt(0.75) * math::normal_quantile(draws.uniform());
        const double busy = 3000 * math::exp(0.25 * score);
        values.push_back(i % 7 < 5 ? busy : score < 0 ? 300 : 0.4 * busy);
    }
    return week_days(std::move(values));
}

/// PITs of the origins from `first` on; `change` spoils the members of each forecast.
template <typename Change>
std::vector<double> pits_of(const DailyValues& days, std::size_t first, std::size_t length,
                            Change change) {
    const RecentDays recent(days);
    std::vector<double> pits;
    for (std::size_t origin = first; origin + length <= days.values.size(); ++origin) {
        auto members = recent.forecast(origin, length);
        change(members);
        pits.push_back(statistics::pit(members, days.over(origin, length)));
    }
    return pits;
}

}  // namespace

TEST_CASE("readings become whole calendar days") {
    telemetry::IntervalSeries readings;
    readings.from = at("2018-01-05T18:00");  // a Friday; six hours of it are too few
    readings.step = 6 * 3600;
    readings.values = {100, 1, 2, 3, 4, 5, 6, 7, 8, 9};
    const auto energy = daily_energy(readings, 1000, {at("2018-01-07")});
    CHECK(energy.first == at("2018-01-06"));
    CHECK(energy.values == std::vector<double>{10000, 26000});
    CHECK(energy.types == std::vector<DayType>{DayType::saturday, DayType::holiday});
    const auto peaks = daily_peaks(readings, 1, {});
    CHECK(peaks.values[0] == Approx(4.0 / 6));  // 4 kWh in 6 h
    CHECK(peaks.values[1] == Approx(8.0 / 6));
    CHECK(peaks.types[1] == DayType::sunday);
    CHECK(peaks.over(0, 2) == Approx(8.0 / 6));
    CHECK(energy.over(0, 2) == 36000);
    CHECK(weekday(0) == 3);  // 1970-01-01 was a Thursday
    CHECK(weekday(-4 * day_length) == 6);
    CHECK(weekday(at("2018-09-16")) == 6);
}

TEST_CASE("climatology is all that ever came") {
    const auto days = week_days(ramp(28), 7);
    CHECK(climatology(days, 28, 1).size() == 20);  // a Monday: working days
    CHECK(climatology(days, 28, 1).front() == 0);
    CHECK(climatology(days, 28, 7).size() == 22);  // weeks that begin on day 0 to 21
    CHECK(climatology(days, 28, 7).front() == 21);
    CHECK(climatology(days, 28, 2) == std::vector<double>{1, 15, 29, 43});
}

TEST_CASE("seasonal naive is the last week with the errors it made") {
    const auto days = week_days(ramp(28), 7);
    // Each day was 7 more than a week before: 21 + 7, from 21 errors; weeks 168 + 49.
    CHECK(seasonal_naive(days, 28, 1) == std::vector<double>(21, 28));
    CHECK(seasonal_naive(days, 28, 7) == std::vector<double>(15, 217));
    std::vector<double> falling = ramp(28);
    for (double& value : falling) value = 27 - value;
    CHECK(seasonal_naive(week_days(falling, 1), 28, 1).back() == 0);  // 6 - 7 is no energy
}

TEST_CASE("no forecast looks past its origin, and the same seed draws the same") {
    const DailyValues days = wandering_plant(80);
    DailyValues other = days;
    for (std::size_t i = 50; i < other.values.size(); ++i) other.values[i] *= 3;
    CHECK(RecentDays(days).forecast(50, 7) == RecentDays(other).forecast(50, 7));
    CHECK(climatology(days, 50, 7) == climatology(other, 50, 7));
    CHECK(seasonal_naive(days, 50, 7) == seasonal_naive(other, 50, 7));
    CHECK(RecentDays(days).forecast(51, 7) != RecentDays(other).forecast(51, 7));
    RecentDays::Design seeded;
    seeded.seed = 2;
    CHECK(RecentDays(days, seeded).forecast(50, 1) != RecentDays(days).forecast(50, 1));
}

TEST_CASE("a plant that never changes is foretold exactly") {
    const auto days = week_days(std::vector<double>(40, 500.0), 7);
    CHECK(RecentDays(days).forecast(40, 7) == std::vector<double>(1000, 3500.0));
}

TEST_CASE("few days of a type lean on days on which no work was planned") {
    auto days = week_days(ramp(40), 1);
    days.types[40] = DayType::holiday;  // none was seen: Sundays 6, 13, ..., 34
    CHECK(climatology(days, 40, 1) == std::vector<double>{6, 13, 20, 27, 34});
    days.types[0] = DayType::holiday;
    CHECK(climatology(days, 40, 1).front() == 0);
}

TEST_CASE("forecasts of a plant that wanders hold what they say") {
    const DailyValues days = wandering_plant(460);
    const auto as_is = [](std::vector<double>&) {};
    CHECK(statistics::coverage(pits_of(days, 60, 1, as_is), 0.8, 1).p_value > 0.01);
    CHECK(statistics::coverage(pits_of(days, 60, 7, as_is), 0.8, 7).p_value > 0.01);
}

TEST_CASE("a level that falls steadily is followed") {
    // 10 kWh less every day, about a tenth of the spread of 100: recent days alone lie too high.
    std::vector<double> values;
    for (std::uint32_t i = 0; i < 300; ++i) {
        random::Draws draws({3, 0}, name_hash("falling plant"), i, 0);
        values.push_back(5000 - 10.0 * i + 100 * math::normal_quantile(draws.uniform()));
    }
    const auto pits = pits_of(week_days(values), 100, 7, [](std::vector<double>&) {});
    double mean = 0;
    for (const double pit : pits) mean += pit / static_cast<double>(pits.size());
    CAPTURE(mean);
    CHECK(mean > 0.2);  // 0.26; without what past surprises say of the level, 0.10
}

TEST_CASE("forecasts that are too sure, or off the level, are found out") {
    const DailyValues days = wandering_plant(460);
    const auto too_sure = [](std::vector<double>& members) {
        const double middle = members[members.size() / 2];
        for (double& member : members) member = middle + (member - middle) * 0.6;
    };
    const auto too_high = [](std::vector<double>& members) {
        for (double& member : members) member *= 1.25;
    };
    CHECK(statistics::coverage(pits_of(days, 60, 1, too_sure), 0.8, 1).p_value < 0.01);
    CHECK(statistics::coverage(pits_of(days, 60, 1, too_high), 0.8, 1).p_value < 0.01);
    CHECK(statistics::coverage(pits_of(days, 60, 7, too_high), 0.8, 7).p_value < 0.01);
}

TEST_CASE("what is known of the level makes forecasts sharper than climatology") {
    const DailyValues days = wandering_plant(300);
    const RecentDays recent(days);
    double own = 0, reference = 0;
    for (std::size_t origin = 60; origin < 300; ++origin) {
        own += statistics::crps_fair(recent.forecast(origin, 1), days.values[origin]);
        reference += statistics::crps_fair(climatology(days, origin, 1), days.values[origin]);
    }
    CHECK(own < 0.97 * reference);
}

TEST_CASE("pooled: a day and a maximum are recent days' alone, a week begins in halves") {
    const DailyValues days = wandering_plant(120);
    const RecentDays recent(days);
    PooledDays pooled(days, recent);
    CHECK(pooled.forecast(60, 1) == recent.forecast(60, 1));
    CHECK(pooled.share_of_recent(days_to_learn, 7) == 0.5);
    CHECK(pooled.share_of_recent(days_to_learn + 6, 7) == 0.5);
    CHECK(pooled.share_of_recent(days_to_learn + 7, 7) != 0.5);
    DailyValues peaks = days;
    peaks.combine = Combine::maximum;
    const RecentDays recent_peaks(peaks);
    PooledDays pooled_peaks(peaks, recent_peaks);
    CHECK(pooled_peaks.forecast(60, 7) == recent_peaks.forecast(60, 7));
}

TEST_CASE("pooled: shares are by the inverse squares of past scores, and no later day matters") {
    const DailyValues days = wandering_plant(120);
    const RecentDays recent(days);
    PooledDays pooled(days, recent);
    const std::size_t origin = 70, length = 7;
    double own = 0, other = 0;
    for (std::size_t past = days_to_learn; past + length <= origin; ++past) {
        own += statistics::crps_fair(recent.forecast(past, length), days.over(past, length));
        const auto all = climatology(days, past, length);
        other += all.size() > 1 ? statistics::crps_fair(all, days.over(past, length))
                                : std::abs(all.front() - days.over(past, length));
    }
    const double share = other * other / (own * own + other * other);
    CHECK(pooled.share_of_recent(origin, length) == Approx(share));
    // Asked for later origins first, it answers the same: what it has scored since is not looked
    // at.
    PooledDays later(days, recent);
    later.forecast(100, length);
    CHECK(later.forecast(origin, length) == pooled.forecast(origin, length));
    // The mean lies between the two, at the share.
    const double mean = statistics::mean_of(pooled.forecast(origin, length));
    const double expected = share * statistics::mean_of(recent.forecast(origin, length)) +
                            (1 - share) * statistics::mean_of(climatology(days, origin, length));
    CHECK(mean == Approx(expected).epsilon(0.01));
    DailyValues other_days = days;
    for (std::size_t day = origin; day < other_days.values.size(); ++day)
        other_days.values[day] = 1e6;
    const RecentDays other_recent(other_days);
    PooledDays other_pooled(other_days, other_recent);
    CHECK(other_pooled.forecast(origin, length) == pooled.forecast(origin, length));
}
