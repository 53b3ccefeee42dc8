#pragma once

#include <cstdint>

#include "scenarios/assembly/plant.hpp"

namespace foretwin::tool {

/// Tells on standard output what of one replication may run side by side, what forbids more, and
/// how evenly the work would be shared. For the last it runs the beginning of one future: at most
/// some 200,000 events.
void explain_parallelism(const assembly::Plant& plant, std::uint32_t seed, bool json);

}  // namespace foretwin::tool
