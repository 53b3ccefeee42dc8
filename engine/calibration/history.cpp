#include "engine/calibration/history.hpp"

#include <algorithm>

namespace foretwin::calibration {

namespace {

void in_order(std::vector<std::vector<LocalSeconds>>& all) {
    for (auto& instants : all) {
        std::sort(instants.begin(), instants.end());
        instants.erase(std::unique(instants.begin(), instants.end()), instants.end());
    }
}

bool contains(const std::vector<LocalSeconds>& instants, LocalSeconds at) {
    return std::binary_search(instants.begin(), instants.end(), at);
}

}  // namespace

History::History(const Records& records, const RecordMapping& mapping)
    : causes_(records.causes.size()), codes_(records.codes.size()) {
    const std::size_t components = records.devices.size() * causes_;
    renewals_.resize(components);
    failures_.resize(components);
    replacements_.resize(components);
    alarms_.resize(records.devices.size() * codes_);
    for (const auto& event : records.replacements) {
        renewals_[component(event.device, event.kind)].push_back(event.at);
        replacements_[component(event.device, event.kind)].push_back(event.at);
    }
    for (const auto& event : records.failures) {
        if (is_excluded(mapping, event)) continue;  // nothing was renewed that no row replaced
        renewals_[component(event.device, event.kind)].push_back(event.at);
        failures_[component(event.device, event.kind)].push_back(event.at);
    }
    for (const auto& event : records.alarms)
        alarms_[event.device * codes_ + event.kind].push_back(event.at);
    for (auto* all : {&renewals_, &failures_, &replacements_, &alarms_}) in_order(*all);
}

std::optional<LocalSeconds> History::renewed(std::uint32_t device, std::uint32_t cause,
                                             LocalSeconds until) const {
    const Instants& own = renewals_[component(device, cause)];
    const auto after = std::upper_bound(own.begin(), own.end(), until);
    if (after == own.begin()) return std::nullopt;
    return *std::prev(after);
}

int History::failures(std::uint32_t device, std::uint32_t cause, LocalSeconds after,
                      LocalSeconds until) const {
    const Instants& own = failures_[component(device, cause)];
    return static_cast<int>(std::upper_bound(own.begin(), own.end(), until) -
                            std::upper_bound(own.begin(), own.end(), after));
}

bool History::replaced_at(std::uint32_t device, std::uint32_t cause, LocalSeconds at) const {
    const std::size_t own = component(device, cause);
    return contains(replacements_[own], at) && !contains(failures_[own], at);
}

bool History::told(std::uint32_t device, std::uint32_t code, LocalSeconds from,
                   LocalSeconds until) const {
    const Instants& own = alarms_[device * codes_ + code];
    const auto first = std::lower_bound(own.begin(), own.end(), from);
    return first != own.end() && *first <= until;
}

Records known_at(const Records& records, LocalSeconds at) {
    Records known = records;
    for (auto* events : {&known.failures, &known.replacements, &known.alarms})
        std::erase_if(*events, [&](const telemetry::Event& event) { return event.at > at; });
    known.observed_to = std::min(known.observed_to, at);
    return known;
}

}  // namespace foretwin::calibration
