#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace foretwin::calibration {

/// One trial of a logistic regression on yes-or-no features: the indices of those that hold.
struct Trial {
    std::vector<std::uint32_t> features;
    bool happened = false;
};

/// log(p / (1 - p)) = intercept + the coefficients of the features that hold.
struct LogisticFit {
    double intercept = 0;
    std::vector<double> coefficients;
    double penalty = 0;

    double chance(std::span<const std::uint32_t> features) const;
};

/// Maximum of log-likelihood - penalty / 2 * sum of squared coefficients (ridge: le Cessie & van
/// Houwelingen 1992), by Newton's method. The penalty (> 0) keeps coefficients finite where a
/// feature tells everything; the intercept has one of 0.001, so that it stays finite where nothing
/// ever happened. `features` is their number.
LogisticFit fit_logistic(std::span<const Trial> trials, std::size_t features, double penalty);

/// The same with the penalty that foretold best: trials are in time order; each of the last
/// `blocks` tenths is foretold from all before it, and the penalty with the best log score wins.
LogisticFit fit_logistic_over_time(std::span<const Trial> trials, std::size_t features,
                                   std::span<const double> penalties, int blocks = 5);

}  // namespace foretwin::calibration
