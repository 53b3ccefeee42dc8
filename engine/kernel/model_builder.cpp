#include "engine/kernel/model_builder.hpp"

#include <algorithm>

#include "engine/core/error.hpp"
#include "engine/core/name_hash.hpp"
#include "engine/core/rule.hpp"

namespace foretwin::kernel {

ModelBuilder::ModelBuilder(std::vector<std::string> names) {
    std::sort(names.begin(), names.end());
    for (std::string& name : names) {
        FORETWIN_RULE(model_.devices.empty() || model_.devices.back().name != name,
                      "device names are unique");
        model_.devices.push_back({std::move(name), nullptr, nullptr, 0});
    }
}

DeviceIndex ModelBuilder::index(const std::string& name) const {
    const DeviceIndex found = model_.find(name);
    FORETWIN_RULE(found != no_device, "a device that is referred to exists");
    return found;
}

TimerIndex ModelBuilder::reserve_timers(std::uint32_t count) {
    const TimerIndex first = model_.timer_count;
    model_.timer_count += count;
    return first;
}

random::Series ModelBuilder::series(const std::string& name) {
    return {stream(name), model_.series_count++};
}

void ModelBuilder::set(DeviceIndex device, const Behaviour& behaviour,
                       std::shared_ptr<const void> parameters, std::uint32_t state) {
    Device& entry = model_.devices[device];
    FORETWIN_RULE(entry.behaviour == nullptr, "a device is set once");
    entry.behaviour = &behaviour;
    entry.parameters = std::move(parameters);
    entry.state = state;
}

std::uint64_t ModelBuilder::stream(const std::string& name) {
    const std::uint64_t hash = name_hash(name);
    const auto [entry, is_new] = streams_.try_emplace(hash, name);
    if (!is_new && entry->second != name) {
        throw InputError(
            {},
            "the names '" + name + "' and '" + entry->second + "' would share their random numbers",
            "rename one of the two devices");
    }
    return hash;
}

void ModelBuilder::join(DeviceIndex one, DeviceIndex other, std::string_view why) {
    connections_.joins.push_back({one, other, std::string(why)});
}

void ModelBuilder::channel(DeviceIndex from, DeviceIndex to, Time least_delay) {
    FORETWIN_RULE(least_delay >= 0, "a message never arrives before it was sent");
    connections_.channels.push_back({from, to, least_delay});
}

void ModelBuilder::channel_to_all(DeviceIndex from, Time least_delay) {
    channel(from, no_device, least_delay);
}

Model ModelBuilder::finish() {
    model_.partition = make_partition(model_.devices.size(), connections_);
    model_.memory.set_cells(model_.partition.cells());
    model_.dispatch.reserve(model_.devices.size());
    for (const Device& device : model_.devices) {
        FORETWIN_RULE(device.behaviour != nullptr, "every named device has a behaviour");
        const Behaviour& behaviour = *device.behaviour;
        model_.dispatch.push_back({behaviour.handle, behaviour.call, device.parameters.get(),
                                   behaviour.ports, device.state,
                                   model_.partition.cell_of[model_.dispatch.size()]});
    }
    model_.timers = reserve<Timer>(model_.timer_count);
    model_.counters = reserve<std::uint64_t>(model_.devices.size());
    model_.traces = reserve<std::uint64_t>(model_.devices.size());
    return std::move(model_);
}

}  // namespace foretwin::kernel
