#include "scenarios/report/json.hpp"

#include "scenarios/report/json_parts.hpp"

namespace foretwin::report {

namespace {

using experiments::AlternativeResult;
using experiments::DeviceResult;
using experiments::FigureResult;
using experiments::KpiResult;
using experiments::StudyResult;
using nlohmann::ordered_json;

/// The five numbers of a figure, and why some are unknown.
void put_figure(ordered_json& node, const FigureResult& figure, double level) {
    node["mean"] = number_or_null(figure.mean);
    node["low"] = number_or_null(figure.low);
    node["high"] = number_or_null(figure.high);
    node["level"] = level;
    node["sd"] = number_or_null(figure.standard_deviation);
    node["unit"] = figure.unit;
    if (figure.reason.empty() && node["mean"].is_null()) {
        node["reason"] = "undefined in every future";
    } else if (!figure.reason.empty()) {
        node["reason"] = figure.reason;
    }
}

ordered_json kpi_json(const KpiResult& kpi, double level) {
    ordered_json node = ordered_json::object();
    put_figure(node, kpi.value, level);
    node["formula"] = kpi.value.formula;
    node["more_is_better"] = kpi.value.more_is_better;
    node["future_low"] = number_or_null(kpi.value.future_low);
    node["future_high"] = number_or_null(kpi.value.future_high);
    node["replications"] = kpi.value.replications;
    if (kpi.difference) put_figure(node["difference"], *kpi.difference, level);
    if (kpi.target)
        node["target"] = {{"text", kpi.target->text},
                          {"bound", number_or_null(kpi.target->bound)},
                          {"direction", kpi.target->at_least ? "at_least" : "at_most"},
                          {"met", share_json(kpi.target->met)},
                          {"met_by_mean", kpi.target->met_by_mean}};
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
        put_figure(descend(node, figure.name), figure, level);
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

void put_head(ordered_json& root, const StudyResult& study) {
    root["foretwin"] = study.version;
    root["question"] = study.question;
    root["scenario"] = study.scenario;
    root["description"] = study.description;
    root["file"] = study.file;
    root["seed"] = study.seed;
    root["replications"] = study.replications;
    root["parameter_draws"] = study.parameter_draws;
    root["uncertain_parameters"] = study.uncertain_parameters;
    root["level"] = study.level;
    root["start"] = study.start;
    root["zone"] = study.zone;
    root["horizon"] = {{"value", study.horizon_h}, {"unit", "h"}};
    root["warm_up"] = {{"value", study.warm_up_h}, {"unit", "h"}};
    root["currency"] = study.currency;
    root["discount_rate"] = {{"value", number_or_null(study.discount_rate)}, {"unit", "1/year"}};
    root["study_years"] = number_or_null(study.study_years);
    root["fingerprint"] = study.fingerprint;
    if (!study.trace_fingerprint.empty()) root["trace_fingerprint"] = study.trace_fingerprint;
    root["life_model"] = study.life_model;
    root["warnings"] = study.warnings;
    root["notes"] = study.notes;
}

}  // namespace

ordered_json to_json(const StudyResult& study) {
    ordered_json root;
    put_head(root, study);
    root["alternatives"] = alternatives_json(study);
    root["assumptions"] = assumptions_json(study);
    root["fitted"] = fitted_json(study);
    root["inputs"] = inputs_json(study);
    root["validation"] = validation_json(study);
    ordered_json& others = root["under_second_best"] = ordered_json::array();
    for (const StudyResult& other : study.under_second_best)
        others.push_back({{"life_model", other.life_model},
                          {"fingerprint", other.fingerprint},
                          {"alternatives", alternatives_json(other)}});
    return root;
}

}  // namespace foretwin::report
