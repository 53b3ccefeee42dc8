#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace foretwin::telemetry {

/// Clock time of a record without zone: seconds since 1970-01-01T00:00 on the same clock.
using LocalSeconds = std::int64_t;

inline constexpr double seconds_per_day = 86400.0;

/// Reads `2015-01-02 03:00:00`, `2015-01-02T03:00`, `2015-01-02`; nothing for whatever else,
/// impossible dates and times included. Fractions of a second and zones are not accepted.
std::optional<LocalSeconds> parse_local_time(std::string_view text);

/// "2015-01-02T03:00", with seconds only where there are some.
std::string to_text(LocalSeconds at);

}  // namespace foretwin::telemetry
