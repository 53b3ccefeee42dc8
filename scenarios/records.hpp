#pragma once

#include "engine/calibration/mapping.hpp"
#include "scenarios/loader/value.hpp"

namespace foretwin::scenarios {

/// Reads the section `records` of a scenario: which file and column means what.
///
///   records:
///     devices:      {file: data/machines.csv, device: machineID, model: model}
///     failures:     {file: data/failures.csv, time: datetime, device: machineID, cause: failure}
///     replacements: {file: data/maint.csv, time: datetime, device: machineID, cause: comp}
///     alarms:       {file: data/errors.csv, time: datetime, device: machineID, code: errorID}
///     observed: {from: 2015-01-01T06:00}                # to: the last record, if left out
///     treatment: automatic                              # or exact, or inspected
///     exclude:
///       start-up artefact: {failures_at: 2015-01-02T03:00, why: all machines at one instant}
///     announcements:
///       comp2: {codes: [error2, error3], within: 24 h, ahead: 24 h}   # cause: comp2, by its name
///
/// Strict: every unknown, missing or malformed key becomes a problem with its place. The mapping is
/// good only if no problem was added. The files themselves are read by calibration.
calibration::RecordMapping read_records(const loader::Value& section, loader::Problems& problems);

}  // namespace foretwin::scenarios
