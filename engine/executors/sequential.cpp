#include "engine/executors/sequential.hpp"

#include <utility>

#include "engine/executors/sweep.hpp"
#include "engine/kernel/event_queue.hpp"
#include "engine/kernel/trace.hpp"

namespace foretwin::executors {
namespace {

/// From so many devices on, their state does not fit in the processor's nearer caches, and is
/// fetched some events early.
constexpr std::size_t most_devices_at_hand = 4096;
constexpr std::size_t entry_places = 7;
constexpr std::size_t state_places = 3;
static_assert(entry_places <= kernel::EventQueue::farthest_coming);

template <bool traced>
void run(kernel::Simulation& simulation, Time until) {
    kernel::Context context = simulation.context();
    context.draw_ahead();
    std::vector<kernel::Event> pending = std::exchange(simulation.pending(), {});
    const auto is_stale = [&](const kernel::Event& event) { return context.is_stale(event); };
    std::erase_if(pending, is_stale);
    kernel::EventQueue queue;
    queue.assign(std::move(pending));
    std::uint64_t* traces = simulation.memory().at<std::uint64_t>(simulation.model().traces);
    std::vector<kernel::Event>& outbox = context.outbox();
    std::uint64_t handled = 0;
    const bool fetch_early = simulation.model().devices.size() > most_devices_at_hand;

    while (!queue.empty() && queue.top().at <= until) {
        // Handled where it stands: nothing is put into the queue before it is done.
        const kernel::Event& event = queue.top();
        if (context.is_stale(event)) {
            context.forget_stale(1);
            queue.pop();
            continue;
        }
        if constexpr (traced) {
            traces[event.device] = kernel::chain(traces[event.device], event);
        }
        if (fetch_early) {
            context.fetch_entry(queue.coming(entry_places).device);
            context.fetch_state(queue.coming(state_places).device);
        }
        context.dispatch(event);
        ++handled;
        queue.pop();
        for (const kernel::Event& caused : outbox) queue.push(caused);
        outbox.clear();
        sweep(queue, context);
    }
    simulation.settle(context);
    pending = queue.release();
    std::erase_if(pending, is_stale);
    simulation.pending() = std::move(pending);
    simulation.count_events(handled);
    simulation.move_clock(until);
}

}  // namespace

void run_sequential(kernel::Simulation& simulation, Time until, Trace trace) {
    if (trace == Trace::on) {
        run<true>(simulation, until);
    } else {
        run<false>(simulation, until);
    }
}

}  // namespace foretwin::executors
