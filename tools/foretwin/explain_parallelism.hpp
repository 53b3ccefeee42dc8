#pragma once

#include "engine/kernel/model.hpp"

namespace foretwin::tool {

/// Tells on standard output what of one replication may run side by side, and what forbids more.
void explain_parallelism(const kernel::Model& model, bool json);

}  // namespace foretwin::tool
