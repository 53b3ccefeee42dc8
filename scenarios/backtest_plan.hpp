#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/calibration/mapping.hpp"
#include "engine/telemetry/interval_series.hpp"

namespace foretwin {

/// One figure that the forecaster that knows most must reach against another one.
struct BacktestDemand {
    enum class Score { crps, brier_skill, coverage, beyond_maximum };
    enum class Of { fleet, each_class, energy, peak_demand };
    /// Of the CRPS: mean at most `value` times the other's, or worse by at most `value` standard
    /// errors; of the Brier skill, and of the mean chance of more than ever before: at least
    /// `value`; of the coverage: a binomial test does not reject it at `value`.
    enum class Rule { at_most, standard_errors, at_least, not_rejected_at };
    Score score = Score::crps;
    Of of = Of::fleet;
    Rule rule = Rule::at_most;
    double value = 0;
    std::size_t horizon = 0;  ///< index into the horizons of the plan
    std::string against;      ///< name of a forecaster; of the CRPS and the Brier skill
};

/// Readings of energy that a backtest of energy foretells.
struct EnergyReadings {
    std::string file;  ///< relative to the records' folder
    Place place;
    telemetry::IntervalColumns columns;
    double unit_in_kwh = 1;
    std::vector<telemetry::LocalSeconds> holidays;  ///< midnights at which they begin
};

/// A backtest as its file describes it.
struct BacktestFile {
    std::string name;
    std::filesystem::path path;
    std::filesystem::path records_folder;
    /// Folder with files of the same names in which the records go on; empty: none. Then forecasts
    /// begin where the records of the scenario end, unless `from` is told.
    std::filesystem::path continuation;
    std::optional<EnergyReadings> readings;  ///< then energy is foretold; else failures
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
    /// Told now and then how many forecasts were issued, of how many. May throw to end the work.
    std::function<void(std::int64_t done, std::int64_t all)> told = {};
};

/// Reads a backtest file and the section `records` of the scenario that it names. Strict as the
/// scenario reader: InputError with every problem. See scenarios/README.md, "Backtests".
BacktestFile read_backtest(const std::filesystem::path& path);

/// What may be told beside the file; empty: as the file says.
struct BacktestChoice {
    std::filesystem::path data;  ///< folder with other records: files of the same names and columns
    std::filesystem::path then;  ///< folder in whose files of the same names the records go on
    std::string from;            ///< first origin, local time; fits end there
};
/// The same with other records, or another beginning. InputError for a `from` that is no time.
BacktestFile read_backtest(const std::filesystem::path& path, const BacktestChoice& choice);

}  // namespace foretwin
