#pragma once

#include <string>

#include "scenarios/report/headline.hpp"

namespace foretwin::report {

/// Pictures of the page as SVG markup; each is empty when the study has nothing for it.

/// Net present value of each alternative: interval of the mean, and the spread of single futures.
std::string npv_chart(const StudyResult& study);
/// Paired differences of the leading KPIs with their intervals, one panel per KPI.
std::string difference_chart(const StudyResult& study);
/// Where the downtime goes, in the baseline and in `alternative` (null: baseline alone).
std::string loss_tree(const StudyResult& study, const AlternativeResult* alternative);
/// Cumulative cash flow of one alternative over the years.
std::string cash_fan(const StudyResult& study, const AlternativeResult& alternative);
std::string tornado_chart(const StudyResult& study, const AlternativeResult& alternative);
/// Recorded against simulated history.
std::string validation_chart(const StudyResult& study);
/// The chance to meet each target, by alternative.
std::string target_chart(const StudyResult& study);

}  // namespace foretwin::report
