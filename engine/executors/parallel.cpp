#include "engine/executors/parallel.hpp"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "engine/executors/groups.hpp"
#include "engine/executors/stretch.hpp"

namespace foretwin::executors {
namespace {

/// With fewer events per group before one must hear from another, side by side is not even tried.
constexpr double fewest_per_group = 12;
/// The first stretch run sequentially holds about so many events; each further one twice as many.
constexpr double first_stretch = 4e5;

/// What each cell has sent so far, for every device: nearly what it has handled.
std::vector<double> sent_by_cell(const kernel::Simulation& simulation) {
    const kernel::Model& model = simulation.model();
    const std::uint64_t* counters = simulation.memory().at<std::uint64_t>(model.counters);
    std::vector<double> sent(model.partition.cells(), 0.0);
    for (std::size_t device = 0; device < model.devices.size(); ++device) {
        sent[model.dispatch[device].cell] += static_cast<double>(counters[device]);
    }
    return sent;
}

/// The load of every cell: what was measured since `before`, or, as long as that is little, the
/// number of its devices.
std::vector<double> load_of(const kernel::Simulation& simulation,
                            const std::vector<double>& before) {
    constexpr double enough = 1e5;
    std::vector<double> load = sent_by_cell(simulation);
    double sum = 0;
    for (std::size_t cell = 0; cell < load.size(); ++cell) sum += load[cell] -= before[cell];
    if (sum > enough) return load;
    const std::vector<std::uint32_t>& devices = simulation.model().partition.devices_in;
    return {devices.begin(), devices.end()};
}

/// What the pending events tell of the time to come, without running anything.
struct Outlook {
    Time lookahead = never;    ///< the smallest between two groups
    double per_lookahead = 0;  ///< events that are due before one group must hear from another
    double per_ns = 0;         ///< events, if each pending one brings the next
};

Outlook outlook_of(const kernel::Simulation& simulation, std::uint32_t groups) {
    const kernel::Partition& partition = simulation.model().partition;
    const std::vector<std::uint32_t> group_of = kernel::groups_of(partition, groups);
    Time lookahead = never;
    for (std::uint32_t from = 0; from < partition.cells(); ++from) {
        for (std::uint32_t to = 0; to < partition.cells(); ++to) {
            if (group_of[from] == group_of[to]) continue;
            lookahead = std::min(lookahead, partition.lookahead_between(from, to));
        }
    }
    std::vector<Time> due;
    due.reserve(simulation.pending_events());
    for (const kernel::Event& event : simulation.pending()) due.push_back(event.at);
    if (due.empty()) return {lookahead, 0, 0};
    const std::size_t half = due.size() / 2;
    const auto middle = due.begin() + static_cast<std::ptrdiff_t>(half);
    std::nth_element(due.begin(), middle, due.end());
    const double span = static_cast<double>(*middle - simulation.now()) + 1;
    const Time first = *std::min_element(due.begin(), middle + 1);
    const auto soon = std::count_if(due.begin(), due.end(), [&](Time at) {
        return lookahead == never || at - first < lookahead;
    });
    return {lookahead, static_cast<double>(soon), static_cast<double>(half + 1) / span};
}

/// The end of a stretch of about so many events.
Time end_of_stretch(Time now, Time until, double events, double per_ns) {
    const double span = per_ns > 0 ? events / per_ns : static_cast<double>(until - now);
    return span < static_cast<double>(until - now) ? now + static_cast<Time>(span) + 1 : until;
}

}  // namespace

void ParallelReport::add(const ParallelReport& more) {
    groups = std::max(groups, more.groups);
    lookahead = std::min(lookahead, more.lookahead);
    rounds += more.rounds;
    waits += more.waits;
    parallel_events += more.parallel_events;
    sequential_events += more.sequential_events;
    stretches += more.stretches;
}

ParallelReport run_parallel(kernel::Simulation& simulation, Time until, int threads, Trace trace,
                            Observer* observer, Attempt attempt) {
    ParallelReport report;
    const auto run_alone = [&](Time pause) {
        const Stretch alone = run_stretch(simulation, pause, trace, observer);
        report.sequential_events += alone.handled;
        return alone.seconds_per_event;
    };
    const std::uint32_t groups =
        std::min(static_cast<std::uint32_t>(threads), simulation.model().partition.cells());
    std::vector<double> sent_before = groups > 1 ? sent_by_cell(simulation) : std::vector<double>();
    double stretch = first_stretch;
    constexpr double beyond_any_cost = std::numeric_limits<double>::infinity();
    double sequential_cost = attempt == Attempt::always ? beyond_any_cost : 0;
    std::uint64_t events_to_balance = 1U << 20;
    const Time look_again = (until - simulation.now()) / 16 + 1;
    while (groups > 1 && simulation.now() < until) {
        const Outlook outlook = outlook_of(simulation, groups);
        const bool may_pay = outlook.per_lookahead >= fewest_per_group * groups;
        if (!may_pay && attempt == Attempt::where_it_may_pay) {
            // A plant that is still empty says little about what is to come: look again soon.
            const Time soon = std::min(until, later(simulation.now(), look_again));
            const Time pause = end_of_stretch(simulation.now(), soon, stretch, outlook.per_ns);
            report.groups = static_cast<int>(groups);
            report.lookahead = outlook.lookahead;
            sequential_cost = run_alone(pause);
            stretch *= 2;
            continue;
        }
        const Time begin = simulation.now();
        Groups side_by_side(simulation, groups, load_of(simulation, sent_before),
                            trace == Trace::on, observer);
        const Groups::End end = side_by_side.run(until, sequential_cost, events_to_balance);
        const std::uint64_t handled = side_by_side.finish(report);
        if (end == Groups::End::reached) {
            simulation.move_clock(until);
            return report;
        }
        if (end == Groups::End::unbalanced) {
            events_to_balance *= 2;  // it may be one piece that cannot be cut
            continue;
        }
        const double per_ns =
            static_cast<double>(handled + 1) / static_cast<double>(simulation.now() - begin + 1);
        const Time pause = end_of_stretch(simulation.now(), until, stretch, per_ns);
        stretch *= 2;
        sequential_cost = run_alone(pause);
        ++report.stretches;
    }
    // Events of this very instant may be pending even when the clock is there already.
    run_alone(until);
    return report;
}

}  // namespace foretwin::executors
