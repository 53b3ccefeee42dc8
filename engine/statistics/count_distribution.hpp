#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace foretwin::statistics {

/// The distribution of a count 0, 1, 2, ... as a table: mass[k] = P(count = k). The table holds
/// everything: what lies beyond has probability 0, and the masses sum to 1.
struct CountDistribution {
    std::vector<double> mass{1.0};  ///< unless told otherwise: surely 0

    double mean() const;
    double variance() const;
    /// P(count <= k); 0 below 0.
    double at_most(std::int64_t k) const;
    /// Smallest k with P(count <= k) >= p, 0 < p <= 1.
    std::int64_t quantile(double p) const;
};

/// One trial: 1 with the chance, else 0. 0 <= chance <= 1.
CountDistribution bernoulli(double chance);

/// Poisson with mean >= 0, cut where less than 1e-12 of the mass is left, which the last value
/// takes. mean <= 500 (for fleets: exp(-mean) must be a normal number).
CountDistribution poisson(double mean);

/// The sum of two independent counts. Adding up Bernoulli trials of unequal chances gives the
/// Poisson-binomial distribution exactly.
CountDistribution sum_of(const CountDistribution& a, const CountDistribution& b);

/// The distribution that gives every counted value (>= 0) of an ensemble an equal share; at least
/// one value.
CountDistribution of_ensemble(std::span<const std::int64_t> values);

}  // namespace foretwin::statistics
