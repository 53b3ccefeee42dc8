#pragma once

#include "engine/kernel/partition.hpp"

namespace foretwin::tool {

/// Tells on standard output what of one replication may run side by side, and what forbids more.
void explain_parallelism(const kernel::Partition& partition, bool json);

}  // namespace foretwin::tool
