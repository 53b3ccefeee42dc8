#include "scenarios/fitting.hpp"

#include <nlohmann/json.hpp>

#include "engine/calibration/calibration_report.hpp"
#include "engine/calibration/parameter_file.hpp"
#include "scenarios/fit_description.hpp"

namespace foretwin::scenarios {

namespace {

using calibration::CalibrationResult;
using calibration::FitPlanResult;
using loader::Value;

std::optional<telemetry::LocalSeconds> moment(const std::string& text) {
    if (text.empty()) return std::nullopt;
    const auto at = telemetry::parse_local_time(text);
    if (!at)
        throw InputError({}, "--as-of: '" + text + "' is no date and time",
                         "write 2026-03-01T06:00, on the clock of the records");
    return at;
}

/// The first file that the scenario names under `parameters:`; there the fit belongs.
std::filesystem::path first_parameter_file(const loader::ScenarioFile& file) {
    const Value* parameters = file.tree.find("parameters");
    if (parameters == nullptr) return {};
    if (parameters->is_scalar()) return file.folder / parameters->text();
    if (parameters->items().empty()) return {};
    return file.folder / parameters->items().front().text();
}

[[noreturn]] void refuse_to_check() {
    throw InputError({}, "--check replays a scenario's own records",
                     "leave it out here, or name a scenario with a section `records`");
}

calibration::FitPlan plan_of(const FitQuestion& question) {
    if (question.file.extension() != ".csv") return read_fit_description(question.file);
    if (question.unit.empty())
        throw InputError({}, "--unit is missing: a file of lifetimes does not tell its unit",
                         "as in --unit h");
    return lifetimes_plan(question.file, question.unit, question.time, question.status);
}

/// Laws of whatever the description names.
Fitting fit_records(const FitQuestion& question) {
    if (question.to_check) refuse_to_check();
    calibration::FitPlan plan = plan_of(question);
    plan.as_of = moment(question.as_of);
    plan.told = question.told;
    const std::filesystem::path out = plan.out.empty() ? "" : plan.folder / plan.out;
    return {calibration::run_fit_plan(plan), std::nullopt, out};
}

Fitting fit_scenario(const FitQuestion& question) {
    if (!question.unit.empty())
        throw InputError({}, "--unit is for a file of lifetimes",
                         "a scenario says itself what its records are");
    static_cast<void>(moment(question.as_of));
    loader::Problems problems;
    loader::ScenarioFile file =
        loader::read_scenario(question.file, problems, loader::ParameterFiles::leave_out);
    loader::throw_if_any(std::move(problems));
    return fit(std::move(file), question.as_of);
}

}  // namespace

std::string Fitting::text() const {
    return std::visit([](const auto& result) { return calibration::to_text(result); }, found);
}

nlohmann::ordered_json Fitting::json() const {
    return std::visit(
        [](const auto& result) { return nlohmann::ordered_json(calibration::to_json(result)); },
        found);
}

std::string Fitting::parameter_file() const {
    return std::visit([](const auto& result) { return calibration::to_parameter_file(result); },
                      found);
}

std::filesystem::path Fitting::usual_out() const {
    if (!out.empty() || !scenario) return out;
    throw InputError(scenario->tree.place(), "the scenario names no file for fitted parameters",
                     "add `parameters: fitted.yaml` at the top, or use --out FILE");
}

Fitting fit(loader::ScenarioFile scenario, const std::string& as_of) {
    std::filesystem::path out = first_parameter_file(scenario);
    CalibrationResult result = calibrate_scenario(scenario, moment(as_of));
    return {std::move(result), std::move(scenario), std::move(out)};
}

Fitting fit(const FitQuestion& question) {
    const bool plain = question.file.extension() == ".csv";
    return plain || is_fit_description(question.file) ? fit_records(question)
                                                      : fit_scenario(question);
}

Validation check_fit(const Fitting& fitting, experiments::StudyPlan plan) {
    if (!fitting.scenario) refuse_to_check();
    plan.file = *fitting.scenario;
    return validate(plan, std::get<CalibrationResult>(fitting.found));
}

}  // namespace foretwin::scenarios
