#pragma once

#include <vector>

#include "scenarios/experiments/replicate.hpp"
#include "scenarios/experiments/study_result.hpp"

namespace foretwin::experiments {

/// What every replication belongs to, for intervals: t over the means of parameter draws; without
/// uncertain parameters every future is a draw of its own (DESIGN, section 7).
struct Design {
    std::int64_t replications = 0;
    bool uncertain = false;
    double level = 0.95;
    std::vector<std::uint32_t> draw_of_future;
    bool traced = false;
};
Design design_of(const StudyPlan& plan, std::int64_t replications, bool uncertain);

/// KPIs and device figures of every alternative, with paired differences to the first.
std::vector<AlternativeResult> summarise(const Design& design,
                                         const std::vector<PreparedAlternative>& prepared,
                                         const std::vector<Replications>& replications,
                                         const ParameterDraws& draws);

}  // namespace foretwin::experiments
