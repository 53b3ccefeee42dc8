#pragma once

#include <cstdint>

namespace foretwin {

/// Accumulators of parts x ns, mW x ns or price x ns. Integers, so that splitting a run at a
/// snapshot, merging and order of summation cannot change a bit (DESIGN, section 4).
__extension__ using Wide = __int128;

constexpr double to_double(Wide value) {
    return static_cast<double>(value);
}

}  // namespace foretwin
