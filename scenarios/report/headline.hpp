#pragma once

#include <string>
#include <vector>

#include "scenarios/experiments/study_result.hpp"

namespace foretwin::report {

using experiments::AlternativeResult;
using experiments::FigureResult;
using experiments::KpiResult;
using experiments::StudyResult;

/// What the study says about its best alternative.
enum class Verdict {
    pays,      ///< the interval of the expected net present value lies above zero
    may_pay,   ///< the expected value is above zero, its interval is not (or is unknown)
    no_money,  ///< nothing to value: told by KPIs alone
    loses,     ///< even the best alternative has an expected value of zero or less
};

/// The alternative with the highest expected net present value; without money, the one whose
/// leading KPI improves most. Null when there is no alternative beside the baseline.
const AlternativeResult* best_alternative(const StudyResult& study);
Verdict verdict(const StudyResult& study);

/// Null when the alternative has no such KPI, or the study no such alternative.
const KpiResult* find_kpi(const AlternativeResult& alternative, const std::string& name);
const AlternativeResult* find_alternative(const StudyResult& study, const std::string& name);

/// Names of the alternatives whose net present value changes its sign under another life model.
std::vector<std::string> turned_by_life_model(const StudyResult& study);

/// The answer in one sentence, with its probability; says so when the sign of the net present
/// value of the best alternative turns under the second-best life model. Plain text, UTF-8.
std::string headline(const StudyResult& study);

/// What must be read beside the headline: the study's warnings, then what the report itself finds
/// (an alternative that turns, a net present value without interval, several internal rates).
std::vector<std::string> headline_warnings(const StudyResult& study);

/// "What would change this answer": one sentence per input, the break-even of the two strongest
/// assumptions of the best alternative first. Empty without money.
std::vector<std::string> what_would_change(const StudyResult& study);

}  // namespace foretwin::report
