#include "engine/kernel/model.hpp"

#include <algorithm>

namespace foretwin::kernel {

DeviceIndex Model::find(std::string_view name) const {
    const auto found = std::lower_bound(
        devices.begin(), devices.end(), name,
        [](const Device& device, std::string_view wanted) { return device.name < wanted; });
    if (found == devices.end() || found->name != name) return no_device;
    return static_cast<DeviceIndex>(found - devices.begin());
}

}  // namespace foretwin::kernel
