#include "scenarios/records.hpp"

#include <algorithm>

#include "scenarios/section.hpp"

namespace foretwin::scenarios {

namespace {

using calibration::LocalSeconds;
using loader::Problems;
using loader::Value;

calibration::EventFile read_events(Section& parent, const std::string& key, const std::string& kind,
                                   bool required, Problems& problems) {
    const Value* value = required ? parent.need(key) : parent.find(key);
    if (value == nullptr) return {};
    Section section(*value, key, {"file", "time", "device", kind}, problems);
    calibration::EventFile events;
    events.file = section.file("file");
    events.time = section.text("time");
    events.device = section.text("device");
    events.kind = section.text(kind);
    const Value* file = section.find("file");
    events.place = file == nullptr ? section.place() : file->place();
    return events;
}

calibration::DeviceFile read_devices(Section& parent, Problems& problems) {
    const Value* value = parent.need("devices");
    if (value == nullptr) return {};
    Section section(*value, "devices", {"file", "device", "model"}, problems);
    calibration::DeviceFile devices{section.file("file"), section.text("device"),
                                    section.text("model"), section.place()};
    if (const Value* file = section.find("file")) devices.place = file->place();
    return devices;
}

void read_observed(Section& parent, calibration::RecordMapping& mapping, Problems& problems) {
    const Value* value = parent.need("observed");
    if (value == nullptr) return;
    Section section(*value, "observed", {"from", "to"}, problems);
    if (const Value* from = section.need("from")) mapping.observed_from = section.moment(*from);
    if (const Value* to = section.find("to")) mapping.observed_to = section.moment(*to);
    if (mapping.observed_to && *mapping.observed_to <= mapping.observed_from)
        section.add(section.place(), "the observation ends before it begins", "swap from and to");
}

void read_treatment(Section& parent, calibration::RecordMapping& mapping) {
    const Value* value = parent.find("treatment");
    if (value == nullptr) return;
    const std::vector<std::string> known{"automatic", "exact", "inspected"};
    const auto found = std::find(known.begin(), known.end(), value->text());
    if (found == known.end())
        parent.add(value->place(), "unknown treatment '" + value->text() + "'",
                   "known are automatic, exact, inspected");
    else
        mapping.treatment = static_cast<calibration::Treatment>(found - known.begin());
}

void read_exclusions(Section& parent, calibration::RecordMapping& mapping, Problems& problems) {
    const Value* value = parent.find("exclude");
    if (value == nullptr) return;
    if (!value->is_map()) {
        parent.add(value->place(), "exclude must be a map of names to rules",
                   "as in exclude: {start-up: {...}}");
        return;
    }
    for (const auto& entry : value->entries()) {
        Section section(entry.value, "rule '" + entry.key + "'", {"failures_at", "why"}, problems);
        calibration::Exclusion exclusion;
        exclusion.name = entry.key;
        exclusion.place = section.place();
        if (const Value* at = section.need("failures_at"))
            exclusion.failures_at = section.moment(*at);
        exclusion.why = section.text("why");
        mapping.exclusions.push_back(std::move(exclusion));
    }
}

void read_announcement(const std::string& name, const Value& value,
                       calibration::RecordMapping& mapping, Problems& problems) {
    Section section(value, "announcement '" + name + "'", {"cause", "codes", "within", "ahead"},
                    problems);
    calibration::AnnouncementRule rule;
    rule.name = rule.cause = name;
    rule.place = section.place();
    if (section.find("cause") != nullptr) rule.cause = section.text("cause");
    if (const Value* codes = section.need("codes")) {
        if (codes->is_list())
            for (const Value& code : codes->items())
                rule.codes.push_back(section.text_of(code, "codes"));
        else
            rule.codes.push_back(section.text_of(*codes, "codes"));
        if (codes->is_list() && codes->items().empty())
            section.add(codes->place(), "announcement '" + name + "' names no code",
                        "as in codes: [error1]");
    }
    rule.within_hours = section.hours("within", rule.within_hours);
    rule.ahead_hours = section.hours("ahead", rule.ahead_hours);
    mapping.announcements.push_back(std::move(rule));
}

void read_announcements(Section& parent, calibration::RecordMapping& mapping, Problems& problems) {
    const Value* value = parent.find("announcements");
    if (value == nullptr) return;
    if (!value->is_map()) {
        parent.add(value->place(), "announcements must be a map of names to rules",
                   "as in announcements: {name: {codes: [error1], ...}}");
        return;
    }
    for (const auto& entry : value->entries())
        read_announcement(entry.key, entry.value, mapping, problems);
    if (mapping.alarms.file.empty() && !value->entries().empty())
        parent.add(value->place(), "announcements need the records 'alarms'",
                   "add `alarms:` to the records");
}

}  // namespace

calibration::RecordMapping read_records(const Value& section, Problems& problems) {
    Section records(section, "records",
                    {"devices", "failures", "replacements", "alarms", "observed", "treatment",
                     "exclude", "announcements"},
                    problems);
    calibration::RecordMapping mapping;
    if (!section.is_map()) return mapping;
    mapping.devices = read_devices(records, problems);
    mapping.failures = read_events(records, "failures", "cause", true, problems);
    mapping.replacements = read_events(records, "replacements", "cause", true, problems);
    mapping.alarms = read_events(records, "alarms", "code", false, problems);
    read_observed(records, mapping, problems);
    read_treatment(records, mapping);
    read_exclusions(records, mapping, problems);
    read_announcements(records, mapping, problems);
    return mapping;
}

}  // namespace foretwin::scenarios
