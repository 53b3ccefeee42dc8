#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "scenarios/schema/schema.hpp"

namespace foretwin::schema {

/// "quantity", "distribution", "true or false": what a parameter is, for people.
std::string kind_name(const ParameterSpec& parameter);

/// A device type with its parameters, as `foretwin devices TYPE --json` tells it: type, summary,
/// limits; of each parameter name, kind, required, meaning, and unit, lowest, highest, default,
/// choices, children where it has them.
nlohmann::ordered_json device_json(const DeviceSpec& device);

/// All device types: {"devices": [...]}.
nlohmann::ordered_json devices_json(const Schema& schema);

/// The device type of that name. InputError, with the nearest name, when there is none.
const DeviceSpec& known_device(const Schema& schema, const std::string& type);

}  // namespace foretwin::schema
