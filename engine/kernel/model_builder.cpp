#include "engine/kernel/model_builder.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "engine/core/error.hpp"
#include "engine/core/name_hash.hpp"
#include "engine/core/rule.hpp"

namespace foretwin::kernel {

ModelBuilder::ModelBuilder(std::vector<std::string> names) {
    std::sort(names.begin(), names.end());
    model_.devices.reserve(names.size());
    for (std::string& name : names) {
        FORETWIN_RULE(model_.devices.empty() || model_.devices.back().name != name,
                      "device names are unique");
        model_.devices.push_back({std::move(name), nullptr, 0});
    }
    model_.dispatch.resize(model_.devices.size());
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

random::Series ModelBuilder::pair_series(const std::string& name) {
    return {stream(name), model_.pair_series_count++};
}

void ModelBuilder::set(DeviceIndex device, const Behaviour& behaviour,
                       std::shared_ptr<const void> parameters, std::uint32_t state) {
    Device& entry = model_.devices[device];
    FORETWIN_RULE(entry.behaviour == nullptr, "a device is set once");
    entry.behaviour = &behaviour;
    entry.state = state;
    model_.dispatch[device] = {&behaviour, parameters.get(), state};
    const bool is_kept = !model_.parameters.empty() && model_.parameters.back() == parameters;
    if (!is_kept) model_.parameters.push_back(std::move(parameters));
}

std::uint64_t ModelBuilder::stream(const std::string& name) {
    const std::uint64_t hash = name_hash(name);
    streams_.push_back({hash, stream_names_.size()});
    stream_names_.append(name).push_back('\0');
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

void ModelBuilder::channel_among_all(Time least_delay) {
    channel(no_device, no_device, least_delay);
}

void ModelBuilder::refuse_equal_hashes() {
    std::sort(streams_.begin(), streams_.end(),
              [](const Stream& a, const Stream& b) { return a.hash < b.hash; });
    const auto name_of = [&](const Stream& stream) {
        return std::string_view(stream_names_.c_str() + stream.name);
    };
    for (std::size_t i = 1; i < streams_.size(); ++i) {
        if (streams_[i].hash != streams_[i - 1].hash) continue;
        const std::string one(name_of(streams_[i - 1]));
        const std::string other(name_of(streams_[i]));
        if (one == other) continue;
        std::string what = "the names '";
        what.append(one).append("' and '").append(other).append(
            "' would share their random numbers");
        throw InputError({}, what, "rename one of the two devices");
    }
    streams_ = {};
    stream_names_ = {};
}

/// What one thread writes all the time lies on no cache line of another's.
void ModelBuilder::lay_out_cells() {
    for (DeviceIndex device = 0; device < model_.devices.size(); ++device) {
        if (model_.devices[device].behaviour->merge != nullptr) model_.merging.push_back(device);
    }
    if (cell_bytes_ == 0) return;
    struct alignas(Memory::grain) Grain {
        std::array<std::byte, Memory::grain> bytes{};
    };
    constexpr std::uint32_t apart = 128;
    model_.cell_stride = (cell_bytes_ + 2 * apart - 1) / apart * apart;
    model_.cell_states =
        reserve<Grain>(std::size_t{model_.cell_stride} / Memory::grain * model_.partition.cells());
}

Model ModelBuilder::finish() {
    refuse_equal_hashes();
    model_.partition = make_partition(model_.devices.size(), connections_);
    model_.memory.set_cells(model_.partition.cells());
    for (DeviceIndex device = 0; device < model_.devices.size(); ++device) {
        FORETWIN_RULE(model_.devices[device].behaviour != nullptr,
                      "every named device has a behaviour");
        model_.dispatch[device].cell = model_.partition.cell_of[device];
    }
    lay_out_cells();
    model_.partition.cell_of = {};
    connections_ = {};
    model_.timers = reserve<Timer>(model_.timer_count);
    model_.counters = reserve<std::uint64_t>(model_.devices.size());
    model_.traces = reserve<std::uint64_t>(model_.devices.size());
    model_.identity = identity_of(model_);
    return std::move(model_);
}

}  // namespace foretwin::kernel
