#include "scenarios/schema/schema.hpp"

#include "scenarios/schema/sections.hpp"

namespace foretwin::schema {

const DeviceSpec* Schema::device(std::string_view type) const {
    for (const DeviceSpec* spec : devices)
        if (spec->type == type) return spec;
    return nullptr;
}

std::vector<std::string> Schema::device_types() const {
    std::vector<std::string> types;
    for (const DeviceSpec* spec : devices) types.emplace_back(spec->type);
    return types;
}

const ParameterSpec* find(std::span<const ParameterSpec> parameters, std::string_view name) {
    for (const ParameterSpec& parameter : parameters)
        if (parameter.name == name) return &parameter;
    return nullptr;
}

std::span<const ParameterSpec> top_level() {
    return sections;
}
std::span<const ParameterSpec> common_keys() {
    return device_keys;
}
std::span<const KpiSpec> kpis() {
    return kpi_specs;
}
std::span<const DistributionSpec> distributions() {
    return families;
}

std::vector<std::string> choices_of(std::string_view choices) {
    std::vector<std::string> result;
    while (!choices.empty()) {
        const std::size_t bar = choices.find('|');
        std::string_view choice = choices.substr(0, bar);
        while (!choice.empty() && choice.front() == ' ') choice.remove_prefix(1);
        while (!choice.empty() && choice.back() == ' ') choice.remove_suffix(1);
        if (!choice.empty()) result.emplace_back(choice);
        if (bar == std::string_view::npos) break;
        choices.remove_prefix(bar + 1);
    }
    return result;
}

}  // namespace foretwin::schema
