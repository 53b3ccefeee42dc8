#include "scenarios/report/backtest.hpp"
#include "scenarios/report/number.hpp"
#include "scenarios/report/text_grid.hpp"

namespace foretwin::report {

namespace {

std::string figure(double value, int decimals) {
    return number(value, Shown{1, "", false, decimals});
}

std::string difference(const BacktestResult::Row& row) {
    return signed_number(row.against_reference.mean, Shown{1, "", false, 4}) + " ± " +
           figure(row.against_reference.standard_error, 4);
}

std::string held(const statistics::Coverage& coverage) {
    return std::to_string(coverage.inside) + " of " + std::to_string(coverage.trials) +
           " (p = " + figure(coverage.p_value, 2) + ")";
}

std::string fleet_table(const BacktestResult& result, int columns) {
    TextGrid grid(columns, 40);
    grid.add_row({"failures of the fleet", "forecasts", "mean CRPS",
                  "minus " + result.reference + " (± s.e.)", "bias",
                  level_text(result.level) + " held"});
    std::string horizon;
    for (const auto& row : result.rows) {
        if (row.target != "fleet") continue;
        if (row.horizon != horizon) grid.add_line();
        horizon = row.horizon;
        const bool reference = row.forecaster == result.reference;
        grid.add_row({row.horizon + ", " + row.forecaster, std::to_string(row.forecasts),
                      figure(row.crps, 4), reference ? "-" : difference(row),
                      signed_number(row.bias, Shown{1, "", false, 2}), held(row.coverage)});
    }
    return grid.text();
}

std::string stops_table(const BacktestResult& result, int columns) {
    TextGrid grid(columns, 40);
    grid.add_row({"stop of a device within", "Brier score", "skill"});
    std::string horizon;
    for (const auto& stops : result.stops) {
        if (stops.horizon != horizon) grid.add_line();
        horizon = stops.horizon;
        grid.add_row({stops.horizon + ", " + stops.forecaster, figure(stops.brier, 5),
                      figure(stops.skill, 3)});
    }
    return grid.text();
}

/// The forecaster that knows most, at the first horizon.
std::string class_table(const BacktestResult& result, int columns) {
    TextGrid grid(columns, 40);
    grid.add_row({"by class, " + result.rows.front().horizon + ", " + result.best, "failures",
                  "mean CRPS", "minus " + result.reference + " (± s.e.)"});
    grid.add_line();
    for (const auto& row : result.rows) {
        const bool shown = row.target != "fleet" && row.forecaster == result.best &&
                           row.horizon == result.rows.front().horizon;
        if (shown)
            grid.add_row(
                {row.target, std::to_string(row.failures), figure(row.crps, 4), difference(row)});
    }
    return grid.text();
}

std::string cells_table(const Cells& cells, int columns) {
    TextGrid grid(columns, 40);
    for (std::size_t i = 0; i < cells.size(); ++i) {
        if (i == 1) grid.add_line();
        grid.add_row(cells[i]);
    }
    return grid.text();
}

std::string energy_tables(const BacktestResult& result, int columns) {
    std::string text;
    for (const char* target : {"energy", "peak demand"})
        text += cells_table(energy_cells(result, target), columns) + "\n";
    if (!result.tail) return text;
    return text + cells_table(beyond_cells(result), columns) + "\n" +
           wrapped(tail_text(*result.tail), columns, 2) + "\n";
}

}  // namespace

std::string demand_text(const BacktestResult::Demand& demand) {
    return demand.text + " (found " + demand.found + ")";
}

std::string backtest_text(const BacktestResult& result, int columns) {
    std::string text = "Backtest: " + printable(result.name) + "\n";
    text += "Records " + result.records_from + " to " + result.records_to +
            (result.target == "energy" ? "" : "; fitted until " + result.known_until) +
            "; forecasts from " + result.first_origin + " on.\n\n";
    for (const auto& demand : result.demands)
        text +=
            wrapped((demand.met ? "met: " : "MISSED: ") + demand_text(demand), columns, 8) + "\n";
    if (!result.demands.empty()) text += "\n";
    text += result.target == "energy"
                ? energy_tables(result, columns)
                : fleet_table(result, columns) + "\n" + stops_table(result, columns) + "\n" +
                      class_table(result, columns) + "\n";
    for (const std::string& note : result.notes) text += wrapped(note, columns, 2) + "\n";
    return text;
}

}  // namespace foretwin::report
