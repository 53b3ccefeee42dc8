#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/error.hpp"
#include "engine/telemetry/local_time.hpp"

namespace foretwin::calibration {

/// What is fitted to a file of records.
enum class FitKind {
    lifetimes,    ///< laws of lives or durations, one row per life
    inspected,    ///< groups of units, each looked at once: age, how many, how many had failed
    found,        ///< one group looked at again and again: age, how many failures were new
    degradation,  ///< measured wear of units; a life ends where its path crosses a threshold
    recurrent,    ///< repeated events of repaired units: mean cumulative function, power law, trend
    power,        ///< mean power by state of the machine
    arrivals,     ///< demand: rate by hour of the week, over-dispersion, gaps
    thermal,      ///< first-order thermal model: time constant and gain
};

/// A file and the rows of it that count. Columns are named by their role ("time", "status", ...).
struct RecordSource {
    std::string file;  ///< relative to the folder of the description
    std::map<std::string, std::string> columns;
    std::map<std::string, std::string> where;  ///< only rows with this text in that column
    Place place;

    bool has(const std::string& role) const { return columns.contains(role); }
};

enum class WearPath { linear, exponential, power };

/// One entry of `fits` in a description. What is not named keeps its meaning of "none".
struct FitTask {
    std::string name;
    FitKind kind = FitKind::lifetimes;
    RecordSource records;
    RecordSource states;  ///< power only: when which state began
    std::vector<std::string> covariates;
    std::string unit;       ///< of times or values, as in the file: "h", "Mcycles", "kW"
    double in_seconds = 0;  ///< what one unit is in seconds; 0: no unit of time
    double resolution = 0;  ///< step of the recorded values, in `unit`; 0: exact
    double settle_s = 0;    ///< power: samples so soon after a change of state are left out
    double units = 0;       ///< found: how many units were looked at
    double threshold = 0;   ///< degradation: the wear that counts as failure
    WearPath path = WearPath::linear;
    bool shifts = true;
    int bootstrap = 0;
    Place place;
};

/// What a description asks for, with what was known when.
struct FitPlan {
    std::string name;
    std::vector<FitTask> tasks;
    std::filesystem::path folder;  ///< files are relative to it
    std::string out;               ///< file of the fitted parameters; empty: none is named
    std::uint32_t seed = 1;        ///< of the named streams of permutations and bootstraps
    double window_s = 0;           ///< only what ended so long before; 0: everything
    bool window_by_drift = false;  ///< what ended since the last change that is found
    double refit_every_s = 0;      ///< 0: whenever asked
    std::optional<telemetry::LocalSeconds> as_of;  ///< nothing later was known
    /// Told how many tasks are done, of how many. May throw to end the work.
    std::function<void(std::int64_t done, std::int64_t all)> told = {};
};

}  // namespace foretwin::calibration
