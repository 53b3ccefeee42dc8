#pragma once

#include <cstdint>

#include "engine/core/time.hpp"
#include "engine/core/wide.hpp"

namespace foretwin::flow {

/// Parts x ns in some place, exactly: each part takes off the instant it enters and adds the one it
/// leaves, so that nothing is multiplied per part. Begins empty, at time 0.
struct Presence {
    Wide balance = 0;  ///< what the parts that are present have still to add

    void enter(Time now) { take_positive(balance, now); }
    void leave(Time now) { add_positive(balance, now); }
    /// Measuring begins now, with so many parts present.
    void begin_measuring(Time now, std::int64_t present) {
        balance = -static_cast<Wide>(now) * present;
    }
    /// The integral over the time measured, with so many parts present.
    Wide until(Time now, std::int64_t present) const {
        return balance + static_cast<Wide>(now) * present;
    }
};

}  // namespace foretwin::flow
