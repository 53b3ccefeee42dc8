#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "scenarios/experiments/run_counters.hpp"

namespace foretwin::report {

/// What a run did, for a terminal: events, queue, what ran side by side and what did not and why,
/// wall time by phase. Sentences, one per line.
std::string counters_text(const experiments::RunCounters& run);

/// The same under stable paths (README.md, "Counters"). Times are in s.
nlohmann::ordered_json counters_json(const experiments::RunCounters& run);

}  // namespace foretwin::report
