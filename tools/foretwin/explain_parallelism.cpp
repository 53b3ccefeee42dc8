#include "tools/foretwin/explain_parallelism.hpp"

#include <array>
#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>

namespace foretwin::tool {
namespace {

constexpr std::array<std::uint32_t, 4> thread_counts{2, 4, 8, 16};

nlohmann::ordered_json to_json(const kernel::Model& model) {
    const kernel::Partition& partition = model.partition;
    nlohmann::ordered_json json;
    json["devices"] = partition.devices();
    json["logical_processes"] = partition.logical_processes;
    json["largest_process"] = partition.largest_process;
    json["cells"] = partition.cells();
    json["cut_channels"] = partition.cut_channels;
    const Time lookahead = partition.least_lookahead();
    json["lookahead_s"] = lookahead == never ? nlohmann::ordered_json(nullptr)
                                             : nlohmann::ordered_json(to_seconds(lookahead));
    for (const std::uint32_t threads : thread_counts) {
        json["imbalance"][std::to_string(threads)] = kernel::imbalance_of(partition, threads);
    }
    json["blame"] = partition.blame;
    json["optimistic"] = model.not_undoable.empty();
    json["not_optimistic_because"] = model.not_undoable;
    return json;
}

void print(const kernel::Partition& partition) {
    std::printf("Devices            %zu\n", partition.devices());
    std::printf("Logical processes  %u, the largest of %u devices\n", partition.logical_processes,
                partition.largest_process);
    if (!partition.blame.empty()) {
        std::printf(
            "Nothing can be cut: %s.\n"
            "One replication runs on one thread; replications run side by side.\n",
            partition.blame.c_str());
        return;
    }
    std::printf("Cells              %u\n", partition.cells());
    std::printf("Cut channels       %zu\n", partition.cut_channels);
    const Time lookahead = partition.least_lookahead();
    if (lookahead == never) {
        std::printf("Lookahead          without end: cells never send to one another\n");
    } else {
        std::printf("Lookahead          %.9g s, the shortest delay that was cut\n",
                    to_seconds(lookahead));
    }
    std::printf("Largest share of devices over an equal one:");
    for (const std::uint32_t threads : thread_counts) {
        std::printf("  %.2f on %u threads", kernel::imbalance_of(partition, threads), threads);
    }
    std::printf("\nRun one replication side by side with `--executor parallel`.\n");
}

}  // namespace

void explain_parallelism(const kernel::Model& model, bool json) {
    if (json) {
        std::cout << to_json(model).dump(2) << '\n';
        return;
    }
    print(model.partition);
    if (model.not_undoable.empty()) {
        std::printf(
            "Or ahead of what is certain, whatever the lookahead: `--executor optimistic`.\n");
    } else {
        std::printf("`--executor optimistic` does as `parallel` here: %s.\n",
                    model.not_undoable.c_str());
    }
    std::fflush(stdout);
}

}  // namespace foretwin::tool
