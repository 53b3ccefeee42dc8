#include "engine/calibration/visits.hpp"

#include <algorithm>
#include <set>

#include "engine/core/rule.hpp"

namespace foretwin::calibration {

namespace {

constexpr double grid_share = 0.95;
constexpr double period_share = 0.5;  // of all gaps that equal the period
constexpr LocalSeconds shortest_period = 3600;

/// Non-negative remainder.
LocalSeconds phase(LocalSeconds at, LocalSeconds period) {
    const LocalSeconds rest = at % period;
    return rest < 0 ? rest + period : rest;
}

std::vector<std::set<LocalSeconds>> instants(const Records& records, const RecordMapping& mapping) {
    std::vector<std::set<LocalSeconds>> per_device(records.devices.size());
    for (const auto& event : records.replacements)
        if (event.at > records.observed_from && event.at <= records.observed_to)
            per_device[event.device].insert(event.at);
    for (const auto& event : records.failures)
        if (event.at > records.observed_from && event.at <= records.observed_to &&
            !is_excluded(mapping, event))
            per_device[event.device].insert(event.at);
    return per_device;
}

/// The most frequent gap, or 0 when none is frequent enough to be a rule.
LocalSeconds usual_gap(const std::map<LocalSeconds, int>& gaps) {
    int all = 0, most = 0;
    LocalSeconds usual = 0;
    for (const auto& [gap, count] : gaps) {
        all += count;
        if (count > most) most = count, usual = gap;
    }
    return usual >= shortest_period && most >= period_share * all ? usual : 0;
}

/// The phase that most instants of a device share.
LocalSeconds usual_phase(const std::set<LocalSeconds>& instants, LocalSeconds period) {
    std::map<LocalSeconds, int> phases;
    for (const LocalSeconds at : instants) ++phases[phase(at, period)];
    return std::max_element(phases.begin(), phases.end(),
                            [](const auto& a, const auto& b) { return a.second < b.second; })
        ->first;
}

/// Fills in the visits of one device; returns how many of its instants fit.
int fit_device(const std::set<LocalSeconds>& instants, LocalSeconds period, LocalSeconds to,
               DeviceVisits& visits) {
    if (instants.empty()) return 0;
    const LocalSeconds own = usual_phase(instants, period);
    for (const LocalSeconds at : instants) {
        if (phase(at, period) != own) continue;
        if (!visits.known) visits.first = at;
        visits.known = true;
        ++visits.recorded;
    }
    visits.held = static_cast<int>((to - visits.first) / period) + 1;
    return visits.recorded;
}

}  // namespace

VisitGrid find_visit_grid(const Records& records, const RecordMapping& mapping) {
    VisitGrid grid;
    grid.devices.resize(records.devices.size());
    const auto per_device = instants(records, mapping);
    int all = 0;
    for (const auto& own : per_device) {
        all += static_cast<int>(own.size());
        for (auto at = own.begin(); at != own.end() && std::next(at) != own.end(); ++at)
            ++grid.gaps[*std::next(at) - *at];
    }
    grid.period = usual_gap(grid.gaps);
    if (grid.period == 0) return grid;
    int fitting = 0;
    for (std::size_t i = 0; i < per_device.size(); ++i)
        fitting += fit_device(per_device[i], grid.period, records.observed_to, grid.devices[i]);
    grid.on_grid = static_cast<double>(fitting) / all;
    grid.found = grid.on_grid >= grid_share;
    return grid;
}

LocalSeconds VisitGrid::at_or_after(std::uint32_t device, LocalSeconds at) const {
    FORETWIN_RULE(found && devices[device].known, "visits are asked for only where they are known");
    return at + phase(devices[device].first - at, period);
}

LocalSeconds VisitGrid::at_or_before(std::uint32_t device, LocalSeconds at) const {
    FORETWIN_RULE(found && devices[device].known, "visits are asked for only where they are known");
    return at - phase(at - devices[device].first, period);
}

}  // namespace foretwin::calibration
