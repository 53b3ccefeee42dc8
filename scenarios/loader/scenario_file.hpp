#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "scenarios/loader/value.hpp"

namespace foretwin::loader {

/// A scenario as it was written, with the parameter files it names, before any expansion.
struct ScenarioFile {
    Value tree;
    std::vector<Value> parameter_files;  ///< in the order of `parameters:`
    std::filesystem::path path;          ///< empty for text
    std::filesystem::path folder;        ///< relative files start here
    std::string text;                    ///< the bytes of the scenario file, for the provenance
};

/// `fit` reads a scenario whose parameter files do not exist yet: it leaves them out.
enum class ParameterFiles { read, leave_out };

/// Reads a scenario (YAML or JSON) and its parameter files. A file that does not begin with
/// `foretwin: 1` is no scenario. Appends to `problems`; what could be read is returned.
ScenarioFile read_scenario(const std::filesystem::path& path, Problems& problems,
                           ParameterFiles parameter_files = ParameterFiles::read);

/// The same from text, for the API and tests. `folder` is where relative files start.
ScenarioFile read_scenario_text(const std::string& text, const std::filesystem::path& folder,
                                Problems& problems, const std::string& name = "scenario");

}  // namespace foretwin::loader
