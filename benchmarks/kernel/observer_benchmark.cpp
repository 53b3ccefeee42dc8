// What it costs to be observed: CPU time with the counters on over off, of the same stretches of
// the same future, in turn, in one process; PHOLD and a plant. Prints one "name value" per line.
// Arguments: SCENARIO [ROUNDS]; medians over 40 stretches per round.
#include <tbb/global_control.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <numeric>
#include <string>
#include <vector>

#include "benchmarks/clock.hpp"
#include "benchmarks/plant.hpp"
#include "engine/executors/parallel.hpp"
#include "models/reference/phold.hpp"

namespace {

using namespace foretwin;

constexpr std::size_t stretches = 40;

std::uint64_t wall_ns() {
    return static_cast<std::uint64_t>(benchmarks::wall_seconds() * 1e9);
}

/// Least CPU seconds of each stretch over the rounds: what comes on top is the busy machine.
class Least {
  public:
    void add(std::size_t stretch, double off, double on) {
        off_[stretch] = std::min(off_[stretch], off);
        on_[stretch] = std::min(on_[stretch], on);
    }
    /// The first two stretches warm the memory up.
    double ratio() const {
        return std::accumulate(on_.begin() + 2, on_.end(), 0.0) /
               std::accumulate(off_.begin() + 2, off_.end(), 0.0);
    }

  private:
    std::vector<double> off_ = std::vector<double>(stretches, 1e9);
    std::vector<double> on_ = std::vector<double>(stretches, 1e9);
};

template <class Run>
double cpu_seconds_of(Run run) {
    const double begin = benchmarks::cpu_seconds();
    run();
    return benchmarks::cpu_seconds() - begin;
}

/// Two twins of one future take turns, so that a busy machine and the state of the plant meet both
/// alike; who goes first alternates.
template <class Off, class On>
void take_turns(Least& least, std::size_t stretch, Off off, On on) {
    if (stretch % 2 == 0) {
        const double seconds = cpu_seconds_of(off);
        least.add(stretch, seconds, cpu_seconds_of(on));
    } else {
        const double seconds = cpu_seconds_of(on);
        least.add(stretch, cpu_seconds_of(off), seconds);
    }
}

void measure(const char* name, const kernel::Model& model, Time end, int rounds) {
    Least least;
    for (int round = 0; round < rounds; ++round) {
        kernel::Simulation plain(model, {1, 0});
        plain.start();
        kernel::Simulation watched = plain;
        executors::Observer observer;
        observer.clock = wall_ns;
        for (std::size_t i = 0; i < stretches; ++i) {
            const Time until = end / Time{stretches} * static_cast<Time>(i + 1);
            const auto off = [&] { executors::run_sequential(plain, until); };
            const auto on = [&] {
                executors::run_sequential(watched, until, executors::Trace::off, &observer);
            };
            take_turns(least, i, off, on);
        }
        if (plain.report(false).values != watched.report(false).values) std::abort();
    }
    std::cout << name << ' ' << least.ratio() << '\n';
}

/// The same on two threads, where the clock is looked at in every round; `timeline` as well.
void measure_windows(const char* name, const kernel::Model& model, Time end, int rounds,
                     bool with_timeline) {
    const tbb::global_control allowed(tbb::global_control::max_allowed_parallelism, 2);
    tbb::task_arena arena(2);
    Least least;
    arena.execute([&] {
        for (int round = 0; round < rounds; ++round) {
            kernel::Simulation plain(model, {1, 0});
            plain.start();
            kernel::Simulation watched = plain;
            executors::Timeline timeline(1 << 20);
            executors::Observer observer;
            observer.clock = wall_ns;
            if (with_timeline) observer.timeline = &timeline;
            for (std::size_t i = 0; i < stretches; ++i) {
                const Time until = end / Time{stretches} * static_cast<Time>(i + 1);
                const auto off = [&] { executors::run_parallel(plain, until, 2); };
                const auto on = [&] {
                    executors::run_parallel(watched, until, 2, executors::Trace::off, &observer);
                };
                take_turns(least, i, off, on);
            }
        }
    });
    std::cout << name << ' ' << least.ratio() << '\n';
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
    const assembly::Plant plant = benchmarks::plant_of(benchmarks::read_scenario(arguments[1]));
    measure("plant_on_over_off", plant.model, plant.clock.end(), rounds);
}
