#pragma once

#include "engine/forecast/day_forecast.hpp"
#include "scenarios/backtest_plan.hpp"
#include "scenarios/experiments/backtest_result.hpp"

namespace foretwin {

/// One forecast of a figure of energy, and what came.
struct IssuedEnergy {
    telemetry::LocalSeconds origin = 0;
    std::vector<double> members;  ///< equally likely, sorted
    double truth = 0;
    double highest_before = 0;  ///< highest daily value before the origin
};

/// All that one forecaster issued of one figure for one horizon, in time order; an origin a day.
struct EnergyRun {
    std::string forecaster;
    std::string figure;  ///< "energy", "peak demand"
    std::string unit;
    std::size_t horizon = 0;  ///< index into the horizons of the file
    std::size_t days = 1;     ///< its length
    std::vector<IssuedEnergy> issued;
};

/// The backtest of a file with readings: origins are the midnights of the later part, as long as
/// the target lies within the readings; every forecast is made from what lies before its origin.
/// Deterministic. InputError with every problem of the readings.
experiments::BacktestResult run_energy_backtest(const BacktestFile& file);

/// Forecasts of all forecasters, by horizon, then climatology, seasonal naive, recent days.
std::vector<EnergyRun> roll_energy(const forecast::DailyValues& days, std::size_t first_origin,
                                   const BacktestFile& file);

/// Rows, fans and, of peak demand, the chances of more than ever before.
void score_energy(const std::vector<EnergyRun>& runs, const BacktestFile& file,
                  experiments::BacktestResult& result);
/// Whether the demands of the file are met, from the rows.
void judge_energy(const BacktestFile& file, experiments::BacktestResult& result);

}  // namespace foretwin
