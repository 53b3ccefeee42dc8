#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/calibration/life_fit.hpp"

namespace foretwin::calibration {

/// A parameter as textbooks write it, with its standard error and its 95 % interval. Positive
/// parameters have intervals that are symmetric on the log scale, so they never reach 0.
struct NaturalParameter {
    std::string name;  ///< mean, rate, shape, scale, mu, sigma, shift
    double estimate = 0;
    double standard_error = 0;  ///< NaN where there is none
    double low = 0, high = 0;   ///< NaN where there is none; of a shift, its profile interval
};

/// exponential: mean, rate; Weibull: shape, scale; lognormal: mu, sigma (of the logarithm), mean;
/// gamma: shape, scale, mean; every shifted law: shift. Standard errors by the delta method.
std::vector<NaturalParameter> natural_parameters(const LifeFit& fit);

/// One law that was fitted, with what speaks for it.
struct Candidate {
    LifeFit fit;
    std::vector<NaturalParameter> parameters;
    double aicc = 0;  ///< AIC with the correction for small samples; NaN where it has none
    double bic = 0;   ///< with the number of failures
    /// A^2 = n * integral of (F_n - F)^2 / (F (1 - F)) dF (Anderson & Darling 1954). Right-censored
    /// lives: F_n is the product-limit estimate and the integral ends at the last age (Pettitt &
    /// Stephens 1976). Nothing with delayed entry or intervals.
    std::optional<double> anderson_darling;
    /// The same with median-rank plotting positions up to F = 1, which is what reliability packages
    /// call the adjusted distance.
    std::optional<double> adjusted_anderson_darling;
    /// Not empty: why this law may be ranked but not chosen.
    std::string not_chosen;
};

/// What is asked of a choice between laws.
struct ChoiceRules {
    bool shifts = true;      ///< laws with a failure-free time take part
    int bootstrap = 0;       ///< refits for the p-value; up to 2000 complete exact ages only
    std::uint32_t seed = 1;  ///< of the named stream "calibration/goodness/NAME"
    std::string name;
};

/// All candidates, best AIC first; `best` is the first that may be chosen.
struct LawChoice {
    std::vector<Candidate> candidates;
    std::size_t best = 0;
    double observations = 0;  ///< with their weights
    double failures = 0, censored = 0, intervals = 0, late = 0;
    double exposure = 0;
    /// Chance of a larger Anderson-Darling distance if the best law were true, its parameters being
    /// fitted (parametric bootstrap).
    std::optional<double> p_value;
    std::vector<std::string> warnings;  ///< what cannot be told from these records, and misfits
};

LawChoice choose_law(std::span<const Observation> observations, const ChoiceRules& rules);

/// The gamma law with a whole shape (Erlang), its mean fitted. The shape is held.
LifeFit fit_erlang(const Sample& sample);

/// A^2 of a law, plain and with plotting positions; nothing where it is not defined.
struct Distances {
    std::optional<double> plain, adjusted;
};
Distances anderson_darling(const LifeLaw& law, std::span<const Observation> observations);

}  // namespace foretwin::calibration
