#pragma once

#include "scenarios/experiments/study_plan.hpp"
#include "scenarios/experiments/study_result.hpp"

namespace foretwin {

/// A whole study, from a scenario to an answer. Deterministic: the same file, alternatives, seed,
/// replications and life model give the same result on any number of threads.
/// Throws InputError, EnvironmentError, or experiments::Cancelled.
experiments::StudyResult run_study(const experiments::StudyPlan& plan);

/// The same, and once more under the second-best life models where the scenario has fitted lives:
/// a conclusion that hangs on the family chosen must say so. A note tells where the two-parameter
/// Weibull law of the textbooks would have concluded otherwise.
experiments::StudyResult run_study_twice(const experiments::StudyPlan& plan);

/// Foretwin's version, as in the CMake project.
const char* version();

}  // namespace foretwin
