#include <cmath>
#include <nlohmann/json.hpp>

#include "scenarios/schema/schema.hpp"

namespace foretwin::schema {
namespace {

using nlohmann::json;

constexpr const char* name_pattern = R"(^(?! )[^/.:,#'"`\[\]{}()<>]{1,64}(?<! )$)";
constexpr const char* number_pattern = R"([-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?)";

json any_of(std::initializer_list<json> options) {
    return json{{"anyOf", options}};
}
json pointer(const char* definition) {
    return json{{"$ref", std::string("#/$defs/") + definition}};
}

/// A reference {assumption: name} or {fitted: name}, with an optional factor.
json reference_definition() {
    const json name{{"type", "string"}};
    const json factor{{"type", "number"}};
    const auto one = [&](const char* key) {
        return json{{"type", "object"},
                    {"properties", {{key, name}, {"times", factor}}},
                    {"required", json::array({key})},
                    {"additionalProperties", false}};
    };
    return any_of({one("assumption"), one("fitted")});
}

json distribution_definition() {
    json options = json::array({json{{"type", "string"}}, json{{"type", "number"}}});
    for (const DistributionSpec& family : distributions())
        options.push_back(
            {{"type", "object"},
             {"properties",
              {{std::string(family.family), json::object()}, {"shift", pointer("quantity")}}},
             {"required", json::array({std::string(family.family)})},
             {"additionalProperties", false},
             {"description", std::string(family.meaning) + ": " + std::string(family.spellings)}});
    options.push_back(pointer("reference"));
    return json{{"anyOf", options}};
}

json definitions() {
    return {{"name", {{"type", "string"}, {"pattern", name_pattern}}},
            {"quantity",
             {{"type", json::array({"string", "number"})},
              {"pattern", std::string("^") + number_pattern + " ?[^ ]*$"}}},
            {"fraction",
             {{"type", json::array({"string", "number"})},
              {"pattern", std::string("^") + number_pattern + " ?%?$"}}},
            {"moment",
             {{"type", "string"},
              {"pattern", "^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}.*)?$"}}},
            {"reference", reference_definition()},
            {"distribution", distribution_definition()}};
}

json section(std::span<const ParameterSpec> parameters);

void add_range(const ParameterSpec& spec, json& result) {
    if (std::isfinite(spec.lowest)) result["minimum"] = spec.lowest;
    if (std::isfinite(spec.highest)) result["maximum"] = spec.highest;
}

json of_kind(const ParameterSpec& spec) {
    switch (spec.kind) {
        case ParameterKind::text:
        case ParameterKind::file:
        case ParameterKind::reference:
        case ParameterKind::calendar:
            return {{"type", "string"}};
        case ParameterKind::choice:
            return {{"enum", choices_of(spec.choices)}};
        case ParameterKind::boolean:
            return {{"type", "boolean"}};
        case ParameterKind::count: {
            json number{{"type", "integer"}};
            add_range(spec, number);
            if (spec.choices.empty()) return number;
            return any_of({number, json{{"enum", choices_of(spec.choices)}}});
        }
        case ParameterKind::number: {
            json number{{"type", "number"}};
            add_range(spec, number);
            return any_of({number, pointer("reference")});
        }
        case ParameterKind::fraction:
            return any_of({pointer("fraction"), pointer("reference")});
        case ParameterKind::quantity:
            return any_of({pointer("quantity"), pointer("reference")});
        case ParameterKind::distribution:
            return pointer("distribution");
        case ParameterKind::moment:
            return any_of({pointer("moment"), pointer("reference")});
        case ParameterKind::names:
            return any_of({json{{"type", "string"}},
                           json{{"type", "array"}, {"items", {{"type", "string"}}}}});
        case ParameterKind::shares:
            return any_of(
                {json{{"type", "string"}},
                 json{{"type", "object"}, {"additionalProperties", pointer("fraction")}}});
        case ParameterKind::section:
            if (spec.children.empty()) return {{"type", "object"}};
            return section(spec.children);
        case ParameterKind::sections:
            return {{"type", "object"},
                    {"propertyNames", pointer("name")},
                    {"additionalProperties", section(spec.children)}};
        case ParameterKind::list:
            return {{"type", "array"}, {"items", section(spec.children)}};
        case ParameterKind::quantities:
            return {{"type", "object"},
                    {"propertyNames", pointer("name")},
                    {"additionalProperties", any_of({pointer("quantity"), pointer("reference")})}};
        case ParameterKind::any:
            return json::object();
    }
    return json::object();
}

json property(const ParameterSpec& spec) {
    json result = of_kind(spec);
    std::string description(spec.meaning);
    if (!spec.unit.empty()) description += " [" + std::string(spec.unit) + "]";
    if (!description.empty()) result["description"] = description;
    if (!spec.usual.empty()) result["default"] = std::string(spec.usual);
    return result;
}

json section(std::span<const ParameterSpec> parameters) {
    json properties = json::object();
    json required = json::array();
    for (const ParameterSpec& parameter : parameters) {
        properties[std::string(parameter.name)] = property(parameter);
        if (parameter.required) required.push_back(std::string(parameter.name));
    }
    json result{{"type", "object"}, {"properties", properties}, {"additionalProperties", false}};
    if (!required.empty()) result["required"] = required;
    return result;
}

/// A device is told apart by its type; one that is `like` a sibling may leave the type out.
json device(const DeviceSpec& spec) {
    json result = section(spec.parameters);
    for (const ParameterSpec& common : common_keys())
        result["properties"][std::string(common.name)] = property(common);
    result["properties"]["type"] = {{"const", std::string(spec.type)}};
    json required = result.value("required", json::array());
    required.push_back("type");
    result["required"] = required;
    result["description"] = std::string(spec.summary) + " " + std::string(spec.limits);
    return result;
}

}  // namespace

json json_schema(const Schema& schema) {
    json kinds = json::array();
    for (const DeviceSpec* spec : schema.devices) kinds.push_back(device(*spec));
    kinds.push_back({{"type", "object"}, {"required", json::array({"like"})}});
    json result = section(top_level());
    result["$schema"] = "https://json-schema.org/draft/2020-12/schema";
    result["title"] = "Foretwin scenario";
    result["$defs"] = definitions();
    result["properties"]["devices"] = {{"type", "object"},
                                       {"propertyNames", pointer("name")},
                                       {"additionalProperties", {{"anyOf", kinds}}}};
    return result;
}

}  // namespace foretwin::schema
