#pragma once

#include <vector>

#include "scenarios/experiments/replicate.hpp"
#include "scenarios/experiments/study_result.hpp"

namespace foretwin::experiments {

/// Loops of finite buffers that may lock, and the deadlocks that the futures of each alternative
/// really ended in: `deadlocks` of the alternatives, and warnings for the headline.
void add_deadlocks(const std::vector<PreparedAlternative>& prepared,
                   const std::vector<Replications>& replications, StudyResult& result);

}  // namespace foretwin::experiments
