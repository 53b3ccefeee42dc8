#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "scenarios/experiments/replicate.hpp"
#include "scenarios/loader/scenario_file.hpp"

namespace foretwin {

/// Reads a scenario and checks the baseline and every change. Throws InputError with every problem
/// of the file, so that its author mends it in one go.
loader::ScenarioFile read_good_scenario(const std::filesystem::path& path);

/// The same from text; `folder` is where relative files start, `name` stands for the file in
/// places.
loader::ScenarioFile read_good_scenario_text(const std::string& text,
                                             const std::filesystem::path& folder,
                                             const std::string& name);

/// Builds every alternative once, with the central values of what is uncertain; the baseline is the
/// first. Throws InputError with what is wrong
/// in any of them: price files that do not cover the run, sensors that detect nothing, ...
std::vector<experiments::PreparedAlternative> build_alternatives(const loader::ScenarioFile& file);

}  // namespace foretwin
