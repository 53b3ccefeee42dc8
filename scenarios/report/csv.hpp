#pragma once

#include <filesystem>
#include <string>

#include "scenarios/experiments/study_result.hpp"

namespace foretwin::report {

/// KPIs by alternative in long form (RFC 4180), one line per alternative and KPI:
/// alternative,kpi,unit,mean,low,high,sd,difference_mean,difference_low,difference_high.
/// What is unknown, and the difference of the baseline, is empty. Numbers in full precision.
std::string csv(const experiments::StudyResult& study);

/// Writes it whole or not at all; EnvironmentError when it cannot be written.
void write_csv(const experiments::StudyResult& study, const std::filesystem::path& path);

}  // namespace foretwin::report
