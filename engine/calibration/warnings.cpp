#include <algorithm>
#include <cmath>
#include <cstdarg>
#include <cstdio>
#include <map>

#include "engine/calibration/calibrate.hpp"

namespace foretwin::calibration {

namespace {

constexpr int few_failures = 10;

[[gnu::format(printf, 1, 2)]] std::string text(const char* format, ...) {
    char buffer[512];
    va_list arguments;
    va_start(arguments, format);
    std::vsnprintf(buffer, sizeof buffer, format, arguments);
    va_end(arguments);
    return buffer;
}

void warn_about_grid(const CalibrationResult& result, std::vector<std::string>& warnings) {
    const VisitGrid& grid = result.grid;
    if (!grid.found) return;
    int all = 0;
    for (const auto& [gap, count] : grid.gaps) all += count;
    const double usual = all > 0 ? 100.0 * grid.gaps.at(grid.period) / all : 0;
    warnings.push_back(
        text("failures lie on a grid: %.1f %% of the recorded instants of each device are a whole "
             "number of %.3g-day periods apart (%.0f %% of the gaps are one period), so they are "
             "instants of visits, not of failures; lives are fitted as %s",
             100 * grid.on_grid, grid.period_days(), usual,
             result.treatment == Treatment::inspected ? "ended since the visit before"
                                                      : "ended at the recorded instant"));
}

/// Before the observation: replacements of many devices at common instants.
void warn_about_earlier_records(const CalibrationResult& result,
                                std::vector<std::string>& warnings) {
    std::map<LocalSeconds, int> instants;
    int early = 0;
    for (const auto& event : result.records.replacements)
        if (event.at < result.records.observed_from) ++instants[event.at], ++early;
    if (early < 20 || static_cast<int>(instants.size()) * 5 > early) return;
    warnings.push_back(
        text("%d replacements before the observation share %zu instants: lives that began then "
             "have rounded ages at entry",
             early, instants.size()));
}

/// Instants at which far more devices failed than their number per instant explains.
void warn_about_shared_instants(const CalibrationResult& result,
                                std::vector<std::string>& warnings) {
    std::map<LocalSeconds, int> instants;
    for (const auto& event : result.records.failures) ++instants[event.at];
    if (instants.size() < 2) return;
    const double mean =
        static_cast<double>(result.records.failures.size()) / static_cast<double>(instants.size());
    for (const auto& [at, count] : instants) {
        // Chernoff's bound on a Poisson count: P(N >= n) <= exp(-mean) (e mean / n)^n.
        const double bound = count * (1 + std::log(mean / count)) - mean;
        if (count <= mean || bound > std::log(1e-6)) continue;
        const bool excluded = is_excluded(result.mapping, {at, 0, 0});
        warnings.push_back(text("%d failures share the instant %s (usual: %.1f)%s", count,
                                telemetry::to_text(at).c_str(), mean,
                                excluded ? "; excluded by a declared rule"
                                         : "; if it is an artefact, declare an exclusion"));
    }
}

void warn_about_class(const ClassResult& result, std::vector<std::string>& warnings) {
    const char* name = result.name.c_str();
    if (result.failures == 0) {
        const double mean_at_least = 1 / *result.best().rate_at_most;
        warnings.push_back(
            text("%s never failed: its mean life is at least %.0f days (95 %%), "
                 "taken as %.0f days",
                 name, mean_at_least, std::exp(result.best().law.theta[0])));
        return;
    }
    if (result.failures < few_failures)
        warnings.push_back(
            text("%s: only %d failures; its law is uncertain", name, result.failures));
    if (!result.best().converged || result.best().covariance.empty())
        warnings.push_back(text("%s: the fit of %s has no proper standard errors", name,
                                describe(result.best()).c_str()));
    if (!result.goodness.fits)
        warnings.push_back(text("%s: the best family, %s, %s", name,
                                describe(result.best()).c_str(), result.goodness.verdict.c_str()));
    const Goodness& usual = result.two_parameter_weibull;
    if (!usual.fits)
        warnings.push_back(
            text("%s: a two-parameter Weibull law would expect %.1f failures "
                 "before the youngest recorded one (recorded: 0), p = %.2g",
                 name, usual.early_expected, usual.p_value));
}

void warn_about_lives(const CalibrationResult& result, std::vector<std::string>& warnings) {
    const LifeCounts& counts = result.data.counts;
    const auto late = std::count_if(result.data.lives.begin(), result.data.lives.end(),
                                    [](const Life& life) { return life.late() && !life.excluded; });
    if (late > 0)
        warnings.push_back(
            text("%d lives began before the observation and enter late; ignoring "
                 "that would overstate life",
                 static_cast<int>(late)));
    if (counts.without_replacement > 0)
        warnings.push_back(
            text("%d failures have no replacement at their instant; each counts as "
                 "a replacement",
                 counts.without_replacement));
    if (counts.of_unknown_age > 0)
        warnings.push_back(
            text("%d components were first met at a failure or replacement; their "
                 "age before it is unknown and takes no part",
                 counts.of_unknown_age));
}

void warn_about_policy(const CalibrationResult& result, std::vector<std::string>& warnings) {
    const VisitPolicy& policy = result.policy;
    if (policy.difference_p < 0.01)
        warnings.push_back(
            text("a visit replaces a good component with chance %.3f, beside a failure %.3f: the "
                 "two differ, and the chances by age are means over both",
                 policy.without_failure.value(), policy.beside_failure.value()));
    for (std::size_t cause = 0; cause < result.records.causes.size(); ++cause) {
        const Share& young = policy.younger_than_any_failure[cause];
        if (young.count * 3 < young.of || young.of == 0) continue;
        warnings.push_back(
            text("%s: %d of %d preventive replacements hit components younger than "
                 "any that failed",
                 result.records.causes[cause].c_str(), young.count, young.of));
    }
}

}  // namespace

std::vector<std::string> find_warnings(const CalibrationResult& result) {
    std::vector<std::string> warnings;
    warn_about_grid(result, warnings);
    warn_about_earlier_records(result, warnings);
    warn_about_shared_instants(result, warnings);
    warn_about_lives(result, warnings);
    for (const ClassResult& own : result.classes) warn_about_class(own, warnings);
    warn_about_policy(result, warnings);
    return warnings;
}

}  // namespace foretwin::calibration
