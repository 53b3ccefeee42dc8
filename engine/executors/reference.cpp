#include "engine/executors/reference.hpp"

#include <algorithm>
#include <queue>
#include <vector>

#include "engine/kernel/trace.hpp"

namespace foretwin::executors {

void run_reference(kernel::Simulation& simulation, Time until, Observer* observer) {
    Observer nobody;
    if (observer == nullptr) observer = &nobody;
    Counters& counters = observer->counters;
    const std::uint64_t begin = observer->now();
    const std::uint64_t before = simulation.events_handled();
    const auto later = [](const kernel::Event& a, const kernel::Event& b) {
        return kernel::earlier(b, a);
    };
    std::priority_queue<kernel::Event, std::vector<kernel::Event>, decltype(later)> queue(
        later, std::move(simulation.pending()));
    simulation.pending().clear();
    kernel::Context context = simulation.context();
    std::uint64_t* traces = simulation.memory().at<std::uint64_t>(simulation.model().traces);

    counters.deepest_queue = std::max<std::uint64_t>(counters.deepest_queue, queue.size());
    while (!queue.empty() && queue.top().at <= until) {
        const kernel::Event event = queue.top();
        queue.pop();
        if (context.is_stale(event)) continue;
        traces[event.device] = kernel::chain(traces[event.device], event);
        context.dispatch(event);
        for (const kernel::Event& caused : context.outbox()) queue.push(caused);
        context.outbox().clear();
        simulation.count_events(1);
        counters.deepest_queue = std::max<std::uint64_t>(counters.deepest_queue, queue.size());
    }
    simulation.settle(context);
    for (; !queue.empty(); queue.pop()) {
        if (!context.is_stale(queue.top())) simulation.pending().push_back(queue.top());
    }
    simulation.move_clock(until);
    counters.events += simulation.events_handled() - before;
    counters.cancelled += context.cancelled_events();
    counters.sequential_ns +=
        observer->phase("reference", begin, simulation.events_handled() - before) - begin;
}

}  // namespace foretwin::executors
