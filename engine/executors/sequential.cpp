#include "engine/executors/sequential.hpp"

#include <utility>

#include "engine/executors/sweep.hpp"
#include "engine/kernel/event_queue.hpp"
#include "engine/kernel/trace.hpp"

namespace foretwin::executors {
namespace {

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
