#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "engine/telemetry/instant.hpp"

namespace foretwin::tool {

/// Keeps a clock that runs so many times as fast as the real one: history that is replayed, a plant
/// that is imitated.
class Pace {
  public:
    /// `speed`: "as-fast", or "60x", an hour in a minute. InputError for anything else.
    explicit Pace(const std::string& speed);

    bool as_fast() const { return speed_ <= 0; }
    /// Sleeps until the clock shows `at`; it begins with the first instant asked for. False when
    /// Ctrl-C came meanwhile.
    bool wait_for(telemetry::Instant at);

  private:
    using Clock = std::chrono::steady_clock;
    double speed_ = 0;  ///< 0: as fast as it goes
    std::optional<telemetry::Instant> first_;
    Clock::time_point start_;
};

}  // namespace foretwin::tool
