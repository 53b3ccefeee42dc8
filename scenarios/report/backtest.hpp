#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "scenarios/experiments/backtest_result.hpp"

namespace foretwin::report {

using experiments::BacktestResult;

/// How good past forecasts would have been, for a terminal of so many columns: the verdict on each
/// demand, then scores of the fleet, chances of stops and scores by class, or scores of energy.
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

/// PIT histograms of two forecasters of the same figure.
std::string pit_chart(const BacktestResult::Fan& fan, const BacktestResult::Fan& reference);

/// Figures of backtests of energy, as rows of cells, the head first: for text and page. Scores of
/// one target ("energy", "peak demand"), and chances of more than ever before with one sentence.
using Cells = std::vector<std::vector<std::string>>;
Cells energy_cells(const BacktestResult& result, const std::string& target);
Cells beyond_cells(const BacktestResult& result);
std::string tail_text(const BacktestResult::Tail& tail);

/// "met: CRPS of the fleet at 24 h ... (0.002)", for text and page.
std::string demand_text(const BacktestResult::Demand& demand);

}  // namespace foretwin::report
