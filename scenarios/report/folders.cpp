#include "scenarios/report/folders.hpp"

#include <unistd.h>

#include <system_error>

#include "engine/core/error.hpp"

namespace foretwin::report {

void refuse_unwritable_folder(const std::filesystem::path& folder, const std::string& option) {
    std::error_code ignored;
    std::filesystem::path existing = std::filesystem::absolute(folder, ignored);
    while (!std::filesystem::exists(existing, ignored) && existing.has_parent_path() &&
           existing != existing.parent_path()) {
        existing = existing.parent_path();
    }
    const bool good = std::filesystem::is_directory(existing, ignored) &&
                      access(existing.c_str(), W_OK | X_OK) == 0;
    if (good) return;
    throw EnvironmentError(
        "cannot write to the folder '" + folder.string() + "': '" + existing.string() +
        (std::filesystem::is_directory(existing, ignored) ? "' may not be written to"
                                                          : "' is no folder") +
        " (give another folder with " + option + ")");
}

void make_folder(const std::filesystem::path& folder, const std::string& option) {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (!error) return;
    throw EnvironmentError("cannot make the folder '" + folder.string() + "': " + error.message() +
                           " (give another folder with " + option + ")");
}

}  // namespace foretwin::report
