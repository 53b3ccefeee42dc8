#include "scenarios/validation.hpp"

#include <algorithm>

#include "engine/calibration/history.hpp"
#include "engine/calibration/parameter_file.hpp"
#include "engine/calibration/visit_replay.hpp"
#include "engine/statistics/quantile.hpp"
#include "engine/statistics/variance_components.hpp"
#include "scenarios/experiments/parameter_draws.hpp"
#include "scenarios/experiments/replicate.hpp"
#include "scenarios/records.hpp"

namespace foretwin {
namespace {

using experiments::StudyPlan;
using loader::Value;

Value read_parameters(const std::string& yaml, const std::string& name) {
    loader::Problems problems;
    Value value = loader::read_yaml(yaml, name, problems);
    loader::throw_if_any(std::move(problems));
    return value;
}

/// The scenario as it would have stood at the beginning of the records: its clock is moved there,
/// and ages and visits are those of that instant.
StudyPlan moved_to_the_past(StudyPlan plan, const calibration::CalibrationResult& calibration) {
    const calibration::LocalSeconds from = calibration.records.observed_from;
    const calibration::LocalSeconds to = calibration.records.observed_to;
    plan.file.parameter_files.push_back(
        read_parameters(calibration::to_parameter_file(calibration), "calibration"));
    plan.file.parameter_files.push_back(
        read_parameters(calibration::to_state_file(calibration, from), "state of the past"));
    Value& time = *plan.file.tree.find("time");
    time.set("start", Value::scalar(telemetry::to_text(from)));
    time.set("horizon", Value::scalar(std::to_string(to - from) + " s"));
    time.erase("warm_up");
    plan.alternatives = {experiments::Alternative{}};
    plan.precision.reset();
    return plan;
}

/// A count over all machines of one cause, as a KPI of its own.
kpis::Formula count_of(const std::vector<kernel::FigureSpec>& specs, const std::string& cause,
                       const std::string& what) {
    kpis::Formula formula;
    formula.name = cause + " " + what;
    formula.unit = "1";
    const std::string figure = "failures/" + cause + "/" + what;
    for (std::size_t i = 0; i < specs.size(); ++i) {
        if (specs[i].name == figure) formula.over.push_back({i, 1});
    }
    return formula;
}

Validation::Row row_of(const std::string& cause, const std::string& quantity, double recorded,
                       const std::vector<double>& simulated, double level) {
    const statistics::Interval interval = statistics::future_interval(simulated, level);
    double sum = 0;
    for (const double value : simulated) sum += value;
    Validation::Row row;
    row.group = cause;
    row.quantity = quantity;
    row.recorded = recorded;
    row.simulated = sum / static_cast<double>(simulated.size());
    row.low = interval.low;
    row.high = interval.high;
    row.inside = interval.low <= recorded && recorded <= interval.high;
    return row;
}

std::string verdict_of(const Validation& validation) {
    const auto outside = std::count_if(validation.rows.begin(), validation.rows.end(),
                                       [](const Validation::Row& row) { return !row.inside; });
    const auto all = std::to_string(validation.rows.size());
    if (outside == 0) {
        return "the twin reproduces its past: all " + all +
               " recorded counts lie within the simulated range";
    }
    return "the twin misses its past: " + std::to_string(outside) + " of " + all +
           " recorded counts lie outside the simulated range";
}

}  // namespace

calibration::CalibrationResult calibrate_scenario(const loader::ScenarioFile& file,
                                                  std::optional<calibration::LocalSeconds> as_of) {
    const Value* section = file.tree.find("records");
    if (section == nullptr) {
        throw InputError(file.tree.place(), "the scenario has no `records`",
                         "say which files hold its history: see scenarios/library/machine_park");
    }
    loader::Problems problems;
    const calibration::RecordMapping mapping = scenarios::read_records(*section, problems);
    loader::throw_if_any(std::move(problems));
    calibration::Records records = calibration::read_record_files(mapping, file.folder);
    if (as_of && *as_of <= records.observed_from)
        throw InputError(section->place(),
                         "nothing was observed before " + telemetry::to_text(*as_of),
                         "the observation begins at " + telemetry::to_text(records.observed_from));
    if (as_of) records = calibration::known_at(records, *as_of);
    return calibration::calibrate(mapping, std::move(records));
}

Validation validate(const StudyPlan& plan, const calibration::CalibrationResult& calibration) {
    const StudyPlan past = moved_to_the_past(plan, calibration);
    const experiments::ParameterDraws draws(past.file, past.seed,
                                            statistics::parameter_draws(past.replications, true),
                                            past.life_model);
    std::vector<experiments::PreparedAlternative> prepared = experiments::prepare(past, draws);
    const std::vector<std::string>& causes = calibration.records.causes;
    prepared.front().kpis.clear();
    for (const std::string& cause : causes) {
        for (const char* what : {"failures", "preventive"}) {
            prepared.front().kpis.push_back(count_of(prepared.front().specs.front(), cause, what));
        }
    }
    const experiments::Replications futures = experiments::replicate(past, prepared).front();

    Validation validation;
    validation.period = telemetry::to_text(calibration.records.observed_from) + " to " +
                        telemetry::to_text(calibration.records.observed_to);
    validation.level = plan.level;
    const double each = 1 - (1 - plan.level) / static_cast<double>(2 * causes.size());
    for (std::uint32_t cause = 0; cause < causes.size(); ++cause) {
        validation.rows.push_back(row_of(causes[cause], "failures",
                                         calibration::recorded_failures(calibration, cause),
                                         futures.kpis[2 * cause], each));
        validation.rows.push_back(row_of(causes[cause], "replacements",
                                         calibration::recorded_replacements(calibration, cause),
                                         futures.kpis[2 * cause + 1], each));
    }
    validation.verdict = verdict_of(validation);
    validation.good = std::all_of(validation.rows.begin(), validation.rows.end(),
                                  [](const Validation::Row& row) { return row.inside; });
    return validation;
}

}  // namespace foretwin
