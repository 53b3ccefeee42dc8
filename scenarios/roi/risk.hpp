#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace foretwin::roi {

/// An estimate of a mean with its interval; the bounds are empty, with the reason, where no
/// interval can be had.
struct Interval {
    double estimate = 0;
    std::optional<double> low, high;
    double level = 0.95;
    std::size_t count = 0;  ///< independent values it rests on
    std::string reason;     ///< why low and high are empty
};

/// A share of futures or draws with its Wilson (1927) score interval.
struct Share {
    double estimate = 0;
    double low = 0, high = 1;
    double level = 0.95;
    std::size_t count = 0;
};

/// Of single futures; Hyndman and Fan (1996) type 7.
struct Quantiles {
    double q05 = 0, q25 = 0, q50 = 0, q75 = 0, q95 = 0;
};
Quantiles quantiles_of(std::span<const double> values);

/// t interval over the means of the parameter draws (DESIGN, section 7); without uncertain
/// parameters every value counts as a draw of its own.
Interval mean_over_draws(std::span<const double> values, std::span<const std::uint32_t> draw_of,
                         double level);

/// Share of values above `threshold`.
Share share_above(std::span<const double> values, double threshold, double level);

/// Mean of the worst `tail` (0 < tail <= 1) of the values; where tail x count is not whole, the
/// last value counts with its fraction (Rockafellar and Uryasev 2002).
double conditional_value_at_risk(std::span<const double> values, double tail);

/// Mean of max(-value, 0).
double expected_loss(std::span<const double> values);

/// Variance of a single future by one-way components: what chance adds within a parameter draw, and
/// what differs between draws.
struct VarianceSplit {
    double chance = 0;
    double draws = 0;
    std::string reason;  ///< why a part could not be had and is 0; else empty
};
VarianceSplit variance_split(std::span<const double> values, std::span<const std::uint32_t> draw_of,
                             bool uncertain_parameters);

}  // namespace foretwin::roi
