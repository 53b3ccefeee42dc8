#include <algorithm>
#include <map>

#include "models/flow/buffer.hpp"
#include "models/flow/conveyor.hpp"
#include "models/flow/deadlock.hpp"
#include "models/flow/station.hpp"
#include "tests/contracts/properties.hpp"

/// Places are neither lent twice nor lost: every place kept belongs to one part in work before it,
/// no finite device holds more than it has, and nobody stands in line before an open place.
namespace foretwin::test {
namespace {

const kernel::DispatchEntry& entry_of(const kernel::Simulation& simulation,
                                      const std::string& name) {
    return simulation.model().dispatch[simulation.model().find(name)];
}

/// Messages on their way to a device.
std::int64_t coming(const kernel::Simulation& simulation, DeviceIndex device) {
    return std::count_if(simulation.pending().begin(), simulation.pending().end(),
                         [&](const kernel::Event& event) { return event.device == device; });
}

/// Every place of a conveyor is a credit at the entry (some kept), a part, or a credit that is on
/// its way back. Returns the parts.
std::int64_t check_credits(Faults& faults, const kernel::Simulation& simulation,
                           const std::string& name, const flow::Conveyor& conveyor,
                           const flow::ConveyorState& entry) {
    const kernel::Model& model = simulation.model();
    const auto& exit =
        *simulation.memory().at<flow::ConveyorExitState>(model.devices[conveyor.exit].state);
    const std::int64_t inside = coming(simulation, conveyor.exit) + exit.line.parts.count;
    if (conveyor.capacity == flow::Conveyor::unlimited) return inside;
    const std::int64_t places = entry.credits + inside + coming(simulation, conveyor.entry);
    const std::int64_t open = entry.credits - entry.places.kept;
    if (open < 0 || places != conveyor.capacity) {
        faults.push_back(name + " has " + std::to_string(places) + " places of " +
                         std::to_string(conveyor.capacity));
    }
    if (entry.places.waiters.count > 0 && open > 0) faults.push_back(name + " sits on a credit");
    return inside;
}

/// Parts in work per destination that must have a place there (blocking before service).
std::map<DeviceIndex, std::int64_t> parts_in_work(const assembly::Plant& plant,
                                                  const kernel::Simulation& simulation) {
    std::map<DeviceIndex, std::int64_t> count;
    for (std::size_t i = 0; i < plant.devices.size(); ++i) {
        if (plant.devices[i].type != "station") continue;
        const kernel::DispatchEntry& device = entry_of(simulation, plant.devices[i].name);
        const auto& station = *static_cast<const flow::Station*>(device.parameters);
        const auto* slots = simulation.memory().at<flow::Slot>(station.slots_at);
        for (std::uint32_t unit = 0; station.before_service && unit < station.upkeep.units;
             ++unit) {
            if (slots[unit].phase == flow::SlotPhase::processing) ++count[slots[unit].destination];
        }
    }
    return count;
}

}  // namespace

Faults places_are_kept(const assembly::Plant& plant, const kernel::Simulation& simulation) {
    Faults faults;
    std::map<DeviceIndex, std::int64_t> expected = parts_in_work(plant, simulation);
    const auto check = [&](const std::string& name, std::int64_t inside, std::int64_t kept,
                           std::int64_t capacity, std::uint32_t in_line) {
        const std::int64_t wanted = expected[simulation.model().find(name)];
        if (kept != wanted) {
            faults.push_back(name + " keeps " + std::to_string(kept) + " places for " +
                             std::to_string(wanted) + " parts");
        }
        if (inside + kept > capacity) faults.push_back(name + " holds more than it has places");
        if (in_line > 0 && inside + kept < capacity)
            faults.push_back(name + " leaves a place open");
    };
    for (const auto& [name, type, fleet, machines] : plant.devices) {
        const kernel::DispatchEntry& device = entry_of(simulation, name);
        const kernel::Memory& memory = simulation.memory();
        if (type == "station") {
            const auto& station = *static_cast<const flow::Station*>(device.parameters);
            const auto& state = *memory.at<flow::StationState>(device.state);
            check(name, state.inside, state.places.kept, station.capacity,
                  state.places.waiters.count);
        } else if (type == "buffer") {
            const auto& buffer = *static_cast<const flow::Buffer*>(device.parameters);
            const auto& state = *memory.at<flow::BufferState>(device.state);
            check(name, state.line.parts.count, state.places.kept, buffer.capacity,
                  state.places.waiters.count);
        } else if (type == "conveyor") {
            const auto& conveyor = *static_cast<const flow::Conveyor*>(device.parameters);
            const auto& state = *memory.at<flow::ConveyorState>(device.state);
            check(name, check_credits(faults, simulation, name, conveyor, state), state.places.kept,
                  conveyor.capacity, 0);
        }
    }
    return faults;
}

Faults deadlocks_last(const PlantPointer& plant, bool warned, random::Key key) {
    Faults faults;
    kernel::Simulation simulation(plant->model, key);
    simulation.start();
    std::vector<flow::Deadlock> before;
    Figures figures;
    constexpr int stretches = 10;
    for (int stretch = 1; stretch <= stretches; ++stretch) {
        executors::run_sequential(simulation, plant->clock.end() / stretches * stretch,
                                  executors::Trace::on);
        const std::vector<flow::Deadlock> now = flow::find_deadlocks(simulation);
        const Figures then = figures_of(simulation);
        if (!now.empty() && !warned) faults.push_back("a deadlock that nobody was warned of");
        for (const flow::Deadlock& deadlock : before) {
            if (std::find(now.begin(), now.end(), deadlock) == now.end()) {
                faults.push_back("a deadlock came loose");
            }
            for (const DeviceIndex device : deadlock.devices) {
                const std::string left = plant->model.devices[device].name + "/left";
                if (figures.at(left) != then.at(left)) faults.push_back(left + " in a deadlock");
            }
        }
        before = now;
        figures = then;
    }
    return faults;
}

}  // namespace foretwin::test
