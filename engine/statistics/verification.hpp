#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/statistics/interval.hpp"

namespace foretwin::statistics {

/// What the scores of many forecasts say, and how sure they are.

/// Mean of a - b over pairs of equal index with its standard error, where neighbours in time are
/// related because their targets overlap: lags up to `overlap` - 1 enter with Bartlett's weights
/// (Newey & West 1987; Diebold & Mariano 1995). overlap = 1: pairs are independent. At least two.
struct PairedDifference {
    double mean = 0;
    double standard_error = 0;
    std::size_t pairs = 0;
};
PairedDifference paired_difference(std::span<const double> a, std::span<const double> b,
                                   std::size_t overlap);

/// Two-sided exact binomial test: the chance, if each trial succeeds with `chance`, of a count that
/// is no likelier than the one seen. trials = 0 gives 1.
double binomial_test(std::int64_t successes, std::int64_t trials, double chance);

/// How often central intervals of a level held the truth. A PIT within (1 - level) / 2 of an end
/// lies outside; randomised PITs of counts make the nominal level exact. Only every `stride`-th
/// forecast enters, so that targets do not overlap and the test is exact.
struct Coverage {
    double level = 0;
    std::int64_t inside = 0, trials = 0;
    double p_value = 1;

    double share() const { return static_cast<double>(inside) / static_cast<double>(trials); }
};
Coverage coverage(std::span<const double> pits, double level, std::size_t stride);

/// A bin of a reliability diagram: events foretold with similar chances, and how many came.
struct ReliabilityBin {
    double foretold = 0;  ///< mean chance in the bin
    Interval observed;    ///< share that came true, Wilson
    std::int64_t forecasts = 0;
};
/// Bins by `edges` (ascending, first 0, last 1; a chance on an edge belongs to the bin above, 1 to
/// the last); empty bins are left out.
std::vector<ReliabilityBin> reliability(std::span<const double> probabilities,
                                        const std::vector<bool>& outcomes,
                                        std::span<const double> edges);

/// Counts of PITs in equal bins of (0, 1).
std::vector<std::int64_t> pit_histogram(std::span<const double> pits, std::size_t bins);

}  // namespace foretwin::statistics
