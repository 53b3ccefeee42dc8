#include <algorithm>

#include "scenarios/questions.hpp"
#include "tools/foretwin/study_options.hpp"
#include "tools/foretwin/verbs.hpp"

namespace foretwin::tool {
namespace {

struct CompareOptions : StudyOptions {
    std::vector<std::string> only;
};

int compare(const CompareOptions& options) {
    experiments::StudyPlan plan = read_plan(options);
    plan.alternatives = compared_alternatives(plan.file, options.only, "--only");
    const experiments::StudyResult result =
        answer(options, std::move(plan), "compare", compare_alternatives);
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
