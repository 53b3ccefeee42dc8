#include "engine/statistics/scores.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "engine/core/rule.hpp"

namespace foretwin::statistics {

namespace {

/// Mean |X - truth| over the members.
double mean_distance(std::span<const double> ensemble, double truth) {
    double sum = 0;
    for (const double member : ensemble) sum += std::abs(member - truth);
    return sum / static_cast<double>(ensemble.size());
}

/// Sum of |x_i - x_j| over all unordered pairs: after sorting, member i (from 0) is the larger one
/// in i pairs and the smaller one in n - 1 - i.
double sum_of_spreads(std::span<const double> ensemble) {
    std::vector<double> sorted(ensemble.begin(), ensemble.end());
    std::sort(sorted.begin(), sorted.end());
    const double last = static_cast<double>(sorted.size()) - 1;
    double sum = 0;
    for (std::size_t i = 0; i < sorted.size(); ++i)
        sum += sorted[i] * (2 * static_cast<double>(i) - last);
    return sum;
}

}  // namespace

double crps(const CountDistribution& forecast, std::int64_t truth) {
    FORETWIN_RULE(truth >= 0, "a count is not negative");
    double below = 0, sum = 0;
    const auto size = static_cast<std::int64_t>(forecast.mass.size());
    for (std::int64_t k = 0; k < std::max(size, truth); ++k) {
        if (k < size) below += forecast.mass[static_cast<std::size_t>(k)];
        const double reached = k >= size - 1 ? 1 : std::min(below, 1.0);
        const double miss = k >= truth ? reached - 1 : reached;
        sum += miss * miss;
    }
    return sum;
}

double crps(std::span<const double> ensemble, double truth) {
    FORETWIN_RULE(!ensemble.empty(), "an ensemble has at least one member");
    const auto n = static_cast<double>(ensemble.size());
    return mean_distance(ensemble, truth) - sum_of_spreads(ensemble) / (n * n);
}

double crps_fair(std::span<const double> ensemble, double truth) {
    FORETWIN_RULE(ensemble.size() >= 2, "a fair score needs two members");
    const auto n = static_cast<double>(ensemble.size());
    return mean_distance(ensemble, truth) - sum_of_spreads(ensemble) / (n * (n - 1));
}

double crps_normal(double mean, double standard_deviation, double truth) {
    const double z = (truth - mean) / standard_deviation;
    const double density = std::exp(-z * z / 2) / std::sqrt(2 * std::numbers::pi);
    const double centred = std::erf(z / std::numbers::sqrt2);  // 2 F(z) - 1
    return standard_deviation * (z * centred + 2 * density - std::numbers::inv_sqrtpi);
}

double crps_exponential(double mean, double truth) {
    if (truth < 0) return -truth + mean / 2;
    return truth + 2 * mean * std::expm1(-truth / mean) + mean / 2;
}

double brier_score(std::span<const double> probabilities, const std::vector<bool>& outcomes) {
    FORETWIN_RULE(!outcomes.empty() && probabilities.size() == outcomes.size(),
                  "every probability has its outcome");
    double sum = 0;
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        const double miss = probabilities[i] - (outcomes[i] ? 1.0 : 0.0);
        sum += miss * miss;
    }
    return sum / static_cast<double>(outcomes.size());
}

double mean_of(std::span<const double> values) {
    FORETWIN_RULE(!values.empty(), "a mean is of something");
    double sum = 0;
    for (const double value : values) sum += value;
    return sum / static_cast<double>(values.size());
}

double skill(double score, double reference_score) {
    if (!(reference_score > 0)) return std::numeric_limits<double>::quiet_NaN();
    return 1 - score / reference_score;
}

double interval_score(double low, double high, double level, double truth) {
    const double missed = std::max({low - truth, truth - high, 0.0});
    return high - low + 2 / (1 - level) * missed;
}

double pinball(double quantile, double p, double truth) {
    return truth >= quantile ? (truth - quantile) * p : (quantile - truth) * (1 - p);
}

double pit(const CountDistribution& forecast, std::int64_t truth, double u) {
    const double below = forecast.at_most(truth - 1);
    return below + u * (forecast.at_most(truth) - below);
}

double pit(std::span<const double> ensemble, double truth) {
    double sum = 0;
    for (const double member : ensemble) sum += member < truth ? 1.0 : member == truth ? 0.5 : 0.0;
    return sum / static_cast<double>(ensemble.size());
}

std::int64_t rank(std::span<const double> ensemble, double truth) {
    return std::count_if(ensemble.begin(), ensemble.end(),
                         [&](double member) { return member < truth; });
}

}  // namespace foretwin::statistics
