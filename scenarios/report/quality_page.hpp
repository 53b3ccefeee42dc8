#pragma once

#include <string>

#include "engine/telemetry/quality.hpp"

namespace foretwin::report {

/// The quality report as one self-contained page for people: the answer, what was found, when and
/// where, then every count. No scripts, nothing loaded from elsewhere; all text is escaped.
std::string quality_page(const telemetry::QualityReport& report);

/// Its picture: a strip per device and signal over time. Empty when nothing has a time.
std::string quality_strips(const telemetry::QualityReport& report);

}  // namespace foretwin::report
