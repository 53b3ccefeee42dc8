#pragma once

#include "engine/random/distribution.hpp"

/// What sampling and the distribution functions share. Everything here is about Y = X - shift.
namespace foretwin::random::detail {

/// P(Y > y).
double survival_unshifted(const Distribution& distribution, double y);

/// -log P(Y > y).
double hazard_sum_unshifted(const Distribution& distribution, double y);

/// Its derivative: density over survival.
double hazard_unshifted(const Distribution& distribution, double y);

/// The y with -log P(Y > y) = target, of a piecewise-constant hazard.
double piecewise_inverse(const Distribution& distribution, double target);

/// The value at cumulated weight `level`, of an empirical distribution.
double empirical_quantile(const Distribution& distribution, double level);

/// The y above `low` with -log P(Y > y) = target, by Newton's method kept inside a bracket: for
/// laws without a closed inverse, and for tails where P(Y > y) underflows.
double solve_hazard_sum(const Distribution& distribution, double target, double low);

}  // namespace foretwin::random::detail
