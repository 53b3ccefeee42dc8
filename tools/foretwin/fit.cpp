#include <iostream>
#include <nlohmann/json.hpp>

#include "scenarios/fitting.hpp"
#include "scenarios/report/json_parts.hpp"
#include "scenarios/report/validation_table.hpp"
#include "scenarios/report/whole_file.hpp"
#include "tools/foretwin/interrupt.hpp"
#include "tools/foretwin/progress.hpp"
#include "tools/foretwin/terminal.hpp"
#include "tools/foretwin/verbs.hpp"

namespace foretwin::tool {
namespace {

struct FitOptions {
    scenarios::FitQuestion question;
    std::filesystem::path out;
    bool check = false;
    std::uint32_t seed = 1;
    std::int64_t replications = 256;
    bool json = false;
};

/// Tells whether the past lies in the range of the fitted twin.
int check(const FitOptions& options, const scenarios::Fitting& fitting) {
    experiments::StudyPlan plan;
    plan.seed = options.seed;
    plan.replications = options.replications;
    plan.progress = progress_bar("replications");
    plan.cancelled = &interrupted();
    const Validation validation = scenarios::check_fit(fitting, std::move(plan));
    if (options.json) {
        experiments::StudyResult study;
        study.validation = validation;
        std::cout << report::validation_json(study).dump(2) << '\n';
    } else {
        std::cout << report::validation_table(validation);
    }
    return validation.good ? good : answered_no;
}

int fit(const FitOptions& options) {
    scenarios::FitQuestion question = options.question;
    question.to_check = options.check;
    const scenarios::Fitting fitting = scenarios::fit(question);
    if (options.check) return check(options, fitting);
    const std::filesystem::path out = options.out.empty() ? fitting.usual_out() : options.out;
    if (options.json)
        std::cout << fitting.json().dump(2) << '\n';
    else
        std::cout << fitting.text();
    if (out.empty()) return good;
    report::write_whole_file(out, fitting.parameter_file());
    (options.json ? std::cerr : std::cout) << "Fitted parameters: " << out.string() << '\n';
    return good;
}

}  // namespace

void add_fit(CLI::App& app, Action& action) {
    auto options = std::make_shared<FitOptions>();
    CLI::App* verb =
        app.add_subcommand("fit", "laws of lives, durations, power, demand and more from records");
    verb->add_option("file", options->question.file,
                     "scenario with a section `records`; a description (foretwin_fit: 1); or a CSV "
                     "file of lifetimes")
        ->required();
    verb->add_option("--out", options->out,
                     "file for the fitted parameters; else the one that the file names");
    verb->add_option("--as-of", options->question.as_of,
                     "fit with what was known then, as in 2026-03-01T06:00");
    verb->add_option("--unit", options->question.unit, "of the times in a CSV file, as in h");
    verb->add_option("--time", options->question.time, "column of the times in a CSV file")
        ->capture_default_str();
    verb->add_option("--status", options->question.status,
                     "column that says 1 failed, 0 still running")
        ->capture_default_str();
    verb->add_flag("--check", options->check,
                   "replay the records instead and compare; exit code 1 when they do not fit");
    verb->add_option("--seed", options->seed, "of the replay")->capture_default_str();
    verb->add_option("--replications", options->replications, "of the replay")
        ->check(CLI::Range(std::int64_t{32}, std::int64_t{100'000}))
        ->capture_default_str();
    verb->add_flag("--json", options->json, "as JSON on standard output");
    verb->callback([options, &action] { action = [options] { return fit(*options); }; });
}

}  // namespace foretwin::tool
