#pragma once

#include <filesystem>
#include <string>

namespace foretwin::tool {

/// Width of the terminal; 120 when standard output is none.
int columns_of_terminal();

/// Makes a folder and its parents; EnvironmentError with a way out when that fails.
void make_folder(const std::filesystem::path& folder);

}  // namespace foretwin::tool
