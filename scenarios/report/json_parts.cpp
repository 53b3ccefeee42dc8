#include "scenarios/report/json_parts.hpp"

#include <cmath>

namespace foretwin::report {

namespace {

using experiments::StudyResult;
using nlohmann::ordered_json;

ordered_json optional_number(const std::optional<double>& value) {
    return value ? number_or_null(*value) : ordered_json(nullptr);
}

ordered_json payback_json(const std::optional<economics::Payback>& payback) {
    if (!payback) return {{"years", nullptr}, {"reason", "not within the study"}};
    return {{"years", number_or_null(payback->years)},
            {"years_after_spend", number_or_null(payback->years_after_spend)},
            {"falls_below_again", payback->falls_below_again}};
}

ordered_json rate_json(const roi::MoneyAnswer& money) {
    return {{"status", economics::to_text(money.irr.status)},
            {"type", economics::to_text(money.irr.type)},
            {"roots", numbers(money.irr.rates)},
            {"not_unique_share", number_or_null(money.irr_not_unique_share)},
            {"unit", "1/year"}};
}

ordered_json variance_json(const roi::VarianceSplit& variance, const roi::DrawSplit& split) {
    ordered_json node{{"chance", number_or_null(variance.chance)},
                      {"parameter_draws", number_or_null(variance.draws)},
                      {"fitted_parameters", number_or_null(split.fitted)},
                      {"assumptions", number_or_null(split.assumed)},
                      {"how", split.reason},
                      {"unit", "money^2"}};
    if (!variance.reason.empty()) node["reason"] = variance.reason;
    return node;
}

ordered_json fan_json(const std::vector<roi::FanYear>& fan) {
    ordered_json node = ordered_json::array();
    for (const roi::FanYear& year : fan)
        node.push_back({{"year", year.year},
                        {"mean", number_or_null(year.mean)},
                        {"q05", number_or_null(year.q05)},
                        {"q25", number_or_null(year.q25)},
                        {"q50", number_or_null(year.q50)},
                        {"q75", number_or_null(year.q75)},
                        {"q95", number_or_null(year.q95)}});
    return node;
}

}  // namespace

ordered_json number_or_null(double value) {
    return std::isfinite(value) ? ordered_json(value) : ordered_json(nullptr);
}

ordered_json numbers(const std::vector<double>& values) {
    ordered_json node = ordered_json::array();
    for (const double value : values) node.push_back(number_or_null(value));
    return node;
}

ordered_json share_json(const roi::Share& share) {
    ordered_json node{{"estimate", number_or_null(share.estimate)},
                      {"low", number_or_null(share.low)},
                      {"high", number_or_null(share.high)},
                      {"level", share.level},
                      {"count", share.count}};
    if (std::isnan(share.estimate)) node["reason"] = "one future tells nothing of the mean's error";
    return node;
}

ordered_json interval_json(const roi::Interval& interval) {
    ordered_json node{{"mean", number_or_null(interval.estimate)},
                      {"low", optional_number(interval.low)},
                      {"high", optional_number(interval.high)},
                      {"level", interval.level},
                      {"count", interval.count},
                      {"unit", "money"}};
    if (!interval.reason.empty()) node["reason"] = interval.reason;
    return node;
}

ordered_json money_json(const experiments::AlternativeResult& alternative) {
    const roi::MoneyAnswer& money = *alternative.money;
    const roi::Quantiles& futures = money.npv_futures;
    return {{"npv", interval_json(money.npv)},
            {"npv_futures",
             {{"q05", number_or_null(futures.q05)},
              {"q25", number_or_null(futures.q25)},
              {"q50", number_or_null(futures.q50)},
              {"q75", number_or_null(futures.q75)},
              {"q95", number_or_null(futures.q95)},
              {"cvar05", number_or_null(money.npv_cvar05)},
              {"by_future", numbers(money.npv_by_future)},
              {"by_draw", numbers(money.npv_by_draw)},
              {"unit", "money"}}},
            {"probability_npv_positive", share_json(money.positive)},
            {"probability_expected_npv_positive", share_json(money.expected_positive)},
            {"irr", rate_json(money)},
            {"mirr", optional_number(money.mirr)},
            {"payback", payback_json(money.payback)},
            {"discounted_payback", payback_json(money.discounted_payback)},
            {"profitability_index", optional_number(money.profitability_index)},
            {"simple_roi", optional_number(money.simple_roi)},
            {"annual_equivalent", interval_json(money.annual_equivalent)},
            {"cost_of_ownership",
             {{"baseline", number_or_null(money.cost_of_ownership_baseline)},
              {"alternative", number_or_null(money.cost_of_ownership_alternative)},
              {"unit", "money"}}},
            {"cash_flows",
             {{"mean", numbers(money.mean_flows)},
              {"cumulative", fan_json(money.fan)},
              {"unit", "money"}}},
            {"variance", variance_json(money.variance, alternative.draw_split)},
            {"notes", money.notes}};
}

ordered_json tornado_json(const roi::Tornado& tornado) {
    ordered_json node = ordered_json::array();
    for (const roi::Swing& swing : tornado.swings)
        node.push_back({{"name", swing.name},
                        {"unit", swing.unit},
                        {"kind", swing.assumed ? "assumption" : "fitted"},
                        {"low", number_or_null(swing.low)},
                        {"high", number_or_null(swing.high)},
                        {"npv_at_low", number_or_null(swing.npv_at_low)},
                        {"npv_at_high", number_or_null(swing.npv_at_high)},
                        {"slope", number_or_null(swing.slope)},
                        {"slope_error", number_or_null(swing.slope_error)},
                        {"within_noise", swing.within_noise()},
                        {"break_even", optional_number(swing.break_even)},
                        {"break_even_in_range", swing.break_even_in_range}});
    return node;
}

ordered_json assumptions_json(const StudyResult& study) {
    ordered_json node = ordered_json::array();
    for (const experiments::AssumptionResult& assumption : study.assumptions)
        node.push_back({{"name", assumption.name},
                        {"value", number_or_null(assumption.value)},
                        {"low", number_or_null(assumption.low)},
                        {"high", number_or_null(assumption.high)},
                        {"unit", assumption.unit},
                        {"text", assumption.text},
                        {"why", assumption.why}});
    return node;
}

ordered_json fitted_json(const StudyResult& study) {
    ordered_json node = ordered_json::array();
    for (const experiments::FittedResult& fitted : study.fitted)
        node.push_back({{"name", fitted.name}, {"text", fitted.text}, {"records", fitted.records}});
    return node;
}

ordered_json inputs_json(const StudyResult& study) {
    ordered_json node = ordered_json::array();
    for (const experiments::InputFile& input : study.inputs)
        node.push_back(
            {{"path", input.path}, {"fingerprint", input.fingerprint}, {"bytes", input.bytes}});
    return node;
}

ordered_json validation_json(const StudyResult& study) {
    if (!study.validation) return nullptr;
    ordered_json rows = ordered_json::array();
    for (const StudyResult::Validation::Row& row : study.validation->rows)
        rows.push_back({{"group", row.group},
                        {"quantity", row.quantity},
                        {"recorded", number_or_null(row.recorded)},
                        {"simulated", number_or_null(row.simulated)},
                        {"low", number_or_null(row.low)},
                        {"high", number_or_null(row.high)},
                        {"inside", row.inside}});
    return {{"period", study.validation->period},
            {"verdict", study.validation->verdict},
            {"good", study.validation->good},
            {"level", study.validation->level},
            {"rows", std::move(rows)}};
}

}  // namespace foretwin::report
