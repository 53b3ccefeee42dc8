#pragma once

#include <memory>

#include "scenarios/experiments/study_plan.hpp"
#include "scenarios/experiments/study_result.hpp"
#include "tools/foretwin/study_options.hpp"

namespace foretwin::tool {

/// Gives the plan a clock for `--counters` and `--trace`, and room for the trace. Refuses a file
/// that cannot be written before anything is run.
void add_observation(const StudyOptions& options, experiments::StudyPlan& plan);

/// Writes the file of `--trace`, if it was asked for, whole or not at all; says on standard error
/// when it had to be cut.
void write_trace(const StudyOptions& options, const experiments::StudyPlan& plan);

}  // namespace foretwin::tool
