#include "engine/calibration/calibration_report.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "engine/calibration/formatted.hpp"
#include "engine/calibration/parameter_file.hpp"

namespace foretwin::calibration {

namespace {

/// "mean 84.4 days (14 %)": the relative standard error is the one of the logarithm.
std::string parameters_text(const LifeFit& fit) {
    const WrittenLaw law = written_law(fit);
    std::string text;
    std::size_t row = 0;
    for (const LawParameter& parameter : law.parameters) {
        if (!text.empty()) text += ", ";
        const bool rate = parameter.unit == " /day";
        add_formatted(text, "%s %.4g%s", rate ? "" : parameter.name.c_str(), parameter.value,
                      parameter.unit.c_str());
        if (parameter.uncertain && row < law.covariance.size()) {
            add_formatted(text, " (%.0f %%)", 100 * std::sqrt(law.covariance[row][row]));
            ++row;
        }
    }
    if (fit.shift_interval)
        add_formatted(text, " [%.1f, %.1f]", fit.shift_interval->first, fit.shift_interval->second);
    return text;
}

void add_records(const CalibrationResult& result, std::string& out) {
    add_formatted(out, "RECORDS from %s to %s\n",
                  telemetry::to_text(result.records.observed_from).c_str(),
                  telemetry::to_text(result.records.observed_to).c_str());
    for (const RecordFile& file : result.records.files)
        add_formatted(out, "  %-28s %6zu rows, %6zu used, sha256 %.12s...\n", file.file.c_str(),
                      file.rows, file.used, file.sha256.c_str());
    const LifeCounts& counts = result.data.counts;
    add_formatted(
        out,
        "  %zu lives; %d failures: %d used, %d excluded, %d of lives that an excluded failure "
        "began\n",
        result.data.lives.size(), counts.failures, counts.failures_used, counts.failures_excluded,
        counts.failures_of_excluded_lives);
    for (const Exclusion& exclusion : result.mapping.exclusions)
        add_formatted(out, "  excluded: %s (%s), %d lives left out\n", exclusion.name.c_str(),
                      telemetry::to_text(exclusion.failures_at).c_str(), counts.lives_excluded);
}

void add_laws(const CalibrationResult& result, std::string& out) {
    add_formatted(
        out,
        "\nLIVES (%s; parameters with relative standard error, failure-free time with its "
        "95 %% profile)\n",
        result.treatment == Treatment::inspected ? "ended since the visit before"
                                                 : "ended at the recorded instant");
    for (const ClassResult& own : result.classes) {
        const LifeFit& best = own.best();
        add_formatted(out, "  %-16s %4d failed %4d censored %3d late   AIC %.1f %s\n",
                      own.name.c_str(), own.failures, own.censored, own.late_entries, best.aic,
                      std::string(name(best.law.family)).c_str());
        add_formatted(out, "  %16s %s\n", "", parameters_text(best).c_str());
        if (own.failures == 0) continue;
        add_formatted(out, "  %16s %s\n", "", own.goodness.verdict.c_str());
        std::string rivals;
        for (std::size_t i = 1; i < own.candidates.size(); ++i) {
            const LifeFit& fit = own.candidates[i];
            add_formatted(rivals, "%s%s%s %+.1f%s", i > 1 ? ", " : "",
                          std::string(name(fit.law.family)).c_str(), fit.shifted ? "+shift" : "",
                          fit.aic - best.aic, i == own.second ? " (second)" : "");
        }
        add_formatted(out, "  %16s %s\n", "", rivals.c_str());
    }
}

void add_policy(const CalibrationResult& result, std::string& out) {
    const VisitPolicy& policy = result.policy;
    if (!result.grid.found) {
        out += "\nVISITS: no common period found\n";
        return;
    }
    add_formatted(
        out, "\nVISITS every %.4g days; %d from each device's first record on, %d left no record\n",
        result.grid.period_days(), policy.held, policy.held - policy.recorded);
    add_formatted(
        out,
        "  a good component is replaced with chance %.3f (%d of %d); beside a failure %.3f "
        "(%d of %d)\n",
        policy.without_failure.value(), policy.without_failure.count, policy.without_failure.of,
        policy.beside_failure.value(), policy.beside_failure.count, policy.beside_failure.of);
    const std::size_t models = result.records.models.size();
    out += "  chance to replace a good component, from age (visits):\n";
    for (std::size_t i = 0; i < policy.chances.size(); ++i) {
        if (policy.chances[i].empty()) continue;
        add_formatted(
            out, "  %-16s",
            (result.records.causes[i / models] + " " + result.records.models[i % models]).c_str());
        for (const ChanceClass& own : policy.chances[i])
            add_formatted(out, " %.0f d: %.2f (%d)", own.from,
                          own.visits > 0 ? 1.0 * own.replaced / own.visits : 0, own.visits);
        out += "\n";
    }
    for (std::size_t cause = 0; cause < result.records.causes.size(); ++cause) {
        const Share& young = policy.younger_than_any_failure[cause];
        add_formatted(out, "  %s: %d of %d preventive replacements younger than any failure\n",
                      result.records.causes[cause].c_str(), young.count, young.of);
    }
}

void add_announcements(const CalibrationResult& result, std::string& out) {
    if (result.announcements.empty()) return;
    out +=
        "\nANNOUNCEMENTS\n  rule          failures  announced  missed  false alarms  "
        "per machine-year  lead (median)\n";
    for (const Announcement& own : result.announcements)
        add_formatted(out, "  %-12s %9d %9.1f %% %7d %13d %17.3f %11.1f h\n", own.rule.c_str(),
                      own.failures, own.failures > 0 ? 100.0 * own.announced / own.failures : 0,
                      own.missed(), own.false_alarms, own.false_alarms_per_year(),
                      own.median_lead_hours());
}

nlohmann::json fit_json(const LifeFit& fit) {
    const WrittenLaw law = written_law(fit);
    nlohmann::json json{
        {"family", name(fit.law.family)},
        {"shifted", fit.shifted},
        {"treatment", fit.treatment == Treatment::inspected ? "inspected" : "exact"},
        {"loglik", fit.log_likelihood},
        {"aic", fit.aic},
        {"converged", fit.converged},
        {"covariance", law.covariance},
        {"edges_days", law.edges}};
    for (const LawParameter& parameter : law.parameters) {
        const std::string unit = parameter.unit == " days"   ? "_days"
                                 : parameter.unit == " /day" ? "_per_day"
                                                             : "";
        json["parameters"][parameter.name + unit] = parameter.value;
    }
    if (fit.shift_interval)
        json["shift_interval_days"] = {fit.shift_interval->first, fit.shift_interval->second};
    if (fit.rate_at_most) json["rate_at_most_per_day"] = *fit.rate_at_most;
    return json;
}

nlohmann::json class_json(const ClassResult& own) {
    nlohmann::json json{{"name", own.name},          {"failures", own.failures},
                        {"censored", own.censored},  {"late_entries", own.late_entries},
                        {"fits", own.goodness.fits}, {"verdict", own.goodness.verdict},
                        {"second", own.second}};
    for (const LifeFit& fit : own.candidates) json["candidates"].push_back(fit_json(fit));
    json["age_classes"] = nlohmann::json::array();
    for (const AgeClass& age : own.goodness.classes)
        json["age_classes"].push_back({{"from_days", age.from},
                                       {"to_days", age.to},
                                       {"expected", age.expected},
                                       {"observed", age.observed}});
    return json;
}

nlohmann::json policy_json(const CalibrationResult& result) {
    const VisitPolicy& policy = result.policy;
    nlohmann::json json{{"period_days", result.grid.found ? result.grid.period_days() : 0.0},
                        {"held", policy.held},
                        {"recorded", policy.recorded},
                        {"chance_without_failure", policy.without_failure.value()},
                        {"chance_beside_failure", policy.beside_failure.value()},
                        {"difference_p", policy.difference_p}};
    const std::size_t models = result.records.models.size();
    for (std::size_t i = 0; i < policy.chances.size(); ++i)
        for (const ChanceClass& own : policy.chances[i])
            json["chances"]
                [result.records.causes[i / models] + " " + result.records.models[i % models]]
                    .push_back({{"from_days", own.from},
                                {"to_days", own.to},
                                {"replaced", own.replaced},
                                {"visits", own.visits}});
    return json;
}

}  // namespace

std::string class_table(const ClassResult& result) {
    std::string out;
    add_formatted(out, "  %s, %s: %s\n", result.name.c_str(), describe(result.best()).c_str(),
                  result.goodness.verdict.c_str());
    out += "     age class (days]      at risk   expected   observed\n";
    for (const AgeClass& own : result.goodness.classes)
        add_formatted(out, "    (%5.0f, %5.0f] %16.0f %10.1f %10d\n", own.from, own.to, own.at_risk,
                      own.expected, own.observed);
    add_formatted(out, "    %-14s %17s %10.1f %10d\n", "all", "", result.goodness.expected,
                  result.goodness.observed);
    return out;
}

std::string to_text(const CalibrationResult& result) {
    std::string out;
    add_records(result, out);
    add_laws(result, out);
    out += "\nEXPECTED AGAINST OBSERVED FAILURES\n";
    for (const ClassResult& own : result.classes) out += class_table(own);
    add_policy(result, out);
    add_announcements(result, out);
    out += "\nWARNINGS\n";
    for (const std::string& warning : result.warnings) out += "  - " + warning + "\n";
    return out;
}

nlohmann::json to_json(const CalibrationResult& result) {
    nlohmann::json json{{"observed",
                         {{"from", telemetry::to_text(result.records.observed_from)},
                          {"to", telemetry::to_text(result.records.observed_to)}}},
                        {"warnings", result.warnings},
                        {"policy", policy_json(result)}};
    for (const RecordFile& file : result.records.files)
        json["records"].push_back({{"file", file.file},
                                   {"sha256", file.sha256},
                                   {"rows", file.rows},
                                   {"used", file.used}});
    json["excluded"] = {{"failures", result.data.counts.failures_excluded},
                        {"lives", result.data.counts.lives_excluded}};
    for (const ClassResult& own : result.classes) json["lives"].push_back(class_json(own));
    json["announcements"] = nlohmann::json::array();
    for (const Announcement& own : result.announcements)
        json["announcements"].push_back({{"rule", own.rule},
                                         {"cause", own.cause},
                                         {"failures", own.failures},
                                         {"announced", own.announced},
                                         {"false_alarms", own.false_alarms},
                                         {"exposure_years", own.exposure_years},
                                         {"median_lead_hours", own.median_lead_hours()}});
    return json;
}

}  // namespace foretwin::calibration
