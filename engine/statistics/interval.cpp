#include "engine/statistics/interval.hpp"

#include <algorithm>
#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <vector>

#include "engine/core/rule.hpp"

namespace foretwin::statistics {
namespace {

constexpr std::string_view too_few = "an interval needs at least two independent values";

void require_level(double level) {
    FORETWIN_RULE(level > 0.0 && level < 1.0, "a confidence level lies between 0 and 1");
}

Interval around(double estimate, double half_width, double level) {
    return {estimate, estimate - half_width, estimate + half_width, level, ""};
}

double two_sided_p(double t, double degrees) {
    if (std::isnan(t)) return 1.0;
    if (std::isinf(t)) return 0.0;
    return 2.0 * boost::math::cdf(boost::math::students_t(degrees), -std::abs(t));
}

/// estimate / error, where "no difference, no error" counts as 0.
double ratio(double estimate, double error) {
    return estimate == 0.0 ? 0.0 : estimate / error;
}

double correlation(std::span<const double> x, std::span<const double> y) {
    const Summary of_x = summarise(x);
    const Summary of_y = summarise(y);
    double products = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
        products += (x[i] - of_x.mean) * (y[i] - of_y.mean);
    }
    return products / std::sqrt(of_x.squares * of_y.squares);
}

}  // namespace

double student_t_quantile(double p, double degrees) {
    FORETWIN_RULE(p > 0.0 && p < 1.0 && degrees > 0.0, "a t quantile has 0 < p < 1, degrees > 0");
    return boost::math::quantile(boost::math::students_t(degrees), p);
}

double student_t_cdf(double t, double degrees) {
    return boost::math::cdf(boost::math::students_t(degrees), t);
}

double chi_square_quantile(double p, double degrees) {
    FORETWIN_RULE(p > 0.0 && p < 1.0 && degrees > 0.0,
                  "a chi-square quantile has 0 < p < 1, degrees > 0");
    return boost::math::quantile(boost::math::chi_squared(degrees), p);
}

double chi_square_cdf(double x, double degrees) {
    return boost::math::cdf(boost::math::chi_squared(degrees), x);
}

Interval mean_interval(const Summary& summary, double level) {
    require_level(level);
    Interval interval;
    interval.level = level;
    interval.why_unknown = too_few;
    if (summary.count > 0) interval.estimate = summary.mean;
    if (summary.count < 2) return interval;
    const double t = student_t_quantile(0.5 + 0.5 * level, static_cast<double>(summary.count - 1));
    return around(summary.mean, t * summary.standard_error(), level);
}

Interval mean_interval(std::span<const double> values, double level) {
    return mean_interval(summarise(values), level);
}

Interval standard_deviation_interval(std::span<const double> values, double level) {
    require_level(level);
    const Summary summary = summarise(values);
    Interval interval;
    interval.level = level;
    interval.why_unknown = too_few;
    if (summary.count < 2) return interval;
    const auto degrees = static_cast<double>(summary.count - 1);
    interval.estimate = summary.standard_deviation();
    interval.low = std::sqrt(summary.squares / chi_square_quantile(0.5 + 0.5 * level, degrees));
    interval.high = std::sqrt(summary.squares / chi_square_quantile(0.5 - 0.5 * level, degrees));
    interval.why_unknown = "";
    return interval;
}

Interval share_interval(std::int64_t successes, std::int64_t trials, double level) {
    require_level(level);
    FORETWIN_RULE(successes >= 0 && successes <= trials, "successes number 0 up to all trials");
    Interval interval;
    interval.level = level;
    interval.why_unknown = "a share of nothing has no interval";
    if (trials == 0) return interval;
    const auto n = static_cast<double>(trials);
    const double share = static_cast<double>(successes) / n;
    const double z = boost::math::quantile(boost::math::normal(), 0.5 + 0.5 * level);
    const double centre = (share + z * z / (2 * n)) / (1 + z * z / n);
    const double half =
        z / (1 + z * z / n) * std::sqrt(share * (1 - share) / n + z * z / (4 * n * n));
    // At 0 and n successes one end is 0 or 1 exactly; rounding shall not show.
    const double low = successes == 0 ? 0.0 : std::max(0.0, centre - half);
    const double high = successes == trials ? 1.0 : std::min(1.0, centre + half);
    return {share, low, high, level, ""};
}

WelchComparison compare_independent(std::span<const double> x, std::span<const double> y,
                                    double level) {
    require_level(level);
    const Summary of_x = summarise(x);
    const Summary of_y = summarise(y);
    WelchComparison result;
    result.difference.level = level;
    result.difference.why_unknown = too_few;
    if (of_x.count > 0 && of_y.count > 0) result.difference.estimate = of_x.mean - of_y.mean;
    if (of_x.count < 2 || of_y.count < 2) return result;
    const double part_x = of_x.variance() / static_cast<double>(of_x.count);
    const double part_y = of_y.variance() / static_cast<double>(of_y.count);
    const double difference = of_x.mean - of_y.mean;
    const double error = std::sqrt(part_x + part_y);
    const double freedom = part_x * part_x / static_cast<double>(of_x.count - 1) +
                           part_y * part_y / static_cast<double>(of_y.count - 1);
    // Two constant samples: any degrees of freedom will do, as the error is 0.
    result.degrees = error > 0.0 ? (part_x + part_y) * (part_x + part_y) / freedom
                                 : static_cast<double>(of_x.count + of_y.count - 2);
    result.t = ratio(difference, error);
    result.p_value = two_sided_p(result.t, result.degrees);
    const double t = student_t_quantile(0.5 + 0.5 * level, result.degrees);
    result.difference = around(difference, t * error, level);
    return result;
}

PairedComparison compare_paired(std::span<const double> x, std::span<const double> y,
                                double level) {
    const std::size_t pairs = std::min(x.size(), y.size());
    std::vector<double> differences(pairs);
    for (std::size_t i = 0; i < pairs; ++i) differences[i] = x[i] - y[i];
    const Summary summary = summarise(differences);
    PairedComparison result;
    result.difference = mean_interval(summary, level);
    if (pairs < 2) return result;
    result.correlation = correlation(x.first(pairs), y.first(pairs));
    result.p_value =
        two_sided_p(ratio(summary.mean, summary.standard_error()), static_cast<double>(pairs - 1));
    return result;
}

}  // namespace foretwin::statistics
