#include "engine/forecast/day_forecast.hpp"

#include <algorithm>
#include <cmath>

#include "engine/core/math.hpp"
#include "engine/core/name_hash.hpp"
#include "engine/core/rule.hpp"
#include "engine/random/stream.hpp"

namespace foretwin::forecast {

namespace {

constexpr std::size_t week = 7;
constexpr std::size_t few_days = 4;
/// Scores begin here: before it, there is too little to be surprised by.
constexpr std::size_t first_score = 14;
/// A day is no stronger surprise than this; how far beyond it lay is the tail's affair.
constexpr double least_place = 0.01;
/// Each member of a forecast has so many blocks of the stream, one per day.
constexpr std::uint32_t blocks_per_member = 1024;

template <typename Wanted>
std::vector<double> values_where(const DailyValues& days, std::size_t origin, Wanted wanted) {
    std::vector<double> values;
    for (std::size_t i = 0; i < origin; ++i)
        if (wanted(days.types[i])) values.push_back(days.values[i]);
    return values;
}

/// Values of the days of the type so far, or of those that stand in for them.
std::vector<double> alike(const DailyValues& days, std::size_t origin, DayType type) {
    auto values = values_where(days, origin, [&](DayType other) { return other == type; });
    if (values.size() < few_days && type != DayType::working)
        values = values_where(days, origin, [](DayType other) {
            return other == DayType::sunday || other == DayType::holiday;
        });
    if (values.size() < few_days) values = values_where(days, origin, [](DayType) { return true; });
    return values;
}

double normal_score(double place) {
    return math::normal_quantile(std::clamp(place, least_place, 1 - least_place));
}

}  // namespace

std::vector<double> climatology(const DailyValues& days, std::size_t origin, std::size_t length) {
    FORETWIN_RULE(origin >= days_to_learn && length >= 1, "a forecast knows four weeks");
    std::vector<double> members;
    if (length == 1) {
        members = alike(days, origin, days.types[origin]);
    } else {
        const std::size_t step = length % week == 0 ? 1 : week;
        for (std::size_t begin = origin % step; begin + length <= origin; begin += step)
            members.push_back(days.over(begin, length));
    }
    std::sort(members.begin(), members.end());
    return members;
}

std::vector<double> seasonal_naive(const DailyValues& days, std::size_t origin,
                                   std::size_t length) {
    FORETWIN_RULE(origin >= days_to_learn && length >= 1, "a forecast knows four weeks");
    const std::size_t back = (length + week - 1) / week * week;
    const double last = days.over(origin - back, length);
    std::vector<double> members;
    for (std::size_t begin = back; begin + length <= origin; ++begin)
        members.push_back(
            std::max(0.0, last + days.over(begin, length) - days.over(begin - back, length)));
    std::sort(members.begin(), members.end());
    return members;
}

/// The autoregression of the scores before an origin.
struct RecentDays::Surprises {
    double last = 0;   ///< yesterday's score
    double carry = 0;  ///< share of a score that goes on to the next day
    std::vector<double> innovations;
    double mean = 0, bandwidth = 0, shrink = 1;

    double next(double score, random::Draws& draws) const {
        const double picked = innovations[draws.below(innovations.size())];
        const double blur = bandwidth * math::normal_quantile(draws.uniform());
        return carry * score + mean + (picked - mean + blur) * shrink;
    }
};

RecentDays::RecentDays(const DailyValues& days, const Design& design)
    : days_(days), design_(design), scores_(days.values.size(), 0.0) {
    for (std::size_t day = first_score; day < scores_.size(); ++day)
        scores_[day] =
            normal_score(distribution(day, days.types[day]).cumulative(days.values[day]));
}

DayDistribution RecentDays::distribution(std::size_t origin, DayType type) const {
    return DayDistribution(alike(days_, origin, type), design_.halving);
}

RecentDays::Surprises RecentDays::surprises_before(std::size_t origin) const {
    Surprises found;
    double products = 0, squares = 0;
    for (std::size_t day = first_score; day + 1 < origin; ++day) {
        products += scores_[day] * scores_[day + 1];
        squares += scores_[day] * scores_[day];
    }
    if (squares > 0) found.carry = std::clamp(products / squares, 0.0, 0.99);
    found.last = scores_[origin - 1];
    const auto n = static_cast<double>(origin - first_score - 1);
    for (std::size_t day = first_score; day + 1 < origin; ++day) {
        found.innovations.push_back(scores_[day + 1] - found.carry * scores_[day]);
        found.mean += found.innovations.back() / n;
    }
    double variance = 0;
    for (const double one : found.innovations)
        variance += (one - found.mean) * (one - found.mean) / n;
    // Silverman's normal reference width; blurred draws keep the variance of those that came.
    found.bandwidth = 1.06 * math::sqrt(variance) * math::pow(n, -0.2);
    if (variance > 0)
        found.shrink = 1 / math::sqrt(1 + found.bandwidth * found.bandwidth / variance);
    return found;
}

std::vector<double> RecentDays::forecast(std::size_t origin, std::size_t length) const {
    FORETWIN_RULE(origin >= days_to_learn && length >= 1, "a forecast knows four weeks");
    FORETWIN_RULE(origin + length <= days_.types.size() && length <= blocks_per_member,
                  "the calendar knows the days ahead");
    const Surprises surprises = surprises_before(origin);
    std::vector<DayDistribution> ahead;
    for (std::size_t i = 0; i < length; ++i)
        ahead.push_back(distribution(origin, days_.types[origin + i]));
    const std::uint64_t stream = name_hash("forecast/" + days_.name + "/recent days");
    std::vector<double> members;
    for (std::uint32_t member = 0; member < design_.members; ++member) {
        double score = surprises.last, joined = 0;
        for (std::uint32_t i = 0; i < length; ++i) {
            random::Draws draws({design_.seed, 0}, stream, static_cast<std::uint32_t>(origin),
                                member * blocks_per_member + i);
            score = surprises.next(score, draws);
            const double place = std::clamp(math::normal_cdf(score), 1e-12, 1 - 1e-12);
            const double value = ahead[i].quantile(place);
            joined = days_.combine == Combine::sum ? joined + value : std::max(joined, value);
        }
        members.push_back(joined);
    }
    std::sort(members.begin(), members.end());
    return members;
}

}  // namespace foretwin::forecast
