#pragma once

#include <functional>

#include "engine/telemetry/quality.hpp"
#include "engine/telemetry/series_rules.hpp"
#include "engine/telemetry/store.hpp"
#include "scenarios/ingest_description.hpp"
#include "scenarios/ingest_run.hpp"

namespace foretwin::scenarios {

/// Puts what a broker tells into the store until it is stopped or the time of the question is over.
/// Gives the account of all that came. `check` may refuse the store. EnvironmentError when the
/// broker refuses us, or the store fails for good.
telemetry::QualityReport ingest_live(const IngestPlan& plan, const IngestQuestion& question,
                                     const IngestTold& told,
                                     const telemetry::SetAsideSink& set_aside,
                                     const std::function<void(const telemetry::Store&)>& check);

}  // namespace foretwin::scenarios
