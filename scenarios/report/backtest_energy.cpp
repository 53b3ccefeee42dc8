#include <algorithm>
#include <cmath>

#include "scenarios/report/backtest.hpp"
#include "scenarios/report/number.hpp"

namespace foretwin::report {

namespace {

std::string figure(double value, int decimals) {
    return number(value, Shown{1, "", false, decimals});
}

/// Decimals that show three digits of the smallest CRPS of a target.
int decimals_of(const BacktestResult& result, const std::string& target) {
    double least = 1e12;
    for (const auto& row : result.rows)
        if (row.target == target && row.crps > 0) least = std::min(least, row.crps);
    return std::clamp(2 - static_cast<int>(std::floor(std::log10(least))), 0, 6);
}

std::string chance(double share) {
    return figure(100 * share, 2) + " %";
}

}  // namespace

Cells energy_cells(const BacktestResult& result, const std::string& target) {
    Cells cells(1);
    const int decimals = decimals_of(result, target);
    for (const auto& row : result.rows) {
        if (row.target != target) continue;
        if (cells.front().empty()) {
            cells.front() = {target + " in " + row.unit, "forecasts", "CRPS", "bias"};
            for (const auto& [name, skill] : row.skill) cells.front().push_back("over " + name);
            for (const std::string& head :
                 {level_text(result.level) + " held", std::string("p"), std::string("all held")})
                cells.front().push_back(head);
        }
        std::vector<std::string> texts{row.horizon + ", " + row.forecaster,
                                       std::to_string(row.forecasts), figure(row.crps, decimals),
                                       signed_number(row.bias, Shown{1, "", false, decimals})};
        for (const auto& [name, skill] : row.skill)
            texts.push_back(name == row.forecaster ? "-" : figure(skill, 3));
        texts.push_back(std::to_string(row.coverage.inside) + " of " +
                        std::to_string(row.coverage.trials));
        texts.push_back(figure(row.coverage.p_value, 2));
        texts.push_back(figure(100 * row.share_inside, 0) + " %");
        cells.push_back(std::move(texts));
    }
    return cells;
}

Cells beyond_cells(const BacktestResult& result) {
    Cells cells{{"peak demand above all before", "forecasts", "mean chance", "least", "most",
                 "expected", "came"}};
    for (const auto& beyond : result.tail->beyond)
        cells.push_back({beyond.horizon, std::to_string(beyond.forecasts), chance(beyond.chance),
                         chance(beyond.least), chance(beyond.most),
                         figure(beyond.chance * static_cast<double>(beyond.forecasts), 2),
                         std::to_string(beyond.came)});
    return cells;
}

std::string tail_text(const BacktestResult::Tail& tail) {
    return "Highest before the first origin: " + figure(tail.maximum, 1) + " " + tail.unit +
           ". Working days above " + figure(tail.threshold, 1) + " " + tail.unit + " (" +
           std::to_string(tail.excesses) + ") follow a generalised Pareto law of shape " +
           figure(tail.shape, 3) + " and scale " + figure(tail.scale, 1) + " " + tail.unit +
           ", fitted anew at every origin.";
}

}  // namespace foretwin::report
