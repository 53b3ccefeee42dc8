#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/calibration/mapping.hpp"

namespace foretwin {

/// One figure that the forecaster that knows most must reach against another one.
struct BacktestDemand {
    enum class Score { crps, brier_skill };
    enum class Of { fleet, each_class };
    /// Of the CRPS: mean at most `value` times the other's, or worse by at most `value` standard
    /// errors; of the Brier skill: at least `value`.
    enum class Rule { at_most, standard_errors, at_least };
    Score score = Score::crps;
    Of of = Of::fleet;
    Rule rule = Rule::at_most;
    double value = 0;
    std::size_t horizon = 0;  ///< index into the horizons of the plan
    std::string against;      ///< name of a forecaster
};

/// A backtest as its file describes it.
struct BacktestFile {
    std::string name;
    std::filesystem::path path;
    std::filesystem::path records_folder;
    /// Folder with files of the same names in which the records go on; empty: none. Then forecasts
    /// begin where the records of the scenario end, unless `from` is told.
    std::filesystem::path continuation;
    calibration::RecordMapping mapping;
    std::vector<std::string> attributes;
    Place attributes_place;
    double ahead_hours = 24;
    double every_hours = 24;
    telemetry::LocalSeconds at = 0;  ///< seconds after midnight
    double over_the_last = 0.2;      ///< share of the observation, unless `from` is told
    std::optional<telemetry::LocalSeconds> from;
    struct Horizon {
        std::string text;
        double hours = 0;
    };
    std::vector<Horizon> horizons;
    double level = 0.8;
    std::vector<BacktestDemand> demands;
};

/// Reads a backtest file and the section `records` of the scenario that it names. Strict as the
/// scenario reader: InputError with every problem. See scenarios/README.md, "Backtests".
BacktestFile read_backtest(const std::filesystem::path& path);

}  // namespace foretwin
