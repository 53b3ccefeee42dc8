#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "engine/telemetry/store_columns.hpp"

namespace foretwin::telemetry {

/// Samples that are to go: of all series whose device and signal are as these patterns say (`*`
/// stands for any characters, `?` for one), those before an instant; of no_instant, all of them
/// and the series itself.
struct Removal {
    std::string devices = "*";
    std::string signals = "*";
    Instant before = no_instant;
};

/// What was done to a store, kept in the store itself.
struct LogEntry {
    Instant at = no_instant;
    std::string who;
    std::string deed;  ///< compact, retain, erase
    std::string what;  ///< in words; whoever erases a person need not name them
    std::size_t series = 0;
    std::size_t samples = 0;  ///< that went

    friend bool operator==(const LogEntry&, const LogEntry&) = default;
};

/// One series and how much of it goes.
struct Share {
    SeriesInfo info;
    std::size_t removed = 0;
    bool whole = false;  ///< the series goes with them
};

struct Rewritten {
    std::vector<Share> series;  ///< all that there were
    std::uintmax_t bytes_before = 0;
    std::uintmax_t bytes_after = 0;
    std::size_t samples_removed() const;
    std::size_t series_touched() const;
};

/// Writes the store anew without what is to go, in full chunks and without what earlier writing
/// left between them, and puts the copy in the file's place in one step: whatever ends the process,
/// the file is the old one or the new one. Words that no text uses any longer go, too, and so do
/// copies that processes left behind when they were killed. The entry is kept in the new file,
/// with its counts filled in. `told` hears the samples done and all, and may throw.
/// EnvironmentError while another process writes, or when the disk is full.
Rewritten rewrite_store(const std::filesystem::path& path, const std::vector<Removal>& removals,
                        LogEntry entry,
                        const std::function<void(std::size_t, std::size_t)>& told = {});

/// What would go; nothing is changed, and others may write meanwhile.
std::vector<Share> shares_of(const std::filesystem::path& path,
                             const std::vector<Removal>& removals);

/// What was done to the store, the oldest first.
std::vector<LogEntry> store_log(const std::filesystem::path& path);

}  // namespace foretwin::telemetry
