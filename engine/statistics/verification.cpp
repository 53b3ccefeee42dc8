#include "engine/statistics/verification.hpp"

#include <algorithm>
#include <cmath>

#include "engine/core/rule.hpp"

namespace foretwin::statistics {

namespace {

double log_choose(std::int64_t n, std::int64_t k) {
    const auto gamma = [](std::int64_t i) { return std::lgamma(static_cast<double>(i) + 1); };
    return gamma(n) - gamma(k) - gamma(n - k);
}

/// Probability of k successes in n trials.
double binomial_mass(std::int64_t k, std::int64_t n, double chance) {
    if (chance <= 0) return k == 0 ? 1 : 0;
    if (chance >= 1) return k == n ? 1 : 0;
    return std::exp(log_choose(n, k) + static_cast<double>(k) * std::log(chance) +
                    static_cast<double>(n - k) * std::log1p(-chance));
}

}  // namespace

PairedDifference paired_difference(std::span<const double> a, std::span<const double> b,
                                   std::size_t overlap) {
    FORETWIN_RULE(a.size() == b.size() && a.size() >= 2, "differences are of pairs, two or more");
    FORETWIN_RULE(overlap >= 1, "a forecast overlaps at least itself");
    PairedDifference result;
    result.pairs = a.size();
    const auto n = static_cast<double>(a.size());
    for (std::size_t i = 0; i < a.size(); ++i) result.mean += (a[i] - b[i]) / n;
    const auto deviation = [&](std::size_t i) { return a[i] - b[i] - result.mean; };
    double variance = 0;
    for (std::size_t lag = 0; lag < std::min(overlap, a.size()); ++lag) {
        double products = 0;
        for (std::size_t i = lag; i < a.size(); ++i) products += deviation(i) * deviation(i - lag);
        const double weight = 1 - static_cast<double>(lag) / static_cast<double>(overlap);
        variance += (lag == 0 ? 1 : 2 * weight) * products / (n - 1);
    }
    result.standard_error = std::sqrt(std::max(variance, 0.0) / n);
    return result;
}

double binomial_test(std::int64_t successes, std::int64_t trials, double chance) {
    FORETWIN_RULE(0 <= successes && successes <= trials, "successes are some of the trials");
    // Masses that are equal but for rounding count as equal, as in R's binom.test.
    const double seen = binomial_mass(successes, trials, chance) * (1 + 1e-7);
    double sum = 0;
    for (std::int64_t k = 0; k <= trials; ++k) {
        const double mass = binomial_mass(k, trials, chance);
        if (mass <= seen) sum += mass;
    }
    return std::min(sum, 1.0);
}

Coverage coverage(std::span<const double> pits, double level, std::size_t stride) {
    FORETWIN_RULE(stride >= 1, "every forecast, or every second, and so on");
    Coverage result;
    result.level = level;
    const double tail = (1 - level) / 2;
    for (std::size_t i = 0; i < pits.size(); i += stride) {
        ++result.trials;
        result.inside += pits[i] >= tail && pits[i] <= 1 - tail ? 1 : 0;
    }
    result.p_value = binomial_test(result.inside, result.trials, level);
    return result;
}

std::vector<ReliabilityBin> reliability(std::span<const double> probabilities,
                                        const std::vector<bool>& outcomes,
                                        std::span<const double> edges) {
    FORETWIN_RULE(probabilities.size() == outcomes.size(), "every probability has its outcome");
    FORETWIN_RULE(edges.size() >= 2, "a bin has two edges");
    const std::size_t count = edges.size() - 1;
    std::vector<double> sums(count, 0.0);
    std::vector<std::int64_t> forecasts(count, 0), came(count, 0);
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        const auto above = std::upper_bound(edges.begin(), edges.end(), probabilities[i]);
        const auto bin = std::clamp<std::ptrdiff_t>(above - edges.begin() - 1, 0,
                                                    static_cast<std::ptrdiff_t>(count) - 1);
        const auto at = static_cast<std::size_t>(bin);
        sums[at] += probabilities[i];
        ++forecasts[at];
        came[at] += outcomes[i] ? 1 : 0;
    }
    std::vector<ReliabilityBin> bins;
    for (std::size_t i = 0; i < count; ++i)
        if (forecasts[i] > 0)
            bins.push_back({sums[i] / static_cast<double>(forecasts[i]),
                            share_interval(came[i], forecasts[i], 0.95), forecasts[i]});
    return bins;
}

std::vector<std::int64_t> pit_histogram(std::span<const double> pits, std::size_t bins) {
    std::vector<std::int64_t> counts(bins, 0);
    for (const double value : pits) {
        const auto bin = static_cast<std::size_t>(std::max(0.0, value) * static_cast<double>(bins));
        ++counts[std::min(bin, bins - 1)];
    }
    return counts;
}

}  // namespace foretwin::statistics
