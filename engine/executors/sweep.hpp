#pragma once

#include <cstddef>

#include "engine/kernel/context.hpp"
#include "engine/kernel/event_queue.hpp"

namespace foretwin::executors {

/// Cancelled events are swept once they are the larger half: memory stays proportional to what is
/// live, whatever the horizon, at amortised constant cost.
inline constexpr std::size_t smallest_sweep = 256;

inline void sweep(kernel::EventQueue& queue, kernel::Context& context) {
    if (queue.size() < smallest_sweep || context.stale_events() * 2 < queue.size()) return;
    const std::size_t removed =
        queue.remove_if([&](const kernel::Event& event) { return context.is_stale(event); });
    context.forget_stale(removed);
}

}  // namespace foretwin::executors
