#include "engine/calibration/records.hpp"

#include <algorithm>
#include <tuple>

#include "engine/core/suggestion.hpp"

namespace foretwin::calibration {

namespace {

using telemetry::Event;
using telemetry::NameTable;
using telemetry::Problems;

/// Reads one file into events, and notes it for provenance. No file name: no events.
std::vector<Event> read_file(const EventFile& source, const std::filesystem::path& base,
                             const NameTable& devices, NameTable& kinds, Records& records,
                             Problems& problems) {
    if (source.file.empty()) return {};
    const auto csv = telemetry::read_csv(base / source.file, source.file, problems, source.place);
    auto events = telemetry::read_events(csv, {source.time, source.device, source.kind}, devices,
                                         kinds, problems);
    records.files.push_back({source.file, csv.sha256, csv.rows.size(), events.size()});
    return events;
}

/// Adds what a second file tells, rows that both have once.
void join(std::vector<Event>& events, const std::vector<Event>& more) {
    events.insert(events.end(), more.begin(), more.end());
    std::sort(events.begin(), events.end(), [](const Event& a, const Event& b) {
        return std::tie(a.at, a.device, a.kind) < std::tie(b.at, b.device, b.kind);
    });
    events.erase(std::unique(events.begin(), events.end()), events.end());
}

/// Models get their index by name, whatever order the rows had.
void sort_models(Records& records) {
    std::vector<std::string> sorted = records.models;
    std::sort(sorted.begin(), sorted.end());
    for (std::uint32_t& model : records.model_of) {
        const auto found = std::lower_bound(sorted.begin(), sorted.end(), records.models[model]);
        model = static_cast<std::uint32_t>(found - sorted.begin());
    }
    records.models = std::move(sorted);
}

/// So do causes.
void sort_causes(const NameTable& kinds, Records& records) {
    records.causes = kinds.names();
    std::sort(records.causes.begin(), records.causes.end());
    for (auto* events : {&records.failures, &records.replacements})
        for (Event& event : *events) {
            const auto found = std::lower_bound(records.causes.begin(), records.causes.end(),
                                                kinds.name(event.kind));
            event.kind = static_cast<std::uint32_t>(found - records.causes.begin());
        }
}

LocalSeconds last_record(const Records& records) {
    LocalSeconds last = records.observed_from;
    for (const auto* events : {&records.failures, &records.replacements, &records.alarms})
        if (!events->empty()) last = std::max(last, events->back().at);
    return last;
}

void check_rules(const RecordMapping& mapping, const Records& records, Problems& problems) {
    const auto known = [&](const std::vector<std::string>& names, const std::string& name) {
        return std::find(names.begin(), names.end(), name) != names.end();
    };
    for (const auto& rule : mapping.announcements) {
        if (!known(records.causes, rule.cause))
            problems.push_back({rule.place, "no record has the cause '" + rule.cause + "'",
                                suggestion(rule.cause, records.causes)});
        for (const auto& code : rule.codes)
            if (!known(records.codes, code))
                problems.push_back({rule.place, "no record has the code '" + code + "'",
                                    suggestion(code, records.codes)});
    }
    for (const auto& exclusion : mapping.exclusions)
        if (std::none_of(records.failures.begin(), records.failures.end(),
                         [&](const Event& f) { return f.at == exclusion.failures_at; }))
            problems.push_back({exclusion.place,
                                "no failure is recorded at " +
                                    telemetry::to_text(exclusion.failures_at) +
                                    ", so this exclusion excludes nothing",
                                "correct the instant or remove the exclusion"});
    if (mapping.observed_to && *mapping.observed_to <= mapping.observed_from)
        problems.push_back({mapping.failures.place,
                            "the observation ends (" + telemetry::to_text(records.observed_to) +
                                ") before it begins (" + telemetry::to_text(records.observed_from) +
                                ")",
                            "correct `observed: {from: ..., to: ...}`"});
    else if (records.observed_to <= records.observed_from)
        problems.push_back({mapping.failures.place,
                            "no record lies after the observation's begin (" +
                                telemetry::to_text(records.observed_from) + ")",
                            "correct `observed: {from: ...}`"});
}

}  // namespace

Records read_record_files(const RecordMapping& mapping, const std::filesystem::path& base_folder,
                          const std::filesystem::path& continuation) {
    Problems problems;
    Records records;
    NameTable devices, models, kinds, codes;
    const auto list = telemetry::read_csv(base_folder / mapping.devices.file, mapping.devices.file,
                                          problems, mapping.devices.place);
    records.model_of = telemetry::read_attribute(list, mapping.devices.device,
                                                 mapping.devices.model, devices, models, problems);
    records.files.push_back(
        {mapping.devices.file, list.sha256, list.rows.size(), records.model_of.size()});
    // Without a readable list of devices every event would be of an unknown one: one cause of
    // trouble, one message.
    if (!problems.empty()) throw InputError(std::move(problems));
    records.devices = devices.names();
    records.models = models.names();
    sort_models(records);
    const auto read = [&](const EventFile& file, NameTable& names) {
        auto events = read_file(file, base_folder, devices, names, records, problems);
        if (continuation.empty() || file.file.empty()) return events;
        EventFile next = file;
        next.file = std::filesystem::path(file.file).filename().string();
        join(events, read_file(next, continuation, devices, names, records, problems));
        return events;
    };
    records.failures = read(mapping.failures, kinds);
    records.replacements = read(mapping.replacements, kinds);
    records.alarms = read(mapping.alarms, codes);
    sort_causes(kinds, records);
    records.codes = codes.names();
    for (RecordFile& file : records.files)
        if (file.file == mapping.failures.file)
            file.used -= static_cast<std::size_t>(
                std::count_if(records.failures.begin(), records.failures.end(),
                              [&](const Event& event) { return is_excluded(mapping, event); }));
    records.observed_from = mapping.observed_from;
    records.observed_to =
        continuation.empty() && mapping.observed_to ? *mapping.observed_to : last_record(records);
    if (problems.empty()) check_rules(mapping, records, problems);
    if (!problems.empty()) throw InputError(std::move(problems));
    return records;
}

bool is_excluded(const RecordMapping& mapping, const telemetry::Event& failure) {
    return std::any_of(
        mapping.exclusions.begin(), mapping.exclusions.end(),
        [&](const Exclusion& exclusion) { return exclusion.failures_at == failure.at; });
}

}  // namespace foretwin::calibration
