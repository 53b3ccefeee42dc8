#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "scenarios/experiments/backtest_result.hpp"

namespace foretwin::report {

using experiments::BacktestResult;

/// How good past forecasts would have been, for a terminal of so many columns: the verdict on each
/// demand, scores of the fleet, chances of stops, scores by class.
std::string backtest_text(const BacktestResult& result, int columns);

/// Everything, under stable paths (README.md, "Backtests").
nlohmann::ordered_json backtest_json(const BacktestResult& result);

/// A self-contained page with fans, reliability diagrams and PIT histograms.
std::string backtest_html(const BacktestResult& result);

/// Pictures of the page as SVG markup.

/// The central interval, the middle half and the median of each forecast, and what came.
std::string fan_chart(const BacktestResult::Fan& fan);
/// Chances of a stop against how often it came (left); PIT histogram of the fleet total (right).
std::string calibration_chart(const BacktestResult::Stops& stops, const BacktestResult::Fan& fan);

/// "met: CRPS of the fleet at 24 h ... (0.002)", for text and page.
std::string demand_text(const BacktestResult::Demand& demand);

}  // namespace foretwin::report
