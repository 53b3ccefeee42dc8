#include "models/catalogue/catalogue.hpp"

#include <array>
#include <deque>
#include <mutex>
#include <vector>

#include "models/energy/tariff_device.hpp"
#include "models/external/registry.hpp"
#include "models/flow/buffer.hpp"
#include "models/flow/conveyor.hpp"
#include "models/flow/machine.hpp"
#include "models/flow/sink.hpp"
#include "models/flow/source.hpp"
#include "models/flow/station.hpp"
#include "models/people/crew.hpp"
#include "models/reliability/spares.hpp"

namespace foretwin::catalogue {

namespace {

constexpr std::array native_types{
    &flow::Source::spec, &flow::Station::spec,       &flow::Machine::spec,
    &flow::Buffer::spec, &flow::Conveyor::spec,      &flow::Sink::spec,
    &people::Crew::spec, &reliability::Spares::spec, &energy::TariffDevice::spec,
};

}  // namespace

std::span<const DeviceSpec* const> device_types() {
    std::vector<const DeviceSpec*> all(native_types.begin(), native_types.end());
    const std::vector<const DeviceSpec*> declared = external::specs();
    all.insert(all.end(), declared.begin(), declared.end());
    // A list that was given out stays: a new one is kept beside it when a type was declared.
    static std::mutex mutex;
    static std::deque<std::vector<const DeviceSpec*>> lists;
    const std::lock_guard<std::mutex> lock(mutex);
    if (lists.empty() || lists.back() != all) lists.push_back(std::move(all));
    return lists.back();
}

void register_type(const foretwin_device_type& type) {
    std::vector<std::string_view> taken;
    taken.reserve(native_types.size());
    for (const DeviceSpec* native : native_types) taken.push_back(native->type);
    external::register_type(type, taken);
}

}  // namespace foretwin::catalogue
