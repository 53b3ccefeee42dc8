#include <iostream>
#include <nlohmann/json.hpp>

#include "engine/calibration/calibration_report.hpp"
#include "engine/calibration/parameter_file.hpp"
#include "scenarios/loader/scenario_file.hpp"
#include "scenarios/records.hpp"
#include "scenarios/report/whole_file.hpp"
#include "tools/foretwin/terminal.hpp"
#include "tools/foretwin/verbs.hpp"

namespace foretwin::tool {
namespace {

using loader::Value;

struct FitOptions {
    std::filesystem::path scenario;
    std::filesystem::path out;
    bool check = false;
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

int fit(const FitOptions& options) {
    loader::Problems problems;
    const loader::ScenarioFile file =
        loader::read_scenario(options.scenario, problems, loader::ParameterFiles::leave_out);
    loader::throw_if_any(std::move(problems));
    const Value* section = file.tree.find("records");
    if (section == nullptr) {
        throw InputError(file.tree.place(), "the scenario has no records to fit",
                         "add a section `records:` that says which file and column means what");
    }
    const calibration::RecordMapping mapping = scenarios::read_records(*section, problems);
    loader::throw_if_any(std::move(problems));
    const std::filesystem::path out = options.out.empty() ? usual_out(file) : options.out;
    const calibration::CalibrationResult result = calibration::calibrate(mapping, file.folder);
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
    verb->add_flag("--json", options->json, "as JSON on standard output");
    verb->callback([options, &action] { action = [options] { return fit(*options); }; });
}

}  // namespace foretwin::tool
