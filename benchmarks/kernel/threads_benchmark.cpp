// PHOLD on several threads beside one, in turn, in one process: wall time and CPU time per
// committed event, both over those of the sequential executor. Prints one "name value" per line.
// Arguments: PROCESSES EVENTS REMOTE LOOKAHEAD THREADS ROUNDS [MILLION_EVENTS]
#include <tbb/global_control.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <vector>

#include "benchmarks/clock.hpp"
#include "engine/executors/parallel.hpp"
#include "models/reference/phold.hpp"

namespace {

using namespace foretwin;

struct Cost {
    double wall = 0, cpu = 0;  ///< s per event
};

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

double wall_seconds() {
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    return std::chrono::duration<double>(now).count();
}

template <class Run>
Cost cost(const kernel::Simulation& simulation, Run run) {
    const std::uint64_t before = simulation.events_handled();
    const double cpu = benchmarks::cpu_seconds();
    const double wall = wall_seconds();
    run();
    const auto events = static_cast<double>(simulation.events_handled() - before);
    return {(wall_seconds() - wall) / events, (benchmarks::cpu_seconds() - cpu) / events};
}

void measure(const reference::Phold& plan, int threads, int rounds, double events) {
    const kernel::Model model = reference::phold(plan);
    kernel::Simulation one(model, {1, 0});
    kernel::Simulation many(model, {1, 0});
    one.start();
    many.start();
    const double per_second = plan.processes * plan.events / (1 + plan.lookahead);
    const Time stretch = from_seconds(events / per_second);
    std::vector<double> speed_up;
    std::vector<double> more_cpu;
    std::vector<double> sequential;
    executors::ParallelReport report;
    for (int round = 0; round <= rounds; ++round) {
        const Time until = (round + 1) * stretch;
        const Cost alone = cost(one, [&] { executors::run_sequential(one, until); });
        const Cost together =
            cost(many, [&] { report = executors::run_parallel(many, until, threads); });
        if (round == 0) continue;  // memory warms up
        speed_up.push_back(alone.wall / together.wall);
        more_cpu.push_back(together.cpu / alone.cpu);
        sequential.push_back(alone.wall);
    }
    std::cout << "sequential_ns_per_event " << median(sequential) * 1e9 << '\n'
              << "speed_up " << median(speed_up) << '\n'
              << "cpu_per_event_ratio " << median(more_cpu) << '\n'
              << "groups " << report.groups << '\n'
              << "events_per_round "
              << static_cast<double>(report.parallel_events) /
                     static_cast<double>(std::max<std::uint64_t>(1, report.rounds))
              << '\n'
              << "sequential_share "
              << static_cast<double>(report.sequential_events) /
                     static_cast<double>(report.sequential_events + report.parallel_events)
              << '\n'
              << "same_story " << (one.report(false).values == many.report(false).values) << '\n';
}

}  // namespace

int main(int count, char** arguments) {
    if (count < 7) {
        std::cerr << "usage: threads_benchmark PROCESSES EVENTS REMOTE LOOKAHEAD THREADS ROUNDS "
                     "[MILLION_EVENTS]\n";
        return 2;
    }
    reference::Phold plan;
    plan.processes = static_cast<std::uint32_t>(std::atoll(arguments[1]));
    plan.events = static_cast<std::uint32_t>(std::atoll(arguments[2]));
    plan.remote = std::atof(arguments[3]);
    plan.lookahead = std::atof(arguments[4]);
    const int threads = std::atoi(arguments[5]);
    const tbb::global_control allowed(tbb::global_control::max_allowed_parallelism,
                                      static_cast<std::size_t>(threads));
    tbb::task_arena arena(threads);
    arena.execute([&] {
        measure(plan, threads, std::atoi(arguments[6]),
                (count > 7 ? std::atof(arguments[7]) : 4) * 1e6);
    });
}
