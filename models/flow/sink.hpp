#pragma once

#include "engine/statistics/log_linear_histogram.hpp"
#include "models/contract/parameter.hpp"
#include "models/flow/routing.hpp"

namespace foretwin::flow {

/// Where good parts leave the plant: counts them by type and keeps the distribution of lead times
/// (from entering the first station).
struct Sink {
    static const DeviceSpec spec;

    Sources sources;
    std::vector<std::string> part_types;  ///< distinct, in order
    std::vector<std::uint32_t> type_of;   ///< part type per source
    std::uint32_t counts_at = 0;          ///< one u64 per part type
};

void add_sink(kernel::ModelBuilder& builder, DeviceIndex device, Sink sink);

}  // namespace foretwin::flow
