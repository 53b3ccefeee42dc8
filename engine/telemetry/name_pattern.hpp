#pragma once

#include <string_view>

namespace foretwin::telemetry {

/// Whether a name is as the pattern says: `*` stands for any characters, `?` for one.
bool matches(std::string_view name, std::string_view pattern);

}  // namespace foretwin::telemetry
