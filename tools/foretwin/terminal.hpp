#pragma once

#include "scenarios/report/folders.hpp"

namespace foretwin::tool {

/// Width of the terminal; 120 when standard output is none.
int columns_of_terminal();

/// Hands what was told to whoever listens. EnvironmentError when it cannot be written: an answer
/// that was lost on the way is no answer.
void flush_standard_output();

using report::make_folder;
using report::refuse_unwritable_folder;

}  // namespace foretwin::tool
