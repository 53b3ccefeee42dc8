#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "scenarios/experiments/study_result.hpp"

namespace foretwin::report {

/// Recorded against simulated history as a table for the terminal, with the verdict.
std::string validation_table(const experiments::StudyResult::Validation& validation);

}  // namespace foretwin::report
