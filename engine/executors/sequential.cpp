#include "engine/executors/sequential.hpp"

#include <utility>

#include "engine/executors/sweep.hpp"
#include "engine/kernel/event_queue.hpp"
#include "engine/kernel/trace.hpp"

namespace foretwin::executors {
namespace {

template <bool traced>
void run(kernel::Simulation& simulation, Time until) {
    kernel::EventQueue queue;
    queue.assign(std::exchange(simulation.pending(), {}));
    kernel::Context context = simulation.context();
    context.draw_ahead();
    std::uint64_t* traces = simulation.memory().at<std::uint64_t>(simulation.model().traces);
    std::vector<kernel::Event>& outbox = context.outbox();
    std::uint64_t handled = 0;
    queue.remove_if([&](const kernel::Event& event) { return context.is_stale(event); });

    while (!queue.empty() && queue.top().at <= until) {
        const kernel::Event event = queue.top();
        queue.pop();
        if (context.is_stale(event)) {
            context.forget_stale(1);
            continue;
        }
        if constexpr (traced) {
            traces[event.device] = kernel::chain(traces[event.device], event);
        }
        context.dispatch(event);
        ++handled;
        for (const kernel::Event& caused : outbox) queue.push(caused);
        outbox.clear();
        sweep(queue, context);
    }
    queue.remove_if([&](const kernel::Event& event) { return context.is_stale(event); });
    simulation.settle(context);
    simulation.pending() = queue.release();
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
