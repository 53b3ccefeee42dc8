// What it costs to be observed: CPU time with the counters on over off, of the same stretches of
// the same future, in turn, in one process; PHOLD and a plant. Prints one "name value" per line.
// Arguments: SCENARIO [ROUNDS]; medians over 40 stretches per round.
#include <tbb/global_control.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "benchmarks/clock.hpp"
#include "engine/executors/parallel.hpp"
#include "models/reference/phold.hpp"
#include "scenarios/experiments/parameter_draws.hpp"
#include "scenarios/experiments/replicate.hpp"

namespace {

using namespace foretwin;

constexpr int stretches = 40;

std::uint64_t wall_ns() {
    return static_cast<std::uint64_t>(benchmarks::wall_seconds() * 1e9);
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

template <class Run>
double cpu_seconds_of(Run run) {
    const double begin = benchmarks::cpu_seconds();
    run();
    return benchmarks::cpu_seconds() - begin;
}

/// Two twins of one future take turns, so that a busy machine and the state of the plant meet both
/// alike; who goes first alternates.
void measure(const char* name, const kernel::Model& model, Time end, int rounds) {
    std::vector<double> ratios;
    for (int round = 0; round < rounds; ++round) {
        kernel::Simulation plain(model, {1, 0});
        plain.start();
        kernel::Simulation watched = plain;
        executors::Observer observer;
        observer.clock = wall_ns;
        for (int i = 1; i <= stretches; ++i) {
            const Time until = end / stretches * i;
            const auto off = [&] { executors::run_sequential(plain, until); };
            const auto on = [&] {
                executors::run_sequential(watched, until, executors::Trace::off, &observer);
            };
            const double first = i % 2 == 0 ? cpu_seconds_of(off) : cpu_seconds_of(on);
            const double second = i % 2 == 0 ? cpu_seconds_of(on) : cpu_seconds_of(off);
            if (i > 2) ratios.push_back(i % 2 == 0 ? second / first : first / second);
        }
        if (plain.report(false).values != watched.report(false).values) std::abort();
    }
    std::cout << name << ' ' << median(ratios) << '\n';
}

/// The same on two threads, where the clock is looked at in every window; `timeline` as well.
void measure_windows(const char* name, const kernel::Model& model, Time end, int rounds,
                     bool with_timeline) {
    const tbb::global_control allowed(tbb::global_control::max_allowed_parallelism, 2);
    tbb::task_arena arena(2);
    std::vector<double> ratios;
    arena.execute([&] {
        for (int round = 0; round < rounds; ++round) {
            kernel::Simulation plain(model, {1, 0});
            plain.start();
            kernel::Simulation watched = plain;
            executors::Timeline timeline(1 << 20);
            executors::Observer observer;
            observer.clock = wall_ns;
            if (with_timeline) observer.timeline = &timeline;
            for (int i = 1; i <= stretches; ++i) {
                const Time until = end / stretches * i;
                const auto off = [&] { executors::run_parallel(plain, until, 2); };
                const auto on = [&] {
                    executors::run_parallel(watched, until, 2, executors::Trace::off, &observer);
                };
                const double first = i % 2 == 0 ? cpu_seconds_of(off) : cpu_seconds_of(on);
                const double second = i % 2 == 0 ? cpu_seconds_of(on) : cpu_seconds_of(off);
                if (i > 2) ratios.push_back(i % 2 == 0 ? second / first : first / second);
            }
        }
    });
    std::cout << name << ' ' << median(ratios) << '\n';
}

experiments::StudyPlan plan_of(const std::string& file) {
    experiments::StudyPlan plan;
    loader::Problems problems;
    plan.file = loader::read_scenario(file, problems);
    loader::throw_if_any(problems);
    plan.alternatives = {experiments::Alternative{}};
    plan.replications = 1;
    return plan;
}

}  // namespace

int main(int count, char** arguments) {
    if (count < 2) {
        std::cerr << "usage: observer_benchmark SCENARIO [ROUNDS]\n";
        return 2;
    }
    const int rounds = count > 2 ? std::atoi(arguments[2]) : 5;
    std::cout.precision(5);
    measure("phold_on_over_off", reference::phold({1024, 8, 0.1, 0.1}), 2000 * second, rounds);
    const kernel::Model large = reference::phold({65'536, 8, 0.1, 0.1});
    measure_windows("phold_two_threads_on_over_off", large, 60 * second, rounds, false);
    measure_windows("phold_two_threads_with_timeline", large, 60 * second, rounds, true);
    const experiments::StudyPlan plan = plan_of(arguments[1]);
    const experiments::ParameterDraws draws(plan.file, plan.seed, 0, plan.life_model);
    const auto prepared = experiments::prepare(plan, draws);
    const assembly::Plant& plant = prepared.front().plants.front();
    measure("plant_on_over_off", plant.model, plant.clock.end(), rounds);
}
