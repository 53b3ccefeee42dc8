#include <iostream>
#include <nlohmann/json.hpp>

#include "engine/calibration/calibration_report.hpp"
#include "engine/calibration/fit_plan.hpp"
#include "engine/calibration/parameter_file.hpp"
#include "scenarios/fit_description.hpp"
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
    std::filesystem::path file;
    std::filesystem::path out;
    std::string as_of;
    std::string unit, time = "time", status = "status";  ///< of a plain CSV file
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

telemetry::LocalSeconds moment(const std::string& text) {
    const auto at = telemetry::parse_local_time(text);
    if (!at)
        throw InputError({}, "--as-of: '" + text + "' is no date and time",
                         "write 2026-03-01T06:00, on the clock of the records");
    return *at;
}

/// What is to be fitted: a description, or one file of lifetimes.
calibration::FitPlan plan_of(const FitOptions& options) {
    if (options.file.extension() != ".csv") return scenarios::read_fit_description(options.file);
    if (options.unit.empty())
        throw InputError({}, "--unit is missing: a file of lifetimes does not tell its unit",
                         "as in --unit h");
    return scenarios::lifetimes_plan(options.file, options.unit, options.time, options.status);
}

/// Laws of whatever the description names.
int fit_records(const FitOptions& options) {
    if (options.check)
        throw InputError({}, "--check replays a scenario's own records",
                         "leave it out here, or name a scenario with a section `records`");
    calibration::FitPlan plan = plan_of(options);
    if (!options.as_of.empty()) plan.as_of = moment(options.as_of);
    const calibration::FitPlanResult result = calibration::run_fit_plan(plan);
    if (options.json)
        std::cout << calibration::to_json(result).dump(2) << '\n';
    else
        std::cout << calibration::to_text(result);
    std::filesystem::path out = options.out;
    if (out.empty() && !plan.out.empty()) out = plan.folder / plan.out;
    if (out.empty()) return good;
    report::write_whole_file(out, calibration::to_parameter_file(result));
    (options.json ? std::cerr : std::cout) << "Fitted parameters: " << out.string() << '\n';
    return good;
}

int fit_scenario(const FitOptions& options) {
    if (!options.unit.empty())
        throw InputError({}, "--unit is for a file of lifetimes",
                         "a scenario says itself what its records are");
    std::optional<telemetry::LocalSeconds> as_of;
    if (!options.as_of.empty()) as_of = moment(options.as_of);
    loader::Problems problems;
    const loader::ScenarioFile file =
        loader::read_scenario(options.file, problems, loader::ParameterFiles::leave_out);
    loader::throw_if_any(std::move(problems));
    const calibration::CalibrationResult result = calibrate_scenario(file, as_of);
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

int fit(const FitOptions& options) {
    const bool plain = options.file.extension() == ".csv";
    return plain || scenarios::is_fit_description(options.file) ? fit_records(options)
                                                                : fit_scenario(options);
}

}  // namespace

void add_fit(CLI::App& app, Action& action) {
    auto options = std::make_shared<FitOptions>();
    CLI::App* verb =
        app.add_subcommand("fit", "laws of lives, durations, power, demand and more from records");
    verb->add_option("file", options->file,
                     "scenario with a section `records`; a description (foretwin_fit: 1); or a CSV "
                     "file of lifetimes")
        ->required();
    verb->add_option("--out", options->out,
                     "file for the fitted parameters; else the one that the file names");
    verb->add_option("--as-of", options->as_of,
                     "fit with what was known then, as in 2026-03-01T06:00");
    verb->add_option("--unit", options->unit, "of the times in a CSV file, as in h");
    verb->add_option("--time", options->time, "column of the times in a CSV file")
        ->capture_default_str();
    verb->add_option("--status", options->status, "column that says 1 failed, 0 still running")
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
