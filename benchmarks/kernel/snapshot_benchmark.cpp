// Snapshots and forks: capture, restore and fork of a transfer line as M2 of so many devices, or of
// PHOLD. Prints one "name value" per line. Arguments: line DEVICES ROUNDS, or phold PROCESSES
// EVENTS ROUNDS.
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include "benchmarks/clock.hpp"
#include "benchmarks/median.hpp"
#include "benchmarks/plant.hpp"
#include "engine/executors/parallel.hpp"
#include "engine/executors/sequential.hpp"
#include "engine/snapshot/frozen.hpp"
#include "engine/snapshot/snapshot.hpp"
#include "models/reference/phold.hpp"

namespace {

using namespace foretwin;

template <class Work>
double wall_ms(Work work) {
    const double begin = benchmarks::wall_seconds();
    work();
    return 1000 * (benchmarks::wall_seconds() - begin);
}

/// Memory that belongs to this process alone, page tables included, in KiB.
double own_kilobytes() {
    std::ifstream status("/proc/self/status");
    double sum = 0;
    for (std::string word; status >> word;) {
        double kilobytes = 0;
        if ((word == "RssAnon:" || word == "VmPTE:") && status >> kilobytes) sum += kilobytes;
    }
    return sum;
}

/// Forks that are run for a little while and parked: time of making one, of that and writing to
/// one page, and what each one adds to the memory.
void measure_forks(const std::string& name, const kernel::Simulation& simulation,
                   std::size_t map_from, Time stretch) {
    constexpr std::uint32_t forks = 100;
    const snapshot::Frozen frozen(simulation, map_from);
    std::vector<double> make;
    for (std::uint32_t i = 0; i < forks; ++i) {
        make.push_back(wall_ms([&] { *frozen.fork().memory().at<std::byte>(0) = std::byte{1}; }));
    }
    std::vector<snapshot::Parked> parked;
    parked.reserve(forks);
    std::uint64_t events = 0;
    const double before = own_kilobytes();
    for (std::uint32_t i = 0; i < forks; ++i) {
        kernel::Simulation fork = frozen.fork({2, i});
        executors::run_sequential(fork, frozen.twin().now() + stretch);
        events += fork.events_handled() - frozen.twin().events_handled();
        parked.push_back(frozen.park(std::move(fork)));
    }
    std::cout << name << "_us " << 1000 * benchmarks::median(make) << '\n'
              << name << "_kb_each " << (own_kilobytes() - before) / forks << '\n'
              << name << "_events_each " << events / forks << '\n';
}

void measure(const kernel::Simulation& simulation, int rounds, Time stretch) {
    std::vector<double> capture;
    std::vector<double> restore;
    snapshot::Bytes bytes;
    for (int round = 0; round <= rounds; ++round) {
        const double captured = wall_ms([&] { bytes = snapshot::capture(simulation); });
        const double restored =
            wall_ms([&] { snapshot::restore(simulation.model(), bytes).pending_events(); });
        if (round == 0) continue;  // memory warms up
        capture.push_back(captured);
        restore.push_back(restored);
    }
    std::cout << "devices " << simulation.model().devices.size() << "\npending_events "
              << simulation.pending_events() << "\nmegabytes "
              << static_cast<double>(bytes.size()) / 1e6 << "\ncapture_ms "
              << benchmarks::median(capture) << "\nrestore_ms " << benchmarks::median(restore)
              << '\n';
    measure_forks("fork", simulation, 0, stretch);
    measure_forks("copy", simulation, ~std::size_t{0}, stretch);
}

void measure_phold(std::uint32_t processes, std::uint32_t events, int rounds) {
    reference::Phold plan;
    plan.processes = processes;
    plan.events = events;
    const kernel::Model model = reference::phold(plan);
    kernel::Simulation simulation(model, {1, 0});
    simulation.start();
    executors::run_sequential(simulation, from_seconds(1));
    measure(simulation, rounds, from_seconds(1e-4));
}

std::string line_of(int devices) {
    std::string text =
        "foretwin: 1\nname: a line\ntime: {horizon: 3 days}\ndevices:\n"
        "  Source: {type: source, saturated: true, next: S1}\n"
        "  S1:\n    type: station\n    buffer: 10\n    cycle: 1 min\n    failures:\n"
        "      jam: {clock: operating, time_to_failure: {exponential: {mean: 480 min}},\n"
        "            repair: {exponential: {mean: 24 min}}}\n    next: S2\n";
    for (int station = 2; station <= devices - 2; ++station) {
        const std::string next = station < devices - 2 ? "S" + std::to_string(station + 1) : "Sink";
        text += "  S" + std::to_string(station) + ": {like: S1, next: " + next + "}\n";
    }
    return text + "  Sink: {type: sink}\n";
}

void measure_line(int devices, int rounds) {
    loader::Problems problems;
    const auto file = loader::read_scenario_text(line_of(devices), ".", problems);
    loader::throw_if_any(problems);
    const assembly::Plant plant = benchmarks::plant_of(file);
    kernel::Simulation simulation(plant.model, {1, 0});
    simulation.start();
    executors::run_sequential(simulation, plant.clock.end());
    measure(simulation, rounds, from_seconds(10));
}

}  // namespace

int main(int count, char** arguments) {
    if (count > 4 && std::string(arguments[1]) == "phold") {
        measure_phold(static_cast<std::uint32_t>(std::atoll(arguments[2])),
                      static_cast<std::uint32_t>(std::atoll(arguments[3])),
                      std::atoi(arguments[4]));
        return 0;
    }
    if (count > 3 && std::string(arguments[1]) == "line") {
        measure_line(std::atoi(arguments[2]), std::atoi(arguments[3]));
        return 0;
    }
    std::cerr << "usage: snapshot_benchmark line DEVICES ROUNDS | phold PROCESSES EVENTS ROUNDS\n";
    return 2;
}
