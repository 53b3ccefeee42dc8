#pragma once

#include "engine/calibration/calibrate.hpp"
#include "scenarios/experiments/study_plan.hpp"
#include "scenarios/experiments/study_result.hpp"

namespace foretwin {

using Validation = experiments::StudyResult::Validation;

/// Replays recorded history: the baseline plant from the state at the beginning of the observation
/// to its end, against what was recorded per cause. Parameters come from `calibration`, with their
/// uncertainty; `plan` gives file, seed, replications, level and threads.
///
/// The verdict is good when no recorded count falls outside the interval of single futures, with
/// the level of each raised for the number of counts (Bonferroni), so that a right twin is called
/// wrong at most once in 1 / (1 - level) replays.
Validation validate(const experiments::StudyPlan& plan,
                    const calibration::CalibrationResult& calibration);

/// Calibrates from the scenario's records; throws InputError when it has none. With `as_of`,
/// whatever is stamped later is unknown, and the present is that instant.
calibration::CalibrationResult calibrate_scenario(
    const loader::ScenarioFile& file, std::optional<calibration::LocalSeconds> as_of = {});

}  // namespace foretwin
