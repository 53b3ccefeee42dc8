#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <set>
#include <sstream>

#include "tests/support/plant.hpp"

/// Every device of the catalogue tells what each of its parameters means, in which unit and within
/// which range, and the checker asks for what is declared as required.

using namespace foretwin;
using namespace foretwin::test;
using Kind = ParameterKind;

namespace {

using Visit = std::function<void(const std::string& path, const ParameterSpec&)>;

void for_each_parameter(std::span<const ParameterSpec> parameters, const std::string& path,
                        const Visit& visit) {
    for (const ParameterSpec& parameter : parameters) {
        const std::string own = path + "/" + std::string(parameter.name);
        visit(own, parameter);
        for_each_parameter(parameter.children, own, visit);
    }
}

void for_each_parameter(const Visit& visit) {
    for (const DeviceSpec* device : catalogue::device_types()) {
        for_each_parameter(device->parameters, std::string(device->type), visit);
    }
}

std::vector<std::string> choices_of(const ParameterSpec& parameter) {
    std::vector<std::string> choices;
    std::stringstream text{std::string(parameter.choices)};
    for (std::string word; text >> word;) {
        if (word != "|") choices.push_back(word);
    }
    return choices;
}

bool is_one_of(Kind kind, std::initializer_list<Kind> kinds) {
    return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

/// The smallest good description of each device type, and what it needs around it.
const char* const smallest_plant =
    "foretwin: 1\n"
    "name: smallest\n"
    "time: {horizon: 1 h}\n"
    "calendars: {shift: {every_day: \"06:00-22:00\"}}\n"
    "devices:\n"
    "  a source: {type: source, saturated: true, next: a station}\n"
    "  a station: {type: station, cycle: 1 s, next: a buffer,\n"
    "    standby: {wake: 1 s},\n"
    "    failures: {jam: {clock: calendar, time_to_failure: 1 h, repair: 1 min,\n"
    "                     surfaces: {every: 1 h}}},\n"
    "    sensors: {ear: {detects: jam, lead: 1 min}},\n"
    "    maintenance: {visit: {every: 1 h, takes: 1 min,\n"
    "                  replaces: {jam: {chances: [{from: 1 h, chance: 5 %}]}}}}}\n"
    "  a buffer: {type: buffer, capacity: 1, next: a conveyor}\n"
    "  a conveyor: {type: conveyor, delay: 30 s, capacity: 1, next: a sink}\n"
    "  a sink: {type: sink}\n"
    "  a machine: {type: machine, rate: 1 part/h,\n"
    "    failures: {jam: {clock: calendar, time_to_failure: 1 h, repair: 1 min,\n"
    "                     surfaces: {every: 1 h}}},\n"
    "    sensors: {ear: {detects: jam, lead: 1 min}},\n"
    "    maintenance: {visit: {every: 1 h, takes: 1 min,\n"
    "                  replaces: {jam: {chances: [{from: 1 h, chance: 5 %}]}}}}}\n"
    "  a crew: {type: crew}\n"
    "  a spares: {type: spares, stock: 1, lead_time: 1 h}\n"
    "  a tariff: {type: tariff, energy: {price: 0.2 EUR/kWh}, demand: {price: 1 EUR/kW/month}}\n";

std::string problems_of(const loader::ScenarioFile& file) {
    loader::Problems problems;
    changes::find_problems(file, schema::Schema{catalogue::device_types()}, problems);
    std::string all;
    for (const Problem& problem : problems) all += to_text(problem) + "\n";
    return all;
}

/// Removes the value at a path of the catalogue ("station/failures/clock") from the plant; names
/// of sections (`jam`) are stepped over, of lists the first element is taken.
bool remove_at(loader::Value& value, std::span<const ParameterSpec> parameters,
               const std::vector<std::string>& path, std::size_t depth) {
    if (depth + 1 == path.size()) return value.erase(path[depth]);
    loader::Value* below = value.find(path[depth]);
    if (below == nullptr) return false;
    const auto spec = std::find_if(parameters.begin(), parameters.end(),
                                   [&](const ParameterSpec& p) { return p.name == path[depth]; });
    if (spec->kind == Kind::sections) below = &below->entries().front().value;
    if (spec->kind == Kind::list) below = &below->items().front();
    return remove_at(*below, spec->children, path, depth + 1);
}

std::vector<std::string> split(const std::string& path) {
    std::vector<std::string> parts;
    std::stringstream text(path);
    for (std::string part; std::getline(text, part, '/');) parts.push_back(part);
    return parts;
}

}  // namespace

TEST_CASE("a device says what it is and where its model ends; types are unique") {
    std::set<std::string> types;
    for (const DeviceSpec* device : catalogue::device_types()) {
        INFO(device->type);
        CHECK(types.insert(std::string(device->type)).second);
        CHECK(device->summary.size() > 10);
        CHECK(device->limits.size() > 10);
    }
    CHECK(types == std::set<std::string>{"source", "station", "machine", "buffer", "conveyor",
                                         "sink", "crew", "spares", "tariff"});
}

TEST_CASE("every parameter has a meaning, and a name that YAML 1.1 does not mangle") {
    const std::set<std::string> mangled{"on", "off", "yes", "no", "y", "n"};
    for_each_parameter([&](const std::string& path, const ParameterSpec& parameter) {
        INFO(path);
        CHECK(parameter.meaning.size() > 5);
        CHECK(mangled.count(std::string(parameter.name)) == 0);
    });
}

TEST_CASE("every quantity and distribution has a unit and a lower bound; numbers have a range") {
    for_each_parameter([&](const std::string& path, const ParameterSpec& parameter) {
        INFO(path);
        if (is_one_of(parameter.kind, {Kind::quantity, Kind::distribution, Kind::quantities})) {
            CHECK(!parameter.unit.empty());
        }
        // A price of energy may be negative; everything else that is measured has a floor.
        const bool is_price = parameter.unit == "money/J";
        if (is_one_of(parameter.kind, {Kind::quantity, Kind::distribution, Kind::count,
                                       Kind::number, Kind::fraction}) &&
            !is_price) {
            CHECK(std::isfinite(parameter.lowest));
        }
        if (is_one_of(parameter.kind, {Kind::count, Kind::fraction})) {
            CHECK(std::isfinite(parameter.highest));
        }
        CHECK(parameter.lowest <= parameter.highest);
    });
}

TEST_CASE("a choice lists what can be chosen, and its default is among it") {
    for_each_parameter([&](const std::string& path, const ParameterSpec& parameter) {
        INFO(path);
        if (parameter.kind != Kind::choice) return;
        const std::vector<std::string> choices = choices_of(parameter);
        CHECK(!choices.empty());
        if (parameter.usual.empty()) return;
        CHECK(std::count(choices.begin(), choices.end(), parameter.usual) == 1);
    });
}

TEST_CASE("a reference names a device type of the catalogue") {
    for_each_parameter([&](const std::string& path, const ParameterSpec& parameter) {
        INFO(path);
        if (parameter.kind != Kind::reference) return;
        const auto types = catalogue::device_types();
        CHECK(std::any_of(types.begin(), types.end(),
                          [&](const DeviceSpec* d) { return d->type == parameter.choices; }));
    });
}

TEST_CASE("what is required has no default, and sections have keys") {
    for_each_parameter([&](const std::string& path, const ParameterSpec& parameter) {
        INFO(path);
        if (parameter.required) CHECK(parameter.usual.empty());
        // The bands of a tariff are read by whoever owns them.
        const bool is_section =
            is_one_of(parameter.kind, {Kind::section, Kind::sections, Kind::list});
        if (is_section && parameter.name != "bands") CHECK(!parameter.children.empty());
    });
}

TEST_CASE("every required key is asked for: without it the plant is refused and the key named") {
    const loader::ScenarioFile good = read_text(smallest_plant);
    REQUIRE(problems_of(good) == "");
    int tried = 0;
    for_each_parameter([&](const std::string& path, const ParameterSpec& parameter) {
        if (!parameter.required) return;
        INFO(path);
        loader::ScenarioFile file = good;
        std::vector<std::string> steps = split(path);
        const auto types = catalogue::device_types();
        const auto device = std::find_if(types.begin(), types.end(),
                                         [&](const DeviceSpec* d) { return d->type == steps[0]; });
        loader::Value& target = *file.tree.find("devices")->find("a " + steps[0]);
        steps.erase(steps.begin());
        REQUIRE(remove_at(target, (*device)->parameters, steps, 0));
        CHECK(problems_of(file).find(std::string(parameter.name)) != std::string::npos);
        ++tried;
    });
    CHECK(tried > 20);
}

TEST_CASE("every device type can be assembled, and its figures have a unit and a factor") {
    const auto plant = assembled(read_text(smallest_plant));
    kernel::Simulation simulation(plant->model, {1, 0});
    simulation.start();
    const kernel::FigureSink sink = simulation.report(true);
    std::set<std::string> devices;
    for (const kernel::FigureSpec& spec : sink.specs) {
        INFO(spec.device, "/", spec.name);
        devices.insert(spec.device);
        CHECK(!spec.unit.empty());
        CHECK(std::isfinite(spec.factor));
    }
    CHECK(devices.size() == catalogue::device_types().size());
}
