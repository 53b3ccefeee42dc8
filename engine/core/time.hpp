#pragma once

#include <cstdint>
#include <limits>

#include "engine/core/rounding.hpp"

namespace foretwin {

/// A point in simulated time, or a span of it: whole nanoseconds since the scenario's start.
/// Integers, because sums of them do not depend on order; 64 bits reach 292 years.
using Time = std::int64_t;

inline constexpr Time nanosecond = 1;
inline constexpr Time microsecond = 1'000;
inline constexpr Time millisecond = 1'000'000;
inline constexpr Time second = 1'000'000'000;
inline constexpr Time minute = 60 * second;
inline constexpr Time hour = 60 * minute;
inline constexpr Time day = 24 * hour;
inline constexpr Time week = 7 * day;

/// "Not within the reach of the clock": an event at `never` is not scheduled.
inline constexpr Time never = std::numeric_limits<Time>::max();

/// Seconds to the nearest nanosecond. Anything beyond the clock's reach, and NaN, is `never`;
/// negative values beyond it are a broken rule of the caller, not of this function.
constexpr Time from_seconds(double seconds) {
    const double ns = seconds * 1e9;
    if (!(ns < 9.2e18)) return never;
    return nearest_integer(ns);
}

constexpr double to_seconds(Time time) {
    return static_cast<double>(time) * 1e-9;
}
constexpr double to_hours(Time time) {
    return static_cast<double>(time) / 3.6e12;
}

/// `a + b` with b >= 0, or `never` when either is never or the sum leaves the clock.
constexpr Time later(Time a, Time b) {
    Time sum = 0;
    return __builtin_add_overflow(a, b, &sum) ? never : sum;
}

}  // namespace foretwin
