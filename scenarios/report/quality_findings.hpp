#pragma once

#include <string>
#include <vector>

#include "engine/telemetry/quality.hpp"

namespace foretwin::report {

/// The answer in one sentence: how much of the file can be used, or why nothing was stored.
std::string quality_headline(const telemetry::QualityReport& report);

/// What was found, one sentence each, what touches most samples first; at most `most`, and then
/// one that says how many more there are.
std::vector<std::string> quality_findings(const telemetry::QualityReport& report, std::size_t most);

/// The counts of each signal, added up over its devices, in the order of the file.
std::vector<telemetry::SeriesCounts> by_signal(const telemetry::QualityReport& report);

/// What the delays of a device's rows say about its clock; empty when it may be right.
std::string clock_finding(const telemetry::ClockDelays& clock);

/// "power [kW]"; texts have no unit.
std::string name_with_unit(const telemetry::SeriesCounts& signal);

/// "0.05 %": a share in per cent; "under 0.01 %" and "over 99.99 %" rather than 0 and 100.
std::string share_text(double share);

/// "2015-03-01 00:00", UTC; empty for no instant.
std::string minute_text(telemetry::Instant at);

}  // namespace foretwin::report
