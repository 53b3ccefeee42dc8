#include "scenarios/report/backtest.hpp"
#include "scenarios/report/markup.hpp"
#include "scenarios/report/number.hpp"
#include "scenarios/report/page.hpp"
#include "scenarios/report/sections.hpp"

namespace foretwin::report {

namespace {

std::string figure(double value, int decimals) {
    return number(value, Shown{1, "", false, decimals});
}

std::string cells(const std::vector<std::string>& texts, const std::string& tag) {
    std::string row;
    for (const std::string& text : texts) row += text_element(tag, "", typeset(text));
    return element("tr", "", row);
}

std::string table(const std::vector<std::string>& head, const std::string& rows) {
    return element(
        "div", "scroll",
        element("table", "", element("thead", "", cells(head, "th")) + element("tbody", "", rows)));
}

std::string difference(const BacktestResult::Row& row) {
    return signed_number(row.against_reference.mean, Shown{1, "", false, 4}) + " ± " +
           figure(row.against_reference.standard_error, 4);
}

std::string answer(const BacktestResult& result) {
    std::string inside = text_element(
        "p", "eyebrow",
        "Backtest · records " + result.records_from + " to " + result.records_to +
            (result.target == "energy" ? "" : " · fitted until " + result.known_until) +
            " · forecasts from " + result.first_origin + " on");
    inside += text_element("h1", "", result.name);
    std::string items;
    for (const auto& demand : result.demands)
        items += text_element("li", demand.met ? "better" : "worse",
                              typeset((demand.met ? "✓ " : "✗ ") + demand_text(demand)));
    if (!items.empty()) inside += element("ul", "turns", items);
    return element("header", result.good() ? "pays" : "loses", inside) + "\n";
}

std::string fleet_rows(const BacktestResult& result, const std::string& target) {
    std::string rows;
    for (const auto& row : result.rows) {
        const bool fleet = row.target == "fleet";
        if (fleet != (target == "fleet")) continue;
        if (!fleet && (row.forecaster != result.best)) continue;
        const std::string name = fleet ? row.forecaster : row.target;
        std::vector<std::string> texts{name,
                                       row.horizon,
                                       std::to_string(row.forecasts),
                                       figure(row.crps, 4),
                                       difference(row),
                                       signed_number(row.bias, Shown{1, "", false, 2})};
        if (fleet)
            texts.push_back(std::to_string(row.coverage.inside) + " of " +
                            std::to_string(row.coverage.trials) +
                            " (p = " + figure(row.coverage.p_value, 2) + ")");
        rows += cells(texts, "td");
    }
    return rows;
}

std::string stops_rows(const BacktestResult& result) {
    std::string rows;
    for (const auto& stops : result.stops)
        rows +=
            cells({stops.forecaster, stops.horizon, figure(stops.brier, 5), figure(stops.skill, 3)},
                  "td");
    return rows;
}

/// Pictures of every horizon: the forecaster that knows most, and below it the reference.
std::string pictures(const BacktestResult& result) {
    std::string markup;
    for (std::size_t i = 0; i < result.fans.size(); ++i) {
        const BacktestResult::Fan& fan = result.fans[i];
        if (fan.forecaster != result.best) continue;
        std::string inside = fan_chart(fan);
        for (const auto& other : result.fans)
            if (other.horizon == fan.horizon && other.forecaster == result.reference)
                inside += fan_chart(other);
        inside += calibration_chart(result.stops[i], fan);
        markup += section("Failures of the fleet within " + fan.horizon,
                          "Light band: " + level_text(result.level) +
                              " of futures; dark band: half of them; diamonds: what came, filled "
                              "where it lay outside. Below: chances of stops, and PITs, of " +
                              result.best + "; dashed: a perfect forecast.",
                          inside);
    }
    return markup;
}

std::string failure_sections(const BacktestResult& result) {
    const std::string less = "minus " + result.reference + " (± s.e.)";
    std::string body = pictures(result);
    body += section("Failures of the fleet", "Smaller CRPS is better; in failures.",
                    table({"forecaster", "horizon", "forecasts", "mean CRPS", less, "bias",
                           level_text(result.level) + " intervals held"},
                          fleet_rows(result, "fleet")));
    body += section("Chance that a device stops", "Skill against " + result.reference + ".",
                    table({"forecaster", "horizon", "Brier score", "skill"}, stops_rows(result)));
    body += section("By class", "The forecaster “" + result.best + "”.",
                    table({"class", "horizon", "forecasts", "mean CRPS", less, "bias"},
                          fleet_rows(result, "class")));
    return body;
}

const BacktestResult::Fan& find_fan(const BacktestResult& result, const BacktestResult::Fan& like,
                                    const std::string& forecaster) {
    for (const auto& fan : result.fans)
        if (fan.target == like.target && fan.horizon == like.horizon &&
            fan.forecaster == forecaster)
            return fan;
    return like;
}

std::string energy_pictures(const BacktestResult& result) {
    std::string markup;
    for (const auto& fan : result.fans) {
        if (fan.forecaster != result.best) continue;
        const auto& reference = find_fan(result, fan, result.reference);
        markup += section(
            (fan.target == "energy" ? "Energy within " : "Peak demand within ") + fan.horizon,
            "Light band: " + level_text(result.level) +
                " of futures; dark band: half of them; diamonds: what came, filled where it lay "
                "outside. Below: PITs; dashed: a perfect forecast.",
            fan_chart(fan) + fan_chart(reference) + pit_chart(fan, reference));
    }
    return markup;
}

std::string cells_table(const Cells& all) {
    std::string rows;
    for (std::size_t i = 1; i < all.size(); ++i) rows += cells(all[i], "td");
    return table(all.front(), rows);
}

std::string energy_sections(const BacktestResult& result) {
    std::string body = section("Scores of energy",
                               "Mean CRPS (smaller is better), and skill over the references. "
                               "Intervals are tested on targets that do not overlap; the last "
                               "column counts all.",
                               cells_table(energy_cells(result, "energy")));
    body += section("Scores of the peak demand",
                    "The highest mean power of one interval of the readings.",
                    cells_table(energy_cells(result, "peak demand")));
    if (result.tail)
        body += section("More than ever before", tail_text(*result.tail),
                        cells_table(beyond_cells(result)));
    return body + energy_pictures(result);
}

}  // namespace

std::string backtest_html(const BacktestResult& result) {
    std::string body = answer(result);
    body += result.target == "energy" ? energy_sections(result) : failure_sections(result);
    std::string notes;
    for (const std::string& note : result.notes) notes += text_element("p", "lead", note);
    for (const auto& [path, sha256] : result.inputs)
        notes += element("p", "lead", escaped(path + " ") + text_element("code", "", sha256));
    body += section("Read this with it", "", notes);
    return whole_page({result.name + " · Foretwin", "Foretwin " + result.version}, body);
}

}  // namespace foretwin::report
