#pragma once

#include <filesystem>
#include <vector>

#include "scenarios/assembly/plant.hpp"
#include "scenarios/experiments/study_plan.hpp"
#include "scenarios/loader/scenario_file.hpp"

namespace foretwin::tool {

/// Reads a scenario and checks the baseline and every change. Throws InputError with every problem
/// of the file, so that its author mends it in one go.
loader::ScenarioFile read_good_scenario(const std::filesystem::path& path);

/// An alternative as it would run, with the central values of what is uncertain.
struct BuiltAlternative {
    experiments::Alternative alternative;
    loader::Value tree;
    assembly::Plant plant;
};

/// Builds every alternative once; the baseline is the first. Throws InputError with what is wrong
/// in any of them: price files that do not cover the run, sensors that detect nothing, ...
std::vector<BuiltAlternative> build_alternatives(const loader::ScenarioFile& file);

}  // namespace foretwin::tool
