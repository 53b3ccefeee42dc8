#pragma once

#include <filesystem>
#include <string>

namespace foretwin::report {

/// Refuses a folder that make_folder() could not make or nobody may write to, before hours are
/// spent on what belongs there. EnvironmentError with a way out; touches nothing. `option` is the
/// one that names the folder, or what shall lie in it.
void refuse_unwritable_folder(const std::filesystem::path& folder, const std::string& option);

/// Makes a folder and its parents; EnvironmentError with a way out when that fails. `option` is the
/// one that names the folder, or what shall lie in it.
void make_folder(const std::filesystem::path& folder, const std::string& option);

}  // namespace foretwin::report
