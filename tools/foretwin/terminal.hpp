#pragma once

#include <filesystem>
#include <string>

namespace foretwin::tool {

/// Width of the terminal; 120 when standard output is none.
int columns_of_terminal();

/// Refuses a folder that make_folder() could not make or nobody may write to, before hours are
/// spent on what belongs there. EnvironmentError with a way out; touches nothing. `option` is the
/// one that names the folder, or what shall lie in it.
void refuse_unwritable_folder(const std::filesystem::path& folder, const std::string& option);

/// Hands what was told to whoever listens. EnvironmentError when it cannot be written: an answer
/// that was lost on the way is no answer.
void flush_standard_output();

/// Makes a folder and its parents; EnvironmentError with a way out when that fails. `option` is the
/// one that names the folder, or what shall lie in it.
void make_folder(const std::filesystem::path& folder, const std::string& option);

}  // namespace foretwin::tool
