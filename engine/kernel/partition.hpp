#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/core/time.hpp"
#include "engine/kernel/event.hpp"

namespace foretwin::kernel {

/// How the devices of a model act on one another, as the builder was told.
struct Connections {
    /// Without delay, or through shared state: never cut.
    struct Join {
        DeviceIndex one = no_device, other = no_device;
        std::string why;
    };
    /// Whatever goes this way arrives at least `least_delay` later; may be cut when that is
    /// positive. `to` = no_device: to everybody; `from` too: from everybody to everybody.
    struct Channel {
        DeviceIndex from = no_device, to = no_device;
        Time least_delay = 0;
    };
    std::vector<Join> joins;
    std::vector<Channel> channels;
    /// Devices that are but a part of another one, for whoever counts as people do.
    std::vector<DeviceIndex> parts;
    bool complete = false;  ///< false: somebody may act on anybody, so nothing is cut
};

/// What of a model may run side by side: *logical processes* are the classes of devices without
/// delay between them; *cells* are groups of them, few enough to keep tables of every pair, and the
/// smallest pieces an executor hands to a thread. A property of the model alone: the number of
/// threads never enters, so it can decide where state lies.
struct Partition {
    static constexpr std::uint32_t most_cells = 64;

    /// What of one kind holds the largest logical process together.
    struct Bond {
        static constexpr std::size_t most_named = 3;
        std::string why;                                        ///< e.g. "next", "crew"
        std::size_t count = 0;                                  ///< connections of this kind
        std::vector<std::pair<DeviceIndex, DeviceIndex>> some;  ///< the first, `most_named` at most
    };

    /// Per device. A finished model has it in its dispatch table, and here no longer.
    std::vector<std::uint32_t> cell_of{};
    std::vector<std::uint32_t> devices_in = {};  ///< per cell
    std::uint32_t logical_processes = 0;
    std::uint32_t largest_process = 0;   ///< devices in it
    std::uint32_t parts_in_largest = 0;  ///< of those, how many are but a part of another device
    std::vector<Bond> bonds = {};        ///< of the largest process, rarest kind first
    /// Per ordered pair of cells (from x cells + to): nothing sent arrives sooner than this;
    /// `never` where nothing can be sent.
    std::vector<Time> lookahead = {};
    std::size_t cut_channels = 0;
    /// Why there is but one cell; empty otherwise.
    std::string blame;

    std::uint32_t cells() const { return static_cast<std::uint32_t>(devices_in.size()); }
    std::size_t devices() const;
    Time lookahead_between(std::uint32_t from, std::uint32_t to) const {
        return lookahead[std::size_t{from} * cells() + to];
    }
    /// The smallest delay of a channel that was cut; `never` when cells never send to one another.
    Time least_lookahead() const;
};

/// Cuts where the delays are long: of all cuts with pieces no larger than a sixteenth of the
/// devices (or than the largest logical process) it takes the one with the greatest lookahead, then
/// packs neighbours by name into at most `most_cells` cells of about equal numbers of devices.
Partition make_partition(std::size_t devices, const Connections& connections);

/// Neighbouring cells in `wanted` groups at most (>= 1), of about equal load: the group of every
/// cell, from 0 up without a gap.
std::vector<std::uint32_t> groups_of(const std::vector<double>& load_of_cell, std::uint32_t wanted);
/// The same with the number of devices as load.
std::vector<std::uint32_t> groups_of(const Partition& partition, std::uint32_t wanted);

/// For executors that need no delay between groups: the group of every device, `wanted` at most
/// (1 to 256), about equally many devices in each and neighbours together. Only what is joined
/// stays in one piece.
std::vector<std::uint8_t> groups_of_devices(
    std::size_t devices, std::span<const std::pair<DeviceIndex, DeviceIndex>> joined,
    std::uint32_t wanted);

/// Devices in the largest group over those in an equal share: 1 is perfect.
double imbalance_of(const Partition& partition, std::uint32_t wanted);

}  // namespace foretwin::kernel
