#pragma once

#include <filesystem>
#include <optional>

#include "engine/telemetry/ingest_description.hpp"
#include "scenarios/live_source.hpp"
#include "scenarios/loader/value.hpp"

namespace foretwin::scenarios {

/// Reads the description of a file of telemetry:
///
///   foretwin_ingest: 1
///   file: telemetry.csv                    # relative to this file; may be packed with gzip
///   format: csv                            # or json lines, hdf5, parquet; csv
///   form: wide                             # a column per signal; or long: a row per sample;
///                                          # or intervals: a row per state, from when until when
///   time:
///     column: datetime                     # form intervals: from: begin, to: end
///     zone: UTC                            # of times that name none
///     epoch: ms                            # times are counts since 1970: s, ms, us, ns; dates
///     stamp: end                           # of an interval: instant, start or end; instant
///     interval: 15 min                     # with start and end
///     clock_offset: -37 s                  # the source's clock is behind by that; 0 s
///     arrival: received                    # column with when it came in: tells a wrong clock
///   device: {column: machineID}            # or {name: Press 7}: the file is of one device
///   signal: {column: signal}               # form long only
///   value: {column: value}                 # form long only
///   quality: {column: quality}             # marks of the source, as sums of bits; none
///   detail: {column: detail}               # what else comes with a text; none
///   late_after: 12 h                       # what comes so far behind its series is late; 0 h
///   refuse_above: 5 %                      # of samples that are rejected or late; 100 %
///   reject: [stuck, range, unit]           # what else is left out, not only marked; none
///   signals:
///     pressure:
///       unit: psi
///       column: p                          # or its name in the signal column; pressure
///       sentinels: [-9999]                 # numbers that say "nothing was measured"
///       range: [40 psi, 200 psi]
///       stuck: 6                           # equal values in a row that nobody believes
///       wrong_units: [kPa]                 # sent by mistake at times; or {kPa: 6.894757}
///       wrong_for: 12                      # values in a row that make a stretch of them; 12
///       hold: 3 h                          # a longer step between two samples is a gap
///       every: 1 h                         # counts the samples that are missing in gaps
///       zero: not recorded                 # a 0 says that there is no value; a value
///     execution:
///       kind: text                         # states, messages: no unit, no range
///       words: [ACTIVE, READY, STOPPED]    # all that there can be
///
/// Of JSON lines, columns are paths such as `payload.power.0`; of HDF5, paths of datasets, where a
/// `*` stands for the groups of devices: `time: {column: "*/time"}`, `device: {column: "*"}`.
///
/// Telemetry that a broker tells while it is made has a `source` (live_source.hpp) in the place of
/// file, form, time, device, signal and value; `refuse_above` is for files alone.
///
/// Strict: every unknown, missing or malformed key becomes a problem with its place, and a way out.
/// The description is good only if no problem was added.
telemetry::IngestDescription read_ingest_description(const loader::Value& tree,
                                                     loader::Problems& problems);

/// What is to be read, and what it is held to.
struct IngestPlan {
    telemetry::IngestDescription rules;
    std::optional<live::SourceDescription> source;  ///< a broker; else `rules.file`
};

/// The same from a file; InputError with all its problems.
/// `file` takes the place of the file that the description names, unless empty.
IngestPlan read_ingest_plan(const std::filesystem::path& path, const std::string& file = "");

}  // namespace foretwin::scenarios
