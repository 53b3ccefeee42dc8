#pragma once

#include "models/contract/parameter.hpp"
#include "models/flow/presence.hpp"
#include "models/flow/waiting.hpp"

namespace foretwin::flow {

/// A place where parts wait, first come first served; the first in line moves on as soon as there
/// is place at its destination. A station has a buffer of its own: this one stands alone, e.g.
/// shared by several stations.
struct Buffer {
    static const DeviceSpec spec;

    std::string name;
    std::int64_t capacity = 1;
    Routes next;
    Sources sources;
};

struct BufferState {
    Line line;
    Places places;
    Presence inside;
    Wide sojourn = 0;
    std::uint64_t entered = 0, left = 0;
};

void add_buffer(kernel::ModelBuilder& builder, DeviceIndex device, Buffer buffer);

}  // namespace foretwin::flow
