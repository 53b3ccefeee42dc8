#pragma once

#include <string>
#include <vector>

#include "engine/calibration/calibrate.hpp"
#include "engine/calibration/parameter_text.hpp"

namespace foretwin::calibration {

/// The fitted-parameter file (YAML). Deterministic: equal results give equal bytes. Names:
/// "life CAUSE MODEL", "visit chance CAUSE MODEL", "visit period", "errors RULE missed | false
/// alarms | lead", "first visit DEVICE", "age DEVICE CAUSE", "checked age DEVICE CAUSE".
std::string to_parameter_file(const CalibrationResult& result);

/// Only ages and visits at another instant, as the same kind of file: to replay the past.
std::string to_state_file(const CalibrationResult& result, LocalSeconds at);

}  // namespace foretwin::calibration
