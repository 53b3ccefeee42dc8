#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "engine/statistics/summary.hpp"

namespace foretwin::statistics {

/// An estimate with its confidence interval. `low` and `high` are NaN where no interval exists, and
/// `why_unknown` then says why, in words for a report.
struct Interval {
    double estimate = std::numeric_limits<double>::quiet_NaN();
    double low = std::numeric_limits<double>::quiet_NaN();
    double high = std::numeric_limits<double>::quiet_NaN();
    double level = 0.95;
    std::string_view why_unknown = "";

    bool known() const { return low == low && high == high; }
    double half_width() const { return 0.5 * (high - low); }
    bool contains(double value) const { return low <= value && value <= high; }
};

/// Inverse distribution functions, 0 < p < 1, degrees > 0 (may be fractional). Boost.Math: for
/// reports, not for the event loop.
double student_t_quantile(double p, double degrees);
double student_t_cdf(double t, double degrees);
double chi_square_quantile(double p, double degrees);
double chi_square_cdf(double x, double degrees);

/// Student-t interval of the mean; unknown for fewer than two values. 0 < level < 1 everywhere.
Interval mean_interval(std::span<const double> values, double level);
Interval mean_interval(const Summary& summary, double level);

/// Interval of the standard deviation of a normal sample, by chi-square.
Interval standard_deviation_interval(std::span<const double> values, double level);

/// Wilson (1927) score interval of a share; never leaves [0, 1]. Unknown for trials = 0.
Interval share_interval(std::int64_t successes, std::int64_t trials, double level);

/// mean(x) - mean(y) of two independent samples (Welch 1947, Satterthwaite degrees of freedom).
struct WelchComparison {
    Interval difference;
    double degrees = 0;
    double t = 0;
    double p_value = 1;  ///< two-sided, of "no difference"
};
WelchComparison compare_independent(std::span<const double> x, std::span<const double> y,
                                    double level);

/// mean(x - y) over pairs of equal index (the first min(n, m) of them): replications that share
/// their future. `correlation` is what common random numbers achieved.
struct PairedComparison {
    Interval difference;
    double correlation = 0;
    double p_value = 1;  ///< two-sided, of "no difference"
};
PairedComparison compare_paired(std::span<const double> x, std::span<const double> y, double level);

}  // namespace foretwin::statistics
