#pragma once

#include <string>
#include <string_view>

namespace foretwin::telemetry {

/// SHA-256 of bytes as 64 hexadecimal digits (FIPS 180-4). Names an input file in provenance.
std::string sha256(std::string_view bytes);

}  // namespace foretwin::telemetry
