#include "engine/calibration/recurrence.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "engine/calibration/maximise.hpp"
#include "engine/statistics/interval.hpp"

namespace foretwin::calibration {

namespace {

constexpr double normal_975 = 1.959963984540054;

double normal_two_sided(double z) {
    return std::erfc(std::abs(z) * M_SQRT1_2);
}

double chi_square_tail(double x, double degrees) {
    return x > 0 ? 1 - statistics::chi_square_cdf(x, degrees) : 1;
}

/// Events at or after age 0 with shape and scale on the log scale.
double power_law_likelihood(std::span<const RecurrentUnit> units, double log_shape,
                            double log_scale) {
    const double shape = std::exp(log_shape);
    double sum = 0;
    for (const RecurrentUnit& unit : units) {
        for (const double age : unit.events)
            sum += log_shape - log_scale + (shape - 1) * (std::log(age) - log_scale);
        sum -= std::exp(shape * (std::log(unit.end) - log_scale));
    }
    return sum;
}

PowerLawProcess fit_power_law(std::span<const RecurrentUnit> units, double events) {
    double longest = 0, total = 0;
    for (const RecurrentUnit& unit : units)
        longest = std::max(longest, unit.end), total += unit.end;
    const Objective objective = [&](const std::vector<double>& at) {
        return power_law_likelihood(units, at[0], at[1]);
    };
    const double log_scale = std::log(total / events);
    const Box box{{-5, log_scale - 40}, {5, log_scale + 40}};
    const Maximum top = maximise(objective, {{0, log_scale}, {0.7, std::log(longest)}}, box);
    PowerLawProcess fit;
    fit.shape = std::exp(top.at[0]);
    fit.scale = std::exp(top.at[1]);
    fit.log_likelihood = top.value;
    fit.aic = 4 - 2 * top.value;
    fit.converged = top.converged;
    fit.log_covariance = covariance_at(objective, top.at, box).matrix;
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const bool known = !fit.log_covariance.empty();
    fit.shape_error = known ? fit.shape * std::sqrt(fit.log_covariance[0][0]) : nan;
    fit.scale_error = known ? fit.scale * std::sqrt(fit.log_covariance[1][1]) : nan;
    return fit;
}

/// Under a constant rate the events of a unit are uniform over its observation.
TrendTest laplace_test(std::span<const RecurrentUnit> units) {
    double sum = 0, variance = 0;
    for (const RecurrentUnit& unit : units)
        for (const double age : unit.events) {
            sum += age - unit.end / 2;
            variance += unit.end * unit.end / 12;
        }
    TrendTest test;
    if (variance <= 0) return test;
    test.statistic = sum / std::sqrt(variance);
    test.p_value = normal_two_sided(test.statistic);
    return test;
}

TrendTest military_handbook_test(std::span<const RecurrentUnit> units) {
    double sum = 0;
    int events = 0;
    for (const RecurrentUnit& unit : units)
        for (const double age : unit.events) {
            sum += std::log(unit.end / age);
            ++events;
        }
    TrendTest test;
    if (events == 0) return test;
    test.statistic = 2 * sum;
    const double below = statistics::chi_square_cdf(test.statistic, 2.0 * events);
    test.p_value = 2 * std::min(below, 1 - below);
    return test;
}

void add_constant_rate(Recurrence& result) {
    const double n = result.events;
    result.rate = n / result.exposure;
    result.rate_low =
        n > 0 ? statistics::chi_square_quantile(0.025, 2 * n) / 2 / result.exposure : 0;
    result.rate_high = statistics::chi_square_quantile(0.975, 2 * n + 2) / 2 / result.exposure;
    result.constant_log_likelihood = n > 0 ? n * std::log(result.rate) - n : 0;
    result.constant_aic = 2 - 2 * result.constant_log_likelihood;
}

}  // namespace

std::vector<MeanCumulativeStep> mean_cumulative_function(std::span<const RecurrentUnit> units) {
    std::map<double, std::map<std::size_t, double>> events;  // age -> unit -> how many
    for (std::size_t i = 0; i < units.size(); ++i)
        for (const double age : units[i].events) events[age][i] += 1;
    std::vector<MeanCumulativeStep> steps;
    std::vector<double> excess(units.size(), 0.0);  // of each unit over the mean, per unit at risk
    double mean = 0;
    for (const auto& [age, by_unit] : events) {
        MeanCumulativeStep step;
        step.age = age;
        for (const RecurrentUnit& unit : units) step.at_risk += unit.end >= age ? 1 : 0;
        for (const auto& [unit, count] : by_unit) step.events += count;
        const double per_unit = step.events / step.at_risk;
        double variance = 0;
        for (std::size_t i = 0; i < units.size(); ++i) {
            const auto own = by_unit.find(i);
            const double count = own == by_unit.end() ? 0 : own->second;
            if (units[i].end >= age) excess[i] += (count - per_unit) / step.at_risk;
            variance += excess[i] * excess[i];
        }
        step.mean = mean += per_unit;
        step.standard_error = std::sqrt(variance);
        const double spread = std::exp(normal_975 * step.standard_error / step.mean);
        step.low = step.mean / spread;
        step.high = step.mean * spread;
        steps.push_back(step);
    }
    return steps;
}

Recurrence fit_recurrence(std::span<const RecurrentUnit> units) {
    Recurrence result;
    bool at_zero = false;
    for (const RecurrentUnit& unit : units) {
        result.units += 1;
        result.exposure += unit.end;
        result.events += static_cast<double>(unit.events.size());
        for (const double age : unit.events) at_zero |= age <= 0;
    }
    result.mean_cumulative = mean_cumulative_function(units);
    add_constant_rate(result);
    result.laplace = laplace_test(units);
    if (result.events < 5)
        result.warnings.push_back("fewer than five events: a trend cannot be told");
    if (at_zero || result.events < 2) {
        if (at_zero) result.warnings.push_back("events at age 0 leave no power law");
        return result;
    }
    result.mil_hdbk_189 = military_handbook_test(units);
    result.power_law = fit_power_law(units, result.events);
    const double gain = 2 * (result.power_law->log_likelihood - result.constant_log_likelihood);
    result.likelihood_ratio = {std::max(0.0, gain), chi_square_tail(gain, 1)};
    if (result.power_law->log_covariance.empty())
        result.warnings.push_back("the information of the power law is singular");
    if (result.likelihood_ratio.p_value < 0.05)
        result.warnings.push_back(result.power_law->shape > 1
                                      ? "events grow more frequent with age: a constant rate "
                                        "misses"
                                      : "events grow rarer with age: a constant rate misses");
    return result;
}

}  // namespace foretwin::calibration
