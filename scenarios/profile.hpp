#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "models/observed/profile.hpp"
#include "scenarios/loader/value.hpp"

namespace foretwin::scenarios {

/// A log of machines, as a profile names it.
struct LogFile {
    enum class Format : std::uint8_t { unknown, shdr, mtconnect };
    std::string file;                 ///< relative to the profile's folder
    Format format = Format::unknown;  ///< told by its first byte
    std::string device;               ///< of items that name none, as the log would call it
};

/// A profile file: what the telemetry of machines means, and where it lies.
struct ProfileFile {
    observed::Profile profile;
    std::vector<LogFile> logs;  ///< in the order of time
    /// Items whose values have several fields (engine/telemetry/shdr.hpp).
    std::vector<std::string> conditions, messages, time_series;
    std::string default_device;  ///< of items that name none
    std::filesystem::path folder;
    std::string text;  ///< as it was read
};

/// Adds every problem with its place; the profile is good only if none was added.
ProfileFile read_profile(const loader::Value& tree, loader::Problems& problems);
/// The same from a file; InputError with all its problems.
ProfileFile read_profile(const std::filesystem::path& path);

}  // namespace foretwin::scenarios
