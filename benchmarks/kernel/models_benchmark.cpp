// Whole models on the sequential executor: DEVStone (LI, HI, HO), M/M/1 in the kernel alone, and
// plants assembled from scenario files. CPU ns per event, and the same over a hold operation on a
// bare heap with as many events pending. Prints CSV: model,events,ns_per_event,over_floor; medians
// of the rounds. Arguments: ROUNDS [SCENARIO ...]
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

#include "benchmarks/clock.hpp"
#include "benchmarks/kernel/floor.hpp"
#include "benchmarks/median.hpp"
#include "benchmarks/plant.hpp"
#include "engine/executors/sequential.hpp"
#include "models/reference/devstone.hpp"
#include "models/reference/single_queue.hpp"

namespace {

using namespace foretwin;

/// Runs the same future once per round, from the start; `right` judges where it ended.
template <class Right>
bool measure(const std::string& name, const kernel::Model& model, Time end, int rounds,
             Right right) {
    std::vector<double> ns;
    std::vector<double> over_floor;
    std::uint64_t events = 0;
    for (int round = 0; round <= rounds; ++round) {
        kernel::Simulation simulation(model, {1, 0});
        simulation.start();
        executors::Observer observer;
        const double begin = benchmarks::cpu_seconds();
        executors::run_sequential(simulation, end, executors::Trace::off, &observer);
        const double seconds = benchmarks::cpu_seconds() - begin;
        if (!right(simulation)) return false;
        if (round == 0) continue;  // memory warms up
        events = simulation.events_handled();
        ns.push_back(seconds / static_cast<double>(events) * 1e9);
        over_floor.push_back(ns.back() / benchmarks::floor_ns(observer.counters.deepest_queue));
    }
    std::cout << name << ',' << events << ',' << benchmarks::median(ns) << ','
              << benchmarks::median(over_floor) << std::endl;
    return true;
}

bool measure_devstone(const char* name, const reference::Devstone& plan, int rounds) {
    return measure(name, reference::devstone(plan), (plan.injections + 1) * second, rounds,
                   [&](kernel::Simulation& simulation) {
                       const auto totals = reference::totals_of_devstone(simulation);
                       return totals.internal == reference::devstone_transitions(plan) &&
                              totals.external == totals.internal;
                   });
}

bool measure_plant(const std::string& file, int rounds) {
    const assembly::Plant plant = benchmarks::plant_of(benchmarks::read_scenario(file));
    return measure(std::filesystem::path(file).stem().string(), plant.model, plant.clock.end(),
                   rounds, [](kernel::Simulation&) { return true; });
}

}  // namespace

int main(int count, char** arguments) {
    using reference::DevstoneKind;
    const int rounds = count > 1 ? std::atoi(arguments[1]) : 5;
    std::cout.precision(5);
    std::cout << "model,events,ns_per_event,over_floor\n";
    bool good = measure_devstone("DEVStone LI 300 x 300", {DevstoneKind::li, 300, 300, 20}, rounds);
    good = measure_devstone("DEVStone HI 150 x 150", {DevstoneKind::hi, 150, 150, 1}, rounds) &&
           measure_devstone("DEVStone HO 150 x 150", {DevstoneKind::ho, 150, 150, 1}, rounds) &&
           good;
    // A million departures within less than half a per cent.
    good = measure("M/M/1 in the kernel alone", reference::single_queue({}), 1'250'000 * second,
                   rounds,
                   [](kernel::Simulation& simulation) {
                       const auto departed = simulation.report(false).values[1];
                       return departed > 995'000 && departed < 1'005'000;
                   }) &&
           good;
    try {
        for (int i = 2; i < count; ++i) good = measure_plant(arguments[i], rounds) && good;
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
        return 2;
    }
    if (!good) std::cerr << "a model did not end where it must\n";
    return good ? 0 : 1;
}
