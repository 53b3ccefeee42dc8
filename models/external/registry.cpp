#include "models/external/registry.hpp"

#include <algorithm>
#include <map>
#include <mutex>

#include "engine/core/error.hpp"

namespace foretwin::external {
namespace {

struct Registry {
    std::mutex mutex;
    int held = 0;
    std::map<std::string, DeviceTypePointer, std::less<>> types;
    /// All that ever were: whoever reads a scenario may still look at one that was replaced.
    std::vector<std::unique_ptr<const Declaration>> declarations;
};

/// Never destroyed: at the end of the program, what was given as context may be gone already.
Registry& registry() {
    static auto* const all = new Registry;
    return *all;
}

}  // namespace

void register_type(const foretwin_device_type& type, std::span<const std::string_view> taken) {
    std::unique_ptr<const Declaration> declaration = declare(type);
    const std::string name(declaration->spec.type);
    if (std::find(taken.begin(), taken.end(), name) != taken.end()) {
        throw InputError({}, "there is a device type '" + name + "' already",
                         "give yours another name");
    }
    Registry& all = registry();
    DeviceTypePointer replaced;  // released after the lock: releasing may wait for others
    const std::lock_guard<std::mutex> lock(all.mutex);
    DeviceTypePointer& place = all.types[name];
    if (place != nullptr && all.held > 0) {
        throw InputError({}, "device type '" + name + "' cannot be replaced now",
                         "a study that may use it is being built; try again when it runs");
    }
    all.declarations.push_back(std::move(declaration));
    replaced =
        std::exchange(place, std::make_shared<const DeviceType>(*all.declarations.back(), type));
}

DeviceTypePointer find(std::string_view type) {
    Registry& all = registry();
    const std::lock_guard<std::mutex> lock(all.mutex);
    const auto found = all.types.find(type);
    return found == all.types.end() ? nullptr : found->second;
}

std::vector<const DeviceSpec*> specs() {
    Registry& all = registry();
    const std::lock_guard<std::mutex> lock(all.mutex);
    std::vector<const DeviceSpec*> specs;
    specs.reserve(all.types.size());
    for (const auto& [name, type] : all.types) specs.push_back(&type->declaration().spec);
    return specs;
}

Hold::Hold() {
    const std::lock_guard<std::mutex> lock(registry().mutex);
    ++registry().held;
}

Hold::~Hold() {
    const std::lock_guard<std::mutex> lock(registry().mutex);
    --registry().held;
}

}  // namespace foretwin::external
