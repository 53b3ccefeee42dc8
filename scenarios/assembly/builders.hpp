#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/kernel/model_builder.hpp"
#include "models/energy/tariff.hpp"
#include "models/flow/routing.hpp"
#include "models/reliability/upkeep.hpp"
#include "scenarios/assembly/plant.hpp"

/// What the parts of assembly share among themselves; nobody outside this folder includes it.
namespace foretwin::assembly {

/// Everything one device needs to know of the others while it is read.
struct Site {
    const loader::Value& tree;
    const loader::Value& devices;
    const loader::Reader& reader;
    const std::filesystem::path& folder;
    loader::Clock clock;
    kernel::ModelBuilder& builder;
    std::map<std::string, CalendarPointer> calendars;
    flow::Sources sources;
    DeviceIndex meter = no_device;
    bool meter_is_placed = false;  ///< runs with the first device that it meters
    std::vector<std::string> notes;
    SharedTariffs* shared = nullptr;
    /// What a device's machines may draw together at most.
    struct PowerUse {
        std::string device;
        double highest_mw = 0;
        Place place;
    };
    std::vector<PowerUse> powers;
    std::shared_ptr<const energy::Tariff> tariff;
    std::map<std::string, const loader::Value*> by_name = {};
    DeviceIndex current = no_device;  ///< the device that is being built

    const loader::Value& device(const std::string& name) const { return *by_name.at(name); }
    CalendarPointer calendar_of(const loader::Value& device) const;
    /// The current device and the other act on one another without delay; `why` goes into reports.
    void join(DeviceIndex other, std::string_view why) const;
    /// The device that `key` names, joined to the current one, or no_device.
    DeviceIndex reference(const loader::Value& map, std::string_view key) const;
};

/// Refuses a key that would be read and then do nothing: who wrote it expects it to act.
inline void refuse_idle_key(const loader::Value& map, std::string_view key,
                            const std::string& only) {
    if (!map.has(key)) return;
    throw InputError(map.place_of_key(key), "`" + std::string(key) + "` has no effect here",
                     "it goes with " + only);
}

/// The meter runs with the first device that it meters: it joins nobody (DESIGN, section 4), but
/// must run somewhere.
void place_meter(Site& site);
flow::Routes read_routes(const Site& site, const std::string& name);
/// The sources of the plant in name order; conwip ones are closed loops.
flow::Sources read_sources(const loader::Value& devices, const loader::Reader& reader,
                           const kernel::ModelBuilder& builder);
std::int64_t machines_of(const Site& site, const loader::Value& device);
/// The saturated source that feeds this station, or no_device.
DeviceIndex saturating_source(const Site& site, const std::string& station);

reliability::Upkeep read_upkeep(Site& site, const std::string& name, std::uint32_t machines);
energy::TariffDefinition read_tariff(const Site& site, const loader::Value& device);

void build_source(Site& site, const std::string& name, DeviceIndex index);
void build_station(Site& site, const std::string& name, DeviceIndex index);
void build_machine(Site& site, const std::string& name, DeviceIndex index);
void build_buffer(Site& site, const std::string& name, DeviceIndex index);
void build_conveyor(Site& site, const std::string& name, DeviceIndex index);
void build_sink(Site& site, const std::string& name, DeviceIndex index);
void build_crew(Site& site, const std::string& name, DeviceIndex index);
void build_spares(Site& site, const std::string& name, DeviceIndex index);
void build_tariff(Site& site, const std::string& name, DeviceIndex index);
void build_external(Site& site, const std::string& name, DeviceIndex index);

}  // namespace foretwin::assembly
