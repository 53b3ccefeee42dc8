#pragma once

#include <string>
#include <vector>

#include "scenarios/experiments/study_plan.hpp"
#include "scenarios/experiments/study_result.hpp"

namespace foretwin {

/// The alternative with these changes of the scenario together, named "A + B"; none: the baseline.
experiments::Alternative alternative_of(const std::vector<std::string>& changes);

/// The baseline and what a comparison asks for: the changes of these names one by one, or all of
/// the scenario when none are named. InputError, with `asked_by` (an option, an argument) in front,
/// when the scenario has no such change, or none at all.
std::vector<experiments::Alternative> compared_alternatives(const loader::ScenarioFile& file,
                                                            const std::vector<std::string>& only,
                                                            const std::string& asked_by);

/// The whole comparison: the study under best and second-best life models, and the past replayed
/// where the scenario has records. Throws as run_study().
experiments::StudyResult compare_alternatives(const experiments::StudyPlan& plan);

/// Whether its means meet all targets that the scenario sets; so too when it sets none.
bool meets_its_targets(const experiments::AlternativeResult& alternative);

/// The names that command line and Python know: "sequential", "parallel", "optimistic" or
/// "reference"; "best", "second" or "two_parameter_weibull". InputError for others.
experiments::Executor executor_of(const std::string& name);
experiments::LifeModel life_model_of(const std::string& name);

}  // namespace foretwin
