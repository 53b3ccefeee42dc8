#include "scenarios/experiments/study_plan.hpp"

#include "scenarios/changes/changes.hpp"

namespace foretwin::experiments {

const char* name_of(Executor executor) {
    if (executor == Executor::parallel) return "parallel";
    if (executor == Executor::optimistic) return "optimistic";
    return executor == Executor::reference ? "reference" : "sequential";
}

std::vector<Alternative> all_alternatives(const loader::Value& tree) {
    std::vector<Alternative> alternatives{{"baseline", "as it is today", {}}};
    const loader::Value* changes = tree.find("changes");
    for (const std::string& name : changes::names(tree)) {
        alternatives.push_back({name, changes->find(name)->text_of("description"), {name}});
    }
    return alternatives;
}

}  // namespace foretwin::experiments
