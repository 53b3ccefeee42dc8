#pragma once

#include <deque>
#include <string>

#include "models/observed/follower.hpp"

namespace foretwin::living {

using telemetry::Instant;

/// How fast a machine really works: busy time per finished part, over the last memory.
class Pace {
  public:
    Pace(std::string device, std::size_t followed, Time memory)
        : device_(std::move(device)), followed_(followed), memory_(memory) {}

    /// The follower stands at `at`, later than before.
    void note(Instant at, observed::Follower& follower);
    /// Seconds per part; 0 until so many parts were seen that it says something.
    double cycle_s() const;
    const std::string& device() const { return device_; }

    static constexpr std::int64_t fewest_parts = 100;

  private:
    struct Count {
        Instant at = 0;
        Time busy = 0, unknown = 0;
        std::int64_t parts = 0;
    };
    std::string device_;
    std::size_t followed_;
    Time memory_;
    Count before_;
    std::deque<Count> steps_;  ///< of the last memory, each from one note to the next
};

}  // namespace foretwin::living
