#pragma once

#include <filesystem>

#include "engine/calibration/backtest.hpp"
#include "scenarios/backtest_plan.hpp"
#include "scenarios/experiments/backtest_result.hpp"

namespace foretwin {

/// The whole backtest: records, fits to what lies before the split, forecasts from every origin,
/// scores. Deterministic. InputError with every problem of the records.
experiments::BacktestResult run_backtest(const BacktestFile& file);

/// Scores of what was issued (runs by forecaster, then horizon, as roll() gives them; the first
/// forecaster is the reference, the last knows most).
void score(const std::vector<calibration::ForecastRun>& runs, const calibration::Records& records,
           const BacktestFile& file, experiments::BacktestResult& result);

/// Whether the demands of the file are met.
void judge(const std::vector<calibration::ForecastRun>& runs, const calibration::Records& records,
           const BacktestFile& file, experiments::BacktestResult& result);

/// Mean CRPS of every forecast of a run: of the fleet, or of a class (cause * models + model).
std::vector<double> crps_of_fleet(const calibration::ForecastRun& run);
std::vector<double> crps_of_class(const calibration::ForecastRun& run, std::size_t index);

/// Targets that overlap: horizon / step between origins, rounded up.
std::size_t overlap_of(const calibration::ForecastRun& run, const BacktestFile& file);

/// Brier score of the chance that a device stops, over all devices and origins.
double brier_of(const calibration::ForecastRun& run);

}  // namespace foretwin
