#pragma once

#include <cstdint>
#include <limits>

#include "models/catalogue/catalogue.hpp"
#include "models/external/device_abi.h"

/// Devices against the plain C interface, as somebody outside would write them.
namespace foretwin::test {

inline constexpr double inf = std::numeric_limits<double>::infinity();

/// One machine, parts in order of arrival, blocking after service: what a native station does.
namespace server {

enum Parameter { cycle, watts, fail_at, parameter_count };
enum State { busy, next_part, waiting, state_count };
enum Figure { served, wait, queue, latest, figure_count };

inline void begin(foretwin_device* device) {
    const foretwin_services& ask = *device->services;
    if (device->counts[busy] != 0 || device->counts[waiting] == 0) return;
    const std::int64_t part = device->counts[next_part];
    device->counts[busy] = 1;
    --device->counts[waiting];
    ask.record(device, queue, static_cast<double>(device->counts[waiting]));
    const std::int64_t arrived = ask.part_fact(device, part, FORETWIN_PART_ARRIVED);
    ask.record(device, wait, static_cast<double>(ask.now(device) - arrived) * 1e-9);
    ask.set_power(device, device->parameters[watts]);
    ask.after(device, 0, 0, ask.draw_parameter(device, 0, part, cycle));
}

inline std::int32_t on_part(void*, foretwin_device* device, std::int64_t, std::int64_t) {
    ++device->counts[waiting];
    device->services->record(device, queue, static_cast<double>(device->counts[waiting]));
    begin(device);
    return 0;
}

inline std::int32_t on_timer(void*, foretwin_device* device, std::int64_t, std::int64_t) {
    const auto number = static_cast<double>(
        device->services->part_fact(device, device->counts[next_part], FORETWIN_PART_NUMBER));
    if (device->parameters[fail_at] > 0 && number >= device->parameters[fail_at]) {
        device->services->fail(device, "the blade broke");
        return 1;
    }
    device->services->record(device, served, 1);
    device->services->record(device, latest, number);
    device->services->set_power(device, 0);
    device->services->send_on(device, device->counts[next_part]);
    return 0;
}

inline std::int32_t on_left(void*, foretwin_device* device, std::int64_t part, std::int64_t) {
    device->counts[next_part] = part + 1;
    device->counts[busy] = 0;
    begin(device);
    return 0;
}

}  // namespace server

/// Registers the server under a name, with anything changed before.
template <class Change>
void declare_server(const char* name, Change change) {
    const foretwin_parameter parameters[] = {
        {"cycle", FORETWIN_DISTRIBUTION, 1, "s", 0, inf, nullptr, nullptr, "time of one part"},
        {"power", FORETWIN_QUANTITY, 0, "W", 0, 1e6, "0 W", nullptr, "drawn while it works"},
        {"fail_at", FORETWIN_COUNT, 0, nullptr, 0, 1e8, "0", nullptr, "part it breaks at"},
    };
    const foretwin_state states[] = {{"busy", FORETWIN_INTEGER, 1, -1, 0, 0, 0},
                                     {"next part", FORETWIN_INTEGER, 1, -1, 0, 0, 0},
                                     {"waiting", FORETWIN_INTEGER, 1, -1, 0, 0, 0}};
    const foretwin_timer timers[] = {{"done", FORETWIN_PROCESSING_END, 1, -1, 0}};
    const char* const purposes[] = {"processing"};
    const foretwin_figure figures[] = {{"served", "part", FORETWIN_TOTAL, 0, 0},
                                       {"wait", "s", FORETWIN_MEAN, 0, 0},
                                       {"queue", "part", FORETWIN_TIME_AVERAGE, 0, 0},
                                       {"latest", "1", FORETWIN_LAST, 0, 0}};
    foretwin_device_type type{};
    type.abi = FORETWIN_DEVICE_ABI;
    type.flow = 1;
    type.type = name;
    type.summary = "one machine, written against the plain C interface";
    type.limits = "no failures";
    type.parameters = parameters;
    type.parameter_count = server::parameter_count;
    type.states = states;
    type.state_count = server::state_count;
    type.timers = timers;
    type.timer_count = 1;
    type.purposes = purposes;
    type.purpose_count = 1;
    type.figures = figures;
    type.figure_count = server::figure_count;
    type.capacity = "unlimited";
    type.highest_power_w = 1e6;
    type.handlers.part = server::on_part;
    type.handlers.timer = server::on_timer;
    type.handlers.left = server::on_left;
    change(type);
    catalogue::register_type(type);
}

inline void declare_server(const char* name) {
    declare_server(name, [](foretwin_device_type&) {});
}

}  // namespace foretwin::test
