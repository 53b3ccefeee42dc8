#pragma once

#include <array>
#include <span>
#include <string>
#include <vector>

#include "engine/calibration/candidates.hpp"

namespace foretwin::calibration {

inline constexpr std::size_t hours_of_week = 168;

/// Demand from the instants of its arrivals.
struct Arrivals {
    double count = 0;
    double hours = 0;  ///< observed: whole hours, from the first to the last
    double rate = 0, rate_low = 0, rate_high = 0;  ///< per hour; exact 95 % of a Poisson process
    /// Arrivals per hour by hour of the week (0: Monday 00:00), on the clock of the records.
    std::array<double, hours_of_week> by_hour{};
    std::array<double, hours_of_week> hours_seen{};
    /// Variance of hourly counts over their mean: 1 for a Poisson process. Against one rate, and
    /// against the rate of each hour of the week (seen twice or more). Pearson's statistic against
    /// chi-square with the degrees that are left (Cochran 1954).
    struct Dispersion {
        double index = 1, statistic = 0, degrees = 0, p_value = 1;  ///< one-sided: over-dispersed
    };
    Dispersion constant, weekly;
    LawChoice gaps;  ///< laws of the time between arrivals, in the unit asked for
    std::vector<std::string> warnings;
};

/// `moments` are clock times in seconds since 1970, in order; `in_seconds` is the unit of gaps.
/// Needs three arrivals. Gaps of 0 need a resolution (in that unit).
Arrivals fit_arrivals(std::span<const double> moments, double in_seconds, double resolution,
                      const ChoiceRules& rules);

}  // namespace foretwin::calibration
