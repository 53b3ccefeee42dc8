#include <algorithm>
#include <cmath>
#include <cstdio>

#include "engine/calibration/fit_plan.hpp"
#include "engine/calibration/formatted.hpp"

namespace foretwin::calibration {

namespace {

std::string digits(double value, int count) {
    char buffer[40];
    std::snprintf(buffer, sizeof buffer, "%.*g", count, value);
    return std::isfinite(value) ? buffer : "-";
}

std::string with_error(double estimate, double error) {
    return digits(estimate, 5) + (std::isfinite(error) ? " (" + digits(error, 3) + ")" : "");
}

/// What tells laws of one family apart; the rest is in the JSON.
bool in_table(const Candidate& own, const NaturalParameter& parameter) {
    const LifeFamily family = own.fit.law.family;
    if (parameter.name == "rate") return false;
    return parameter.name != "mean" || family == LifeFamily::exponential;
}

void add_candidates(const LawChoice& law, std::string& out) {
    add_formatted(out, "    %-20s %9s %9s %8s  %s\n", "law", "log-lik", "AIC", "A^2",
                  "parameters (standard errors)");
    for (std::size_t i = 0; i < law.candidates.size(); ++i) {
        const Candidate& own = law.candidates[i];
        std::string title{name(own.fit.law.family)};
        if (own.fit.shifted) title += " + shift";
        if (own.fit.note.starts_with("Erlang")) title = own.fit.note;
        std::string parameters;
        for (const NaturalParameter& parameter : own.parameters)
            if (in_table(own, parameter))
                parameters += (parameters.empty() ? "" : ", ") + parameter.name + " " +
                              with_error(parameter.estimate, parameter.standard_error);
        add_formatted(out, "  %c %-20s %9.3f %9.3f %8s  %s%s\n", i == law.best ? '*' : ' ',
                      title.c_str(), own.fit.log_likelihood, own.fit.aic,
                      own.anderson_darling ? digits(*own.anderson_darling, 4).c_str() : "-",
                      parameters.c_str(), own.not_chosen.empty() ? "" : "  [not chosen]");
    }
    if (law.p_value)
        add_formatted(out, "    chance of a larger A^2 if * were true: %.3f\n", *law.p_value);
}

void add_law(const LawChoice& law, const std::string& unit, std::string& out) {
    add_formatted(out, "    %g observed: %g ended", law.observations, law.failures);
    if (law.intervals > 0) add_formatted(out, " (%g within an interval)", law.intervals);
    add_formatted(out, ", %g running", law.censored);
    if (law.late > 0) add_formatted(out, ", %g entered late", law.late);
    add_formatted(out, "; exposure %s %s\n", digits(law.exposure, 6).c_str(), unit.c_str());
    add_candidates(law, out);
}

void add_effects(const char* title, const std::vector<Effect>& effects, std::string& out) {
    add_formatted(out, "    %s\n", title);
    for (const Effect& own : effects)
        add_formatted(out, "      %-20s %10s  z %6.2f  p %.3g\n", own.name.c_str(),
                      with_error(own.coefficient, own.standard_error).c_str(), own.z, own.p_value);
}

void add_regressions(const TaskResult& task, std::string& out) {
    if (task.cox) {
        add_effects("proportional hazards (Cox, ties by Efron): log hazard ratios",
                    task.cox->effects, out);
        add_formatted(out, "      partial log-likelihood %.4f, without covariates %.4f, p %.3g\n",
                      task.cox->log_likelihood, task.cox->null_log_likelihood, task.cox->p_value);
    }
    if (task.weibull) {
        std::vector<Effect> effects{task.weibull->intercept};
        effects.insert(effects.end(), task.weibull->effects.begin(), task.weibull->effects.end());
        add_effects("Weibull regression: effects on the logarithm of life", effects, out);
        add_formatted(out, "      shape %s, log-likelihood %.3f, without covariates %.3f, p %.3g\n",
                      with_error(task.weibull->shape, task.weibull->shape_error).c_str(),
                      task.weibull->log_likelihood, task.weibull->null_log_likelihood,
                      task.weibull->p_value);
    }
}

void add_pools(const TaskResult& task, std::string& out) {
    if (task.lives_pool) {
        const LifePool& pool = *task.lives_pool;
        add_formatted(out, "    groups, Weibull of one shape %.4g%s\n", pool.shape,
                      pool.rates.alike ? ": no difference between them is seen" : "");
        for (std::size_t i = 0; i < pool.scales.size(); ++i)
            add_formatted(out, "      %-20s %4g failed  scale %s %s (%.0f %%), own weight %.2f\n",
                          pool.rates.groups[i].name.c_str(), pool.rates.groups[i].count,
                          digits(pool.scales[i], 4).c_str(), task.task.unit.c_str(),
                          100 * pool.log_scale_deviation[i], pool.rates.groups[i].own_weight);
    }
    if (!task.logs_pool) return;
    add_formatted(out, "    groups, lognormal of one sigma %.4g, between groups %.3g\n",
                  task.log_deviation, task.logs_pool->between);
    for (const Shrunk& own : task.logs_pool->groups)
        add_formatted(out, "      %-20s %4g ended  median %s, drawn to %s %s, own weight %.2f\n",
                      own.name.c_str(), own.count, digits(std::exp(own.own), 4).c_str(),
                      digits(std::exp(own.shrunk), 4).c_str(), task.task.unit.c_str(),
                      own.own_weight);
}

/// A dozen steps, the last one among them.
void add_mean_cumulative(const Recurrence& own, std::string& out) {
    const auto& steps = own.mean_cumulative;
    if (steps.empty()) return;
    out += "    mean cumulative number per unit (Nelson-Aalen), 95 %\n";
    const std::size_t stride = std::max<std::size_t>(1, steps.size() / 12);
    for (std::size_t i = (steps.size() - 1) % stride; i < steps.size(); i += stride)
        add_formatted(out, "      age %8s  %3g at risk  %.4f (%.4f)  %.4f to %.4f\n",
                      digits(steps[i].age, 6).c_str(), steps[i].at_risk, steps[i].mean,
                      steps[i].standard_error, steps[i].low, steps[i].high);
}

void add_recurrence(const Recurrence& own, const std::string& unit, std::string& out) {
    add_formatted(out, "    %g units, %g events, exposure %s %s\n", own.units, own.events,
                  digits(own.exposure, 6).c_str(), unit.c_str());
    add_formatted(out, "    constant rate        %9.3f %9.3f  %s (%s to %s) /%s\n",
                  own.constant_log_likelihood, own.constant_aic, digits(own.rate, 5).c_str(),
                  digits(own.rate_low, 4).c_str(), digits(own.rate_high, 4).c_str(), unit.c_str());
    if (own.power_law)
        add_formatted(out, "    power law process    %9.3f %9.3f  shape %s, scale %s %s\n",
                      own.power_law->log_likelihood, own.power_law->aic,
                      with_error(own.power_law->shape, own.power_law->shape_error).c_str(),
                      with_error(own.power_law->scale, own.power_law->scale_error).c_str(),
                      unit.c_str());
    add_formatted(
        out, "    trend: Laplace %.3f, p %.3g; MIL-HDBK-189 %.3f, p %.3g; ratio %.3f, p %.3g\n",
        own.laplace.statistic, own.laplace.p_value, own.mil_hdbk_189.statistic,
        own.mil_hdbk_189.p_value, own.likelihood_ratio.statistic, own.likelihood_ratio.p_value);
    add_mean_cumulative(own, out);
}

void add_powers(const StatePowers& powers, const std::string& unit, std::string& out) {
    for (const StatePower& own : powers.states)
        add_formatted(
            out, "    %-20s %8g samples in %g stays  mean %s %s, noise %s%s%s\n", own.state.c_str(),
            own.samples, own.visits, with_error(own.mean, own.standard_error).c_str(), unit.c_str(),
            digits(own.deviation, 3).c_str(), own.remark.empty() ? "" : "; ", own.remark.c_str());
    if (powers.before > 0 || powers.settling > 0)
        add_formatted(out, "    left out: %g samples before the first state, %g while settling\n",
                      powers.before, powers.settling);
}

void add_arrivals(const Arrivals& own, const std::string& unit, std::string& out) {
    add_formatted(out, "    %g arrivals; %s per hour (%s to %s) over %g whole hours\n", own.count,
                  digits(own.rate, 5).c_str(), digits(own.rate_low, 4).c_str(),
                  digits(own.rate_high, 4).c_str(), own.hours);
    add_formatted(
        out, "    variance over mean of hourly counts: %.3f, p %.3g; given the hour of the week: ",
        own.constant.index, own.constant.p_value);
    if (own.weekly.degrees >= 1)
        add_formatted(out, "%.3f, p %.3g\n", own.weekly.index, own.weekly.p_value);
    else
        out += "no hour of the week was seen twice\n";
    add_law(own.gaps, unit, out);
}

void add_thermal(const ThermalFit& own, const std::string& unit, std::string& out) {
    add_formatted(out, "    time constant %s s, gain %s K/%s",
                  with_error(own.time_constant, own.time_constant_error).c_str(),
                  with_error(own.gain, own.gain_error).c_str(), unit.c_str());
    if (!own.ambient_recorded)
        add_formatted(out, ", ambient %s", with_error(own.ambient, own.ambient_error).c_str());
    add_formatted(out, "\n    %g pairs of readings %g s apart, %g left out; one-step error %s\n",
                  own.used, own.step, own.left_out, digits(own.noise, 4).c_str());
}

void add_task(const TaskResult& task, std::string& out) {
    const std::string& unit = task.task.unit;
    add_formatted(out, "\n%s  (%s, %zu of %zu rows%s%s)\n", task.task.name.c_str(),
                  task.file.file.c_str(), task.file.used, task.file.rows,
                  unit.empty() ? "" : ", in ", unit.c_str());
    for (const ChangePoint& own : task.changes)
        add_formatted(out, "    level changed at %s: %s before, %s after, p %.3g\n",
                      telemetry::to_text(static_cast<telemetry::LocalSeconds>(own.at)).c_str(),
                      digits(own.before, 4).c_str(), digits(own.after, 4).c_str(), own.p_value);
    if (task.used_from)
        add_formatted(
            out, "    only what ended since %s\n",
            telemetry::to_text(static_cast<telemetry::LocalSeconds>(*task.used_from)).c_str());
    if (task.law) add_law(*task.law, unit, out);
    add_pools(task, out);
    add_regressions(task, out);
    if (task.recurrence) add_recurrence(*task.recurrence, unit, out);
    if (task.powers) add_powers(*task.powers, unit, out);
    if (task.arrivals) add_arrivals(*task.arrivals, unit, out);
    if (task.thermal) add_thermal(*task.thermal, unit, out);
    for (const std::string& warning : all_warnings(task)) out += "    ! " + warning + "\n";
}

}  // namespace

std::string to_text(const FitPlanResult& result) {
    std::string out = result.plan.name.empty() ? "FITS" : result.plan.name;
    if (result.known_until)
        out += ", with what was known at " + telemetry::to_text(*result.known_until);
    out += "\n";
    for (const TaskResult& task : result.tasks) add_task(task, out);
    return out;
}

}  // namespace foretwin::calibration
