#pragma once

#include "engine/telemetry/quality.hpp"
#include "engine/telemetry/sample.hpp"
#include "engine/telemetry/series_rules.hpp"

namespace foretwin::telemetry {

/// Reads all samples of a stream, holds them to the rules of the description, passes on what is
/// accepted and tells what is not, row by row. The report's accounts are balanced (RuleBroken).
/// InputError when the header does not have what the description names.
QualityReport ingest(std::unique_ptr<RecordSource> records, const IngestDescription& description,
                     SampleSink& sink, const SetAsideSink& set_aside = {});

}  // namespace foretwin::telemetry
