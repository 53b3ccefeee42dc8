#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/loader/scenario_file.hpp"
#include "scenarios/loader/value.hpp"
#include "scenarios/schema/schema.hpp"

namespace foretwin::changes {

/// The names of all changes of a scenario, in file order.
std::vector<std::string> names(const loader::Value& tree);

/// The names behind a list of names: those that `combine` others are replaced by what they
/// combine (and stay in the list when they write or cost something themselves). No repetitions.
std::vector<std::string> resolved(const loader::Value& tree, const std::vector<std::string>& names,
                                  loader::Problems& problems);

/// The tree with the named changes applied, in the order remove, set, scale, add over all of them.
/// Refused: names that do not exist, paths that do not exist (set: unless the schema knows the
/// key; add: when the path exists), two changes that write one path differently or of which one
/// removes what the other writes. `tree` must have its `like` expanded, its fleets not yet.
/// The keys invest, running_cost and life touch money only; see costs().
loader::Value apply(const loader::Value& tree, const std::vector<std::string>& names,
                    const schema::Schema& schema, loader::Problems& problems);

/// The whole way from a file to the tree that assembly reads: like, changes, fleets, flow, check,
/// flow and calendar checks. No names: the baseline. Throws InputError with every problem.
loader::Value alternative(const loader::ScenarioFile& file, const std::vector<std::string>& names,
                          const schema::Schema& schema);

/// Checks the baseline and every change of the file, each alone, and appends what is wrong: with
/// the problems of reading the file they make one list for loader::throw_if_any().
void find_problems(const loader::ScenarioFile& file, const schema::Schema& schema,
                   loader::Problems& problems);

/// The same, throwing InputError with every problem.
void check_all(const loader::ScenarioFile& file, const schema::Schema& schema);

/// What one change costs, as nodes of the tree to be read by a loader::Reader (they may refer to
/// assumptions); nullptr where the file gives none. `life` shapes cash flows only: in the
/// simulation a change is in force from the beginning.
struct Costs {
    std::string change;
    const loader::Value* invest = nullptr;        ///< money
    const loader::Value* running_cost = nullptr;  ///< money/s
    const loader::Value* life = nullptr;          ///< s
};
/// One entry per change behind `names` (see resolved()). The tree must outlive the result.
std::vector<Costs> costs(const loader::Value& tree, const std::vector<std::string>& names);

}  // namespace foretwin::changes
