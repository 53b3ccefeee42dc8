#pragma once

#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "models/contract/parameter.hpp"

namespace foretwin::schema {

/// The whole language of scenario files as data: the sections of the file, and the keys of every
/// device type. The strict reader, the JSON Schema and `foretwin devices` all read this.
struct Schema {
    std::span<const DeviceSpec* const> devices;

    /// The device of that type, or nullptr.
    const DeviceSpec* device(std::string_view type) const;
    std::vector<std::string> device_types() const;
};

/// The keys at the top of a scenario file. `devices` is of kind `any`: its content depends on the
/// type of each device.
std::span<const ParameterSpec> top_level();

/// The key of that name, or nullptr.
const ParameterSpec* find(std::span<const ParameterSpec> parameters, std::string_view name);

/// Keys that every device may have besides its own: type, like, description, fleet.
std::span<const ParameterSpec> common_keys();

/// A figure that a scenario may ask for and set a target on; scenarios/kpis computes it.
struct KpiSpec {
    std::string_view name;
    std::string_view unit;  ///< a target must be convertible to it
};
std::span<const KpiSpec> kpis();

/// "a | b | c" taken apart.
std::vector<std::string> choices_of(std::string_view choices);

/// One family of distributions as it is written: {weibull: {shape: 1.4, scale: 9.5 h}}.
struct DistributionSpec {
    std::string_view family;
    std::string_view spellings;  ///< the accepted sets of parameters, for people
    std::string_view meaning;
};
std::span<const DistributionSpec> distributions();

/// The published JSON Schema (draft 2020-12) of scenario files with these device types.
nlohmann::json json_schema(const Schema& schema);

}  // namespace foretwin::schema
