#include "engine/calibration/parameter_file.hpp"

#include "engine/calibration/parameter_text.hpp"

namespace foretwin::calibration {

namespace {

void write_class(const ClassResult& own, std::string& out) {
    out += "  " + quoted("life " + own.name) + ":\n    kind: distribution\n";
    out += "    value: " + to_scenario_text(written_law(own.best())) + "\n";
    out += "    best: " + fit_text(own.best()) + "\n";
    if (own.second > 0) out += "    second: " + fit_text(own.candidates[own.second]) + "\n";
    out += "    candidates:\n";
    for (const LifeFit& fit : own.candidates) out += "      - " + candidate_text(fit) + "\n";
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
