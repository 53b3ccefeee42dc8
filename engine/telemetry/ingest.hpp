#pragma once

#include "engine/telemetry/chunk_filter.hpp"
#include "engine/telemetry/quality.hpp"
#include "engine/telemetry/sample.hpp"
#include "engine/telemetry/series_rules.hpp"

namespace foretwin::telemetry {

/// Reads all samples of a stream, holds them to the rules of the description, passes on what is
/// accepted and tells what is not, row by row. The report's accounts are balanced (RuleBroken).
/// InputError when the header does not have what the description names. With two threads, rows are
/// read on one while they are held to the rules on the caller's; the result is the same.
QualityReport ingest(std::unique_ptr<RecordSource> records, const IngestDescription& description,
                     SampleSink& sink, const SetAsideSink& set_aside = {},
                     unsigned threads = usable_threads());

}  // namespace foretwin::telemetry
