#include "scenarios/roi/risk.hpp"

#include <algorithm>
#include <cmath>

#include "engine/core/rule.hpp"
#include "engine/statistics/interval.hpp"
#include "engine/statistics/quantile.hpp"
#include "engine/statistics/summary.hpp"
#include "engine/statistics/variance_components.hpp"

namespace foretwin::roi {

Quantiles quantiles_of(std::span<const double> values) {
    const std::vector<double> levels{0.05, 0.25, 0.5, 0.75, 0.95};
    const std::vector<double> q = statistics::quantiles(values, levels);
    return {q[0], q[1], q[2], q[3], q[4]};
}

Interval mean_over_draws(std::span<const double> values, std::span<const std::uint32_t> draw_of,
                         double level) {
    const std::vector<double> means = statistics::group_means(values, draw_of);
    const statistics::Interval interval = statistics::mean_interval(means, level);
    Interval result;
    result.estimate = interval.estimate;
    result.level = level;
    result.count = means.size();
    if (interval.known()) {
        result.low = interval.low;
        result.high = interval.high;
    } else {
        result.reason = "fewer than two independent parameter draws: run more replications";
    }
    return result;
}

Share share_above(std::span<const double> values, double threshold, double level) {
    const auto above = std::count_if(values.begin(), values.end(),
                                     [&](double value) { return value > threshold; });
    const auto count = static_cast<std::int64_t>(values.size());
    const statistics::Interval interval = statistics::share_interval(above, count, level);
    return {interval.estimate, interval.low, interval.high, level, values.size()};
}

double conditional_value_at_risk(std::span<const double> values, double tail) {
    FORETWIN_RULE(!values.empty() && tail > 0 && tail <= 1, "a tail of some values");
    std::vector<double> sorted(values.begin(), values.end());
    std::sort(sorted.begin(), sorted.end());
    const double wanted = tail * static_cast<double>(sorted.size());
    double left = wanted;
    double sum = 0;
    for (const double value : sorted) {
        const double weight = std::min(1.0, left);
        sum += weight * value;
        left -= weight;
        if (left <= 0) break;
    }
    return sum / wanted;
}

double expected_loss(std::span<const double> values) {
    FORETWIN_RULE(!values.empty(), "an expected loss needs values");
    double sum = 0;
    for (const double value : values) sum += std::max(-value, 0.0);
    return sum / static_cast<double>(values.size());
}

VarianceSplit variance_split(std::span<const double> values, std::span<const std::uint32_t> draw_of,
                             bool uncertain_parameters) {
    VarianceSplit split;
    if (!uncertain_parameters) {
        split.reason = "no uncertain parameters: all variance is chance";
        if (values.size() > 1) split.chance = statistics::summarise(values).variance();
        return split;
    }
    const statistics::VarianceComponents parts = statistics::variance_components(values, draw_of);
    if (std::isnan(parts.chance) || std::isnan(parts.between)) {
        split.reason = "too few futures to tell chance from parameter draws";
        return split;
    }
    split.chance = parts.chance;
    split.draws = parts.between;
    return split;
}

}  // namespace foretwin::roi
