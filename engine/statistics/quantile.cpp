#include "engine/statistics/quantile.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/core/rule.hpp"

namespace foretwin::statistics {

double sorted_quantile(std::span<const double> sorted, double p) {
    FORETWIN_RULE(p >= 0.0 && p <= 1.0, "the level of a quantile lies between 0 and 1");
    if (sorted.empty()) return std::numeric_limits<double>::quiet_NaN();
    const double place = static_cast<double>(sorted.size() - 1) * p;
    const auto below = static_cast<std::size_t>(place);
    if (below + 1 >= sorted.size()) return sorted.back();
    const double share = place - static_cast<double>(below);
    if (share == 0.0) return sorted[below];
    return sorted[below] + share * (sorted[below + 1] - sorted[below]);
}

std::vector<double> quantiles(std::span<const double> values, std::span<const double> levels) {
    std::vector<double> sorted(values.begin(), values.end());
    std::sort(sorted.begin(), sorted.end());
    std::vector<double> result;
    for (const double level : levels) result.push_back(sorted_quantile(sorted, level));
    return result;
}

double quantile(std::span<const double> values, double p) {
    return quantiles(values, std::span(&p, 1)).front();
}

Interval future_interval(std::span<const double> values, double level) {
    FORETWIN_RULE(level > 0.0 && level < 1.0, "a level lies between 0 and 1");
    Interval interval;
    interval.level = level;
    interval.why_unknown = "quantiles of futures need at least two futures";
    if (values.empty()) return interval;
    const double levels[] = {0.5, 0.5 - 0.5 * level, 0.5 + 0.5 * level};
    const std::vector<double> found = quantiles(values, levels);
    interval.estimate = found[0];
    if (values.size() < 2) return interval;
    return {found[0], found[1], found[2], level, ""};
}

}  // namespace foretwin::statistics
