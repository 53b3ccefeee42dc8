#pragma once

#include <string>

namespace foretwin::calibration {

/// Appends one formatted piece of text, as printf would print it; 511 characters at most.
[[gnu::format(printf, 2, 3)]] void add_formatted(std::string& out, const char* format, ...);

}  // namespace foretwin::calibration
