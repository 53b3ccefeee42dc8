#pragma once

#include <string>
#include <utility>
#include <vector>

#include "engine/telemetry/instant.hpp"
#include "scenarios/living/description.hpp"
#include "scenarios/living/history.hpp"
#include "scenarios/loader/scenario_file.hpp"
#include "scenarios/present/issue.hpp"

namespace foretwin::living {

/// The plant of a living twin under each alternative and draw of its parameters.
struct LivePlants {
    PowerUse power;
    std::vector<present::Alternative> alternatives;  ///< the baseline first
};

/// InputError for a what-if that cannot start from the plant's present state: one that adds,
/// removes, or sets what was laid down when the run began (calendars, stocks, loads of meters).
/// What a future looks up, or draws anew, may differ.
void check_alternatives(const loader::ScenarioFile& scenario, const Description& description);

/// As a run that begins at `from` and lasts `length`. `paces`: machines whose cycle is so many
/// times the scenario's; what-ifs come on top, so one that sets a cycle means its own.
LivePlants assemble(const loader::ScenarioFile& scenario, const Description& description,
                    Instant from, Time length,
                    const std::vector<std::pair<std::string, double>>& paces, int threads);

/// Over which the tariff takes the mean of the demand; a quarter of an hour unless it says.
Time demand_window_of(const loader::ScenarioFile& scenario);

}  // namespace foretwin::living
