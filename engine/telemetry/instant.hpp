#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>

#include "engine/core/time.hpp"
#include "engine/telemetry/local_time.hpp"

namespace foretwin::telemetry {

/// A moment of the real world: nanoseconds since 1970-01-01T00:00 UTC, without leap seconds.
/// 64 bits reach from 1677 to 2262.
using Instant = std::int64_t;

inline constexpr Instant no_instant = std::numeric_limits<Instant>::max();

/// From one instant to a later one; `never` when that is beyond 292 years.
inline Time time_between(Instant from, Instant to) {
    const std::uint64_t step = static_cast<std::uint64_t>(to) - static_cast<std::uint64_t>(from);
    return step < static_cast<std::uint64_t>(never) ? static_cast<Time>(step) : never;
}

/// So long before; the first instant that there is when that would be before it.
inline Instant earlier(Instant at, Time by) {
    constexpr Instant first = std::numeric_limits<Instant>::min();
    return at < first + by ? first : at - by;
}

/// "2015-01-02T03:00:00Z", with as many digits of a fraction as there are.
std::string instant_text(Instant at);

/// Turns the times of a record into instants. Understood are `2015-01-02 03:00:00`,
/// `2015-01-02T03:00`, `2015-01-02`, with a fraction of up to nine digits after the seconds, and
/// with `Z`, `+02:00` or
/// `+0200` behind it; without any of these the zone decides.
class ClockReader {
  public:
    enum class Outcome : std::uint8_t {
        good,
        impossible,  ///< no date and time that there is
        skipped,     ///< an hour that daylight saving leaves out
    };
    struct Reading {
        Outcome outcome = Outcome::impossible;
        Instant at = no_instant;
    };

    /// `zone`: an IANA name. InputError without place when there is no such zone.
    explicit ClockReader(const std::string& zone);
    ClockReader(ClockReader&&) noexcept;
    ClockReader& operator=(ClockReader&&) noexcept;
    ~ClockReader();

    /// A local time that the clock shows twice is the first of the two, unless the source has
    /// reached it already: `reached` is the latest instant read from the same source, and what
    /// would not lie after it is taken for the second.
    Reading read(std::string_view text, Instant reached = std::numeric_limits<Instant>::min());

    /// A number of units (1 s, 1 ms ... in ns) since 1970-01-01T00:00 of the zone's clock, with or
    /// without a fraction, such as "1420092000" or "1420092000.25".
    Reading read_count(std::string_view text, Time unit,
                       Instant reached = std::numeric_limits<Instant>::min());

  private:
    struct Zone;
    Reading to_instant(LocalSeconds local, std::int64_t nanoseconds, Instant reached);
    std::unique_ptr<Zone> zone_;
};

}  // namespace foretwin::telemetry
