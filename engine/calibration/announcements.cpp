#include "engine/calibration/announcements.hpp"

#include <algorithm>

#include "engine/core/rounding.hpp"
#include "engine/core/rule.hpp"

namespace foretwin::calibration {

namespace {

constexpr double seconds_per_year = 365.25 * 86400;

LocalSeconds from_hours(double hours) {
    return nearest_integer(hours * 3600);
}

std::uint32_t index_in(const std::vector<std::string>& names, const std::string& name) {
    const auto found = std::find(names.begin(), names.end(), name);
    FORETWIN_RULE(found != names.end(), "rules were checked against the records");
    return static_cast<std::uint32_t>(found - names.begin());
}

using Instants = std::vector<std::vector<LocalSeconds>>;  // per device, ascending

Instants per_device(const std::vector<telemetry::Event>& events, std::uint32_t kind,
                    std::size_t devices) {
    Instants instants(devices);
    for (const auto& event : events)
        if (event.kind == kind) instants[event.device].push_back(event.at);
    return instants;
}

bool any_within(const std::vector<LocalSeconds>& instants, LocalSeconds from, LocalSeconds to) {
    const auto first = std::lower_bound(instants.begin(), instants.end(), from);
    return first != instants.end() && *first <= to;
}

/// Instants at which the last code of a rule completes it, for one device.
std::vector<LocalSeconds> completed(const std::vector<Instants>& codes, std::size_t device,
                                    LocalSeconds within) {
    std::vector<LocalSeconds> alarms;
    for (const Instants& code : codes)
        for (const LocalSeconds at : code[device]) {
            const bool all = std::all_of(codes.begin(), codes.end(), [&](const Instants& other) {
                return any_within(other[device], at - within, at);
            });
            if (all) alarms.push_back(at);
        }
    std::sort(alarms.begin(), alarms.end());
    alarms.erase(std::unique(alarms.begin(), alarms.end()), alarms.end());
    return alarms;
}

struct Failure {
    LocalSeconds at = 0;
    bool excluded = false;
};

struct Window {
    LocalSeconds from, to, ahead;
};

void judge_alarms(const std::vector<LocalSeconds>& alarms, const std::vector<Failure>& failures,
                  const Window& window, Announcement& result) {
    LocalSeconds episode = window.from - window.ahead - 1;
    for (const LocalSeconds at : alarms) {
        if (at - episode <= window.ahead || at < window.from || at > window.to - window.ahead)
            continue;
        episode = at;
        ++result.alarms;
        const auto followed = [&](bool excluded) {
            return std::any_of(failures.begin(), failures.end(), [&](const Failure& f) {
                return f.excluded == excluded && f.at >= at && f.at <= at + window.ahead;
            });
        };
        if (followed(false)) continue;
        ++(followed(true) ? result.before_excluded : result.false_alarms);
    }
}

void judge_failures(const std::vector<LocalSeconds>& alarms, const std::vector<Failure>& failures,
                    const Window& window, Announcement& result) {
    for (const Failure& failure : failures) {
        if (failure.excluded || failure.at < window.from + window.ahead) continue;
        ++result.failures;
        const auto first =
            std::lower_bound(alarms.begin(), alarms.end(), failure.at - window.ahead);
        if (first == alarms.end() || *first > failure.at) continue;
        ++result.announced;
        result.leads_hours.push_back(static_cast<double>(failure.at - *first) / 3600);
    }
}

Announcement measure(const Records& records, const RecordMapping& mapping,
                     const AnnouncementRule& rule) {
    Announcement result;
    result.rule = rule.name;
    result.cause = rule.cause;
    const std::size_t devices = records.devices.size();
    std::vector<Instants> codes;
    for (const auto& code : rule.codes)
        codes.push_back(per_device(records.alarms, index_in(records.codes, code), devices));
    std::vector<std::vector<Failure>> failures(devices);
    const std::uint32_t cause = index_in(records.causes, rule.cause);
    for (const auto& event : records.failures)
        if (event.kind == cause && event.at >= records.observed_from &&
            event.at <= records.observed_to)
            failures[event.device].push_back({event.at, is_excluded(mapping, event)});
    const Window window{records.observed_from, records.observed_to, from_hours(rule.ahead_hours)};
    for (std::size_t device = 0; device < devices; ++device) {
        const auto alarms = completed(codes, device, from_hours(rule.within_hours));
        judge_alarms(alarms, failures[device], window, result);
        judge_failures(alarms, failures[device], window, result);
    }
    result.exposure_years = static_cast<double>(devices) *
                            static_cast<double>(window.to - window.ahead - window.from) /
                            seconds_per_year;
    std::sort(result.leads_hours.begin(), result.leads_hours.end());
    return result;
}

}  // namespace

double Announcement::median_lead_hours() const {
    if (leads_hours.empty()) return 0;
    return leads_hours[leads_hours.size() / 2];
}

std::vector<Announcement> measure_announcements(const Records& records,
                                                const RecordMapping& mapping) {
    std::vector<Announcement> results;
    for (const auto& rule : mapping.announcements)
        results.push_back(measure(records, mapping, rule));
    return results;
}

}  // namespace foretwin::calibration
