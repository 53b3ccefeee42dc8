#include "engine/kernel/partition.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <string_view>

namespace foretwin::kernel {
namespace {

/// Classes of devices; the representative of a class is its first device.
class Classes {
  public:
    explicit Classes(std::size_t size) : parent_(size), size_(size, 1) {
        std::iota(parent_.begin(), parent_.end(), 0U);
    }
    std::uint32_t find(std::uint32_t device) {
        while (parent_[device] != device) {
            parent_[device] = parent_[parent_[device]];
            device = parent_[device];
        }
        return device;
    }
    void unite(std::uint32_t one, std::uint32_t other) {
        one = find(one);
        other = find(other);
        if (one == other) return;
        if (other < one) std::swap(one, other);
        parent_[other] = one;
        size_[one] += size_[other];
        largest_ = std::max(largest_, size_[one]);
    }
    void unite_all() {
        for (std::uint32_t device = 1; device < parent_.size(); ++device) unite(0, device);
    }
    std::uint32_t size_of(std::uint32_t representative) const { return size_[representative]; }
    std::uint32_t largest() const { return largest_; }

  private:
    std::vector<std::uint32_t> parent_;
    std::vector<std::uint32_t> size_;
    std::uint32_t largest_ = 1;
};

/// Joins what no delay separates and, beyond that, what a delay shorter than `shortest` does.
Classes contracted(std::size_t devices, const Connections& connections, Time shortest) {
    Classes classes(devices);
    for (const Connections::Join& join : connections.joins) classes.unite(join.one, join.other);
    for (const Connections::Channel& channel : connections.channels) {
        if (channel.least_delay >= shortest) continue;
        if (channel.to != no_device) {
            classes.unite(channel.from, channel.to);
        } else {
            classes.unite_all();
            break;
        }
    }
    return classes;
}

/// The longest delay that may be the shortest one cut while no piece is larger than `most`.
Time best_cut(std::size_t devices, const Connections& connections, std::uint32_t most) {
    std::vector<Time> delays;
    for (const Connections::Channel& channel : connections.channels) {
        if (channel.least_delay > 0) delays.push_back(channel.least_delay);
    }
    std::sort(delays.begin(), delays.end());
    delays.erase(std::unique(delays.begin(), delays.end()), delays.end());
    // The pieces grow with the delay: the last one that fits is found by bisection.
    const auto too_long = std::partition_point(delays.begin(), delays.end(), [&](Time delay) {
        return contracted(devices, connections, delay).largest() <= most;
    });
    return too_long == delays.begin() ? 1 : *(too_long - 1);
}

constexpr const char* undelayed_channels = "channels without delay";

/// What holds the class of `representative` together, kind by kind. Rare kinds come first: one crew
/// that everybody shares is told before a hundred steps of the flow.
std::vector<Partition::Bond> bonds_of(Classes& processes, std::uint32_t representative,
                                      const Connections& connections) {
    std::vector<Partition::Bond> bonds;
    const auto add = [&](DeviceIndex one, DeviceIndex other, std::string_view why) {
        if (one == other || processes.find(one) != representative) return;
        auto bond = std::find_if(bonds.begin(), bonds.end(),
                                 [&](const Partition::Bond& kind) { return kind.why == why; });
        if (bond == bonds.end()) bond = bonds.insert(bond, {std::string(why), 0, {}});
        bond->some.emplace_back(one, other);
    };
    for (const Connections::Join& join : connections.joins) add(join.one, join.other, join.why);
    for (const Connections::Channel& channel : connections.channels) {
        const bool between_two = channel.from != no_device && channel.to != no_device;
        if (between_two && channel.least_delay == 0)
            add(channel.from, channel.to, undelayed_channels);
    }
    for (Partition::Bond& bond : bonds) {  // two that share a crew for two reasons share it once
        std::sort(bond.some.begin(), bond.some.end());
        bond.some.erase(std::unique(bond.some.begin(), bond.some.end()), bond.some.end());
        bond.count = bond.some.size();
        bond.some.resize(std::min(bond.count, Partition::Bond::most_named));
        bond.some.shrink_to_fit();
    }
    std::stable_sort(bonds.begin(), bonds.end(),
                     [](const auto& a, const auto& b) { return a.count < b.count; });
    return bonds;
}

/// What no delay separates. The classes are gone when the pieces are made: a fleet has millions.
void count_processes(Partition& partition, std::size_t devices, const Connections& connections) {
    Classes processes = contracted(devices, connections, 1);
    if (!connections.complete) processes.unite_all();
    for (std::uint32_t device = 0; device < devices; ++device) {
        if (processes.find(device) == device) ++partition.logical_processes;
    }
    partition.largest_process = processes.largest();
    if (partition.largest_process < 2) return;
    std::uint32_t largest = 0;
    while (processes.size_of(processes.find(largest)) < partition.largest_process) ++largest;
    partition.bonds = bonds_of(processes, largest, connections);
    for (const DeviceIndex part : connections.parts) {
        if (processes.find(part) == largest) ++partition.parts_in_largest;
    }
}

/// Fills cells with the pieces in the order of their first devices, so that neighbours by name,
/// whose state lies side by side, stay together.
void pack(Partition& partition, Classes& pieces, std::size_t devices) {
    constexpr std::uint32_t unset = 0xffffffffU;
    std::vector<std::uint32_t> cell_of_piece(devices, unset);
    const double share = static_cast<double>(devices) / Partition::most_cells;
    std::size_t placed = 0;
    partition.cell_of.resize(devices);
    for (std::uint32_t device = 0; device < devices; ++device) {
        const std::uint32_t piece = pieces.find(device);
        if (cell_of_piece[piece] == unset) {
            const bool full = static_cast<double>(placed) >= share * partition.cells();
            if (full && partition.cells() < Partition::most_cells) {
                partition.devices_in.push_back(0);
            }
            cell_of_piece[piece] = partition.cells() - 1;
            placed += pieces.size_of(piece);
        }
        partition.cell_of[device] = cell_of_piece[piece];
        ++partition.devices_in[partition.cell_of[device]];
    }
}

void measure_lookahead(Partition& partition, const Connections& connections) {
    const std::size_t cells = partition.cells();
    partition.lookahead.assign(cells * cells, never);
    std::vector<Time> to_all(cells, never);
    for (const Connections::Channel& channel : connections.channels) {
        const bool everywhere = channel.to == no_device;
        if (everywhere && cells < 2) continue;
        if (channel.from == no_device) {
            ++partition.cut_channels;
            for (Time& lookahead : to_all) lookahead = std::min(lookahead, channel.least_delay);
            continue;
        }
        const std::size_t from = partition.cell_of[channel.from];
        if (!everywhere && partition.cell_of[channel.to] == from) continue;
        ++partition.cut_channels;
        Time& lookahead = everywhere
                              ? to_all[from]
                              : partition.lookahead[from * cells + partition.cell_of[channel.to]];
        lookahead = std::min(lookahead, channel.least_delay);
    }
    for (std::size_t from = 0; from < cells; ++from) {
        for (std::size_t to = 0; to < cells; ++to) {
            Time& lookahead = partition.lookahead[from * cells + to];
            if (to != from) lookahead = std::min(lookahead, to_all[from]);
        }
    }
}

/// What holds nearly everything together, in words.
std::string blame_of(std::size_t devices, const Connections& connections) {
    if (devices < 2) return "a single device has nothing to be cut from";
    if (!connections.complete) return "the model does not tell its connections";
    std::map<std::string, std::size_t> reasons;
    for (const Connections::Join& join : connections.joins) ++reasons[join.why];
    std::size_t undelayed = 0;
    for (const Connections::Channel& channel : connections.channels) {
        if (channel.least_delay == 0) ++undelayed;
    }
    if (undelayed > 0) reasons[undelayed_channels] += undelayed;
    std::string text = "all devices are joined without delay, by ";
    bool first = true;
    for (const auto& [why, count] : reasons) {
        if (!first) text += ", ";
        text += std::to_string(count);
        text += " x ";
        text += why;
        first = false;
    }
    return text;
}

}  // namespace

std::size_t Partition::devices() const {
    return std::accumulate(devices_in.begin(), devices_in.end(), std::size_t{0});
}

Time Partition::least_lookahead() const {
    return lookahead.empty() ? never : *std::min_element(lookahead.begin(), lookahead.end());
}

Partition make_partition(std::size_t devices, const Connections& connections) {
    Partition partition;
    count_processes(partition, devices, connections);
    if (partition.logical_processes <= 1) {
        partition.cell_of.assign(devices, 0);
        partition.devices_in.assign(1, static_cast<std::uint32_t>(devices));
        partition.lookahead.assign(1, never);
        partition.blame = blame_of(devices, connections);
        return partition;
    }
    const auto sixteenth = static_cast<std::uint32_t>((devices + 15) / 16);
    const Time cut = best_cut(devices, connections, std::max(partition.largest_process, sixteenth));
    Classes pieces = contracted(devices, connections, cut);
    pack(partition, pieces, devices);
    measure_lookahead(partition, connections);
    return partition;
}

std::vector<std::uint32_t> groups_of(const std::vector<double>& load_of_cell,
                                     std::uint32_t wanted) {
    const double share = std::accumulate(load_of_cell.begin(), load_of_cell.end(), 0.0) / wanted;
    std::vector<std::uint32_t> group_of;
    double placed = 0;
    std::uint32_t group = 0;
    for (const double load : load_of_cell) {
        // A cell belongs where its middle falls.
        const double middle = placed + load / 2;
        if (!group_of.empty() && middle > share * (group + 1)) ++group;
        group_of.push_back(group);
        placed += load;
    }
    return group_of;
}

std::vector<std::uint32_t> groups_of(const Partition& partition, std::uint32_t wanted) {
    return groups_of(std::vector<double>(partition.devices_in.begin(), partition.devices_in.end()),
                     wanted);
}

std::vector<std::uint8_t> groups_of_devices(
    std::size_t devices, std::span<const std::pair<DeviceIndex, DeviceIndex>> joined,
    std::uint32_t wanted) {
    Classes pieces(devices);
    for (const auto& [one, other] : joined) pieces.unite(one, other);
    std::vector<std::uint8_t> group_of(devices);
    const double share = static_cast<double>(devices) / wanted;
    double placed = 0;
    std::uint8_t group = 0;
    for (std::uint32_t device = 0; device < devices; ++device) {
        const std::uint32_t first = pieces.find(device);
        if (first != device) {  // the representative is the first of its piece
            group_of[device] = group_of[first];
            continue;
        }
        // A piece belongs where its middle falls, unless that leaves a gap.
        const double middle = placed + pieces.size_of(device) / 2.0;
        if (placed > 0 && middle > share * (group + 1)) ++group;
        group_of[device] = group;
        placed += pieces.size_of(device);
    }
    return group_of;
}

double imbalance_of(const Partition& partition, std::uint32_t wanted) {
    const std::vector<std::uint32_t> group_of = groups_of(partition, wanted);
    std::vector<double> devices(group_of.back() + 1, 0.0);
    for (std::size_t cell = 0; cell < group_of.size(); ++cell) {
        devices[group_of[cell]] += partition.devices_in[cell];
    }
    const double equal = static_cast<double>(partition.devices()) / wanted;
    return *std::max_element(devices.begin(), devices.end()) / equal;
}

}  // namespace foretwin::kernel
