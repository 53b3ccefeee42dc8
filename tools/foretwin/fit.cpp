#include <iostream>
#include <nlohmann/json.hpp>

#include "engine/calibration/calibration_report.hpp"
#include "engine/calibration/parameter_file.hpp"
#include "scenarios/loader/scenario_file.hpp"
#include "scenarios/report/json_parts.hpp"
#include "scenarios/report/validation_table.hpp"
#include "scenarios/report/whole_file.hpp"
#include "scenarios/validation.hpp"
#include "tools/foretwin/interrupt.hpp"
#include "tools/foretwin/progress.hpp"
#include "tools/foretwin/terminal.hpp"
#include "tools/foretwin/verbs.hpp"

namespace foretwin::tool {
namespace {

using loader::Value;

struct FitOptions {
    std::filesystem::path scenario;
    std::filesystem::path out;
    bool check = false;
    std::uint32_t seed = 1;
    std::int64_t replications = 256;
    bool json = false;
};

/// The first file that the scenario names under `parameters:`; there the fit belongs.
std::filesystem::path usual_out(const loader::ScenarioFile& file) {
    const Value* parameters = file.tree.find("parameters");
    if (parameters != nullptr && parameters->is_scalar()) return file.folder / parameters->text();
    if (parameters != nullptr && !parameters->items().empty())
        return file.folder / parameters->items().front().text();
    throw InputError(file.tree.place(), "the scenario names no file for fitted parameters",
                     "add `parameters: fitted.yaml` at the top, or use --out FILE");
}

/// Replays the records with the fitted twin; answers whether the past lies in its range.
int check(const FitOptions& options, const loader::ScenarioFile& file,
          const calibration::CalibrationResult& result) {
    experiments::StudyPlan plan;
    plan.file = file;
    plan.seed = options.seed;
    plan.replications = options.replications;
    plan.progress = progress_bar("replications");
    plan.cancelled = &interrupted();
    const Validation validation = validate(plan, result);
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
    loader::Problems problems;
    const loader::ScenarioFile file =
        loader::read_scenario(options.scenario, problems, loader::ParameterFiles::leave_out);
    loader::throw_if_any(std::move(problems));
    const calibration::CalibrationResult result = calibrate_scenario(file);
    if (options.check) return check(options, file, result);
    const std::filesystem::path out = options.out.empty() ? usual_out(file) : options.out;
    if (options.json) {
        std::cout << calibration::to_json(result).dump(2) << '\n';
    } else {
        std::cout << calibration::to_text(result);
    }
    report::write_whole_file(out, calibration::to_parameter_file(result));
    (options.json ? std::cerr : std::cout) << "Fitted parameters: " << out.string() << '\n';
    return good;
}

}  // namespace

void add_fit(CLI::App& app, Action& action) {
    auto options = std::make_shared<FitOptions>();
    CLI::App* verb =
        app.add_subcommand("fit", "fit lives, policy and warnings to the records of a scenario");
    verb->add_option("scenario", options->scenario, "scenario file with a section `records`")
        ->required();
    verb->add_option("--out", options->out,
                     "file for the fitted parameters; else the first one under `parameters:`");
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
