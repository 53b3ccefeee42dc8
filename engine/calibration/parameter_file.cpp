#include "engine/calibration/parameter_file.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace foretwin::calibration {

namespace {

/// Shortest decimal text with at most ten significant digits; never in powers of ten for what a
/// reader of quantities must read back.
std::string number(double value) {
    if (value == 0) return "0";
    const double magnitude = std::floor(std::log10(std::abs(value)));
    const int decimals = static_cast<int>(std::clamp(9 - magnitude, 0.0, 17.0));
    char buffer[400];
    const auto end =
        std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::fixed, decimals);
    std::string text(buffer, end.ptr);
    if (text.find('.') == std::string::npos) return text;
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
    return text;
}

/// Six digits are plenty for what came from hundreds of records.
std::string rough(double value) {
    if (value == 0) return "0";
    const double scale = std::pow(10.0, 5 - std::floor(std::log10(std::abs(value))));
    return number(std::round(value * scale) / scale);
}

std::string quoted(const std::string& text) {
    std::string result = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') result += '\\';
        result += c;
    }
    return result + "\"";
}

std::string to_text(const std::vector<std::vector<double>>& matrix) {
    std::string text = "[";
    for (std::size_t i = 0; i < matrix.size(); ++i) {
        text += i > 0 ? ", [" : "[";
        for (std::size_t j = 0; j < matrix[i].size(); ++j)
            text += (j > 0 ? ", " : "") + rough(matrix[i][j]);
        text += "]";
    }
    return text + "]";
}

/// Lognormal: J C J' with J the derivatives of (log mean, log cv) by (mu, log sigma).
std::vector<std::vector<double>> lognormal_covariance(const LifeFit& fit) {
    const auto& c = fit.covariance;
    const double variance = std::exp(2 * fit.law.theta[1]);
    const double jacobian[2][2] = {{1, variance}, {0, variance / -std::expm1(-variance)}};
    std::vector<std::vector<double>> result(2, std::vector<double>(2, 0.0));
    for (std::size_t i = 0; i < 2; ++i)
        for (std::size_t j = 0; j < 2; ++j)
            for (std::size_t a = 0; a < 2; ++a)
                for (std::size_t b = 0; b < 2; ++b)
                    result[i][j] += jacobian[i][a] * c[a][b] * jacobian[j][b];
    return result;
}

void add_piecewise(const LifeLaw& law, WrittenLaw& written) {
    for (std::size_t i = 0; i < law.edges.size(); ++i) {
        if (i > 0) written.edges.push_back(law.edges[i]);
        const int free = law.free[i];
        const double rate = free < 0 ? 0 : std::exp(law.theta[static_cast<std::size_t>(free)]);
        written.parameters.push_back({"rates/" + std::to_string(i), rate, " /day", free >= 0});
    }
}

std::string joined(const WrittenLaw& law, bool values) {
    std::string scalars, rates;
    for (const LawParameter& parameter : law.parameters) {
        const std::string shown = values ? rough(parameter.value) + parameter.unit
                                         : std::string(parameter.uncertain ? "log" : "fixed");
        const bool rate = parameter.name.starts_with("rates/");
        std::string& list = rate ? rates : scalars;
        if (!list.empty()) list += ", ";
        list += rate ? shown : parameter.name + ": " + shown;
    }
    if (rates.empty()) return "{" + scalars + "}";
    std::string edges;
    for (const double edge : law.edges)
        edges += (edges.empty() ? "" : ", ") + number(edge) + " days";
    return "{edges: " + (values ? "[" + edges + "]" : "fixed") + ", rates: [" + rates + "]}";
}

std::string fit_text(const LifeFit& fit) {
    const WrittenLaw law = written_law(fit);
    std::string text =
        "{family: " + std::string(name(fit.law.family)) +
        ", treatment: " + (fit.treatment == Treatment::inspected ? "inspected" : "exact") +
        ", parameters: " + joined(law, true) + ", transform: " + joined(law, false) +
        ", covariance: " + to_text(law.covariance) + ", loglik: " + rough(fit.log_likelihood) +
        ", aic: " + rough(fit.aic);
    if (fit.shift_interval)
        text += ", shift_interval: [" + rough(fit.shift_interval->first) + " days, " +
                rough(fit.shift_interval->second) + " days]";
    if (fit.rate_at_most) text += ", rate_at_most: " + rough(*fit.rate_at_most) + " /day";
    if (!fit.note.empty()) text += ", note: " + quoted(fit.note);
    return text + "}";
}

void write_class(const ClassResult& own, std::string& out) {
    out += "  " + quoted("life " + own.name) + ":\n    kind: distribution\n";
    out += "    value: " + to_scenario_text(written_law(own.best())) + "\n";
    out += "    best: " + fit_text(own.best()) + "\n";
    if (own.second > 0) out += "    second: " + fit_text(own.candidates[own.second]) + "\n";
    out += "    candidates:\n";
    for (const LifeFit& fit : own.candidates) {
        out += "      - {family: " + std::string(name(fit.law.family)) +
               ", shifted: " + (fit.shifted ? "true" : "false") +
               ", parameters: " + joined(written_law(fit), true) +
               ", loglik: " + rough(fit.log_likelihood) + ", aic: " + rough(fit.aic) + "}\n";
    }
    out += "    records: {failures: " + std::to_string(own.failures) +
           ", censored: " + std::to_string(own.censored) +
           ", late_entries: " + std::to_string(own.late_entries) + "}\n";
}

void write_chances(const CalibrationResult& result, std::string& out) {
    const std::size_t models = result.records.models.size();
    for (std::size_t i = 0; i < result.policy.chances.size(); ++i) {
        if (result.policy.chances[i].empty()) continue;
        const std::string who =
            result.records.causes[i / models] + " " + result.records.models[i % models];
        out += "  " + quoted("visit chance " + who) + ":\n";
        out += "    kind: chance_by_age\n    classes:\n";
        for (const ChanceClass& own : result.policy.chances[i])
            out += "      - {from: " + number(own.from) + " days, to: " + number(own.to) +
                   " days, replaced: " + std::to_string(own.replaced) +
                   ", visits: " + std::to_string(own.visits) + "}\n";
    }
    const auto share = [&](const char* name, const Share& own) {
        out += "  " + quoted(name) + ": {kind: share, count: " + std::to_string(own.count) +
               ", of: " + std::to_string(own.of) + ", value: " + rough(own.value()) + "}\n";
    };
    share("visit replaces good component without failure", result.policy.without_failure);
    share("visit replaces good component beside failure", result.policy.beside_failure);
    out += "  \"visit period\": {kind: value, value: " + number(result.grid.period_days()) +
           " days}\n";
}

void write_announcements(const CalibrationResult& result, std::string& out) {
    for (const Announcement& own : result.announcements) {
        const std::string name = "errors " + own.rule;
        const double missed = own.failures > 0 ? 1.0 * own.missed() / own.failures : 0;
        out += "  " + quoted(name + " missed") +
               ": {kind: share, count: " + std::to_string(own.missed()) +
               ", of: " + std::to_string(own.failures) + ", value: " + rough(missed) + "}\n";
        out += "  " + quoted(name + " false alarms") +
               ": {kind: rate, count: " + std::to_string(own.false_alarms) +
               ", exposure: " + rough(own.exposure_years) +
               " years, value: " + rough(own.false_alarms_per_year()) + " /year}\n";
        out += "  " + quoted(name + " lead") +
               ": {kind: value, value: " + rough(own.median_lead_hours()) + " h}\n";
    }
}

void write_state(const CalibrationResult& result, const PresentState& state, std::string& out) {
    const Records& records = result.records;
    for (std::size_t device = 0; device < state.next_visit.size(); ++device)
        if (result.grid.found && result.grid.devices[device].known)
            out += "  " + quoted("first visit " + records.devices[device]) +
                   ": {kind: moment, value: " + telemetry::to_text(state.next_visit[device]) +
                   "}\n";
    for (const auto& component : state.components) {
        const std::string who =
            records.devices[component.device] + " " + records.causes[component.cause];
        out += "  " + quoted("age " + who) + ": {kind: value, value: " + number(component.age) +
               " days}\n";
        if (result.grid.found)
            out += "  " + quoted("checked age " + who) +
                   ": {kind: value, value: " + number(component.checked) + " days}\n";
    }
}

void write_provenance(const CalibrationResult& result, std::string& out) {
    out += "records:\n";
    for (const RecordFile& file : result.records.files)
        out += "  - {file: " + quoted(file.file) + ", sha256: " + quoted(file.sha256) +
               ", rows: " + std::to_string(file.rows) + ", used: " + std::to_string(file.used) +
               "}\n";
    out += "observed: {from: " + telemetry::to_text(result.records.observed_from) +
           ", to: " + telemetry::to_text(result.records.observed_to) + "}\n";
    if (result.mapping.exclusions.empty()) return;
    out += "exclusions:\n";
    for (const Exclusion& exclusion : result.mapping.exclusions) {
        int failures = 0;
        for (const auto& event : result.records.failures)
            failures += event.at == exclusion.failures_at ? 1 : 0;
        out += "  - {rule: " + quoted(exclusion.name) +
               ", failures_at: " + telemetry::to_text(exclusion.failures_at) +
               ", failures: " + std::to_string(failures) +
               ", lives: " + std::to_string(result.data.counts.lives_excluded) +
               ", why: " + quoted(exclusion.why) + "}\n";
    }
}

}  // namespace

WrittenLaw written_law(const LifeFit& fit) {
    WrittenLaw written;
    written.family = fit.law.family;
    const auto& theta = fit.law.theta;
    const auto add = [&](const char* name, double value, const char* unit, std::size_t i) {
        written.parameters.push_back({name, value, unit, !fit.held[i] && !fit.covariance.empty()});
    };
    switch (fit.law.family) {
        case LifeFamily::exponential:
            add("mean", std::exp(theta[0]), " days", 0);
            break;
        case LifeFamily::weibull:
            add("shape", std::exp(theta[0]), "", 0);
            add("scale", std::exp(theta[1]), " days", 1);
            break;
        case LifeFamily::gamma:
            add("shape", std::exp(theta[0]), "", 0);
            add("mean", std::exp(theta[1]), " days", 1);
            break;
        case LifeFamily::lognormal: {
            const MeanAndDeviation moments = lognormal_moments(theta[0], theta[1]);
            add("mean", moments.mean, " days", 0);
            add("cv", moments.deviation / moments.mean, "", 1);
            break;
        }
        case LifeFamily::piecewise:
            add_piecewise(fit.law, written);
            break;
    }
    if (fit.shifted) written.parameters.push_back({"shift", fit.law.shift, " days", false});
    if (fit.covariance.empty()) return written;
    const bool lognormal = fit.law.family == LifeFamily::lognormal && !fit.held[0] && !fit.held[1];
    const auto all = lognormal ? lognormal_covariance(fit) : fit.covariance;
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (fit.held[i]) continue;
        written.covariance.emplace_back();
        for (std::size_t j = 0; j < all.size(); ++j)
            if (!fit.held[j]) written.covariance.back().push_back(all[i][j]);
    }
    return written;
}

std::string to_scenario_text(const WrittenLaw& law) {
    return "{" + std::string(name(law.family)) + ": " + joined(law, true) + "}";
}

std::string to_parameter_file(const CalibrationResult& result) {
    std::string out = "# Written by foretwin fit: change the records or the mapping, not this.\n";
    out += "foretwin_parameters: 1\n";
    write_provenance(result, out);
    out += "warnings:\n";
    for (const std::string& warning : result.warnings) out += "  - " + quoted(warning) + "\n";
    out += "parameters:\n";
    for (const ClassResult& own : result.classes) write_class(own, out);
    if (result.grid.found) write_chances(result, out);
    write_announcements(result, out);
    write_state(result, result.present, out);
    return out;
}

std::string to_state_file(const CalibrationResult& result, LocalSeconds at) {
    std::string out = "# Written by foretwin fit: ages and visits at " + telemetry::to_text(at) +
                      "\nforetwin_parameters: 1\nparameters:\n";
    write_state(result, state_at(result.records, result.mapping, result.data, result.grid, at),
                out);
    return out;
}

}  // namespace foretwin::calibration
