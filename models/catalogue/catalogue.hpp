#pragma once

#include <span>

#include "models/contract/parameter.hpp"

namespace foretwin::catalogue {

/// Every device type, in the order in which a newcomer meets them. The YAML reader, the JSON
/// Schema, `foretwin devices` and the contract tests all read this list.
std::span<const DeviceSpec* const> device_types();

}  // namespace foretwin::catalogue
