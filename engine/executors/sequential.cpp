#include "engine/executors/sequential.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "engine/executors/event_loop.hpp"

namespace foretwin::executors {
namespace {

template <bool traced>
void run(kernel::Simulation& simulation, Time until, Counters& counters) {
    kernel::Context context = simulation.context();
    context.draw_ahead();
    std::vector<kernel::Event> pending = std::exchange(simulation.pending(), {});
    const auto is_stale = [&](const kernel::Event& event) { return context.is_stale(event); };
    std::erase_if(pending, is_stale);
    kernel::EventQueue queue;
    queue.assign(std::move(pending));
    std::uint64_t* traces = simulation.memory().at<std::uint64_t>(simulation.model().traces);
    const auto push = [&](const kernel::Event& caused) {
        queue.push(caused);
        return true;
    };
    std::uint64_t handled = 0;
    std::uint64_t last = most_at_once;
    while (last == most_at_once) {
        last = handle_events<traced>(queue, context, until, most_at_once, traces,
                                     counters.deepest_queue, push);
        handled += last;
        if (!queue.empty()) context.merge(std::min(queue.top().at, until));
    }
    simulation.settle(context);
    pending = queue.release();
    std::erase_if(pending, is_stale);
    simulation.pending() = std::move(pending);
    simulation.count_events(handled);
    simulation.move_clock(until);
    counters.events += handled;
    counters.cancelled += context.cancelled_events();
}

template <bool traced>
void run_observed(kernel::Simulation& simulation, Time until, Observer* observer) {
    Observer nobody;
    if (observer == nullptr) observer = &nobody;
    const std::uint64_t before = observer->counters.events;
    const std::uint64_t begin = observer->now();
    run<traced>(simulation, until, observer->counters);
    const std::uint64_t end =
        observer->phase("sequential", begin, observer->counters.events - before);
    observer->counters.sequential_ns += end - begin;
}

}  // namespace

void run_sequential(kernel::Simulation& simulation, Time until, Trace trace, Observer* observer) {
    if (trace == Trace::on) {
        run_observed<true>(simulation, until, observer);
    } else {
        run_observed<false>(simulation, until, observer);
    }
}

}  // namespace foretwin::executors
