#include "models/observed/follower.hpp"

#include "engine/core/fingerprint.hpp"

namespace foretwin::observed {
namespace {

constexpr snapshot::Kind kind{"FTWNFOLW", 1, "state of a follower",
                              "replay the log from its begin"};
constexpr std::size_t most_strangers = 1'000;

/// Who may read whose bytes: the same devices with the same items and rules in the same order.
std::uint64_t owner_of(const Profile& profile) {
    Fingerprint hash;
    for (const DeviceProfile& device : profile.devices) {
        hash.add(device.device);
        hash.add(device.source);
        hash.add(device.items.size());
        for (const BoundItem& item : device.items) {
            hash.add(item.name);
            hash.add(item.watched);
        }
        hash.add(device.rules.size());
        for (const StateRule& rule : device.rules) hash.add(rule.state);
    }
    return hash.value();
}

}  // namespace

Follower::Follower(const Profile& profile, HistorySink* sink, Instant begin)
    : owner_(owner_of(profile)) {
    for (const DeviceProfile& device : profile.devices) {
        by_source_[device.source] = devices_.size();
        devices_.push_back(std::make_unique<DeviceFollower>(device, profile.steps_back,
                                                            profile.silent_after, sink, begin));
    }
}

DeviceFollower* Follower::find(const std::string& source) {
    if (last_ != nullptr && last_source_ == source) return last_;
    const auto found = by_source_.find(source);
    if (found == by_source_.end()) return nullptr;
    last_source_ = source;
    return last_ = devices_[found->second].get();
}

DeviceFollower* Follower::take(const Observation& observation) {
    DeviceFollower* device = find(observation.device);
    if (device != nullptr) {
        device->take(observation);
        return device;
    }
    const bool full = strangers_.size() >= most_strangers;
    ++strangers_[full ? "(all further devices)" : observation.device];
    return nullptr;
}

void Follower::advance_to(Instant instant) {
    for (const auto& device : devices_) device->advance_to(instant);
}

snapshot::Bytes Follower::capture() const {
    snapshot::Writer writer(kind, owner_, std::size_t{1} << 16U);
    writer.number(strangers_.size());
    for (const auto& [name, count] : strangers_) {
        writer.text(name);
        writer.number(static_cast<std::uint64_t>(count));
    }
    for (const auto& device : devices_) device->write(writer);
    return std::move(writer).seal();
}

void Follower::restore(const snapshot::Bytes& bytes) {
    snapshot::Reader reader(kind, bytes.data(), bytes.size());
    if (reader.owner() != owner_)
        reader.refuse("it is of another profile", "use the profile that it was made with");
    strangers_.clear();
    const std::size_t count = reader.count(2 * sizeof(std::uint64_t));
    for (std::size_t i = 0; i < count; ++i) {
        const std::string name = reader.text();
        strangers_[name] = static_cast<std::int64_t>(reader.number());
    }
    for (const auto& device : devices_) device->read(reader);
    reader.expect_end();
}

}  // namespace foretwin::observed
