#include "scenarios/report/backtest.hpp"
#include "scenarios/report/json_parts.hpp"

namespace foretwin::report {

namespace {

using nlohmann::ordered_json;

ordered_json row_json(const BacktestResult::Row& row) {
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
    if (row.coverage.trials > 0)
        node["coverage"] = {{"level", row.coverage.level},
                            {"inside", row.coverage.inside},
                            {"trials", row.coverage.trials},
                            {"p_value", number_or_null(row.coverage.p_value)}};
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
    ordered_json points = ordered_json::array();
    for (const auto& point : fan.points)
        points.push_back({{"origin", point.origin},
                          {"low", point.low},
                          {"q25", point.quarter},
                          {"median", point.median},
                          {"q75", point.three_quarters},
                          {"high", point.high},
                          {"truth", point.truth}});
    return {{"horizon", fan.horizon},
            {"forecaster", fan.forecaster},
            {"pit_histogram", fan.pit_histogram},
            {"pit_p_value", number_or_null(fan.pit_p_value)},
            {"forecasts", points}};
}

}  // namespace

ordered_json backtest_json(const BacktestResult& result) {
    ordered_json node{{"foretwin", result.version},
                      {"question", "backtest"},
                      {"name", result.name},
                      {"file", result.file},
                      {"records", {{"from", result.records_from}, {"to", result.records_to}}},
                      {"known_until", result.known_until},
                      {"first_origin", result.first_origin},
                      {"reference", result.reference},
                      {"best", result.best},
                      {"level", result.level},
                      {"good", result.good()}};
    for (const char* list : {"demands", "scores", "stops", "fleet", "inputs"})
        node[list] = ordered_json::array();
    for (const auto& demand : result.demands)
        node["demands"].push_back(
            {{"demand", demand.text}, {"found", demand.found}, {"met", demand.met}});
    for (const auto& row : result.rows) node["scores"].push_back(row_json(row));
    for (const auto& stops : result.stops) node["stops"].push_back(stops_json(stops));
    for (const auto& fan : result.fans) node["fleet"].push_back(fan_json(fan));
    for (const auto& [path, sha256] : result.inputs)
        node["inputs"].push_back({{"path", path}, {"sha256", sha256}});
    node["notes"] = result.notes;
    return node;
}

}  // namespace foretwin::report
