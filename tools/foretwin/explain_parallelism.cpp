#include "tools/foretwin/explain_parallelism.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>
#include <numeric>
#include <string>
#include <vector>

#include "engine/executors/sequential.hpp"
#include "scenarios/report/number.hpp"

namespace foretwin::tool {
namespace {

using kernel::Partition;
using nlohmann::ordered_json;

constexpr std::array<std::uint32_t, 4> thread_counts{2, 4, 8, 16};
/// So many events tell how the work is shared: the parallel executor believes as many.
constexpr std::uint64_t enough_events = 100'000;

/// How the work is spread over the cells, as the beginning of one future shows it.
struct Load {
    std::vector<double> of_cell;  ///< events that its devices caused; none: number of devices
    std::uint64_t events = 0;
    Time simulated = 0;

    double imbalance(std::uint32_t threads) const {
        const std::vector<std::uint32_t> group_of = kernel::groups_of(of_cell, threads);
        std::vector<double> of_group(group_of.back() + 1, 0.0);
        for (std::size_t cell = 0; cell < of_cell.size(); ++cell) {
            of_group[group_of[cell]] += of_cell[cell];
        }
        const double all = std::accumulate(of_cell.begin(), of_cell.end(), 0.0);
        return *std::max_element(of_group.begin(), of_group.end()) / (all / threads);
    }
};

/// Runs ever longer stretches, so that what is quiet in the first hour is still seen at work.
Load load_of(const assembly::Plant& plant, std::uint32_t seed) {
    constexpr Time pieces = Time{1} << 20;
    const Time end = plant.clock.end();
    kernel::Simulation simulation(plant.model, random::Key{seed, 0});
    simulation.start();
    Time until = std::max<Time>(1, end / pieces);
    while (true) {
        executors::run_sequential(simulation, until);
        if (until >= end || simulation.events_handled() >= enough_events) break;
        until = std::min(end, 2 * until);
    }
    Load load{std::vector<double>(plant.model.partition.cells(), 0.0), simulation.events_handled(),
              until};
    const std::uint64_t* caused = simulation.memory().at<std::uint64_t>(plant.model.counters);
    for (std::size_t device = 0; device < plant.model.devices.size(); ++device) {
        load.of_cell[plant.model.dispatch[device].cell] += static_cast<double>(caused[device]);
    }
    const bool idle = std::all_of(load.of_cell.begin(), load.of_cell.end(),
                                  [](double events) { return events == 0; });
    if (idle) {
        const std::vector<std::uint32_t>& devices = plant.model.partition.devices_in;
        load = {{devices.begin(), devices.end()}, 0, until};
    }
    return load;
}

/// What is to blame. A meter only runs with whoever comes first and holds nobody.
std::vector<Partition::Bond> bonds_of(const Partition& partition) {
    std::vector<Partition::Bond> bonds = partition.bonds;
    if (bonds.size() > 1) {
        std::erase_if(bonds, [](const Partition::Bond& bond) { return bond.why == "tariff"; });
    }
    return bonds;
}

double seconds(Time time) {
    return static_cast<double>(time) / 1e9;  // so that 30 s is 30, not 30.000000000000004
}

/// A device as the scenario names it, not a part of it.
std::string name_of(const kernel::Model& model, kernel::DeviceIndex device) {
    const std::string& name = model.devices[device].name;
    return name.substr(0, name.find('/'));
}

/// "crew: Filler - Mechanics, Packer A - Mechanics and 3 more"
std::string to_text(const kernel::Model& model, const Partition::Bond& bond) {
    std::string text = bond.why + ": ";
    for (std::size_t i = 0; i < bond.some.size(); ++i) {
        const auto& [one, other] = bond.some[i];
        text += (i == 0 ? "" : ", ") + name_of(model, one) + " - " + name_of(model, other);
    }
    if (bond.count > bond.some.size()) {
        text += " and " + std::to_string(bond.count - bond.some.size()) + " more";
    }
    return text;
}

std::uint32_t largest_of(const Partition& partition) {
    return partition.largest_process - partition.parts_in_largest;
}

bool can_be_cut(const Partition& partition) {
    return partition.blame.empty();
}

ordered_json bonds_json(const kernel::Model& model) {
    ordered_json json = ordered_json::array();
    for (const Partition::Bond& bond : bonds_of(model.partition)) {
        ordered_json some = ordered_json::array();
        for (const auto& [one, other] : bond.some) {
            some.push_back({name_of(model, one), name_of(model, other)});
        }
        json.push_back({{"why", bond.why}, {"count", bond.count}, {"some", std::move(some)}});
    }
    return json;
}

/// How the threads would share the work; null where there is nothing to share.
ordered_json balance_json(const assembly::Plant& plant, std::uint32_t seed) {
    if (!can_be_cut(plant.model.partition)) return nullptr;
    const Load load = load_of(plant, seed);
    ordered_json imbalance = ordered_json::object();
    for (const std::uint32_t threads : thread_counts) {
        imbalance[std::to_string(threads)] = load.imbalance(threads);
    }
    return {{"of", load.events > 0 ? "events" : "devices"},
            {"events", load.events},
            {"simulated_s", seconds(load.simulated)},
            {"imbalance", std::move(imbalance)}};
}

ordered_json to_json(const assembly::Plant& plant, std::uint32_t seed) {
    const kernel::Model& model = plant.model;
    const Partition& partition = model.partition;
    const Time lookahead = partition.least_lookahead();
    return {{"devices", plant.devices.size()},
            {"logical_processes", partition.logical_processes},
            {"largest_process", largest_of(partition)},
            {"held_together_by", bonds_json(model)},
            {"cells", partition.cells()},
            {"cut_channels", partition.cut_channels},
            {"lookahead_s",
             lookahead == never ? ordered_json(nullptr) : ordered_json(seconds(lookahead))},
            {"balance", balance_json(plant, seed)},
            {"blame", partition.blame},
            {"optimistic", model.not_undoable.empty()},
            {"not_optimistic_because", model.not_undoable}};
}

void print_bonds(const kernel::Model& model) {
    for (const Partition::Bond& bond : bonds_of(model.partition)) {
        std::printf("    %s\n", to_text(model, bond).c_str());
    }
}

void print_balance(const assembly::Plant& plant, std::uint32_t seed) {
    const Load load = load_of(plant, seed);
    if (load.events > 0) {
        std::printf("Balance            of the first %s events of one future, %.3g h:\n",
                    report::count(static_cast<double>(load.events)).c_str(),
                    seconds(load.simulated) / 3600);
    } else {
        std::printf("Balance            of the devices, since nothing happens here:\n");
    }
    for (const std::uint32_t threads : thread_counts) {
        const double imbalance = load.imbalance(threads);
        std::printf(
            "    %2u threads     the busiest has %.2f of an equal share: %.2g times as fast "
            "at the very most\n",
            threads, imbalance, threads / imbalance);
    }
}

void print_cuts(const assembly::Plant& plant, std::uint32_t seed) {
    const Partition& partition = plant.model.partition;
    if (!partition.bonds.empty()) {
        std::printf("The largest is held together without delay, by\n");
        print_bonds(plant.model);
    }
    std::printf("Cells              %u\n", partition.cells());
    std::printf("Cut channels       %zu\n", partition.cut_channels);
    const Time lookahead = partition.least_lookahead();
    if (lookahead == never) {
        std::printf("Lookahead          without end: cells never send to one another\n");
    } else {
        std::printf("Lookahead          %.9g s, the shortest delay that was cut\n",
                    seconds(lookahead));
    }
    print_balance(plant, seed);
    std::printf("Run one replication side by side with `--executor parallel`.\n");
}

void print(const assembly::Plant& plant, std::uint32_t seed) {
    const Partition& partition = plant.model.partition;
    std::printf("Devices            %zu\n", plant.devices.size());
    std::printf("Logical processes  %u, the largest of %u device%s\n", partition.logical_processes,
                largest_of(partition), largest_of(partition) == 1 ? "" : "s");
    if (can_be_cut(partition)) return print_cuts(plant, seed);
    if (partition.bonds.empty()) {
        std::printf("Nothing can be cut: %s.\n", partition.blame.c_str());
    } else {
        std::printf("Nothing can be cut: all devices are joined without delay, by\n");
        print_bonds(plant.model);
    }
    std::printf(
        "A plant is cut where parts travel on a conveyor, if nothing else joins its two sides.\n"
        "One replication runs on one thread; replications run side by side.\n");
}

}  // namespace

void explain_parallelism(const assembly::Plant& plant, std::uint32_t seed, bool json) {
    if (json) {
        std::cout << to_json(plant, seed).dump(2) << '\n';
        return;
    }
    print(plant, seed);
    const std::string& not_undoable = plant.model.not_undoable;
    if (not_undoable.empty()) {
        std::printf(
            "Or ahead of what is certain, whatever the lookahead: `--executor optimistic`.\n");
    } else {
        std::printf("`--executor optimistic` does as `parallel` here: %s.\n", not_undoable.c_str());
    }
    std::fflush(stdout);
}

}  // namespace foretwin::tool
