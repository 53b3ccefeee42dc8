#include "engine/calibration/arrivals.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "engine/core/rule.hpp"
#include "engine/statistics/interval.hpp"

namespace foretwin::calibration {

namespace {

constexpr double hour = 3600;

/// 1970-01-01 was a Thursday: Monday of that week lies three days earlier.
std::size_t hour_of_week(double hours_since_1970) {
    const auto hours = static_cast<std::int64_t>(hours_since_1970) + 72;
    constexpr auto week = static_cast<std::int64_t>(hours_of_week);
    return static_cast<std::size_t>(((hours % week) + week) % week);
}

struct HourCount {
    std::size_t of_week = 0;
    double count = 0;
};

/// Counts of all hours from the first to the last arrival. The first and the last hour are seen in
/// part only and are left out where there are more than three.
std::vector<HourCount> hourly_counts(std::span<const double> moments) {
    const double first = std::floor(moments.front() / hour);
    const double last = std::floor(moments.back() / hour);
    std::vector<HourCount> hours;
    for (double h = first; h <= last; ++h) hours.push_back({hour_of_week(h), 0});
    for (const double at : moments)
        hours[static_cast<std::size_t>(std::floor(at / hour) - first)].count += 1;
    if (hours.size() <= 3) return hours;
    return {hours.begin() + 1, hours.end() - 1};
}

Arrivals::Dispersion dispersion(const std::vector<HourCount>& hours,
                                const std::array<double, hours_of_week>& expected,
                                const std::array<bool, hours_of_week>& counts, double fitted) {
    Arrivals::Dispersion result;
    double used = 0;
    for (const HourCount& own : hours) {
        const double mean = expected[own.of_week];
        if (!counts[own.of_week] || mean <= 0) continue;
        result.statistic += (own.count - mean) * (own.count - mean) / mean;
        used += 1;
    }
    result.degrees = used - fitted;
    if (result.degrees < 1) return result;
    result.index = result.statistic / result.degrees;
    result.p_value = 1 - statistics::chi_square_cdf(result.statistic, result.degrees);
    return result;
}

void add_hours(const std::vector<HourCount>& hours, Arrivals& result) {
    double counted = 0;
    for (const HourCount& own : hours) {
        result.by_hour[own.of_week] += own.count;
        result.hours_seen[own.of_week] += 1;
        counted += own.count;
    }
    result.hours = static_cast<double>(hours.size());
    result.rate = counted / result.hours;
    result.rate_low =
        counted > 0 ? statistics::chi_square_quantile(0.025, 2 * counted) / 2 / result.hours : 0;
    result.rate_high = statistics::chi_square_quantile(0.975, 2 * counted + 2) / 2 / result.hours;
    std::array<double, hours_of_week> constant{};
    std::array<bool, hours_of_week> all{}, repeated{};
    double fitted = 0;
    for (std::size_t i = 0; i < hours_of_week; ++i) {
        if (result.hours_seen[i] > 0) result.by_hour[i] /= result.hours_seen[i];
        constant[i] = result.rate, all[i] = true;
        repeated[i] = result.hours_seen[i] > 1;
        fitted += repeated[i] && result.by_hour[i] > 0 ? 1 : 0;
    }
    result.constant = dispersion(hours, constant, all, 1);
    result.weekly = dispersion(hours, result.by_hour, repeated, fitted);
}

}  // namespace

Arrivals fit_arrivals(std::span<const double> moments, double in_seconds, double resolution,
                      const ChoiceRules& rules) {
    FORETWIN_RULE(moments.size() >= 3, "a rate and gaps need three arrivals");
    Arrivals result;
    result.count = static_cast<double>(moments.size());
    add_hours(hourly_counts(moments), result);
    std::vector<Observation> gaps;
    for (std::size_t i = 1; i < moments.size(); ++i) {
        const double gap = (moments[i] - moments[i - 1]) / in_seconds;
        if (resolution > 0)
            gaps.push_back(
                {0, std::max(0.0, gap - resolution / 2), gap + resolution / 2, true, 1, true});
        else
            gaps.push_back({0, gap, gap, true, 1, false});
    }
    result.gaps = choose_law(gaps, rules);
    const Treatment treatment = resolution > 0 ? Treatment::inspected : Treatment::exact;
    Candidate erlang;
    erlang.fit = fit_erlang(make_sample(gaps, treatment, 0));
    erlang.parameters = natural_parameters(erlang.fit);
    erlang.anderson_darling = anderson_darling(erlang.fit.law, gaps).plain;
    erlang.not_chosen = "a gamma law with a whole shape, for comparison";
    result.gaps.candidates.push_back(std::move(erlang));
    if (result.weekly.degrees >= 1 && result.weekly.p_value < 0.01)
        result.warnings.push_back("arrivals come in bunches: hourly counts vary " +
                                  std::to_string(result.weekly.index).substr(0, 4) +
                                  " times as much as a Poisson process with this weekly rate");
    else if (result.constant.p_value < 0.01)
        result.warnings.push_back(
            "the rate is not constant over the week: one law of gaps mixes quiet and busy hours");
    return result;
}

}  // namespace foretwin::calibration
