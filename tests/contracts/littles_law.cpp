#include "models/flow/buffer.hpp"
#include "models/flow/conveyor.hpp"
#include "models/flow/station.hpp"
#include "tests/contracts/properties.hpp"

/// Little's law (1961) in its exact form on a finite stretch: the time integral of the parts inside
/// equals the sojourns of those that left plus the time spent so far by those still inside.
namespace foretwin::test {
namespace {

template <class Visit>
void for_each_part(const kernel::Pool& pool, const kernel::Ring& ring, Visit visit) {
    for (std::uint32_t i = 0; i < ring.count; ++i) visit(pool.get<Part>(ring, i));
}

Wide time_inside_so_far(const kernel::Simulation& simulation, const kernel::DispatchEntry& entry,
                        const std::string& type) {
    const kernel::Memory& memory = simulation.memory();
    const kernel::Pool& pool = memory.pools()[entry.cell];
    Wide total = 0;
    const auto add = [&](const Part& part) { total += simulation.now() - part.arrived; };
    if (type == "buffer") {
        for_each_part(pool, memory.at<flow::BufferState>(entry.state)->line.parts, add);
        return total;
    }
    if (type == "conveyor") {
        const auto& conveyor = *static_cast<const flow::Conveyor*>(entry.parameters);
        const kernel::Model& model = simulation.model();
        const kernel::DispatchEntry& exit = model.dispatch[conveyor.exit];
        for_each_part(memory.pools()[exit.cell],
                      memory.at<flow::ConveyorExitState>(exit.state)->line.parts, add);
        for (const kernel::Event& part : simulation.pending()) {
            if (part.device == conveyor.exit) total += simulation.now() - part.at + conveyor.delay;
        }
        return total;
    }
    const auto& station = *static_cast<const flow::Station*>(entry.parameters);
    for_each_part(pool, memory.at<flow::StationState>(entry.state)->queue, add);
    const flow::Slot* slots = memory.at<flow::Slot>(station.slots_at);
    for (std::uint32_t unit = 0; unit < station.upkeep.units; ++unit) {
        if (slots[unit].phase != flow::SlotPhase::empty) add(slots[unit].part);
    }
    return total;
}

}  // namespace

Faults littles_law(const assembly::Plant& plant, const kernel::Simulation& simulation,
                   const Figures& figures) {
    Faults faults;
    for (const assembly::DeviceNote& device : plant.devices) {
        if (device.type != "station" && device.type != "buffer" && device.type != "conveyor") {
            continue;
        }
        const kernel::DispatchEntry& own = plant.model.dispatch[plant.model.find(device.name)];
        const Wide waited =
            figures.at(device.name + "/sojourn") + time_inside_so_far(simulation, own, device.type);
        if (figures.at(device.name + "/wip_time") != waited) {
            faults.push_back("Little's law does not hold at " + device.name);
        }
    }
    return faults;
}

}  // namespace foretwin::test
