#pragma once

#include <string>
#include <vector>

#include "engine/calibration/life_fit.hpp"

namespace foretwin::calibration {

/// One parameter of a law as a scenario writes it, with the scale on which it is uncertain.
struct LawParameter {
    std::string name;       ///< "mean", "shape", "scale", "cv", "shift", "rates/0"
    double value = 0;       ///< in `unit`
    std::string unit;       ///< " days", " /day", " h", ... or empty
    bool uncertain = true;  ///< log scale; false: fixed
};

/// The parameters of a fit in the spelling of a scenario, and the covariance of the logarithms of
/// the uncertain ones, in order. Lognormal laws are turned from (mu, log sigma) to (log mean, log
/// cv), their covariance with them (delta method).
struct WrittenLaw {
    LifeFamily family = LifeFamily::exponential;
    std::vector<LawParameter> parameters;
    std::string unit = " days";  ///< of times, with a leading space; empty: none
    std::vector<double> edges;   ///< piecewise only, without the leading 0
    std::vector<std::vector<double>> covariance;
};
WrittenLaw written_law(const LifeFit& fit, const std::string& unit = " days");

/// The law as a distribution of the scenario language: {weibull: {shape: 1.4, scale: 9 days}}.
std::string to_scenario_text(const WrittenLaw& law);

/// What a parameter file says of a fit with its uncertainty, and of one that was only ranked, as
/// flow maps of YAML.
std::string fit_text(const LifeFit& fit, const std::string& unit = " days");
std::string candidate_text(const LifeFit& fit, const std::string& unit = " days");

/// Shortest decimal text with at most ten significant digits, never in powers of ten; with six.
std::string number(double value);
std::string rough(double value);
/// A text in double quotes.
std::string quoted(const std::string& text);

}  // namespace foretwin::calibration
