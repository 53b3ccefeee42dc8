#pragma once

#include <limits>

#include "models/contract/parameter.hpp"
#include "models/flow/waiting.hpp"

namespace foretwin::flow {

/// Carries parts over a distance that takes time. The one connection between stations that a
/// parallel executor may cut, so it is two devices in the kernel, each in the logical process of
/// its neighbours:
///
///   parts ──► [ entry: credits ] ── part, after `delay` ──► [ exit: line of parts ] ──► next
///                       ▲ ───────── credit, after `back` ◄─────────┘
///
/// The entry owns the credits, one per place. A part enters only with a credit, so that what is on
/// its way always finds its place; a place that is freed at the exit is a credit sent back. Parts
/// keep their order; the first one waits at the exit until there is place at its destination.
/// Never moves more than capacity / (delay + back) parts per time. Cut or uncut, the rule is the
/// same.
struct Conveyor {
    static const DeviceSpec spec;
    /// More credits than parts can ever come: none is sent back.
    static constexpr std::int64_t unlimited = std::numeric_limits<std::int64_t>::max() / 2;

    std::int64_t capacity = 1;  ///< places on the way and at the exit together
    Time delay = 0;             ///< > 0
    Time back = 0;              ///< >= 0; after so long the entry hears of a freed place
    DeviceIndex entry = no_device;
    DeviceIndex exit = no_device;
    std::string name;
    Routes next;
    Sources sources;
};

/// Of the entry. Counts of parts since the start make the time integral of the parts inside: that
/// of the parts that entered (kept here) less that of the parts that left (kept at the exit).
struct ConveyorState {
    Places places;
    std::int64_t credits = 0;  ///< places that are not taken (some are kept), as far as known here
    std::uint64_t entered = 0;
    std::uint64_t entered_ever = 0;
    Wide entered_time = 0;  ///< integral of entered_ever, parts x ns
    Time since = 0;
    std::uint64_t unused = 0;
};

struct ConveyorExitState {
    Line line;         ///< arrived here
    Wide sojourn = 0;  ///< ns from entry to exit, parts that left
    std::uint64_t left = 0;
    std::uint64_t left_ever = 0;
    Wide left_time = 0;  ///< integral of left_ever, parts x ns
    Time since = 0;
};

/// The kernel's name of the exit; no device of a scenario can have it.
std::string exit_of(const std::string& conveyor);

/// Builds both halves and declares the channels between them; entry and exit are named already.
/// All figures are told under the entry's name.
void add_conveyor(kernel::ModelBuilder& builder, Conveyor conveyor);

}  // namespace foretwin::flow
