#include <algorithm>

#include "models/external/device.hpp"
#include "models/external/registry.hpp"
#include "scenarios/assembly/builders.hpp"
#include "scenarios/schema/schema.hpp"

namespace foretwin::assembly {
namespace {

/// A default as its type wrote it, as if the scenario had it at the place of the device.
loader::Value default_of(const ParameterSpec& spec, const loader::Value& device) {
    const std::string usual(spec.usual);
    if (usual.empty() || usual.front() != '{') {
        loader::Value value = spec.kind == ParameterKind::boolean
                                  ? loader::Value::boolean(usual == "true")
                                  : loader::Value::scalar(usual);
        value.put_as(device);
        return value;
    }
    loader::Problems problems;
    loader::Value value = loader::read_yaml(usual, "", problems);
    for (Problem& problem : problems) {
        problem.place = device.place();
        problem.what = "the default of '" + std::string(spec.name) + "': " + problem.what;
    }
    loader::throw_if_any(std::move(problems));
    value.put_as(device);
    return value;
}

double choice_number(const ParameterSpec& spec, const std::string& given) {
    const std::vector<std::string> choices = schema::choices_of(spec.choices);
    return static_cast<double>(std::find(choices.begin(), choices.end(), given) - choices.begin());
}

/// Reads one parameter into the device: its number, and its text or law where it has one.
void read_parameter(const Site& site, const ParameterSpec& spec, std::size_t number,
                    const loader::Value& value, external::External& device) {
    double& number_read = device.values[number];
    switch (spec.kind) {
        case ParameterKind::count:
            number_read = static_cast<double>(site.reader.count(value));
            break;
        case ParameterKind::boolean:
            number_read = site.reader.boolean(value) ? 1 : 0;
            break;
        case ParameterKind::fraction:
            number_read = site.reader.fraction(value);
            break;
        case ParameterKind::quantity:
            number_read = site.reader.quantity(value, spec.unit);
            break;
        case ParameterKind::distribution:
            device.laws[number] = site.reader.distribution(value, spec.unit);
            number_read = random::mean(device.laws[number]);
            break;
        case ParameterKind::choice:
            device.texts[number] = site.reader.text(value);
            number_read = choice_number(spec, device.texts[number]);
            break;
        case ParameterKind::text:
            device.texts[number] = site.reader.text(value);
            break;
        default:
            number_read = site.reader.number(value);
            break;
    }
}

void read_parameters(const Site& site, const loader::Value& section, external::External& device) {
    const external::Declaration& declared = device.type->declaration();
    device.values.resize(declared.declared);
    device.texts.resize(declared.declared);
    device.laws.resize(declared.declared);
    for (std::size_t number = 0; number < declared.declared; ++number) {
        const ParameterSpec& spec = declared.parameters[number];
        if (spec.kind == ParameterKind::calendar) {
            device.calendar = site.calendar_of(section);
            continue;
        }
        if (const loader::Value* value = section.find(spec.name)) {
            read_parameter(site, spec, number, *value, device);
        } else if (!spec.usual.empty()) {
            read_parameter(site, spec, number, default_of(spec, section), device);
        } else if (spec.required) {
            throw InputError(section.place(), "key '" + std::string(spec.name) + "' is missing",
                             std::string(spec.meaning));
        }
    }
}

void read_flow(const Site& site, const loader::Value& section, external::External& device) {
    const external::Declaration& declared = device.type->declaration();
    const ParameterSpec& spec = declared.parameters[declared.declared];
    const loader::Value* given = section.find("capacity");
    const std::int64_t capacity =
        site.reader.count(given != nullptr ? *given : default_of(spec, section));
    device.capacity = capacity == loader::unlimited ? external::External::unlimited : capacity;
    device.next = read_routes(site, device.name);
}

}  // namespace

void build_external(Site& site, const std::string& name, DeviceIndex index) {
    const loader::Value& section = site.device(name);
    external::External device;
    device.type = external::find(section.text_of("type"));
    device.name = name;
    device.place = section.place();
    device.sources = site.sources;
    const external::Declaration& declared = device.type->declaration();
    read_parameters(site, section, device);
    if (declared.flow) read_flow(site, section, device);
    if (declared.highest_power_w > 0) {
        device.meter = site.meter;
        place_meter(site);
        site.powers.push_back({name, declared.highest_power_w * 1e3, section.place()});
    }
    external::add_external(site.builder, index, std::move(device));
}

}  // namespace foretwin::assembly
