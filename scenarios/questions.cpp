#include "scenarios/questions.hpp"

#include <algorithm>

#include "engine/core/suggestion.hpp"
#include "scenarios/study.hpp"
#include "scenarios/validation.hpp"

namespace foretwin {

using experiments::Alternative;

Alternative alternative_of(const std::vector<std::string>& changes) {
    Alternative alternative;
    alternative.changes = changes;
    if (!changes.empty()) alternative.name.clear();
    for (const std::string& change : changes)
        alternative.name += (alternative.name.empty() ? "" : " + ") + change;
    return alternative;
}

std::vector<Alternative> compared_alternatives(const loader::ScenarioFile& file,
                                               const std::vector<std::string>& only,
                                               const std::string& asked_by) {
    std::vector<Alternative> all = experiments::all_alternatives(file.tree);
    const Place place{file.path.string(), 0, 0};
    if (all.size() < 2)
        throw InputError(place, "the scenario has no changes to compare",
                         "add a section `changes:`, or run the baseline alone");
    if (only.empty()) return all;
    std::vector<std::string> known;
    known.reserve(all.size());
    for (const Alternative& alternative : all) known.push_back(alternative.name);
    std::vector<Alternative> some{all.front()};
    for (const std::string& name : only) {
        const auto found = std::find(known.begin() + 1, known.end(), name);
        if (found == known.end()) {
            const std::string near = did_you_mean(name, known);
            throw InputError(
                place, std::string(asked_by).append(": the scenario has no change '") + name + "'",
                near.empty() ? "`foretwin check` lists them" : near);
        }
        some.push_back(all[static_cast<std::size_t>(found - known.begin())]);
    }
    return some;
}

experiments::StudyResult compare_alternatives(const experiments::StudyPlan& plan) {
    experiments::StudyResult result = run_study_twice(plan);
    if (!plan.file.tree.has("records")) return result;
    result.validation = validate(plan, calibrate_scenario(plan.file));
    if (!result.validation->good) result.warnings.push_back(result.validation->verdict);
    return result;
}

bool meets_its_targets(const experiments::AlternativeResult& alternative) {
    return std::none_of(alternative.kpis.begin(), alternative.kpis.end(),
                        [](const auto& kpi) { return kpi.target && !kpi.target->met_by_mean; });
}

namespace {

/// The value whose name it is.
template <class Choice>
Choice chosen(const std::string& what, const std::string& name,
              const std::vector<std::pair<std::string, Choice>>& choices) {
    std::vector<std::string> known;
    for (const auto& [text, value] : choices) {
        if (text == name) return value;
        known.push_back(text);
    }
    throw InputError({}, "there is no " + what + " '" + name + "'", suggestion(name, known));
}

}  // namespace

experiments::Executor executor_of(const std::string& name) {
    using experiments::Executor;
    return chosen<Executor>("executor", name,
                            {{"sequential", Executor::sequential},
                             {"parallel", Executor::parallel},
                             {"optimistic", Executor::optimistic},
                             {"reference", Executor::reference}});
}

experiments::LifeModel life_model_of(const std::string& name) {
    using experiments::LifeModel;
    return chosen<LifeModel>("life model", name,
                             {{"best", LifeModel::best},
                              {"second", LifeModel::second},
                              {"two_parameter_weibull", LifeModel::two_parameter_weibull}});
}

}  // namespace foretwin
