#pragma once

#include <string>

#include "scenarios/experiments/study_plan.hpp"

namespace foretwin::tool {

/// A bar on standard error for whatever takes longer than a second: done, expected, time left.
/// Without a terminal, a line every ten seconds.
experiments::Progress progress_bar(const std::string& what);

}  // namespace foretwin::tool
