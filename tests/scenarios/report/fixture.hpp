#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "scenarios/experiments/study_result.hpp"

/// A made-up study in the size of the machine park: a baseline, four alternatives, money, a second
/// life model. Only the shapes are real; every number follows from the few written here.
namespace foretwin::report::fixture {

using experiments::AlternativeResult;
using experiments::DeviceResult;
using experiments::FigureResult;
using experiments::KpiResult;
using experiments::StudyResult;

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
constexpr int futures = 64;

inline FigureResult figure(const std::string& name, const std::string& unit, double mean,
                           double half_width, bool more_is_better = true) {
    FigureResult result;
    result.name = name;
    result.unit = unit;
    result.formula = "sum of " + name + " over the horizon";
    result.more_is_better = more_is_better;
    result.mean = mean;
    result.low = mean - half_width;
    result.high = mean + half_width;
    result.standard_deviation = half_width * 3;
    result.future_low = mean - half_width * 6;
    result.future_high = mean + half_width * 6;
    result.replications = futures;
    return result;
}

struct Line {
    const char* name;
    const char* unit;
    double mean;
    double half_width;
    bool more_is_better;
};

inline const std::vector<Line>& baseline_lines() {
    static const std::vector<Line> lines{{"downtime", "h", 12480, 310, false},
                                         {"downtime_waiting", "h", 7320, 260, false},
                                         {"downtime_repair", "h", 5160, 120, false},
                                         {"planned_maintenance", "h", 9140, 95, false},
                                         {"availability", "1", 0.9612, 0.0011, true},
                                         {"production", "part", 4.182e7, 9.1e4, true},
                                         {"energy", "kWh", 3.214e7, 5.2e4, false},
                                         {"energy_cost", "money", 1.021e6, 1.7e3, false},
                                         {"peak_demand", "kW", 4310, 12, false},
                                         {"carbon", "kg", 1.125e7, 1.8e4, false},
                                         {"maintenance_cost", "money", 1.734e6, 2.6e4, false},
                                         {"failures", "1", 688, 21, false},
                                         {"replacements", "1", 2437, 18, false},
                                         {"mtbf", "h", 1224, 38, true},
                                         {"mttr", "h", 7.5, 0.12, false},
                                         {"margin", "money", 8.364e6, 1.82e4, true}};
    return lines;
}

inline KpiResult kpi(const Line& line, double factor, bool is_baseline) {
    KpiResult result;
    result.value =
        figure(line.name, line.unit, line.mean * factor, line.half_width, line.more_is_better);
    for (int r = 0; r < futures; ++r)
        result.by_replication.push_back(result.value.mean +
                                        line.half_width * 3 * std::sin(1.0 + r * 2.4));
    if (!is_baseline)
        result.difference = figure(line.name, line.unit, line.mean * (factor - 1),
                                   line.half_width / 4, line.more_is_better);
    return result;
}

/// A fleet whose downtime splits into four causes.
inline DeviceResult fleet(double downtime_factor) {
    DeviceResult device;
    device.name = "machines";
    device.type = "machine";
    device.is_fleet = true;
    const std::vector<std::pair<std::string, double>> causes{
        {"comp1", 0.24}, {"comp2", 0.34}, {"comp3", 0.17}, {"comp4", 0.25}};
    for (const auto& [cause, share] : causes) {
        const std::string path = "downtime_by_cause/" + cause;
        device.figures.push_back(
            figure(path + "/waiting", "h", 7320 * share * downtime_factor, 60 * share, false));
        device.figures.push_back(
            figure(path + "/repair", "h", 5160 * share * downtime_factor, 40 * share, false));
    }
    device.figures.push_back(figure("state_share/busy", "1", 0.902, 0.002));
    device.figures.push_back(figure("energy", "kWh", 3.2e7, 5e4, false));
    device.figures.push_back(figure("energy/busy", "kWh", 3.1e7, 5e4, false));
    return device;
}

inline roi::MoneyAnswer money(double npv, double half_width, double positive) {
    roi::MoneyAnswer answer;
    answer.npv = {npv, npv - half_width, npv + half_width, 0.95, 32, ""};
    const double spread = half_width * 2.2;
    for (int r = 0; r < futures; ++r)
        answer.npv_by_future.push_back(npv + spread * std::sin(1.0 + r * 2.4));
    for (int d = 0; d < 32; ++d)
        answer.npv_by_draw.push_back(npv + half_width * std::sin(1.0 + d * 2.4));
    answer.npv_futures = {npv - spread * 1.6, npv - spread * 0.7, npv, npv + spread * 0.7,
                          npv + spread * 1.6};
    answer.npv_cvar05 = npv - spread * 2;
    answer.positive = {positive, std::max(0.0, positive - 0.06), std::min(1.0, positive + 0.03),
                       0.95, futures};
    answer.expected_positive = {std::min(1.0, positive + 0.02), std::max(0.0, positive - 0.1), 1.0,
                                0.95, 32};
    answer.variance = {spread * spread * 0.35, spread * spread * 0.65, ""};
    const double yearly = (npv + 60000) / 3.993;
    answer.mean_flows = {-60000, yearly, yearly, yearly, yearly, yearly};
    answer.irr.status = economics::RateStatus::unique;
    answer.irr.type = economics::FlowType::investing;
    answer.irr.rates = {yearly / 60000 - 0.02};
    answer.irr.multiplicities = {1};
    answer.mirr = 0.31;
    if (npv > 0) answer.payback = economics::Payback{60000 / yearly, 60000 / yearly, false};
    if (npv > 0)
        answer.discounted_payback = economics::Payback{66000 / yearly, 66000 / yearly, false};
    answer.annual_equivalent = {
        npv / 3.993, (npv - half_width) / 3.993, (npv + half_width) / 3.993, 0.95, 32, ""};
    answer.cost_of_ownership_baseline = 1.1e7;
    answer.cost_of_ownership_alternative = 1.1e7 - npv;
    for (int year = 0; year <= 5; ++year) {
        const double mean = -60000 + yearly * year;
        const double width = spread * std::sqrt(year / 5.0);
        answer.fan.push_back({year, mean, mean - 1.6 * width, mean - 0.7 * width, mean,
                              mean + 0.7 * width, mean + 1.6 * width});
    }
    return answer;
}

inline roi::Tornado tornado(double npv) {
    roi::Tornado result;
    result.explained = 0.87;
    const auto swing = [&](const char* name, const char* unit, bool assumed, double low,
                           double high, double at_low, double at_high) {
        roi::Swing one{name,          unit, assumed, low, high, npv + at_low,
                       npv + at_high, 0,    0,       {},  false};
        one.slope = (at_high - at_low) / (high - low);
        one.slope_error = std::abs(one.slope) / 12;
        one.break_even = low - (npv + at_low) / one.slope;
        one.break_even_in_range = *one.break_even >= low && *one.break_even <= high;
        result.swings.push_back(one);
    };
    swing("margin of an hour", "EUR/h", true, 20, 90, -390000, 260000);
    swing("repair time", "h", true, 4, 16, -210000, 230000);
    swing("comp2 life", "days", false, 48, 63, 120000, -110000);
    swing("cost of a planned replacement", "EUR", true, 150, 450, 80000, -95000);
    swing("power while busy", "kW", true, 25, 55, 4000, -5000);
    return result;
}

inline AlternativeResult alternative(const std::string& name, double downtime_factor) {
    AlternativeResult result;
    result.name = name;
    const bool is_baseline = name == "baseline";
    result.fingerprint = "5f0c2a9e11d47b" + std::to_string(name.size());
    for (const Line& line : baseline_lines()) {
        const std::string_view kpi_name = line.name;
        double factor = 1;
        if (kpi_name.starts_with("downtime") || kpi_name == "failures") factor = downtime_factor;
        if (kpi_name == "planned_maintenance" || kpi_name == "replacements")
            factor = 1 + (1 - downtime_factor) * 0.3;
        if (kpi_name == "availability") factor = 1 + (1 - downtime_factor) * 0.0121;
        if (kpi_name == "production" || kpi_name == "margin" || kpi_name == "energy" ||
            kpi_name == "energy_cost" || kpi_name == "carbon")
            factor = 1 + (1 - downtime_factor) * 0.0125;
        if (kpi_name == "maintenance_cost") factor = 1 - (1 - downtime_factor) * 0.12;
        result.kpis.push_back(kpi(line, factor, is_baseline));
    }
    result.devices.push_back(fleet(downtime_factor));
    return result;
}

/// A study of the baseline alone, with targets and without money.
inline StudyResult run_study() {
    StudyResult study;
    study.scenario = "Machine park";
    study.description = "A hundred machines of four models with their recorded events.";
    study.file = "machine_park.yaml";
    study.text = "foretwin: 1\nname: Machine park\n";
    study.version = "0.1.0";
    study.question = "run";
    study.replications = futures;
    study.parameter_draws = 32;
    study.uncertain_parameters = true;
    study.start = "2015-09-14T06:00";
    study.zone = "Europe/Berlin";
    study.horizon_h = 8760;
    study.currency = "EUR";
    study.fingerprint = "a91f04d2c37be655";
    study.alternatives.push_back(alternative("baseline", 1));
    study.alternatives[0].kpis[5].target = experiments::TargetResult{
        "at least 115 000 part/day", 4.1975e7, true, {0.36, 0.25, 0.48, 0.95, futures}, false};
    study.alternatives[0].kpis[4].target = experiments::TargetResult{
        "at least 95 %", 0.95, true, {0.98, 0.92, 0.997, 0.95, futures}, true};
    study.inputs = {{"data/failures.csv", "3d1f7a5508c2e941", 27421},
                    {"data/prices.csv", "c0ffee1234567890", 308112}};
    return study;
}

inline void add_context(StudyResult& study) {
    study.assumptions = {
        {"margin of an hour", "EUR/h", 60, 20, 90, "60 EUR/h (20 EUR/h to 90 EUR/h)",
         "Depends on what is made; no record tells."},
        {"repair time", "h", 8, 4, 16, "8 h (4 h to 16 h)", "The records hold no durations."},
        {"power while busy", "kW", 40, 25, 55, "40 kW (25 kW to 55 kW)", ""}};
    study.fitted = {{"model3/comp2 time to failure", "exponential(mean 52 days) + 25 days",
                     "81 failures, 143 censored, 61 entered late"},
                    {"model1/comp1 time to failure", "weibull(shape 1.9, scale 71 days) + 38 days",
                     "36 failures, 120 censored, 48 entered late"}};
    StudyResult::Validation validation;
    validation.period = "2015-01-02 to 2015-09-14";
    validation.verdict =
        "11 of 12 recorded counts lie inside the 95 % band of single simulated futures";
    validation.good = true;
    validation.rows = {{"comp1", "failures", 178, 171, 150, 196, true},
                       {"comp2", "failures", 240, 247, 219, 276, true},
                       {"comp3", "failures", 122, 127, 107, 149, true},
                       {"comp4", "failures", 168, 162, 141, 186, true},
                       {"comp1", "replacements", 601, 611, 575, 650, true},
                       {"comp2", "replacements", 668, 622, 584, 661, false}};
    study.validation = validation;
}

/// The whole comparison.
inline StudyResult compare_study() {
    StudyResult study = run_study();
    study.question = "compare";
    study.discount_rate = 0.08;
    study.study_years = 5;
    const std::vector<std::pair<std::string, double>> changes{
        {"act on errors", 0.62},
        {"replace by age at the same visits", 0.81},
        {"one more technician", 0.93},
        {"act on errors and replace by age", 0.55}};
    const std::vector<double> npv{412000, 118000, -87000, 438000};
    const std::vector<double> half{31000, 42000, 22000, 48000};
    const std::vector<double> positive{0.97, 0.83, 0.02, 0.95};
    for (std::size_t i = 0; i < changes.size(); ++i) {
        AlternativeResult one = alternative(changes[i].first, changes[i].second);
        one.changes = {changes[i].first};
        one.money = money(npv[i], half[i], positive[i]);
        one.tornado = tornado(npv[i]);
        one.investment = 60000;
        one.running_cost_per_year = 4000;
        study.alternatives.push_back(one);
    }
    study.alternatives[3].money->irr = {};
    study.alternatives[4].kpis[5].target = experiments::TargetResult{
        "at least 115 000 part/day", 4.1975e7, true, {0.74, 0.62, 0.83, 0.95, futures}, true};
    add_context(study);
    study.warnings = {"Energy prices are those of 2016."};
    study.notes = {"Ages of components left at the end of the study are not valued."};
    StudyResult other = study;
    other.under_second_best.clear();
    other.life_model = "second best";
    other.alternatives[1].money = money(356000, 40000, 0.93);
    other.alternatives[2].money = money(-64000, 45000, 0.21);
    other.alternatives[4].money = money(310000, 52000, 0.9);
    study.under_second_best.push_back(other);
    return study;
}

}  // namespace foretwin::report::fixture
