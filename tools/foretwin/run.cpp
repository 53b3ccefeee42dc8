#include "scenarios/experiments/parameter_draws.hpp"
#include "scenarios/experiments/replicate.hpp"
#include "scenarios/questions.hpp"
#include "scenarios/study.hpp"
#include "tools/foretwin/explain_parallelism.hpp"
#include "tools/foretwin/study_options.hpp"
#include "tools/foretwin/verbs.hpp"

namespace foretwin::tool {
namespace {

struct RunOptions : StudyOptions {
    std::vector<std::string> changes;
    bool explain = false;
};

int run(const RunOptions& options) {
    experiments::StudyPlan plan = read_plan(options);
    plan.alternatives = {alternative_of(options.changes)};
    if (options.explain) {
        const experiments::ParameterDraws draws(plan.file, plan.seed, 0, plan.life_model);
        const auto prepared = experiments::prepare(plan, draws);
        explain_parallelism(prepared.front().plants.front(), plan.seed, options.json);
        return good;
    }
    const experiments::StudyResult result = answer(options, std::move(plan), "run", run_study);
    const experiments::AlternativeResult& told = result.alternatives.front();
    return meets_its_targets(told) && told.deadlocks.empty() ? good : answered_no;
}

}  // namespace

void add_run(CLI::App& app, Action& action) {
    auto options = std::make_shared<RunOptions>();
    CLI::App* verb = app.add_subcommand(
        "run",
        "simulate one alternative and tell its KPIs; exit "
        "code 1 when a target is missed by the mean, or a future ends in a deadlock");
    add_study_options(*verb, *options);
    verb->add_option("--change", options->changes, "changes to apply, by name");
    CLI::Option* explain = verb->add_flag(
        "--explain-parallelism", options->explain,
        "tell what of one replication may run side by side, and what forbids more; no answer");
    for (const char* of_a_study :
         {"--replications", "--precision", "--precision-kpi", "--level", "--threads", "--out",
          "--counters", "--trace", "--trace-fingerprint", "--executor", "--checkpoint"}) {
        explain->excludes(verb->get_option(of_a_study));
    }
    verb->callback([options, &action] { action = [options] { return run(*options); }; });
}

}  // namespace foretwin::tool
