#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "engine/telemetry/quality.hpp"
#include "engine/telemetry/series_rules.hpp"
#include "engine/telemetry/store.hpp"
#include "scenarios/ingest_description.hpp"

namespace foretwin::tool {

/// When it is over, as on the command line ("10 min"); empty: when interrupted.
struct LiveTimes {
    std::string run_for;
    std::string until_idle;
};

/// Puts what a broker tells into the store until it is interrupted or the time is over; tells on
/// standard error how it goes. Gives the account of all that came. `check` may refuse the store.
/// EnvironmentError when the broker refuses us, or the store fails for good.
telemetry::QualityReport ingest_live(const scenarios::IngestPlan& plan,
                                     const std::filesystem::path& store, const LiveTimes& times,
                                     const telemetry::SetAsideSink& set_aside,
                                     const std::function<void(const telemetry::Store&)>& check);

}  // namespace foretwin::tool
