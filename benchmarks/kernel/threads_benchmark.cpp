// PHOLD on several threads beside one, in turn, in one process: wall time and CPU time per
// committed event, both over those of the sequential executor; medians of the rounds, and the
// fastest ones of both, which other programs disturb least. Prints one "name value" per line.
// Arguments: PROCESSES EVENTS REMOTE LOOKAHEAD THREADS ROUNDS [MILLION_EVENTS [EXECUTOR]]; EXECUTOR
// is parallel (as is when it is left out) or optimistic.
#include <tbb/global_control.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "benchmarks/clock.hpp"
#include "benchmarks/median.hpp"
#include "engine/executors/optimistic.hpp"
#include "engine/executors/parallel.hpp"
#include "models/reference/phold.hpp"

namespace {

using namespace foretwin;

struct Cost {
    double wall = 0, cpu = 0;  ///< s per event
};

template <class Run>
Cost cost(const kernel::Simulation& simulation, Run run) {
    const std::uint64_t before = simulation.events_handled();
    const double cpu = benchmarks::cpu_seconds();
    const double wall = benchmarks::wall_seconds();
    run();
    const auto events = static_cast<double>(simulation.events_handled() - before);
    return {(benchmarks::wall_seconds() - wall) / events,
            (benchmarks::cpu_seconds() - cpu) / events};
}

/// What either executor says of a run.
struct Told {
    int groups = 1;
    std::uint64_t rounds = 0, side_by_side = 0, alone = 0, undone = 0;
};

Told run_on(bool optimistic, kernel::Simulation& simulation, Time until, int threads) {
    if (optimistic) {
        const auto report = executors::run_optimistic(simulation, until, threads);
        return {report.groups, report.rounds, report.speculative_events, report.sequential_events,
                report.undone_events};
    }
    const auto report = executors::run_parallel(simulation, until, threads);
    return {report.groups, report.rounds, report.parallel_events, report.sequential_events, 0};
}

double share(std::uint64_t part, std::uint64_t rest) {
    return static_cast<double>(part) / static_cast<double>(std::max<std::uint64_t>(1, part + rest));
}

void measure(const reference::Phold& plan, int threads, int rounds, double events,
             bool optimistic) {
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
    std::vector<double> together_wall;
    Told told;
    for (int round = 0; round <= rounds; ++round) {
        const Time until = (round + 1) * stretch;
        const Cost alone = cost(one, [&] { executors::run_sequential(one, until); });
        const Cost together = cost(many, [&] { told = run_on(optimistic, many, until, threads); });
        if (round == 0) continue;  // memory warms up
        speed_up.push_back(alone.wall / together.wall);
        more_cpu.push_back(together.cpu / alone.cpu);
        sequential.push_back(alone.wall);
        together_wall.push_back(together.wall);
    }
    std::cout << "sequential_ns_per_event " << benchmarks::median(sequential) * 1e9 << '\n'
              << "speed_up " << benchmarks::median(speed_up) << '\n'
              << "fastest_speed_up "
              << *std::min_element(sequential.begin(), sequential.end()) /
                     *std::min_element(together_wall.begin(), together_wall.end())
              << '\n'
              << "cpu_per_event_ratio " << benchmarks::median(more_cpu) << '\n'
              << "groups " << told.groups << '\n'
              << "events_per_round "
              << static_cast<double>(told.side_by_side) /
                     static_cast<double>(std::max<std::uint64_t>(1, told.rounds))
              << '\n'
              << "sequential_share " << share(told.alone, told.side_by_side) << '\n'
              << "undone_share " << share(told.undone, told.side_by_side) << '\n'
              << "same_story " << (one.report(false).values == many.report(false).values) << '\n';
}

}  // namespace

int main(int count, char** arguments) {
    if (count < 7) {
        std::cerr << "usage: threads_benchmark PROCESSES EVENTS REMOTE LOOKAHEAD THREADS ROUNDS "
                     "[MILLION_EVENTS [parallel|optimistic]]\n";
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
                (count > 7 ? std::atof(arguments[7]) : 4) * 1e6,
                count > 8 && std::string(arguments[8]) == "optimistic");
    });
}
