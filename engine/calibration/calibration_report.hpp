#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "engine/calibration/calibrate.hpp"

namespace foretwin::calibration {

/// What was fitted, for a terminal of 100 columns: records, laws per class with their rivals,
/// expected against observed failures per age class, policy, announcements, warnings.
std::string to_text(const CalibrationResult& result);

/// Only the expected and observed failures of one class, as a table of four columns.
std::string class_table(const ClassResult& result);

/// The same content as data. Ages and durations in days (`_days`), rates per `_per_day` or
/// `_per_year`, covariance on the log scale of the parameters.
nlohmann::json to_json(const CalibrationResult& result);

}  // namespace foretwin::calibration
