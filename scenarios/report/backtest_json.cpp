#include "scenarios/report/backtest.hpp"
#include "scenarios/report/json_parts.hpp"

namespace foretwin::report {

namespace {

using nlohmann::ordered_json;

ordered_json coverage_json(const statistics::Coverage& coverage) {
    return {{"level", coverage.level},
            {"inside", coverage.inside},
            {"trials", coverage.trials},
            {"p_value", number_or_null(coverage.p_value)}};
}

ordered_json energy_row_json(const BacktestResult::Row& row) {
    ordered_json node{{"target", row.target},
                      {"unit", row.unit},
                      {"horizon", row.horizon},
                      {"horizon_h", row.horizon_h},
                      {"forecaster", row.forecaster},
                      {"forecasts", row.forecasts},
                      {"truth", number_or_null(row.truth)},
                      {"crps", number_or_null(row.crps)},
                      {"bias", number_or_null(row.bias)},
                      {"against_reference",
                       {{"mean", number_or_null(row.against_reference.mean)},
                        {"standard_error", number_or_null(row.against_reference.standard_error)}}}};
    for (const auto& [reference, skill] : row.skill)
        node["skill"][reference] = number_or_null(skill);
    node["coverage"] = coverage_json(row.coverage);
    node["share_inside"] = row.share_inside;
    return node;
}

ordered_json tail_json(const BacktestResult::Tail& tail) {
    ordered_json node{{"unit", tail.unit},
                      {"maximum", tail.maximum},
                      {"threshold", tail.threshold},
                      {"excesses", tail.excesses},
                      {"shape", tail.shape},
                      {"scale", tail.scale},
                      {"beyond", ordered_json::array()}};
    for (const auto& beyond : tail.beyond)
        node["beyond"].push_back({{"horizon", beyond.horizon},
                                  {"forecasts", beyond.forecasts},
                                  {"chance", beyond.chance},
                                  {"least", beyond.least},
                                  {"most", beyond.most},
                                  {"came", beyond.came}});
    return node;
}

ordered_json row_json(const BacktestResult::Row& row) {
    if (!row.unit.empty()) return energy_row_json(row);
    ordered_json node{{"target", row.target},
                      {"horizon", row.horizon},
                      {"horizon_h", row.horizon_h},
                      {"forecaster", row.forecaster},
                      {"forecasts", row.forecasts},
                      {"failures", row.failures},
                      {"crps", number_or_null(row.crps)},
                      {"bias", number_or_null(row.bias)},
                      {"against_reference",
                       {{"mean", number_or_null(row.against_reference.mean)},
                        {"standard_error", number_or_null(row.against_reference.standard_error)}}}};
    if (row.coverage.trials > 0) node["coverage"] = coverage_json(row.coverage);
    return node;
}

ordered_json stops_json(const BacktestResult::Stops& stops) {
    ordered_json bins = ordered_json::array();
    for (const auto& bin : stops.reliability)
        bins.push_back({{"foretold", bin.foretold},
                        {"observed", bin.observed.estimate},
                        {"low", number_or_null(bin.observed.low)},
                        {"high", number_or_null(bin.observed.high)},
                        {"forecasts", bin.forecasts}});
    return {{"horizon", stops.horizon},
            {"forecaster", stops.forecaster},
            {"brier", number_or_null(stops.brier)},
            {"skill", number_or_null(stops.skill)},
            {"reliability", bins}};
}

ordered_json fan_json(const BacktestResult::Fan& fan) {
    // Counts stay whole numbers.
    const auto figure = [&](double value) -> ordered_json {
        if (fan.unit.empty()) return static_cast<std::int64_t>(value);
        return number_or_null(value);
    };
    ordered_json points = ordered_json::array();
    for (const auto& point : fan.points)
        points.push_back({{"origin", point.origin},
                          {"low", figure(point.low)},
                          {"q25", figure(point.quarter)},
                          {"median", figure(point.median)},
                          {"q75", figure(point.three_quarters)},
                          {"high", figure(point.high)},
                          {"truth", figure(point.truth)}});
    ordered_json node;
    if (!fan.unit.empty()) {
        node["target"] = fan.target;
        node["unit"] = fan.unit;
    }
    node["horizon"] = fan.horizon;
    node["forecaster"] = fan.forecaster;
    node["pit_histogram"] = fan.pit_histogram;
    node["pit_p_value"] = number_or_null(fan.pit_p_value);
    node["forecasts"] = points;
    return node;
}

}  // namespace

ordered_json backtest_json(const BacktestResult& result) {
    ordered_json node{{"foretwin", result.version},
                      {"question", "backtest"},
                      {"target", result.target},
                      {"name", result.name},
                      {"file", result.file},
                      {"records", {{"from", result.records_from}, {"to", result.records_to}}},
                      {"known_until", result.known_until},
                      {"first_origin", result.first_origin},
                      {"reference", result.reference},
                      {"best", result.best},
                      {"level", result.level},
                      {"good", result.good()}};
    const bool energy = result.target == "energy";
    const char* fans = energy ? "forecasts" : "fleet";
    for (const char* list : {"demands", "scores", "stops", fans, "inputs"})
        if (!energy || list != std::string("stops")) node[list] = ordered_json::array();
    for (const auto& demand : result.demands)
        node["demands"].push_back(
            {{"demand", demand.text}, {"found", demand.found}, {"met", demand.met}});
    for (const auto& row : result.rows) node["scores"].push_back(row_json(row));
    for (const auto& stops : result.stops) node["stops"].push_back(stops_json(stops));
    for (const auto& fan : result.fans) node[fans].push_back(fan_json(fan));
    if (result.tail) node["peak_tail"] = tail_json(*result.tail);
    for (const auto& [path, sha256] : result.inputs)
        node["inputs"].push_back({{"path", path}, {"sha256", sha256}});
    node["notes"] = result.notes;
    return node;
}

}  // namespace foretwin::report
