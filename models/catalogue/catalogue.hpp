#pragma once

#include <span>

#include "models/contract/parameter.hpp"
#include "models/external/device_abi.h"

namespace foretwin::catalogue {

/// Every device type, in the order in which a newcomer meets them; behind them, by name, those that
/// were declared while the program runs. The YAML reader, the JSON Schema, `foretwin devices` and
/// the contract tests all read this list. What is returned stays valid; a type that is declared
/// later is in the lists returned later. Thread-safe.
std::span<const DeviceSpec* const> device_types();

/// Declares a device type while the program runs, or replaces one declared before (models/external:
/// a plant keeps the type it was built with). Throws InputError with all that is wrong with it, for
/// the name of a type of Foretwin's own, and when it would be replaced under a study being built.
void register_type(const foretwin_device_type& type);

}  // namespace foretwin::catalogue
