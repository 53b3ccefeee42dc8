#pragma once

#include <cstdint>

namespace foretwin {

/// The integer nearest to a value, halves away from zero, for |value| below 9.2e18.
/// Not std::llround: adding a half and cutting is a few plain instructions that every compiler and
/// processor carries out alike; below 2^51 it errs only for the one double just under a half.
constexpr std::int64_t nearest_integer(double value) {
    // NOLINTNEXTLINE(bugprone-incorrect-roundings): see above
    return static_cast<std::int64_t>(value >= 0 ? value + 0.5 : value - 0.5);
}

}  // namespace foretwin
