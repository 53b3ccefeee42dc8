#include "scenarios/changes/tree_path.hpp"

#include "engine/core/quantity.hpp"
#include "engine/core/suggestion.hpp"

namespace foretwin::changes {
namespace {

using loader::Value;

/// One step down, or nullptr.
Value* step(Value& at, const std::string& name) {
    if (at.is_map()) return at.find(name);
    if (!at.is_list()) return nullptr;
    const std::optional<double> index = parse_number(name);
    if (!index || *index < 0 || *index >= static_cast<double>(at.items().size())) return nullptr;
    return &at.items()[static_cast<std::size_t>(*index)];
}

std::string joined(const std::vector<std::string>& steps, std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text += "/" + steps[i];
    return text;
}

/// The keys that a device template or device of this type may have at the rest of the path.
bool device_knows(const Value& device, const schema::Schema& schema,
                  std::span<const std::string> rest) {
    const DeviceSpec* spec = schema.device(device.text_of("type"));
    if (spec == nullptr || rest.empty()) return false;
    std::span<const ParameterSpec> keys = spec->parameters;
    for (std::size_t i = 0; i < rest.size(); ++i) {
        const ParameterSpec* key = schema::find(keys, rest[i]);
        if (key == nullptr)
            return i == 0 && schema::find(schema::common_keys(), rest[i]) != nullptr &&
                   rest.size() == 1;
        if (i + 1 == rest.size()) return true;
        const bool map_of_names = key->kind == ParameterKind::sections;
        if (key->kind == ParameterKind::shares || key->kind == ParameterKind::quantities)
            return i + 2 == rest.size();
        if (key->kind == ParameterKind::any) return true;
        if (!map_of_names && key->kind != ParameterKind::section) return false;
        keys = key->children;
        if (map_of_names && ++i + 1 == rest.size()) return true;
    }
    return false;
}

bool top_knows(std::span<const std::string> steps) {
    std::span<const ParameterSpec> keys = schema::top_level();
    for (std::size_t i = 0; i < steps.size(); ++i) {
        const ParameterSpec* key = schema::find(keys, steps[i]);
        if (key == nullptr) return false;
        if (i + 1 == steps.size() || key->kind == ParameterKind::any) return true;
        if (key->kind == ParameterKind::quantities) return i + 2 == steps.size();
        if (key->kind == ParameterKind::sections && ++i + 1 == steps.size()) return true;
        keys = key->children;
    }
    return false;
}

}  // namespace

std::vector<std::string> steps_of(std::string_view path, const Place& place) {
    std::vector<std::string> steps;
    if (path.starts_with('/'))
        path.remove_prefix(1);
    else
        steps.emplace_back("devices");
    while (true) {
        const std::size_t slash = path.find('/');
        const std::string_view name = path.substr(0, slash);
        if (name.empty())
            throw InputError(place, "a path has no empty steps", "as in Filler/power/busy");
        steps.emplace_back(name);
        if (slash == std::string_view::npos) return steps;
        path.remove_prefix(slash + 1);
    }
}

Value* find(Value& tree, const std::vector<std::string>& steps) {
    Value* at = &tree;
    for (const std::string& name : steps) {
        at = step(*at, name);
        if (at == nullptr) return nullptr;
    }
    return at;
}

Problem dead_end(Value& tree, const std::vector<std::string>& steps, const Place& place) {
    Value* at = &tree;
    for (std::size_t i = 0; i < steps.size(); ++i) {
        Value* below = step(*at, steps[i]);
        if (below != nullptr) {
            at = below;
            continue;
        }
        const bool is_device = i == 1 && steps[0] == "devices";
        std::string what = is_device
                               ? "there is no device '" + steps[i] + "'"
                               : "there is no '" + steps[i] + "' in '" + joined(steps, i) + "'";
        std::string hint = did_you_mean(steps[i], at->keys());
        if (hint.empty() && i == 1 && is_device && schema::find(schema::top_level(), steps[i]))
            hint = "paths from the top of the file begin with /";
        const Value* fleets = tree.find("fleets");
        if (hint.empty() && is_device && fleets != nullptr && fleets->has(steps[i]))
            hint = "a fleet is changed through its template: /fleets/" + steps[i] + "/device/...";
        if (hint.empty() && at->is_map() && !at->entries().empty() && at->entries().size() <= 12) {
            hint = "known here: ";
            for (const std::string& key : at->keys())
                hint += (hint.back() == ' ' ? "" : ", ") + key;
        }
        if (hint.empty())
            hint = at->is_map() ? suggestion(steps[i], at->keys())
                                : "what stands there has nothing below it: change it as a whole";
        return {place, std::move(what), std::move(hint)};
    }
    return {place, "the path '" + joined(steps, steps.size()) + "' leads nowhere",
            "as in Filler/power/busy"};
}

bool schema_knows(const Value& tree, const schema::Schema& schema,
                  const std::vector<std::string>& steps) {
    const std::span<const std::string> all(steps);
    if (steps[0] == "devices" && steps.size() >= 3) {
        const Value* device = tree.find("devices");
        device = device == nullptr ? nullptr : device->find(steps[1]);
        return device != nullptr && device_knows(*device, schema, all.subspan(2));
    }
    if (steps[0] == "fleets" && steps.size() >= 4 && steps[2] == "device") {
        const Value* fleets = tree.find("fleets");
        const Value* fleet = fleets == nullptr ? nullptr : fleets->find(steps[1]);
        const Value* device = fleet == nullptr ? nullptr : fleet->find("device");
        return device != nullptr && device_knows(*device, schema, all.subspan(3));
    }
    return steps[0] != "devices" && top_knows(all);
}

}  // namespace foretwin::changes
