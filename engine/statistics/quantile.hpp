#pragma once

#include <span>
#include <vector>

#include "engine/statistics/interval.hpp"

namespace foretwin::statistics {

/// Type-7 quantile (Hyndman & Fan 1996): linear between order statistics at level (n - 1) p.
/// NaN for no values. `sorted_quantile` expects ascending values.
double quantile(std::span<const double> values, double p);
double sorted_quantile(std::span<const double> sorted, double p);

/// Several levels at the cost of one sort.
std::vector<double> quantiles(std::span<const double> values, std::span<const double> levels);

/// The interval in which a single future falls with chance `level`: median and the two quantiles
/// that leave (1 - level) / 2 outside on either side. Not an interval of the mean.
Interval future_interval(std::span<const double> values, double level);

}  // namespace foretwin::statistics
