#pragma once

#include "engine/kernel/model_builder.hpp"
#include "engine/random/distribution.hpp"
#include "models/contract/parameter.hpp"
#include "models/contract/ports.hpp"

namespace foretwin::reliability {

/// A store of one kind of spare part under continuous review: when stock on hand plus on order
/// minus owed falls to the reorder point, `lot` parts are ordered and come after the lead time.
struct Spares {
    static const DeviceSpec spec;

    std::int64_t stock = 0;  ///< at the start, and what reordering keeps up
    std::int64_t reorder_point = 0;
    std::int64_t lot = 1;
    random::Distribution lead_time;
    double price = 0;  ///< money per part taken

    std::uint64_t lead_stream = 0;
};

struct SparesState {
    kernel::Ring queue;  ///< JobRequest, first come first served
    std::int64_t on_hand = 0;
    std::int64_t on_order = 0;
    Wide on_hand_time = 0;  ///< parts x ns
    Wide owed_time = 0;     ///< requests x ns
    Time since = 0;
    std::uint32_t orders = 0;
    std::uint32_t taken = 0;       ///< and kept: less those given back
    std::uint32_t issued = 0;      ///< handed out, also to a job that then gave it back
    std::uint32_t from_stock = 0;  ///< of the issued ones: without waiting
    std::uint32_t order_number = 0;
};

void add_spares(kernel::ModelBuilder& builder, DeviceIndex device, Spares spares,
                const std::string& name);

}  // namespace foretwin::reliability
