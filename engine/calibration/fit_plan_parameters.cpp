#include <cmath>

#include "engine/calibration/fit_plan.hpp"
#include "engine/calibration/parameter_text.hpp"
#include "engine/core/quantity.hpp"

namespace foretwin::calibration {

namespace {

bool understood(const std::string& unit) {
    return !unit.empty() && static_cast<bool>(parse_unit(unit));
}

void leave_out(const std::string& what, const std::string& unit, std::string& out) {
    out += "  # " + what + " is in '" + unit + "', which no scenario understands\n";
}

void write_law(const std::string& title, const LawChoice& law, const std::string& unit,
               std::string& out) {
    if (!understood(unit)) return leave_out(title, unit, out);
    const std::string spaced = " " + unit;
    const LifeFit& best = law.candidates[law.best].fit;
    out += "  " + quoted(title) + ":\n    kind: distribution\n";
    out += "    value: " + to_scenario_text(written_law(best, spaced)) + "\n";
    out += "    best: " + fit_text(best, spaced) + "\n";
    for (std::size_t i = law.best + 1; i < law.candidates.size(); ++i) {
        const Candidate& rival = law.candidates[i];
        if (!rival.not_chosen.empty() || nested(best, rival.fit)) continue;
        out += "    second: " + fit_text(rival.fit, spaced) + "\n";
        break;
    }
    out += "    candidates:\n";
    for (const Candidate& own : law.candidates)
        out += "      - " + candidate_text(own.fit, spaced) + "\n";
    out += "    records: {failures: " + number(law.failures) +
           ", censored: " + number(law.censored) + ", late_entries: " + number(law.late) + "}\n";
}

/// A law with two parameters that are independent on the log scale.
void write_group(const std::string& title, const std::string& family, const std::string& first,
                 const std::string& second, double first_error, double second_error,
                 std::string& out) {
    const std::string law = "{" + first + ", " + second + "}";
    const auto key = [](const std::string& text) { return text.substr(0, text.find(':')); };
    out += "  " + quoted(title) + ":\n    kind: distribution\n";
    out += "    value: {" + family + ": " + law + "}\n";
    out += "    best: {family: " + family + ", parameters: " + law + ", transform: {" + key(first) +
           ": log, " + key(second) + ": log}, covariance: [[" + rough(first_error * first_error) +
           ", 0], [0, " + rough(second_error * second_error) + "]]}\n";
}

void write_pools(const TaskResult& task, std::string& out) {
    const std::string& unit = task.task.unit;
    if ((task.lives_pool || task.logs_pool) && !understood(unit)) return;
    if (task.lives_pool) {
        const LifePool& pool = *task.lives_pool;
        for (std::size_t i = 0; i < pool.scales.size(); ++i)
            write_group(task.task.name + " " + pool.rates.groups[i].name, "weibull",
                        "shape: " + rough(pool.shape),
                        "scale: " + rough(pool.scales[i]) + " " + unit, pool.log_shape_error,
                        pool.log_scale_deviation[i], out);
    }
    if (!task.logs_pool) return;
    const double variance = task.log_deviation * task.log_deviation;
    double count = 0;
    for (const Shrunk& own : task.logs_pool->groups) count += own.count;
    // The relative error of a deviation from n values is about 1 / sqrt(2 n); of the coefficient
    // of variation it is that times d log cv / d log sigma.
    const double deviation_error = variance / -std::expm1(-variance) / std::sqrt(2 * count);
    for (const Shrunk& own : task.logs_pool->groups)
        write_group(task.task.name + " " + own.name, "lognormal",
                    "mean: " + rough(std::exp(own.shrunk + variance / 2)) + " " + unit,
                    "cv: " + rough(std::sqrt(std::expm1(variance))), own.log_deviation,
                    deviation_error, out);
}

void write_rate(const std::string& title, double count, double exposure_s, std::string& out) {
    constexpr double year = 365.0 * 86400;
    out += "  " + quoted(title) + ": {kind: rate, count: " + number(count) +
           ", exposure: " + rough(exposure_s / year) +
           " years, value: " + rough(count / (exposure_s / year)) + " /year}\n";
}

void write_estimate(const std::string& title, double value, double error, const std::string& unit,
                    std::string& out) {
    if (!understood(unit)) return leave_out(title, unit, out);
    if (!std::isfinite(value) || !std::isfinite(error)) {
        out += "  # " + title + " could not be told from the records\n";
        return;
    }
    out += "  " + quoted(title) + ": {kind: estimate, value: " + rough(value) + " " + unit +
           ", standard_error: " + rough(error) + " " + unit + "}\n";
}

void write_events(const TaskResult& task, std::string& out) {
    const Recurrence& own = *task.recurrence;
    const std::string& unit = task.task.unit;
    if (!understood(unit)) return leave_out(task.task.name, unit, out);
    if (own.power_law && !own.power_law->log_covariance.empty()) {
        LifeFit fit;
        fit.law.family = LifeFamily::weibull;
        fit.law.theta = {std::log(own.power_law->shape), std::log(own.power_law->scale)};
        fit.covariance = own.power_law->log_covariance;
        fit.held = {false, false};
        fit.log_likelihood = own.power_law->log_likelihood;
        fit.aic = own.power_law->aic;
        fit.note = "life of the first event; repairs leave the unit as_bad_as_old";
        out += "  " + quoted(task.task.name) + ":\n    kind: distribution\n    value: " +
               to_scenario_text(written_law(fit, " " + unit)) +
               "\n    best: " + fit_text(fit, " " + unit) + "\n";
    }
    if (task.task.in_seconds > 0)
        write_rate(task.task.name + " rate", own.events, own.exposure * task.task.in_seconds, out);
}

void write_task(const TaskResult& task, std::string& out) {
    const std::string& title = task.task.name;
    const std::string& unit = task.task.unit;
    if (task.law) write_law(title, *task.law, unit, out);
    write_pools(task, out);
    if (task.recurrence) write_events(task, out);
    if (task.powers)
        for (const StatePower& own : task.powers->states)
            write_estimate(title + " " + own.state, own.mean, own.standard_error, unit, out);
    if (task.arrivals) {
        write_law(title, task.arrivals->gaps, unit, out);
        write_rate(title + " rate", task.arrivals->rate * task.arrivals->hours,
                   task.arrivals->hours * 3600, out);
    }
    if (task.thermal) {
        write_estimate(title + " time constant", task.thermal->time_constant,
                       task.thermal->time_constant_error, "s", out);
        write_estimate(title + " gain", task.thermal->gain, task.thermal->gain_error, "K/" + unit,
                       out);
    }
}

}  // namespace

std::string to_parameter_file(const FitPlanResult& result) {
    std::string out =
        "# Written by foretwin fit: change the records or the description, not this.\n";
    out += "foretwin_parameters: 1\n";
    if (result.known_until) out += "known_until: " + telemetry::to_text(*result.known_until) + "\n";
    out += "records:\n";
    for (const TaskResult& task : result.tasks)
        out += "  - {file: " + quoted(task.file.file) + ", sha256: " + quoted(task.file.sha256) +
               ", rows: " + std::to_string(task.file.rows) +
               ", used: " + std::to_string(task.file.used) + "}\n";
    std::string warnings;
    for (const TaskResult& task : result.tasks)
        for (const std::string& warning : all_warnings(task))
            warnings += "  - " + quoted(task.task.name + ": " + warning) + "\n";
    if (!warnings.empty()) out += "warnings:\n" + warnings;
    out += "parameters:\n";
    for (const TaskResult& task : result.tasks) write_task(task, out);
    return out;
}

}  // namespace foretwin::calibration
