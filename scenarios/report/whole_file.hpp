#pragma once

#include <filesystem>
#include <string_view>

namespace foretwin::report {

/// Writes a file whole or not at all. The bytes go to a nameless file in the same folder, or, where
/// the file system has none, to ".<name>.<process>.partial"; only when all are safely on disk does
/// the file get its name, in one step that replaces an older one. So neither a full disk nor an
/// interruption leaves half a file, and an older one stays until the new one is complete.
/// A path that exists and is no regular file (a terminal, a pipe) is written to directly.
/// EnvironmentError with a way out when it cannot be written.
void write_whole_file(const std::filesystem::path& path, std::string_view bytes);

}  // namespace foretwin::report
