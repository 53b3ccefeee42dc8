#pragma once

#include <cstdint>
#include <span>

#include "engine/core/time.hpp"

namespace foretwin::energy {

/// From `at` on the power is `power_mw`, until the next change.
struct PowerChange {
    Time at = 0;
    std::int64_t power_mw = 0;
};

/// Highest mean in kW over any stretch of length `window` inside [first change, end]: what a
/// utility with a sliding window bills. Changes in time order; end - first change >= window > 0.
/// The mean is piecewise linear in the window's begin, so only begins where an edge meets a change
/// are tried.
double highest_sliding_mean_kw(std::span<const PowerChange> changes, Time end, Time window);

}  // namespace foretwin::energy
