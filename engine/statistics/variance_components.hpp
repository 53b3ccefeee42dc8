#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/statistics/interval.hpp"

namespace foretwin::statistics {

/// One-way random effects: futures grouped by the parameter draw they used. Method of moments for
/// unequal groups (Searle, Casella & McCulloch 1992); `between` is cut off at 0.
struct VarianceComponents {
    std::int64_t values = 0;
    std::int64_t groups = 0;
    double mean = 0;     ///< of the group means
    double chance = 0;   ///< variance within a group; NaN if no group has two values
    double between = 0;  ///< variance of the groups' true means; NaN for fewer than two groups
};

/// Group of value i is group_of[i]; groups are numbered from 0, empty ones are ignored.
VarianceComponents variance_components(std::span<const double> values,
                                       std::span<const std::uint32_t> group_of);

/// Mean of each group that has values, in order of group number.
std::vector<double> group_means(std::span<const double> values,
                                std::span<const std::uint32_t> group_of);

/// t interval over the group means (DESIGN, section 7): right under uncertain parameters, where
/// futures of one draw are not independent. Equals mean_interval where each value is its own group.
Interval mean_interval_by_group(std::span<const double> values,
                                std::span<const std::uint32_t> group_of, double level);

/// The grouping of DESIGN section 7: K = min(32, max(1, N div 2)) draws, future r uses draw r mod K
/// if parameters are uncertain; else every future is its own draw.
std::uint32_t parameter_draws(std::int64_t replications, bool uncertain_parameters);
std::vector<std::uint32_t> draw_of_future(std::int64_t replications, bool uncertain_parameters);

}  // namespace foretwin::statistics
