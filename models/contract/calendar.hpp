#pragma once

#include <memory>
#include <vector>

#include "engine/core/time.hpp"

namespace foretwin {

/// When something is on shift: disjoint intervals [from, to), ascending, in run time (0 is the
/// start of the warm-up). Made once at the edge from local time, daylight saving included.
struct Calendar {
    struct Interval {
        Time from = 0;
        Time to = never;
    };
    std::vector<Interval> on;

    /// The edge (a change between off and on) with number `index`: edges alternate on, off, on, ...
    Time edge(std::uint32_t index) const {
        if (index / 2 >= on.size()) return never;
        return index % 2 == 0 ? on[index / 2].from : on[index / 2].to;
    }
};

/// No calendar means always on.
using CalendarPointer = std::shared_ptr<const Calendar>;

}  // namespace foretwin
