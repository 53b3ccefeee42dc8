#pragma once

#include <cstdint>
#include <vector>

#include "engine/telemetry/instant.hpp"

namespace foretwin::telemetry {

/// What became of samples over time, in at most `most` stretches of equal length whatever the time
/// they span: when it grows beyond them, stretches are doubled. They begin at whole multiples of
/// their length since 1970, so profiles of one length lie on one another.
class TimeProfile {
  public:
    enum class Fate : std::uint8_t { good, doubtful, bad };
    struct Stretch {
        std::int64_t good = 0;
        std::int64_t doubtful = 0;  ///< accepted with a mark
        std::int64_t bad = 0;       ///< rejected or late
        std::int64_t all() const { return good + doubtful + bad; }
        friend bool operator==(const Stretch&, const Stretch&) = default;
    };
    static constexpr std::size_t most = 128;
    static constexpr Time shortest = minute;

    void add(Instant at, Fate fate);
    /// Makes the stretches longer; `width` is `shortest` times a power of two.
    void widen(Time width);

    /// Length of a stretch, ns.
    Time width() const { return width_; }
    /// Number of the first stretch since 1970.
    std::int64_t first() const { return first_; }
    /// Where the stretch of that number begins; the ends of the clock for what lies beyond them.
    Instant begin_of(std::int64_t number) const;
    Instant begin() const { return begin_of(first_); }
    const std::vector<Stretch>& stretches() const { return stretches_; }

  private:
    void double_width();
    void find(Instant at);  ///< makes its stretch the latest one
    Time width_ = shortest;
    std::int64_t first_ = 0;
    std::vector<Stretch> stretches_;
    std::size_t latest_ = 0;
    Instant latest_from_ = 0, latest_to_ = 0;  ///< equal: none
};

}  // namespace foretwin::telemetry
