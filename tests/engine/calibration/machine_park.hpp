#pragma once

#include "engine/calibration/calibrate.hpp"

/// The real records that several tests read, and how they are mapped.
inline foretwin::calibration::RecordMapping machine_park_mapping() {
    using foretwin::telemetry::parse_local_time;
    foretwin::calibration::RecordMapping mapping;
    mapping.devices = {"data/machines.csv", "machineID", "model", {}};
    mapping.failures = {"data/failures.csv", "datetime", "machineID", "failure", {}};
    mapping.replacements = {"data/maint.csv", "datetime", "machineID", "comp", {}};
    mapping.alarms = {"data/errors.csv", "datetime", "machineID", "errorID", {}};
    mapping.observed_from = *parse_local_time("2015-01-01 06:00:00");
    mapping.exclusions = {
        {"start-up artefact",
         *parse_local_time("2015-01-02 03:00:00"),
         "17 machines at one instant, a day after recording began; no replacement followed",
         {}}};
    mapping.announcements = {{"comp1", "comp1", {"error1"}, 24, 24, {}},
                             {"comp2", "comp2", {"error2", "error3"}, 24, 24, {}},
                             {"comp3", "comp3", {"error4"}, 24, 24, {}},
                             {"comp4", "comp4", {"error5"}, 24, 24, {}}};
    return mapping;
}

inline std::string machine_park_folder() {
    return FORETWIN_SOURCE_DIR "/scenarios/library/machine_park";
}

/// Fitted once for all tests: it takes a second.
inline const foretwin::calibration::CalibrationResult& machine_park() {
    static const auto result =
        foretwin::calibration::calibrate(machine_park_mapping(), machine_park_folder());
    return result;
}
