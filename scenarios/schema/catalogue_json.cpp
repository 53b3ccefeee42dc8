#include "scenarios/schema/catalogue_json.hpp"

#include <cmath>
#include <nlohmann/json.hpp>

#include "engine/core/error.hpp"
#include "engine/core/suggestion.hpp"

namespace foretwin::schema {

namespace {

using nlohmann::ordered_json;

constexpr const char* kind_names[] = {
    "text",         "choice", "true or false", "count",      "number",   "fraction", "quantity",
    "distribution", "moment", "device",        "calendar",   "file",     "names",    "shares",
    "section",      "named",  "list",          "quantities", "any value"};

ordered_json parameters_json(std::span<const ParameterSpec> parameters) {
    ordered_json list = ordered_json::array();
    for (const ParameterSpec& parameter : parameters) {
        ordered_json one;
        one["name"] = parameter.name;
        one["kind"] = kind_name(parameter);
        one["required"] = parameter.required;
        one["meaning"] = parameter.meaning;
        if (!parameter.unit.empty()) one["unit"] = parameter.unit;
        if (std::isfinite(parameter.lowest)) one["lowest"] = parameter.lowest;
        if (std::isfinite(parameter.highest)) one["highest"] = parameter.highest;
        if (!parameter.usual.empty()) one["default"] = parameter.usual;
        if (!parameter.choices.empty()) one["choices"] = choices_of(parameter.choices);
        if (!parameter.children.empty()) one["children"] = parameters_json(parameter.children);
        list.push_back(std::move(one));
    }
    return list;
}

}  // namespace

std::string kind_name(const ParameterSpec& parameter) {
    return kind_names[static_cast<std::size_t>(parameter.kind)];
}

ordered_json device_json(const DeviceSpec& device) {
    return {{"type", device.type},
            {"summary", device.summary},
            {"limits", device.limits},
            {"parameters", parameters_json(device.parameters)}};
}

ordered_json devices_json(const Schema& schema) {
    ordered_json list = ordered_json::array();
    for (const DeviceSpec* device : schema.devices) list.push_back(device_json(*device));
    return {{"devices", std::move(list)}};
}

const DeviceSpec& known_device(const Schema& schema, const std::string& type) {
    if (const DeviceSpec* device = schema.device(type)) return *device;
    const std::string near = did_you_mean(type, schema.device_types());
    throw InputError({}, "unknown device type '" + type + "'",
                     near.empty() ? "`foretwin devices` lists them all" : near);
}

}  // namespace foretwin::schema
