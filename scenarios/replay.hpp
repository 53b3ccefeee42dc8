#pragma once

#include <functional>
#include <string>

#include "scenarios/experiments/replay_result.hpp"
#include "scenarios/log_files.hpp"
#include "scenarios/profile.hpp"

namespace foretwin::scenarios {

struct ReplayOptions {
    /// Local times of the profile's zone, or with an own one; empty: with the first value that is
    /// told, up to the last observation.
    std::string from, to;
    /// Before each observation that is newer than all before it: to keep a pace.
    std::function<void(telemetry::Instant)> before;
    /// A stretch of time in one state has ended.
    std::function<void(const std::string& device, const observed::StateInterval&)> ended;
};

/// Drives the twin of the past with what machines told, and makes history's KPIs of it, by the same
/// formulas as forecasts, for each day and for all of it. InputError for a bad `from` or `to`, and
/// when nothing was told between them. The caller adds what the source knows of files and defects.
experiments::ReplayResult replay(const ProfileFile& file, telemetry::ObservationSource& source,
                                 const ReplayOptions& options = {});

/// The whole of it, as `foretwin replay` does: reads the profile and its logs, or those of `logs`,
/// relative to the working folder. InputError with every problem of the profile.
experiments::ReplayResult replay_logs(const std::filesystem::path& profile,
                                      const std::vector<std::string>& logs,
                                      const ReplayOptions& options = {},
                                      const LogFiles::Told& told = {});

/// Of everything that the log and the profile say, and of nothing else: not of how the log is cut
/// into files, nor of host, time or path.
std::string replay_fingerprint(const experiments::ReplayResult& result);

}  // namespace foretwin::scenarios
