#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <utility>
#include <vector>

#include "scenarios/experiments/replicate.hpp"
#include "scenarios/loader/scenario_file.hpp"

namespace foretwin {

/// A scenario that is right in all its alternatives, and the baseline as it would run: what
/// `foretwin check` tells.
struct CheckedScenario {
    loader::ScenarioFile file;
    std::vector<experiments::PreparedAlternative> alternatives;       ///< the baseline first
    std::vector<std::pair<std::string, double>> open_hours_per_week;  ///< by calendar
    std::vector<std::pair<std::string, std::string>> assumptions;     ///< with their ranges

    const loader::Value& tree() const { return alternatives.front().tree; }
    const assembly::Plant& plant() const { return alternatives.front().plants.front(); }
};

/// Builds every alternative once. InputError with what is wrong in any of them.
CheckedScenario check_scenario(loader::ScenarioFile file);

/// For programs: scenario, good, time, devices, calendars, alternatives, assumptions, warnings (of
/// loops that may lock), notes (what was assumed where the scenario is silent).
nlohmann::ordered_json check_json(const CheckedScenario& checked);

/// The same for people, in so many columns.
std::string check_text(const CheckedScenario& checked, int columns);

}  // namespace foretwin
