#pragma once

#include "scenarios/experiments/summarise.hpp"

namespace foretwin::experiments {

/// Fills money, tornado, investment and running cost of every alternative but the first.
void add_money(const StudyPlan& plan, const Design& design, const ParameterDraws& draws,
               const std::vector<PreparedAlternative>& prepared,
               const std::vector<Replications>& replications,
               std::vector<AlternativeResult>& results);

/// Throws InputError when the life of the study refers to something uncertain: values of futures
/// over unlike lengths of time cannot be compared, and the central life alone would hide the range.
void refuse_uncertain_life(const StudyPlan& plan, const ParameterDraws& draws);

/// The economics section, or nothing when the scenario has none.
std::optional<roi::StudyMoney> read_economics(const StudyPlan& plan, const loader::Reader& reader);

}  // namespace foretwin::experiments
