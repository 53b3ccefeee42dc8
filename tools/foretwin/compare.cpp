#include <algorithm>

#include "engine/core/suggestion.hpp"
#include "scenarios/study.hpp"
#include "scenarios/validation.hpp"
#include "tools/foretwin/study_options.hpp"
#include "tools/foretwin/verbs.hpp"

namespace foretwin::tool {
namespace {

struct CompareOptions : StudyOptions {
    std::vector<std::string> only;
};

std::vector<experiments::Alternative> chosen(const CompareOptions& options,
                                             const experiments::StudyPlan& plan) {
    std::vector<experiments::Alternative> all = experiments::all_alternatives(plan.file.tree);
    if (options.only.empty()) return all;
    std::vector<experiments::Alternative> some{all.front()};
    for (const std::string& name : options.only) {
        bool found = false;
        for (const experiments::Alternative& alternative : all) {
            if (alternative.name != name) continue;
            some.push_back(alternative);
            found = true;
        }
        if (found) continue;
        std::vector<std::string> known;
        known.reserve(all.size());
        for (const auto& alternative : all) known.push_back(alternative.name);
        const std::string near = did_you_mean(name, known);
        throw InputError(Place{options.scenario.string(), 0, 0},
                         "--only: the scenario has no change '" + name + "'",
                         near.empty() ? "`foretwin check` lists them" : near);
    }
    return some;
}

experiments::StudyResult run_and_validate(const experiments::StudyPlan& plan) {
    experiments::StudyResult result = run_study_twice(plan);
    if (!plan.file.tree.has("records")) return result;
    result.validation = validate(plan, calibrate_scenario(plan.file));
    if (!result.validation->good) result.warnings.push_back(result.validation->verdict);
    return result;
}

int compare(const CompareOptions& options) {
    experiments::StudyPlan plan = read_plan(options);
    plan.alternatives = chosen(options, plan);
    if (plan.alternatives.size() < 2) {
        throw InputError(Place{options.scenario.string(), 0, 0},
                         "the scenario has no changes to compare",
                         "add a section `changes:`, or use `foretwin run`");
    }
    const experiments::StudyResult result =
        answer(options, std::move(plan), "compare", run_and_validate);
    // The question is which way to go; it is answered "no" when none leads to the targets.
    const bool one_does =
        std::any_of(result.alternatives.begin(), result.alternatives.end(), meets_its_targets);
    return one_does ? good : answered_no;
}

}  // namespace

void add_compare(CLI::App& app, Action& action) {
    auto options = std::make_shared<CompareOptions>();
    CLI::App* verb = app.add_subcommand(
        "compare",
        "baseline against every change of the scenario, on the same futures; exit code 1 when "
        "every alternative, the baseline included, misses a target by the mean");
    add_study_options(*verb, *options);
    verb->add_option("--only", options->only, "only these changes, by name");
    verb->callback([options, &action] { action = [options] { return compare(*options); }; });
}

}  // namespace foretwin::tool
