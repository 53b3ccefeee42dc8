#include "models/flow/deadlock.hpp"

#include <algorithm>

#include "models/flow/buffer.hpp"
#include "models/flow/conveyor.hpp"
#include "models/flow/station.hpp"

namespace foretwin::flow {
namespace {

/// What a device waits for; empty when it can still move by itself.
struct Wait {
    std::vector<DeviceIndex> destinations;
    Time since = 0;
};

Time last_arrival(const kernel::Pool& pool, const kernel::Ring& queue) {
    return queue.count == 0 ? 0 : pool.get<Part>(queue, queue.count - 1).arrived;
}

/// A place that is kept belongs to a part in work, which may yet be scrapped and free it.
Wait wait_of_station(const kernel::Memory& memory, const kernel::Pool& pool, const Station& station,
                     const StationState& state) {
    if (state.inside < station.capacity) return {};
    Wait wait{{}, last_arrival(pool, state.queue)};
    const Slot* slots = memory.at<Slot>(station.slots_at);
    for (std::uint32_t unit = 0; unit < station.upkeep.units; ++unit) {
        const Slot& slot = slots[unit];
        if (slot.phase != SlotPhase::blocked && slot.phase != SlotPhase::awaiting_place) return {};
        wait.destinations.push_back(slot.destination);
        wait.since = std::max(wait.since, slot.started);
    }
    return wait;
}

Wait wait_of_buffer(const kernel::Pool& pool, const Buffer& buffer, const BufferState& state) {
    if (state.line.destination == no_device || state.line.parts.count < buffer.capacity) return {};
    return {{state.line.destination}, last_arrival(pool, state.line.parts)};
}

/// Full at its exit: nothing is on its way, and no credit either.
Wait wait_of_conveyor(const kernel::Simulation& simulation, const Conveyor& conveyor) {
    const kernel::Memory& memory = simulation.memory();
    const kernel::Model& model = simulation.model();
    const kernel::Pool& pool = memory.pools()[model.dispatch[conveyor.exit].cell];
    const auto& exit = *memory.at<ConveyorExitState>(model.devices[conveyor.exit].state);
    if (exit.line.destination == no_device || exit.line.parts.count < conveyor.capacity) return {};
    return {{exit.line.destination}, later(last_arrival(pool, exit.line.parts), conveyor.delay)};
}

std::vector<Wait> waits_of(const kernel::Simulation& simulation) {
    const kernel::Memory& memory = simulation.memory();
    std::vector<Wait> waits;
    for (const kernel::DispatchEntry& entry : simulation.model().dispatch) {
        const kernel::Pool& pool = memory.pools()[entry.cell];
        waits.emplace_back();
        if (entry.behaviour->type == "station") {
            waits.back() =
                wait_of_station(memory, pool, *static_cast<const Station*>(entry.parameters),
                                *memory.at<StationState>(entry.state));
        } else if (entry.behaviour->type == "buffer") {
            waits.back() = wait_of_buffer(pool, *static_cast<const Buffer*>(entry.parameters),
                                          *memory.at<BufferState>(entry.state));
        } else if (entry.behaviour->type == "conveyor") {
            waits.back() =
                wait_of_conveyor(simulation, *static_cast<const Conveyor*>(entry.parameters));
        }
    }
    return waits;
}

/// Takes away whoever waits for a device that can still move, until only those are left that wait
/// for one another, or stand in line behind such.
void keep_stuck(std::vector<Wait>& waits) {
    std::vector<DeviceIndex> candidates;
    for (DeviceIndex device = 0; device < waits.size(); ++device) {
        if (!waits[device].destinations.empty()) candidates.push_back(device);
    }
    for (bool changed = true; changed;) {
        const auto moves = [&](DeviceIndex device) {
            const auto& all = waits[device].destinations;
            return std::any_of(all.begin(), all.end(),
                               [&](DeviceIndex to) { return waits[to].destinations.empty(); });
        };
        const auto free = std::stable_partition(candidates.begin(), candidates.end(),
                                                [&](DeviceIndex d) { return !moves(d); });
        changed = free != candidates.end();
        for (auto device = free; device != candidates.end(); ++device) {
            waits[*device].destinations.clear();
        }
        candidates.erase(free, candidates.end());
    }
}

}  // namespace

std::vector<Deadlock> find_deadlocks(const kernel::Simulation& simulation) {
    std::vector<Wait> waits = waits_of(simulation);
    keep_stuck(waits);
    std::vector<Deadlock> deadlocks;
    // Whoever is stuck leads to a circle: follow the first machine of each.
    std::vector<DeviceIndex> walked_from(waits.size(), no_device);
    for (DeviceIndex start = 0; start < waits.size(); ++start) {
        if (waits[start].destinations.empty() || walked_from[start] != no_device) continue;
        DeviceIndex at = start;
        for (; walked_from[at] == no_device; at = waits[at].destinations.front()) {
            walked_from[at] = start;
        }
        if (walked_from[at] != start) continue;  // a circle that is known, or the way to it
        Deadlock deadlock;
        const DeviceIndex first = at;
        do {
            deadlock.devices.push_back(at);
            deadlock.since = std::max(deadlock.since, waits[at].since);
            at = waits[at].destinations.front();
        } while (at != first);
        const auto lowest = std::min_element(deadlock.devices.begin(), deadlock.devices.end());
        std::rotate(deadlock.devices.begin(), lowest, deadlock.devices.end());
        deadlocks.push_back(std::move(deadlock));
    }
    return deadlocks;
}

}  // namespace foretwin::flow
