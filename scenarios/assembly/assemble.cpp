#include <utility>

#include "engine/core/quantity.hpp"
#include "models/external/registry.hpp"
#include "models/flow/conveyor.hpp"
#include "scenarios/assembly/builders.hpp"
#include "scenarios/assembly/event_estimate.hpp"

namespace foretwin::assembly {
namespace {

using Build = void (*)(Site&, const std::string&, DeviceIndex);

Build build_of(const std::string& type) {
    static constexpr std::pair<std::string_view, Build> table[] = {
        {"source", build_source}, {"station", build_station}, {"machine", build_machine},
        {"buffer", build_buffer}, {"sink", build_sink},       {"crew", build_crew},
        {"spares", build_spares}, {"tariff", build_tariff},   {"conveyor", build_conveyor},
    };
    for (const auto& [name, build] : table) {
        if (name == type) return build;
    }
    return external::find(type) != nullptr ? build_external : nullptr;
}

std::map<std::string, CalendarPointer> read_calendars(const loader::Value& tree,
                                                      const loader::Clock& clock,
                                                      const loader::Reader& reader) {
    std::map<std::string, CalendarPointer> calendars;
    const loader::Value* section = tree.find("calendars");
    if (section == nullptr) return calendars;
    for (const loader::Value::Entry& entry : section->entries()) {
        calendars[entry.key] =
            std::make_shared<const Calendar>(loader::open_intervals(entry.value, clock, reader));
    }
    return calendars;
}

std::vector<std::string> device_names(const loader::Value& devices) {
    std::vector<std::string> names;
    for (const loader::Value::Entry& entry : devices.entries()) {
        names.push_back(entry.key);
        if (entry.value.text_of("type") == "conveyor") names.push_back(flow::exit_of(entry.key));
    }
    return names;
}

DeviceIndex find_meter(const loader::Value& devices, const kernel::ModelBuilder& builder) {
    DeviceIndex meter = no_device;
    for (const loader::Value::Entry& entry : devices.entries()) {
        if (entry.value.text_of("type") != "tariff") continue;
        if (meter != no_device) {
            throw InputError(entry.value.place(), "a second tariff: '" + entry.key + "'",
                             "a plant has one tariff; take the other out");
        }
        meter = builder.index(entry.key);
    }
    return meter;
}

/// A model that refuses a value does not know where it was written: the device is.
void add_problems(const InputError& error, const std::string& name, const loader::Value& device,
                  loader::Problems& problems) {
    for (Problem problem : error.problems()) {
        if (problem.place.file.empty()) {
            problem.place = device.place();
            problem.what = name + ": " + problem.what;
        }
        problems.push_back(std::move(problem));
    }
}

/// The meter's sums are wide but not endless: what all machines together may draw must fit.
void refuse_power_beyond_meter(const Site& site) {
    if (site.tariff == nullptr) return;
    double sum_mw = 0;
    const Site::PowerUse* largest = nullptr;
    for (const Site::PowerUse& use : site.powers) {
        sum_mw += use.highest_mw;
        if (largest == nullptr || use.highest_mw > largest->highest_mw) largest = &use;
    }
    const auto limit_mw = static_cast<double>(site.tariff->power_limit_mw);
    if (largest == nullptr || sum_mw <= limit_mw) return;
    const auto watts = [](double milliwatts) { return format_quantity(milliwatts / 1e3, "W"); };
    throw InputError(largest->place,
                     largest->device + "/power: all machines together may draw " + watts(sum_mw) +
                         "; over this run, at these prices, the meter counts up to " +
                         watts(limit_mw),
                     "check the unit (kW or MW?), the prices and the horizon");
}

}  // namespace

CalendarPointer Site::calendar_of(const loader::Value& device) const {
    const std::string name = device.text_of("calendar");
    return name.empty() ? nullptr : calendars.at(name);
}

DeviceIndex Site::reference(const loader::Value& map, std::string_view key) const {
    const std::string name = map.text_of(key);
    if (name.empty()) return no_device;
    const DeviceIndex other = builder.index(name);
    join(other, key);
    return other;
}

void Site::join(DeviceIndex other, std::string_view why) const {
    builder.join(current, other, why);
}

Plant assemble(const loader::Value& tree, const loader::Reader& reader,
               const std::filesystem::path& folder, SharedTariffs* shared) {
    const loader::Value* devices = tree.find("devices");
    if (devices == nullptr || devices->entries().empty()) {
        throw InputError(tree.place(), "the scenario has no devices",
                         "describe at least one below `devices:` or `fleets:`");
    }
    refuse_huge_plant(*devices, reader);
    const external::Hold hold;
    kernel::ModelBuilder builder(device_names(*devices));
    Site site{tree,    *devices, reader, folder,    loader::Clock(*tree.find("time"), reader),
              builder, {},       {},     no_device, false,
              {},      shared,   {},     nullptr};
    for (const loader::Value::Entry& entry : devices->entries())
        site.by_name[entry.key] = &entry.value;
    site.calendars = read_calendars(tree, site.clock, reader);
    site.sources = read_sources(*devices, reader, builder);
    site.meter = find_meter(*devices, builder);

    // Name order: the layout of the state must not depend on the order in the file.
    Plant plant;
    loader::Problems problems;
    for (const auto& [name, device] : site.by_name) {
        const std::string type = device->text_of("type");
        const Build build = build_of(type);
        FORETWIN_RULE(build != nullptr, "every device type of the catalogue can be assembled");
        site.current = builder.index(name);
        try {
            build(site, name, site.current);
        } catch (const InputError& error) {
            add_problems(error, name, *device, problems);
            continue;
        }
        const bool has_machines = type == "station" || type == "machine";
        plant.devices.push_back(
            {name, type, device->text_of("fleet"),
             has_machines ? static_cast<std::uint32_t>(machines_of(site, *device)) : 0});
    }
    loader::throw_if_any(std::move(problems));
    refuse_power_beyond_meter(site);
    builder.connections_are_complete();
    plant.model = builder.finish();
    plant.clock = site.clock;
    plant.notes = std::move(site.notes);
    return plant;
}

}  // namespace foretwin::assembly
