#pragma once

#include <filesystem>

#include "engine/calibration/fit_task.hpp"
#include "scenarios/loader/value.hpp"

namespace foretwin::scenarios {

/// Reads the description of what `foretwin fit` is to fit to which records:
///
///   foretwin_fit: 1
///   name: Bottling line 3
///   out: fitted.yaml            # the fitted parameters; a scenario names it under `parameters`
///   seed: 1                     # of permutations and bootstraps
///   window: 90 days             # only what ended so long before; or drift: since the last change
///   refit: every 30 days        # --as-of then means the last such day before it
///   fits:
///     filler repair:
///       kind: lifetimes         # of lives and of durations; this is what is left out
///       file: data/repairs.csv  # relative to this file
///       where: {device: Filler} # only rows with these texts
///       begin: began            # what a column is called; see calibration/lifetimes.hpp
///       end: ended
///       unit: min
///       resolution: 1 min       # steps of the record: values are known to half of it
///
/// Keys by kind, columns marked with (c), optional ones in brackets:
///   lifetimes    time (c) | from, to (c) | begin, end (c); [status entry count group at (c)],
///                [covariates: [column, ...]], [shifts: false], [bootstrap: 199]
///   inspected    age, inspected, failed (c)      found   age, found (c), units: 167
///   degradation  device, age, value (c), threshold: 5 mm, [path: linear | exponential | power]
///   recurrent    device, age, status (c: 1 an event, 0 the end of its observation)
///   power        time, value (c), states: {file, time, state, [where]}, [settle: 5 s]
///   arrivals     time (c)
///   thermal      time, temperature, power (c), [ambient (c)], unit: of the power
/// All but thermal take `unit` and `resolution`; a bare `unit` names that of the column.
///
/// Strict: every unknown, missing or malformed key becomes a problem with its place, and a way out.
calibration::FitPlan read_fit_description(const loader::Value& tree, loader::Problems& problems);

/// The same from a file; InputError with all its problems.
calibration::FitPlan read_fit_description(const std::filesystem::path& path);

/// True when the file begins as a description does (`foretwin_fit: 1`), and not as a scenario.
bool is_fit_description(const std::filesystem::path& path);

/// One file of lifetimes without a description, named after the file.
calibration::FitPlan lifetimes_plan(const std::filesystem::path& csv, const std::string& unit,
                                    const std::string& time, const std::string& status);

}  // namespace foretwin::scenarios
