#pragma once

#include "scenarios/experiments/replicate.hpp"
#include "scenarios/experiments/study_result.hpp"

namespace foretwin::experiments {

/// Everything about a study but its figures: title, inputs with hashes, assumptions, fitted
/// parameters, notes and warnings.
StudyResult describe(const StudyPlan& plan, const ParameterDraws& draws,
                     const PreparedAlternative& baseline);

/// The files that the scenario names, told by their bytes: no path, no time of day.
std::vector<InputFile> inputs_of(const StudyPlan& plan);
std::string text_of(LifeModel life_model);

/// Hash over the fingerprints of all alternatives.
std::string study_fingerprint(const StudyResult& result);
/// The same over their traces; empty when the study was not traced.
std::string study_trace_fingerprint(const StudyResult& result);

}  // namespace foretwin::experiments
