#include "engine/statistics/count_distribution.hpp"

#include <algorithm>
#include <cmath>

#include "engine/core/rule.hpp"

namespace foretwin::statistics {

double CountDistribution::mean() const {
    double sum = 0;
    for (std::size_t k = 0; k < mass.size(); ++k) sum += static_cast<double>(k) * mass[k];
    return sum;
}

double CountDistribution::variance() const {
    const double centre = mean();
    double sum = 0;
    for (std::size_t k = 0; k < mass.size(); ++k) {
        const double deviation = static_cast<double>(k) - centre;
        sum += deviation * deviation * mass[k];
    }
    return sum;
}

double CountDistribution::at_most(std::int64_t k) const {
    if (k < 0) return 0;
    if (k + 1 >= static_cast<std::int64_t>(mass.size())) return 1;
    double sum = 0;
    for (std::size_t i = 0; i <= static_cast<std::size_t>(k); ++i) sum += mass[i];
    return std::min(sum, 1.0);
}

std::int64_t CountDistribution::quantile(double p) const {
    FORETWIN_RULE(p > 0 && p <= 1, "a quantile is asked for a probability above 0, at most 1");
    double sum = 0;
    for (std::size_t k = 0; k < mass.size(); ++k) {
        sum += mass[k];
        if (sum >= p) return static_cast<std::int64_t>(k);
    }
    return static_cast<std::int64_t>(mass.size()) - 1;
}

CountDistribution bernoulli(double chance) {
    FORETWIN_RULE(chance >= 0 && chance <= 1, "a chance lies between 0 and 1");
    return {{1 - chance, chance}};
}

CountDistribution poisson(double mean) {
    FORETWIN_RULE(mean >= 0 && mean <= 500, "the mean of a tabled Poisson count is 0 to 500");
    constexpr double negligible = 1e-12;
    CountDistribution result;
    double term = std::exp(-mean), sum = term;
    result.mass = {term};
    for (double k = 1; 1 - sum > negligible && (k <= mean || term > 1e-18); ++k) {
        term *= mean / k;
        sum += term;
        result.mass.push_back(term);
    }
    result.mass.back() += std::max(0.0, 1 - sum);
    return result;
}

CountDistribution sum_of(const CountDistribution& a, const CountDistribution& b) {
    CountDistribution sum;
    sum.mass.assign(a.mass.size() + b.mass.size() - 1, 0.0);
    for (std::size_t i = 0; i < a.mass.size(); ++i)
        for (std::size_t k = 0; k < b.mass.size(); ++k) sum.mass[i + k] += a.mass[i] * b.mass[k];
    return sum;
}

CountDistribution of_ensemble(std::span<const std::int64_t> values) {
    FORETWIN_RULE(!values.empty(), "an ensemble has at least one member");
    const auto [least, most] = std::minmax_element(values.begin(), values.end());
    FORETWIN_RULE(*least >= 0, "a count is not negative");
    CountDistribution result;
    result.mass.assign(static_cast<std::size_t>(*most) + 1, 0.0);
    const double share = 1 / static_cast<double>(values.size());
    for (const std::int64_t value : values) result.mass[static_cast<std::size_t>(value)] += share;
    return result;
}

}  // namespace foretwin::statistics
