#pragma once

#include <nlohmann/json.hpp>

#include "scenarios/experiments/study_result.hpp"

namespace foretwin::report {

/// The whole result under stable paths (README.md, "Paths"). Numbers survive a round trip bit for
/// bit; what is not a finite number is null, with the reason beside it.
nlohmann::ordered_json to_json(const experiments::StudyResult& study);

}  // namespace foretwin::report
