#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "models/observed/device_follower.hpp"

namespace foretwin::observed {

/// The twin of a plant, moved by its telemetry: the followers of its devices.
class Follower {
  public:
    /// `profile` and `sink` (may be null) outlive it. Accounts begin at `begin`, or for each device
    /// with its first value.
    explicit Follower(const Profile& profile, HistorySink* sink = nullptr,
                      Instant begin = no_instant);

    /// The device that an observation is of, or null; one of no device is counted.
    DeviceFollower* take(const Observation& observation);
    /// Whose it would be; nothing is counted.
    DeviceFollower* find(const std::string& source);
    void advance_to(Instant instant);

    std::size_t size() const { return devices_.size(); }
    DeviceFollower& device(std::size_t index) { return *devices_[index]; }
    const DeviceFollower& device(std::size_t index) const { return *devices_[index]; }
    /// Observations of devices that the profile does not have.
    const std::map<std::string, std::int64_t>& strangers() const { return strangers_; }

    /// Where it stands, as sealed bytes; going on from them gives the same bits.
    snapshot::Bytes capture() const;
    /// Into a follower of the same profile; InputError for other bytes.
    void restore(const snapshot::Bytes& bytes);

  private:
    std::vector<std::unique_ptr<DeviceFollower>> devices_;
    std::map<std::string, std::size_t> by_source_;
    std::map<std::string, std::int64_t> strangers_;
    std::string last_source_;
    DeviceFollower* last_ = nullptr;
    std::uint64_t owner_ = 0;
};

}  // namespace foretwin::observed
