#pragma once

#include <filesystem>
#include <vector>

#include "scenarios/experiments/replicate.hpp"
#include "scenarios/loader/scenario_file.hpp"

namespace foretwin::tool {

/// Reads a scenario and checks the baseline and every change. Throws InputError with every problem
/// of the file, so that its author mends it in one go.
loader::ScenarioFile read_good_scenario(const std::filesystem::path& path);

/// Builds every alternative once, with the central values of what is uncertain; the baseline is the
/// first. Throws InputError with what is wrong
/// in any of them: price files that do not cover the run, sensors that detect nothing, ...
std::vector<experiments::PreparedAlternative> build_alternatives(const loader::ScenarioFile& file);

}  // namespace foretwin::tool
