#include <algorithm>
#include <map>

#include "models/flow/buffer.hpp"
#include "models/flow/station.hpp"
#include "tests/contracts/properties.hpp"

/// Parts x time, summed instant by instant over what lies in the devices: what their figures must
/// say, though nobody books it with every part.
namespace foretwin::test {
namespace {

constexpr int instants = 400;
constexpr int measured_from = 150;

struct Lying {
    std::int64_t inside = 0;
    std::int64_t waiting = 0;
};

Lying lying_in(const kernel::Simulation& simulation, const std::string& type,
               const kernel::DispatchEntry& entry) {
    const kernel::Memory& memory = simulation.memory();
    if (type == "buffer") {
        return {memory.at<flow::BufferState>(entry.state)->line.parts.count, 0};
    }
    const auto& station = *static_cast<const flow::Station*>(entry.parameters);
    const std::int64_t waiting = memory.at<flow::StationState>(entry.state)->queue.count;
    const flow::Slot* slots = memory.at<flow::Slot>(station.slots_at);
    const auto held = std::count_if(slots, slots + station.upkeep.units, [](const flow::Slot& one) {
        return one.phase != flow::SlotPhase::empty;
    });
    return {waiting + held, waiting};
}

}  // namespace

Faults presence_is_summed(const PlantPointer& plant, random::Key key) {
    kernel::Simulation simulation(plant->model, key);
    simulation.start();
    Figures areas;
    Time last = 0;
    for (int instant = 0; instant < instants && !simulation.pending().empty(); ++instant) {
        const Time next = std::min_element(simulation.pending().begin(), simulation.pending().end(),
                                           kernel::earlier)
                              ->at;
        if (next > plant->clock.end()) break;
        for (const assembly::DeviceNote& device : plant->devices) {
            if (device.type != "station" && device.type != "buffer") continue;
            const Lying lying = lying_in(simulation, device.type,
                                         plant->model.dispatch[plant->model.find(device.name)]);
            areas[device.name + "/wip_time"] += static_cast<Wide>(next - last) * lying.inside;
            if (device.type != "station") continue;
            areas[device.name + "/queue_time"] += static_cast<Wide>(next - last) * lying.waiting;
        }
        executors::run_sequential(simulation, next, executors::Trace::off);
        last = next;
        if (instant != measured_from) continue;
        simulation.begin_measuring();
        areas.clear();
    }
    Faults faults;
    const Figures figures = figures_of(simulation);
    for (const auto& [name, area] : areas) {
        if (figures.at(name) != area) faults.push_back(name + " is not what lay there");
    }
    return faults;
}

}  // namespace foretwin::test
