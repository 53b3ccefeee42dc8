#pragma once

#include "engine/telemetry/instant.hpp"
#include "scenarios/loader/scenario_file.hpp"

namespace foretwin::living {

/// The scenario as a run that begins at an instant and lasts so long, without warm-up.
loader::ScenarioFile moved_scenario(loader::ScenarioFile file, telemetry::Instant from,
                                    Time length);

}  // namespace foretwin::living
