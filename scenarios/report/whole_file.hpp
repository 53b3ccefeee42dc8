#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace foretwin::report {

/// Writes a file whole or not at all. The bytes go to a nameless file in the same folder, or, where
/// the file system has none, to ".<name>.<process>.partial"; only when all are safely on disk does
/// the file get its name, in one step that replaces an older one. So neither a full disk nor an
/// interruption leaves half a file, and an older one stays until the new one is complete.
/// A path that exists and is no regular file (a terminal, a pipe) is written to directly.
/// EnvironmentError with a way out when it cannot be written.
void write_whole_file(const std::filesystem::path& path, std::string_view bytes);

struct WholeFile {
    std::filesystem::path path;
    std::string bytes;
};

/// Writes files that belong together: all or none. Every file is complete on disk under another
/// name before the first gets its own; then the older ones go, then all new ones come, and no
/// Ctrl-C is heard in between. A folder so never holds a mixture of old and new files; what kills
/// the process outright in that instant may leave some of the new ones only.
/// `last_chance` is called when all is ready and may throw: then nothing has changed.
void write_whole_files(const std::vector<WholeFile>& files,
                       const std::function<void()>& last_chance = {});

}  // namespace foretwin::report
