#include <algorithm>
#include <cmath>
#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "models/catalogue/catalogue.hpp"
#include "scenarios/report/text_grid.hpp"
#include "scenarios/schema/catalogue_json.hpp"
#include "tools/foretwin/terminal.hpp"
#include "tools/foretwin/verbs.hpp"

namespace foretwin::tool {
namespace {

struct DevicesOptions {
    std::string type;
    bool json = false;
    bool schema = false;
};

std::string number_text(double value) {
    std::ostringstream text;
    text << value;
    return text.str();
}

/// "0 to 1", "from 0", "up to 8", or nothing; a range is in the canonical unit.
std::string range_text(const ParameterSpec& parameter) {
    const bool low = std::isfinite(parameter.lowest);
    const bool high = std::isfinite(parameter.highest);
    if (low && high) return number_text(parameter.lowest) + " to " + number_text(parameter.highest);
    if (low) return "from " + number_text(parameter.lowest);
    return high ? "up to " + number_text(parameter.highest) : "";
}

/// "quantity in W, from 0, default 0 W".
std::string shape_of(const ParameterSpec& parameter) {
    std::string text = schema::kind_name(parameter);
    const bool is_reference = parameter.kind == ParameterKind::reference;
    if (is_reference) text += " of type " + std::string(parameter.choices);
    if (!parameter.unit.empty()) text += " in " + std::string(parameter.unit);
    const std::string range = range_text(parameter);
    if (!range.empty()) text += ", " + range;
    if (!parameter.choices.empty() && !is_reference) {
        text += (parameter.kind == ParameterKind::choice ? ": " : ", or ") +
                std::string(parameter.choices);
    }
    if (parameter.required) text += ", required";
    if (!parameter.usual.empty()) text += ", default " + std::string(parameter.usual);
    return text;
}

/// A name in a column of its own, and beside it a text wrapped to what is left of the terminal.
void print_row(const std::string& name, const std::string& text, int name_columns) {
    constexpr int least = 30;
    const int left = std::max(least, columns_of_terminal() - name_columns - 2);
    std::istringstream lines(report::wrapped(text, left, 0));
    std::string label = name;
    for (std::string line; std::getline(lines, line); label.clear()) {
        const int pad = std::max(0, name_columns - report::shown_width(label));
        std::cout << label << std::string(static_cast<std::size_t>(pad) + 2, ' ') << line << '\n';
    }
}

int widest_name(std::span<const ParameterSpec> parameters, int indent) {
    int widest = 0;
    for (const ParameterSpec& parameter : parameters) {
        widest = std::max({widest, indent + static_cast<int>(parameter.name.size()),
                           widest_name(parameter.children, indent + 2)});
    }
    return widest;
}

void print_parameters(std::span<const ParameterSpec> parameters, int indent, int name_columns) {
    for (const ParameterSpec& parameter : parameters) {
        print_row(std::string(static_cast<std::size_t>(indent), ' ') + std::string(parameter.name),
                  std::string(parameter.meaning) + " [" + shape_of(parameter) + "]", name_columns);
        print_parameters(parameter.children, indent + 2, name_columns);
    }
}

bool has_distribution(std::span<const ParameterSpec> parameters) {
    return std::any_of(parameters.begin(), parameters.end(), [](const ParameterSpec& parameter) {
        return parameter.kind == ParameterKind::distribution ||
               has_distribution(parameter.children);
    });
}

void print_distributions(int name_columns) {
    std::cout << "\nDistributions, wherever a parameter is one:\n";
    for (const schema::DistributionSpec& law : schema::distributions()) {
        print_row("  " + std::string(law.family),
                  std::string(law.meaning) + " [" + std::string(law.spellings) + "]", name_columns);
    }
}

void print_device(const DeviceSpec& device) {
    const int columns = columns_of_terminal();
    std::cout << device.type << ": " << report::wrapped(std::string(device.summary), columns, 2)
              << '\n';
    if (!device.limits.empty())
        std::cout << report::wrapped(std::string(device.limits), columns, 2) << '\n';
    constexpr int family_columns = 18;  // "hyperexponential", indented
    const int name_columns = std::max(widest_name(device.parameters, 2), family_columns);
    std::cout << '\n';
    print_parameters(device.parameters, 2, name_columns);
    std::cout << "\nKeys that every device may have:\n";
    print_parameters(schema::common_keys(), 2, name_columns);
    if (has_distribution(device.parameters)) print_distributions(name_columns);
}

void print_all(const schema::Schema& schema, bool json) {
    if (json) {
        std::cout << schema::devices_json(schema).dump(2) << '\n';
        return;
    }
    for (const DeviceSpec* device : schema.devices)
        print_row(std::string(device->type), std::string(device->summary), 10);
    std::cout << "\n`foretwin devices TYPE` tells the parameters of one.\n";
}

int devices(const DevicesOptions& options) {
    const schema::Schema schema{catalogue::device_types()};
    if (options.schema) {
        std::cout << schema::json_schema(schema).dump(2) << '\n';
        return good;
    }
    if (options.type.empty()) {
        print_all(schema, options.json);
        return good;
    }
    const DeviceSpec& device = schema::known_device(schema, options.type);
    if (options.json) {
        std::cout << schema::device_json(device).dump(2) << '\n';
    } else {
        print_device(device);
    }
    return good;
}

}  // namespace

void add_devices(CLI::App& app, Action& action) {
    auto options = std::make_shared<DevicesOptions>();
    CLI::App* verb = app.add_subcommand(
        "devices", "everything that can stand in a scenario: device types and their parameters");
    verb->add_option("type", options->type, "one device type, with every parameter");
    verb->add_flag("--json", options->json, "as JSON on standard output");
    verb->add_flag("--schema", options->schema, "the JSON Schema of scenario files");
    verb->callback([options, &action] { action = [options] { return devices(*options); }; });
}

}  // namespace foretwin::tool
