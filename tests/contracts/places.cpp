#include <algorithm>
#include <map>

#include "models/flow/buffer.hpp"
#include "models/flow/deadlock.hpp"
#include "models/flow/station.hpp"
#include "tests/contracts/properties.hpp"

/// Places are neither lent twice nor lost: every place kept belongs to one part in work before it,
/// no finite device holds more than it has, and nobody stands in line before an open place.
namespace foretwin::test {
namespace {

/// Parts in work per destination that must have a place there (blocking before service).
std::map<DeviceIndex, std::int64_t> parts_in_work(const assembly::Plant& plant,
                                                  const kernel::Simulation& simulation) {
    std::map<DeviceIndex, std::int64_t> count;
    for (std::size_t i = 0; i < plant.devices.size(); ++i) {
        const kernel::DispatchEntry& device = simulation.model().dispatch[i];
        if (plant.devices[i].type != "station") continue;
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
    const auto check = [&](std::size_t i, std::int64_t inside, std::int64_t kept,
                           std::int64_t capacity, std::uint32_t in_line) {
        const std::string& name = plant.devices[i].name;
        if (kept != expected[static_cast<DeviceIndex>(i)]) {
            faults.push_back(name + " keeps " + std::to_string(kept) + " places for " +
                             std::to_string(expected[static_cast<DeviceIndex>(i)]) + " parts");
        }
        if (inside + kept > capacity) faults.push_back(name + " holds more than it has places");
        if (in_line > 0 && inside + kept < capacity)
            faults.push_back(name + " leaves a place open");
    };
    for (std::size_t i = 0; i < plant.devices.size(); ++i) {
        const kernel::DispatchEntry& device = simulation.model().dispatch[i];
        const kernel::Memory& memory = simulation.memory();
        if (plant.devices[i].type == "station") {
            const auto& station = *static_cast<const flow::Station*>(device.parameters);
            const auto& state = *memory.at<flow::StationState>(device.state);
            check(i, state.inside, state.kept, station.capacity, state.waiters.count);
        } else if (plant.devices[i].type == "buffer") {
            const auto& buffer = *static_cast<const flow::Buffer*>(device.parameters);
            const auto& state = *memory.at<flow::BufferState>(device.state);
            check(i, state.queue.count, state.kept, buffer.capacity, state.waiters.count);
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
                const std::string left = plant->devices[device].name + "/left";
                if (figures.at(left) != then.at(left)) faults.push_back(left + " in a deadlock");
            }
        }
        before = now;
        figures = then;
    }
    return faults;
}

}  // namespace foretwin::test
