#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "engine/telemetry/observation_source.hpp"
#include "models/observed/accounts.hpp"
#include "models/observed/device_follower.hpp"

namespace foretwin::experiments {

/// What machines did by their telemetry: what `foretwin replay` tells. Plain data.
struct ReplayResult {
    /// A figure by the formulas of the forecasts (scenarios/kpis).
    struct Figure {
        std::string name, unit, formula;
        double value = 0;         ///< NaN: undefined
        std::string undefined{};  ///< why
    };
    /// What one device did between two instants.
    struct DeviceStretch {
        observed::Accounts accounts;
        std::vector<Figure> kpis;
    };
    /// A day of the profile's zone (the first and last may be parts of one), or all of them.
    struct Stretch {
        std::string label;
        telemetry::Instant from = 0, to = 0;
        std::vector<DeviceStretch> devices;  ///< as in ReplayResult::devices
        std::vector<Figure> kpis;            ///< of all devices together
    };
    struct Count {
        std::string what;
        std::int64_t times = 0;
        Time time = 0;
    };
    struct Device {
        std::string name;
        std::vector<std::string> items;  ///< whose values are told: as in Accounts::values
        std::vector<observed::StateInterval> intervals;
        observed::OrderCounts order;
        std::vector<Count> items_not_mapped;
        std::vector<Count> items_not_told;  ///< the profile names them, no log does
        std::vector<Count> values_not_mapped;
        std::vector<Count> combinations_not_mapped;
    };

    std::string name, version, zone;
    telemetry::Instant from = 0, to = 0;
    Time utc_offset = 0;  ///< of the zone at `from`
    std::vector<Device> devices;
    std::vector<Stretch> days;
    Stretch total;
    std::vector<std::string> logs;
    telemetry::LogCounts counts;
    std::vector<Count> strangers;  ///< devices of the logs that the profile does not have
    std::vector<std::string> notes;
    std::string fingerprint;

    /// Nothing at all is known of this stretch.
    static bool is_blank(const Stretch& stretch);
};

}  // namespace foretwin::experiments
