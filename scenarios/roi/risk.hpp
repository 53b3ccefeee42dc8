#pragma once

#include <optional>
#include <string>
#include <vector>

namespace foretwin::roi {

/// An estimate of a mean with its interval; the interval is empty, with the reason, when it cannot
/// be had.
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

/// One-way components of the variance of a single future (Searle 1971, unbalanced; never below 0).
struct VarianceSplit {
    double chance = 0;  ///< within a parameter draw
    double draws = 0;   ///< between parameter draws; 0 and `reason` set where there are none
    std::string reason;
};

Interval mean_interval(const std::vector<double>& values, double level);
Share share_above(const std::vector<double>& values, double threshold, double level);
double quantile(const std::vector<double>& sorted, double probability);
Quantiles quantiles(std::vector<double> values);
/// Mean of the worst `tail` (0..1] of the values (Rockafellar and Uryasev 2002, with the fraction).
double conditional_value_at_risk(std::vector<double> values, double tail);
/// Expected loss, the mean of max(-value, 0).
double expected_loss(const std::vector<double>& values);
/// Means of the groups 0..max, in group order; groups without a value are left out.
std::vector<double> group_means(const std::vector<double>& values, const std::vector<int>& group);
VarianceSplit variance_split(const std::vector<double>& values, const std::vector<int>& group);

}  // namespace foretwin::roi
