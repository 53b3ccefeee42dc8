#include <cmath>
#include <nlohmann/json.hpp>

#include "engine/calibration/fit_plan.hpp"

namespace foretwin::calibration {

namespace {

using Json = nlohmann::ordered_json;

Json number_or_null(double value) {
    return std::isfinite(value) ? Json(value) : Json(nullptr);
}

Json optional_number(const std::optional<double>& value) {
    return value ? number_or_null(*value) : Json(nullptr);
}

Json instant(double seconds) {
    return telemetry::to_text(static_cast<telemetry::LocalSeconds>(std::floor(seconds)));
}

Json parameter_json(const NaturalParameter& own) {
    return {{"estimate", number_or_null(own.estimate)},
            {"standard_error", number_or_null(own.standard_error)},
            {"interval", {number_or_null(own.low), number_or_null(own.high)}}};
}

Json candidate_json(const Candidate& own) {
    Json json{{"family", std::string(name(own.fit.law.family))}, {"shifted", own.fit.shifted}};
    if (!own.fit.note.empty()) json["note"] = own.fit.note;
    for (const NaturalParameter& parameter : own.parameters)
        json["parameters"][parameter.name] = parameter_json(parameter);
    json["log_likelihood"] = number_or_null(own.fit.log_likelihood);
    json["free_parameters"] = own.fit.parameters;
    json["aic"] = number_or_null(own.fit.aic);
    json["aicc"] = number_or_null(own.aicc);
    json["bic"] = number_or_null(own.bic);
    json["anderson_darling"] = optional_number(own.anderson_darling);
    json["adjusted_anderson_darling"] = optional_number(own.adjusted_anderson_darling);
    json["converged"] = own.fit.converged;
    if (!own.not_chosen.empty()) json["not_chosen"] = own.not_chosen;
    return json;
}

void add_law(const LawChoice& law, Json& json) {
    json["observations"] = law.observations;
    json["failures"] = law.failures;
    json["censored"] = law.censored;
    json["intervals"] = law.intervals;
    json["late_entries"] = law.late;
    json["exposure"] = law.exposure;
    json["best"] = candidate_json(law.candidates[law.best]);
    json["anderson_darling_p"] = optional_number(law.p_value);
    json["candidates"] = Json::array();
    for (const Candidate& own : law.candidates) json["candidates"].push_back(candidate_json(own));
}

Json test_json(const TrendTest& test) {
    return {{"statistic", test.statistic}, {"p_value", test.p_value}};
}

Json recurrence_json(const Recurrence& own) {
    Json json{{"units", own.units}, {"events", own.events}, {"exposure", own.exposure}};
    json["rate"] = {{"estimate", own.rate},
                    {"interval", {own.rate_low, own.rate_high}},
                    {"log_likelihood", own.constant_log_likelihood},
                    {"aic", own.constant_aic}};
    if (own.power_law) {
        const PowerLawProcess& law = *own.power_law;
        json["power_law"] = {
            {"shape",
             {{"estimate", law.shape}, {"standard_error", number_or_null(law.shape_error)}}},
            {"scale",
             {{"estimate", law.scale}, {"standard_error", number_or_null(law.scale_error)}}},
            {"log_likelihood", law.log_likelihood},
            {"aic", law.aic},
            {"converged", law.converged}};
    }
    json["laplace"] = test_json(own.laplace);
    json["mil_hdbk_189"] = test_json(own.mil_hdbk_189);
    json["likelihood_ratio"] = test_json(own.likelihood_ratio);
    json["mean_cumulative"] = Json::array();
    for (const MeanCumulativeStep& step : own.mean_cumulative)
        json["mean_cumulative"].push_back({{"age", step.age},
                                           {"at_risk", step.at_risk},
                                           {"events", step.events},
                                           {"mean", step.mean},
                                           {"standard_error", step.standard_error},
                                           {"interval", {step.low, step.high}}});
    return json;
}

Json effect_json(const Effect& own) {
    return {{"name", own.name},
            {"coefficient", number_or_null(own.coefficient)},
            {"standard_error", number_or_null(own.standard_error)},
            {"z", number_or_null(own.z)},
            {"p_value", number_or_null(own.p_value)}};
}

template <class Fit>
Json regression_json(const Fit& fit) {
    Json json;
    json["effects"] = Json::array();
    for (const Effect& own : fit.effects) json["effects"].push_back(effect_json(own));
    json["log_likelihood"] = fit.log_likelihood;
    json["null_log_likelihood"] = fit.null_log_likelihood;
    json["likelihood_ratio"] = fit.likelihood_ratio;
    json["p_value"] = fit.p_value;
    json["converged"] = fit.converged;
    return json;
}

Json shrunk_json(const Shrunk& own, bool logs) {
    const auto value = [&](double x) { return logs ? std::exp(x) : x; };
    return {{"name", own.name},
            {"count", own.count},
            {"own", number_or_null(value(own.own))},
            {"shrunk", value(own.shrunk)},
            {"interval", {value(own.low), value(own.high)}},
            {"own_weight", own.own_weight}};
}

void add_pools(const TaskResult& task, Json& json) {
    if (task.lives_pool) {
        const LifePool& pool = *task.lives_pool;
        Json groups = Json::array();
        for (std::size_t i = 0; i < pool.scales.size(); ++i) {
            Json own = shrunk_json(pool.rates.groups[i], false);
            own["scale"] = pool.scales[i];
            own["log_scale_deviation"] = pool.log_scale_deviation[i];
            groups.push_back(std::move(own));
        }
        json["groups"] = {{"law", "weibull"},
                          {"shape", pool.shape},
                          {"alike", pool.rates.alike},
                          {"members", std::move(groups)}};
    }
    if (task.logs_pool) {
        Json groups = Json::array();
        for (const Shrunk& own : task.logs_pool->groups) groups.push_back(shrunk_json(own, true));
        json["groups"] = {{"law", "lognormal"},
                          {"sigma", task.log_deviation},
                          {"between", task.logs_pool->between},
                          {"members", std::move(groups)}};
    }
}

Json powers_json(const StatePowers& powers) {
    Json json{{"before_first_state", powers.before}, {"settling", powers.settling}};
    json["states"] = Json::array();
    for (const StatePower& own : powers.states)
        json["states"].push_back({{"state", own.state},
                                  {"samples", own.samples},
                                  {"stays", own.visits},
                                  {"mean", own.mean},
                                  {"standard_error", own.standard_error},
                                  {"deviation", own.deviation},
                                  {"remark", own.remark}});
    return json;
}

Json dispersion_json(const Arrivals::Dispersion& own) {
    return {{"index", own.index},
            {"statistic", own.statistic},
            {"degrees", own.degrees},
            {"p_value", own.p_value}};
}

Json arrivals_json(const Arrivals& own) {
    Json json{{"count", own.count}, {"hours", own.hours}};
    json["rate_per_hour"] = {{"estimate", own.rate}, {"interval", {own.rate_low, own.rate_high}}};
    json["dispersion"] = {{"constant_rate", dispersion_json(own.constant)},
                          {"rate_by_hour_of_week", dispersion_json(own.weekly)}};
    json["by_hour_of_week"] = Json::array();
    for (std::size_t i = 0; i < hours_of_week; ++i)
        json["by_hour_of_week"].push_back(own.hours_seen[i] > 0 ? Json(own.by_hour[i])
                                                                : Json(nullptr));
    add_law(own.gaps, json["gaps"]);
    return json;
}

Json thermal_json(const ThermalFit& own) {
    const auto value = [](double estimate, double error) {
        return Json{{"estimate", number_or_null(estimate)},
                    {"standard_error", number_or_null(error)}};
    };
    Json json{{"step_s", own.step}, {"pairs", own.used}, {"left_out", own.left_out}};
    json["time_constant_s"] = value(own.time_constant, own.time_constant_error);
    json["gain"] = value(own.gain, own.gain_error);
    if (!own.ambient_recorded) json["ambient"] = value(own.ambient, own.ambient_error);
    json["noise"] = own.noise;
    json["residual_correlation"] = own.residual_correlation;
    return json;
}

Json weibull_json(const WeibullRegression& fit) {
    Json json = regression_json(fit);
    json["intercept"] = effect_json(fit.intercept);
    json["shape"] = {{"estimate", fit.shape}, {"standard_error", number_or_null(fit.shape_error)}};
    json["aic"] = fit.aic;
    return json;
}

Json task_json(const TaskResult& task) {
    Json json{{"name", task.task.name}, {"unit", task.task.unit}};
    json["file"] = {{"name", task.file.file},
                    {"sha256", task.file.sha256},
                    {"rows", task.file.rows},
                    {"used", task.file.used}};
    if (task.used_from) json["used_from"] = instant(*task.used_from);
    for (const ChangePoint& own : task.changes)
        json["changes"].push_back({{"at", instant(own.at)},
                                   {"before", own.before},
                                   {"after", own.after},
                                   {"p_value", own.p_value}});
    if (task.law) add_law(*task.law, json);
    add_pools(task, json);
    if (task.cox) json["cox"] = regression_json(*task.cox);
    if (task.weibull) json["weibull_regression"] = weibull_json(*task.weibull);
    if (task.recurrence) json["recurrence"] = recurrence_json(*task.recurrence);
    if (task.powers) json["power"] = powers_json(*task.powers);
    if (task.arrivals) json["arrivals"] = arrivals_json(*task.arrivals);
    if (task.thermal) json["thermal"] = thermal_json(*task.thermal);
    json["warnings"] = all_warnings(task);
    return json;
}

}  // namespace

std::vector<std::string> all_warnings(const TaskResult& task) {
    std::vector<std::string> all = task.warnings;
    const auto add = [&](const std::vector<std::string>& more) {
        all.insert(all.end(), more.begin(), more.end());
    };
    if (task.law) add(task.law->warnings);
    if (task.cox) add(task.cox->warnings);
    if (task.weibull) add(task.weibull->warnings);
    if (task.recurrence) add(task.recurrence->warnings);
    if (task.arrivals) add(task.arrivals->warnings), add(task.arrivals->gaps.warnings);
    if (task.thermal) add(task.thermal->warnings);
    return all;
}

nlohmann::ordered_json to_json(const FitPlanResult& result) {
    Json json{{"name", result.plan.name}};
    if (result.plan.as_of) json["as_of"] = telemetry::to_text(*result.plan.as_of);
    if (result.known_until) json["known_until"] = telemetry::to_text(*result.known_until);
    json["fits"] = Json::array();
    for (const TaskResult& task : result.tasks) json["fits"].push_back(task_json(task));
    return json;
}

}  // namespace foretwin::calibration
