#pragma once

#include <cstdint>

namespace foretwin {

/// Accumulators of parts x ns, mW x ns or price x ns. Integers, so that splitting a run at a
/// snapshot, merging and order of summation cannot change a bit (DESIGN, section 4).
__extension__ using Wide = __int128;

/// Adds a value of at least 0: cheaper than a signed one, by the sign.
constexpr void add_positive(Wide& sum, std::int64_t value) {
    sum += static_cast<Wide>(static_cast<std::uint64_t>(value));
}
/// Takes off a value of at least 0.
constexpr void take_positive(Wide& sum, std::int64_t value) {
    sum -= static_cast<Wide>(static_cast<std::uint64_t>(value));
}

constexpr double to_double(Wide value) {
    return static_cast<double>(value);
}

}  // namespace foretwin
