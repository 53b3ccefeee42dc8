#include "engine/executors/parallel.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "engine/executors/groups.hpp"
#include "engine/executors/pace.hpp"

namespace foretwin::executors {
namespace {

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

/// Runs a stretch on one thread; returns the seconds that an event took.
double run_stretch(kernel::Simulation& simulation, Time until, Trace trace, ParallelReport& report,
                   Observer* observer) {
    const Stopwatch watch;
    const std::uint64_t before = simulation.events_handled();
    run_sequential(simulation, until, trace, observer);
    const std::uint64_t handled = simulation.events_handled() - before;
    report.sequential_events += handled;
    return watch.seconds() / static_cast<double>(std::max<std::uint64_t>(1, handled));
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
                            Observer* observer) {
    ParallelReport report;
    const std::uint32_t groups =
        std::min(static_cast<std::uint32_t>(threads), simulation.model().partition.cells());
    std::vector<double> sent_before = groups > 1 ? sent_by_cell(simulation) : std::vector<double>();
    double stretch = first_stretch;
    double sequential_cost = 0;
    std::uint64_t events_to_balance = 1U << 20;
    while (groups > 1 && simulation.now() < until) {
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
        const double span = static_cast<double>(simulation.now() - begin) * stretch /
                            static_cast<double>(handled + 1);
        stretch *= 2;
        const Time pause = span < static_cast<double>(until - simulation.now())
                               ? simulation.now() + static_cast<Time>(span)
                               : until;
        sequential_cost = run_stretch(simulation, pause, trace, report, observer);
        ++report.stretches;
    }
    // Events of this very instant may be pending even when the clock is there already.
    run_stretch(simulation, until, trace, report, observer);
    return report;
}

}  // namespace foretwin::executors
