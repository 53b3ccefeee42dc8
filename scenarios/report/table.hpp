#pragma once

#include <string>

#include "scenarios/experiments/study_result.hpp"

namespace foretwin::report {

/// The answer for a terminal: headline, table, warnings, and what would change the answer. With
/// alternatives a table of KPIs by alternative with paired differences and their intervals; with
/// the baseline alone its KPIs with intervals and targets. UTF-8 without colours or control
/// characters; no line is wider than `columns` (at least 60), names that do not fit are wrapped.
std::string table(const experiments::StudyResult& study, int columns);

}  // namespace foretwin::report
