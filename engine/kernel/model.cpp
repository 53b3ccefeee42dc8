#include "engine/kernel/model.hpp"

#include <algorithm>

#include "engine/core/fingerprint.hpp"

namespace foretwin::kernel {

DeviceIndex Model::find(std::string_view name) const {
    const auto found = std::lower_bound(
        devices.begin(), devices.end(), name,
        [](const Device& device, std::string_view wanted) { return device.name < wanted; });
    if (found == devices.end() || found->name != name) return no_device;
    return static_cast<DeviceIndex>(found - devices.begin());
}

std::uint64_t identity_of(const Model& model) {
    Fingerprint identity;
    for (const Device& device : model.devices) {
        identity.add(std::string_view(device.name));
        identity.add(device.behaviour->type);
        identity.add(std::uint64_t{device.behaviour->revision});
        identity.add(device.state);
    }
    identity.add(model.memory.fixed().size());
    identity.add(model.timers);
    identity.add(model.timer_count);
    identity.add(model.counters);
    identity.add(model.traces);
    identity.add(model.partition.cells());
    identity.add(model.cell_states);
    identity.add(model.cell_stride);
    identity.add(sizeof(Event));
    return identity.value();
}

}  // namespace foretwin::kernel
