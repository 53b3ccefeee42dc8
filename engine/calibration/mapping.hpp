#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/core/error.hpp"
#include "engine/telemetry/local_time.hpp"

namespace foretwin::calibration {

using telemetry::LocalSeconds;

/// A record file and the columns that say when, to whom and what.
struct EventFile {
    std::string file;  ///< relative to the base folder; empty: there is none
    std::string time;
    std::string device;
    std::string kind;  ///< the cause (failures, replacements) or the code (alarms)
    Place place;       ///< where the scenario names the file
};

/// The list of devices, and the column that tells their model (machines of one model share lives).
struct DeviceFile {
    std::string file;
    std::string device;
    std::string model;
    Place place;
};

/// Failures at one instant that are an artefact of the recording. Lives that they end or begin are
/// left out of every fit, and counted.
struct Exclusion {
    std::string name;
    LocalSeconds failures_at = 0;
    std::string why;
    Place place;
};

/// "All of these codes within so many hours of each other announce a failure of that cause within
/// `ahead`."
struct AnnouncementRule {
    std::string name;
    std::string cause;
    std::vector<std::string> codes;
    double within_hours = 24;
    double ahead_hours = 24;
    Place place;
};

/// What the instant of a recorded failure means.
enum class Treatment {
    automatic,  ///< inspected when the failures lie on the visit grid, else exact
    exact,      ///< the life ended at the recorded instant
    inspected,  ///< it ended since the visit before and was found at the recorded one
};

/// Which records mean what: the section `records` of a scenario.
struct RecordMapping {
    DeviceFile devices;
    EventFile failures;
    EventFile replacements;
    EventFile alarms;
    /// Failures are recorded from here on; lives that began before enter late (delayed entry).
    LocalSeconds observed_from = 0;
    std::optional<LocalSeconds> observed_to;  ///< nothing: the instant of the last record
    std::vector<Exclusion> exclusions;
    std::vector<AnnouncementRule> announcements;
    Treatment treatment = Treatment::automatic;
};

}  // namespace foretwin::calibration
