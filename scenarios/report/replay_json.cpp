#include <cmath>
#include <nlohmann/json.hpp>

#include "engine/telemetry/instant.hpp"
#include "scenarios/report/replay.hpp"

namespace foretwin::report {

using experiments::ReplayResult;
using nlohmann::ordered_json;

namespace {

constexpr double ns_per_s = 1e9;

/// Nearest double: its shortest text shows the nanoseconds.
double seconds(Time time) {
    return static_cast<double>(time) / ns_per_s;
}

ordered_json figures_json(const std::vector<ReplayResult::Figure>& figures) {
    ordered_json all = ordered_json::object();
    for (const auto& figure : figures) {
        ordered_json one;
        one["value"] =
            std::isnan(figure.value) ? ordered_json(nullptr) : ordered_json(figure.value);
        one["unit"] = figure.unit;
        if (!figure.formula.empty()) one["formula"] = figure.formula;
        if (!figure.undefined.empty()) one["undefined"] = figure.undefined;
        all[figure.name] = std::move(one);
    }
    return all;
}

ordered_json values_json(const std::vector<std::string>& items,
                         const observed::Accounts& accounts) {
    ordered_json all = ordered_json::object();
    for (std::size_t i = 0; i < items.size(); ++i) {
        if (items[i].empty()) continue;
        ordered_json one = ordered_json::object();
        for (const auto& value : accounts.values[i])
            if (value.time > 0 || value.times > 0) one[value.value] = seconds(value.time);
        all[items[i]] = std::move(one);
    }
    return all;
}

ordered_json failures_json(const observed::Accounts& accounts) {
    ordered_json all = ordered_json::object();
    for (const auto& one : accounts.causes)
        all[one.cause] = {{"failures", one.failures},
                          {"repairs", one.repairs},
                          {"seconds_waiting", seconds(one.waiting)},
                          {"seconds_repair", seconds(one.repair)}};
    return all;
}

ordered_json alarms_json(const observed::Accounts& accounts) {
    ordered_json all = ordered_json::array();
    for (const auto& one : accounts.alarms)
        if (one.times > 0 || one.time > 0)
            all.push_back({{"item", one.item},
                           {"level", one.level},
                           {"code", one.code},
                           {"message", one.message},
                           {"times", one.times},
                           {"seconds", seconds(one.time)}});
    return all;
}

ordered_json device_json(const ReplayResult::Device& device,
                         const ReplayResult::DeviceStretch& stretch) {
    const observed::Accounts& accounts = stretch.accounts;
    ordered_json states = ordered_json::object();
    for (std::size_t i = 0; i < observed::state_count; ++i)
        states[std::string(observed::state_name(i))] = seconds(accounts.in_state[i]);
    ordered_json elements = ordered_json::object();
    for (const auto& [name, time] : time_elements(accounts)) elements[name] = seconds(time);
    constexpr double kwh_per_mw_ns = 1e-12 / 3.6e6;
    return {{"seconds_per_state", std::move(states)},
            {"seconds_per_iso_22400_element", std::move(elements)},
            {"seconds_per_value", values_json(device.items, accounts)},
            {"failures", failures_json(accounts)},
            {"alarms", alarms_json(accounts)},
            {"parts",
             {{"produced", accounts.produced},
              {"good", accounts.good},
              {"scrapped", accounts.scrapped}}},
            {"energy_kwh", to_double(accounts.energy) * kwh_per_mw_ns},
            {"seconds_of_unknown_power", seconds(accounts.energy_unknown)},
            {"kpis", figures_json(stretch.kpis)}};
}

ordered_json stretch_json(const ReplayResult& result, const ReplayResult::Stretch& stretch) {
    ordered_json devices = ordered_json::object();
    for (std::size_t i = 0; i < result.devices.size(); ++i)
        devices[result.devices[i].name] = device_json(result.devices[i], stretch.devices[i]);
    return {{"label", stretch.label},
            {"from", telemetry::instant_text(stretch.from)},
            {"to", telemetry::instant_text(stretch.to)},
            {"seconds", seconds(stretch.to - stretch.from)},
            {"kpis", figures_json(stretch.kpis)},
            {"devices", std::move(devices)}};
}

ordered_json counts_json(const std::vector<ReplayResult::Count>& counts) {
    ordered_json all = ordered_json::array();
    for (const auto& one : counts)
        all.push_back({{"what", one.what}, {"times", one.times}, {"seconds", seconds(one.time)}});
    return all;
}

ordered_json history_json(const ReplayResult::Device& device) {
    ordered_json intervals = ordered_json::array();
    for (const auto& one : device.intervals) {
        ordered_json interval = {{"state", observed::state_name(one.state)},
                                 {"from", telemetry::instant_text(one.from)},
                                 {"to", telemetry::instant_text(one.to)}};
        if (!one.cause.empty()) interval["cause"] = one.cause;
        intervals.push_back(std::move(interval));
    }
    const auto& order = device.order;
    return {{"order",
             {{"taken", order.taken},
              {"not_mapped", order.not_mapped},
              {"before_the_accounts_began", order.initial},
              {"stepped_back", order.stepped_back},
              {"longest_step_back_seconds", seconds(order.longest_step_back)},
              {"told_late", order.told_late},
              {"repeated", order.repeated},
              {"late", order.late}}},
            {"items_not_mapped", counts_json(device.items_not_mapped)},
            {"items_not_told", counts_json(device.items_not_told)},
            {"values_not_mapped", counts_json(device.values_not_mapped)},
            {"combinations_not_mapped", counts_json(device.combinations_not_mapped)},
            {"intervals", std::move(intervals)}};
}

}  // namespace

ordered_json replay_json(const ReplayResult& result) {
    ordered_json days = ordered_json::array();
    for (const auto& day : result.days) days.push_back(stretch_json(result, day));
    ordered_json devices = ordered_json::object();
    for (const auto& device : result.devices) devices[device.name] = history_json(device);
    ordered_json examples = ordered_json::array();
    for (const auto& one : result.counts.examples)
        examples.push_back({{"file", one.file}, {"line", one.line}, {"reason", one.reason}});
    return {{"name", result.name},
            {"version", result.version},
            {"zone", result.zone},
            {"fingerprint", result.fingerprint},
            {"logs", result.logs},
            {"log_counts",
             {{"lines", result.counts.lines},
              {"observations", result.counts.observations},
              {"empty", result.counts.empty},
              {"protocol", result.counts.protocol},
              {"assets", result.counts.assets},
              {"repeated", result.counts.repeated},
              {"defects", result.counts.defects},
              {"examples", std::move(examples)}}},
            {"devices_not_mapped", counts_json(result.strangers)},
            {"total", stretch_json(result, result.total)},
            {"days", std::move(days)},
            {"history", std::move(devices)}};
}

std::string replay_json_text(const ReplayResult& result) {
    return replay_json(result).dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace foretwin::report
