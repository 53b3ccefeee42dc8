#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "engine/telemetry/quality.hpp"

namespace foretwin::report {

/// What a file of telemetry was worth, for people: rows, samples by signal, defects by signal.
/// At most `columns` wide.
std::string quality_table(const telemetry::QualityReport& report, int columns);

/// The same, and every device by itself, for programs (README.md, "The quality report").
nlohmann::ordered_json quality_json(const telemetry::QualityReport& report);
/// As text, with a newline at its end; bytes of names that are no UTF-8 are replaced.
std::string quality_json_text(const telemetry::QualityReport& report);

}  // namespace foretwin::report
