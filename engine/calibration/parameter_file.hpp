#pragma once

#include <string>
#include <vector>

#include "engine/calibration/calibrate.hpp"

namespace foretwin::calibration {

/// One parameter of a law as a scenario writes it, with the scale on which it is uncertain.
struct LawParameter {
    std::string name;       ///< "mean", "shape", "scale", "cv", "shift", "rates/0"
    double value = 0;       ///< days, /day, or plain
    std::string unit;       ///< " days", " /day" or empty
    bool uncertain = true;  ///< log scale; false: fixed
};

/// The parameters of a fit in the spelling of a scenario, and the covariance of the logarithms of
/// the uncertain ones, in order. Lognormal laws are turned from (mu, log sigma) to (log mean, log
/// cv), their covariance with them (delta method).
struct WrittenLaw {
    LifeFamily family = LifeFamily::exponential;
    std::vector<LawParameter> parameters;
    std::vector<double> edges;  ///< days; piecewise only, without the leading 0
    std::vector<std::vector<double>> covariance;
};
WrittenLaw written_law(const LifeFit& fit);

/// The law as a distribution of the scenario language: {weibull: {shape: 1.4, scale: 9 days}}.
std::string to_scenario_text(const WrittenLaw& law);

/// The fitted-parameter file (YAML). Deterministic: equal results give equal bytes. Names:
/// "life CAUSE MODEL", "visit chance CAUSE MODEL", "visit period", "errors RULE missed | false
/// alarms | lead", "first visit DEVICE", "age DEVICE CAUSE", "checked age DEVICE CAUSE".
std::string to_parameter_file(const CalibrationResult& result);

/// Only ages and visits at another instant, as the same kind of file: to replay the past.
std::string to_state_file(const CalibrationResult& result, LocalSeconds at);

}  // namespace foretwin::calibration
