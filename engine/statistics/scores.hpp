#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/statistics/count_distribution.hpp"

namespace foretwin::statistics {

/// How good a forecast was, once the truth is known. Smaller is better for every score here; all
/// are proper (Gneiting & Raftery 2007): telling what one really believes gives the best mean.

/// Continuous ranked probability score: the integral over x of (P(X <= x) - [truth <= x])^2, in the
/// unit of X. For a certain forecast it is the absolute error. Hersbach (2000).
///
/// Of a count: the sum over k of (P(count <= k) - [truth <= k])^2, exactly. truth >= 0.
double crps(const CountDistribution& forecast, std::int64_t truth);
/// Of an ensemble as the distribution that gives each member an equal share: E|X - truth| - E|X -
/// X'| / 2. At least one member, in any order.
double crps(std::span<const double> ensemble, double truth);
/// The same less its bias from finitely many members, so that ensembles of different sizes compare
/// (Ferro 2014): X and X' are then different members. At least two.
double crps_fair(std::span<const double> ensemble, double truth);
/// In closed form (Gneiting, Raftery, Westveld & Goldman 2005): normal and exponential laws.
double crps_normal(double mean, double standard_deviation, double truth);
double crps_exponential(double mean, double truth);

/// (probability - outcome)^2, Brier (1950); here the mean over all pairs (at least one).
double brier_score(std::span<const double> probabilities, const std::vector<bool>& outcomes);
/// The mean of scores, or of the members of an ensemble; at least one.
double mean_of(std::span<const double> values);
/// 1 - score / reference score: 1 is perfect, 0 no better than the reference. NaN when the
/// reference was perfect.
double skill(double score, double reference_score);

/// Interval score of a central interval of the level (Winkler 1972): width plus 2 / (1 - level)
/// times the distance by which the truth was missed.
double interval_score(double low, double high, double level, double truth);
/// Loss of a quantile forecast: (truth - q) p above the quantile, (q - truth)(1 - p) below it.
double pinball(double quantile, double p, double truth);

/// Probability integral transform: where the truth lies in its forecast distribution. Uniform on
/// (0, 1) for a right forecast. Of a count, any point between P(count < truth) and P(count <=
/// truth) is taken by the draw u in (0, 1) (randomised: Czado, Gneiting & Held 2009).
double pit(const CountDistribution& forecast, std::int64_t truth, double u);
/// Of an ensemble: share of the members below the truth, those equal to it counted half.
double pit(std::span<const double> ensemble, double truth);
/// Members below the truth: 0 to all of them, equally likely for a right forecast.
std::int64_t rank(std::span<const double> ensemble, double truth);

}  // namespace foretwin::statistics
