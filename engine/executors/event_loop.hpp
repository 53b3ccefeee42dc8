#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/kernel/context.hpp"
#include "engine/kernel/event_queue.hpp"
#include "engine/kernel/trace.hpp"

/// The loop that the sequential executor runs once and the parallel one in every window of every
/// group.
namespace foretwin::executors {

/// Cancelled events are swept once they are the larger half: memory stays proportional to what is
/// live, whatever the horizon, at amortised constant cost.
inline constexpr std::size_t smallest_sweep = 256;

/// Returns how many it removed.
inline std::size_t sweep(kernel::EventQueue& queue, kernel::Context& context) {
    if (context.stale_events() * 2 < std::max(queue.size(), smallest_sweep)) return 0;
    const std::size_t removed =
        queue.remove_if([&](const kernel::Event& event) { return context.is_stale(event); });
    context.forget_stale(removed);
    return removed;
}

/// From so many devices on, their state does not fit in the processor's nearer caches, and is
/// fetched some events early.
inline constexpr std::size_t most_devices_at_hand = 4096;
inline constexpr std::size_t entry_places = 7;
inline constexpr std::size_t state_places = 3;
static_assert(entry_places <= kernel::EventQueue::farthest_coming);

/// So many events are handled between two looks at what else there is to do.
inline constexpr std::uint64_t most_at_once = 1U << 15;

/// Handles events of the queue up to and including `until`, `most` at once; `push` takes what each
/// one caused, and tells whether it went into this queue. `traces` holds one hash per device, used
/// when traced. `deepest` is raised to the most events that were in the queue. Returns how many it
/// handled.
template <bool traced, class Push>
std::uint64_t handle_events(kernel::EventQueue& queue, kernel::Context& context, Time until,
                            std::uint64_t most, std::uint64_t* traces, std::uint64_t& deepest,
                            Push push) {
    const bool fetch_early = context.model().devices.size() > most_devices_at_hand;
    std::vector<kernel::Event>& outbox = context.outbox();
    std::uint64_t handled = 0;
    std::uint64_t pending = queue.size();
    std::uint64_t most_pending = pending;
    while (!queue.empty() && queue.top().at <= until && handled < most) {
        // Handled where it stands: nothing is put into the queue before it is done.
        const kernel::Event& event = queue.top();
        if (!context.fire(event)) {
            context.forget_stale(1);
            queue.pop();
            --pending;
            continue;
        }
        if constexpr (traced) {
            traces[event.device] = kernel::chain(traces[event.device], event);
        }
        if (fetch_early) {
            context.fetch_entry(queue.coming(entry_places).device);
            context.fetch_state(queue.coming(state_places).device);
        }
        context.dispatch_due(event);
        ++handled;
        queue.pop();
        --pending;
        for (const kernel::Event& caused : outbox) pending += push(caused) ? 1U : 0U;
        if (pending > most_pending) [[unlikely]] {
            most_pending = pending;
        }
        outbox.clear();
        // Asked here, so that a run without cancelled events asks for nothing else.
        if (context.stale_events() * 2 >= smallest_sweep) [[unlikely]] {
            pending -= sweep(queue, context);
        }
    }
    deepest = std::max(deepest, most_pending);
    return handled;
}

}  // namespace foretwin::executors
