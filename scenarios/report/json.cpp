#include "scenarios/report/json.hpp"

#include "scenarios/report/headline.hpp"
#include "scenarios/report/json_parts.hpp"

namespace foretwin::report {

namespace {

using experiments::DeviceResult;
using nlohmann::ordered_json;

/// The five numbers of a figure, and why some are unknown.
ordered_json figure_json(const FigureResult& figure, double level) {
    ordered_json node{{"mean", number_or_null(figure.mean)},
                      {"low", number_or_null(figure.low)},
                      {"high", number_or_null(figure.high)},
                      {"level", level},
                      {"sd", number_or_null(figure.standard_deviation)},
                      {"unit", figure.unit}};
    if (figure.reason.empty() && node["mean"].is_null()) {
        node["reason"] = "undefined in every future";
    } else if (!figure.reason.empty()) {
        node["reason"] = figure.reason;
    }
    return node;
}

ordered_json target_json(const experiments::TargetResult& target) {
    return {{"text", target.text},
            {"bound", number_or_null(target.bound)},
            {"direction", target.at_least ? "at_least" : "at_most"},
            {"met", share_json(target.met)},
            {"met_by_mean", target.met_by_mean}};
}

ordered_json kpi_json(const KpiResult& kpi, double level) {
    ordered_json node = figure_json(kpi.value, level);
    node.update({{"formula", kpi.value.formula},
                 {"more_is_better", kpi.value.more_is_better},
                 {"future_low", number_or_null(kpi.value.future_low)},
                 {"future_high", number_or_null(kpi.value.future_high)},
                 {"replications", kpi.value.replications}});
    if (kpi.difference) node["difference"] = figure_json(*kpi.difference, level);
    if (kpi.target) node["target"] = target_json(*kpi.target);
    return node;
}

/// Figure "a/b/c" stands under node a, b, c.
ordered_json& descend(ordered_json& node, const std::string& path) {
    ordered_json* at = &node;
    std::size_t begin = 0;
    for (std::size_t slash = path.find('/'); slash != std::string::npos;
         begin = slash + 1, slash = path.find('/', begin))
        at = &(*at)[path.substr(begin, slash - begin)];
    return (*at)[path.substr(begin)];
}

ordered_json device_json(const DeviceResult& device, double level) {
    ordered_json node = ordered_json::object();
    node["type"] = device.type;
    if (device.is_fleet) node["is_fleet"] = true;
    if (!device.fleet.empty()) node["fleet"] = device.fleet;
    for (const FigureResult& figure : device.figures)
        descend(node, figure.name).update(figure_json(figure, level));
    return node;
}

ordered_json deadlocks_json(const AlternativeResult& alternative) {
    ordered_json node = ordered_json::array();
    for (const experiments::DeadlockResult& deadlock : alternative.deadlocks) {
        node.push_back(
            {{"devices", deadlock.devices},
             {"replications", deadlock.replications},
             {"standstill_h", deadlock.standstill_h},
             {"first", {{"replication", deadlock.first_replication}, {"since", deadlock.since}}}});
    }
    return node;
}

ordered_json alternative_json(const AlternativeResult& alternative, double level) {
    ordered_json node;
    node["description"] = alternative.description;
    node["changes"] = alternative.changes;
    node["fingerprint"] = alternative.fingerprint;
    node["deadlocks"] = deadlocks_json(alternative);
    if (!alternative.trace_fingerprint.empty())
        node["trace_fingerprint"] = alternative.trace_fingerprint;
    ordered_json& kpis = node["kpis"] = ordered_json::object();
    for (const KpiResult& kpi : alternative.kpis) kpis[kpi.value.name] = kpi_json(kpi, level);
    ordered_json& devices = node["devices"] = ordered_json::object();
    for (const DeviceResult& device : alternative.devices)
        devices[device.name] = device_json(device, level);
    if (alternative.money) {
        node["investment"] = number_or_null(alternative.investment);
        node["running_cost_per_year"] = number_or_null(alternative.running_cost_per_year);
        node["money"] = money_json(alternative);
        node["tornado"] = tornado_json(alternative.tornado);
    }
    return node;
}

ordered_json alternatives_json(const StudyResult& study) {
    ordered_json node = ordered_json::object();
    for (const AlternativeResult& alternative : study.alternatives)
        node[alternative.name] = alternative_json(alternative, study.level);
    return node;
}

ordered_json head_json(const StudyResult& study) {
    ordered_json head{
        {"foretwin", study.version},
        {"question", study.question},
        {"scenario", study.scenario},
        {"description", study.description},
        {"file", study.file},
        {"seed", study.seed},
        {"replications", study.replications},
        {"parameter_draws", study.parameter_draws},
        {"uncertain_parameters", study.uncertain_parameters},
        {"level", study.level},
        {"start", study.start},
        {"zone", study.zone},
        {"horizon", {{"value", study.horizon_h}, {"unit", "h"}}},
        {"warm_up", {{"value", study.warm_up_h}, {"unit", "h"}}},
        {"currency", study.currency},
        {"discount_rate", {{"value", number_or_null(study.discount_rate)}, {"unit", "1/year"}}},
        {"study_years", number_or_null(study.study_years)},
        {"fingerprint", study.fingerprint}};
    if (!study.trace_fingerprint.empty()) head["trace_fingerprint"] = study.trace_fingerprint;
    head.update(
        {{"life_model", study.life_model}, {"warnings", study.warnings}, {"notes", study.notes}});
    if (study.stopped) head["stopped"] = true;
    head.update({{"headline", headline(study)},
                 {"headline_warnings", headline_warnings(study)},
                 {"what_would_change", what_would_change(study)}});
    return head;
}

}  // namespace

ordered_json to_json(const StudyResult& study) {
    ordered_json others = ordered_json::array();
    for (const StudyResult& other : study.under_second_best)
        others.push_back({{"life_model", other.life_model},
                          {"fingerprint", other.fingerprint},
                          {"alternatives", alternatives_json(other)}});
    ordered_json root = head_json(study);
    root.update({{"alternatives", alternatives_json(study)},
                 {"assumptions", assumptions_json(study)},
                 {"fitted", fitted_json(study)},
                 {"inputs", inputs_json(study)},
                 {"validation", validation_json(study)},
                 {"under_second_best", std::move(others)}});
    return root;
}

}  // namespace foretwin::report
