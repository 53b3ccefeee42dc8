#include "engine/executors/reference.hpp"

#include <queue>
#include <vector>

#include "engine/kernel/trace.hpp"

namespace foretwin::executors {

void run_reference(kernel::Simulation& simulation, Time until) {
    const auto later = [](const kernel::Event& a, const kernel::Event& b) {
        return kernel::earlier(b, a);
    };
    std::priority_queue<kernel::Event, std::vector<kernel::Event>, decltype(later)> queue(
        later, std::move(simulation.pending()));
    simulation.pending().clear();
    kernel::Context context = simulation.context();
    std::uint64_t* traces = simulation.memory().at<std::uint64_t>(simulation.model().traces);

    while (!queue.empty() && queue.top().at <= until) {
        const kernel::Event event = queue.top();
        queue.pop();
        if (context.is_stale(event)) continue;
        traces[event.device] = kernel::chain(traces[event.device], event);
        context.dispatch(event);
        for (const kernel::Event& caused : context.outbox()) queue.push(caused);
        context.outbox().clear();
        simulation.count_events(1);
    }
    simulation.settle(context);
    for (; !queue.empty(); queue.pop()) {
        if (!context.is_stale(queue.top())) simulation.pending().push_back(queue.top());
    }
    simulation.move_clock(until);
}

}  // namespace foretwin::executors
