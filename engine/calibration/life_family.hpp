#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/random/distribution.hpp"

namespace foretwin::calibration {

enum class LifeFamily { exponential, weibull, lognormal, gamma, piecewise };

std::string_view name(LifeFamily family);

/// A law of lives. Ages in days. `theta` holds the parameters on the scale on which they are
/// fitted:
///   exponential  log mean
///   weibull      log shape, log scale
///   gamma        log shape, log mean       (mean of the part beyond the shift)
///   lognormal    mu, log sigma             (of the logarithm of the part beyond the shift)
///   piecewise    log rate per class with a positive rate
/// Every law begins after `shift` days without failures.
struct LifeLaw {
    LifeFamily family = LifeFamily::exponential;
    std::vector<double> theta;
    double shift = 0;
    /// Piecewise-constant hazard: class i runs from edges[i] to edges[i+1], the last for ever.
    /// `free[i]` is the index into theta, or -1 where no failure happened and the rate is 0.
    std::vector<double> edges;
    std::vector<int> free;
};

/// -log P(life > age), and the log of its derivative; 0 and -infinity before the shift.
double cumulative_hazard(const LifeLaw& law, double age);
double log_hazard(const LifeLaw& law, double age);
/// P(life <= to | life > from), accurate when small.
double chance_between(const LifeLaw& law, double from, double to);
/// Mean and standard deviation of a lognormal variable from the scale of its fit.
struct MeanAndDeviation {
    double mean = 0;
    double deviation = 0;
};
MeanAndDeviation lognormal_moments(double mu, double log_sigma);

/// The same law for simulation, in seconds.
random::Distribution to_distribution(const LifeLaw& law);

}  // namespace foretwin::calibration
