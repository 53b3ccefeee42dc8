#include "engine/calibration/life_data.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "engine/core/rounding.hpp"
#include "engine/core/rule.hpp"

namespace foretwin::calibration {

namespace {

/// Everything that renews one component, in time order.
struct Renewal {
    bool failure = false;
    bool excluded = false;
};
using Renewals = std::map<LocalSeconds, Renewal>;
using Component = std::pair<std::uint32_t, std::uint32_t>;  // cause, device

double days(LocalSeconds span) {
    return static_cast<double>(span) / telemetry::seconds_per_day;
}

std::map<Component, Renewals> collect(const Records& records, const RecordMapping& mapping,
                                      LifeCounts& counts) {
    std::map<Component, Renewals> renewals;
    for (const auto& event : records.replacements)
        if (event.at <= records.observed_to) renewals[{event.kind, event.device}][event.at];
    for (const auto& event : records.failures) {
        if (event.at > records.observed_to || event.at < records.observed_from) continue;
        Renewals& own = renewals[{event.kind, event.device}];
        const bool excluded = is_excluded(mapping, event);
        ++counts.failures;
        counts.failures_excluded += excluded ? 1 : 0;
        counts.without_replacement += own.count(event.at) == 0 ? 1 : 0;
        own[event.at] = {true, excluded};
    }
    return renewals;
}

/// Puts the visits of the device's grid into the life.
void add_inspections(Life& life, LocalSeconds exit, const VisitGrid& grid) {
    if (!grid.found || !grid.devices[life.device].known) return;
    const LocalSeconds before = grid.devices[life.device].first - grid.period;
    life.checked = std::max(0.0, days(before - life.begin));
    const LocalSeconds under_observation = std::max(life.begin + 1, before + 1);
    life.first_visit = days(grid.at_or_after(life.device, under_observation) - life.begin);
    life.last_visit = life.ending == Ending::still_running
                          ? days(grid.at_or_before(life.device, exit) - life.begin)
                          : life.exit;
}

Life make_life(Component component, const Records& records, const VisitGrid& grid,
               LocalSeconds begin, LocalSeconds exit, Ending ending) {
    Life life;
    life.cause = component.first;
    life.device = component.second;
    life.model = records.model_of[life.device];
    life.begin = begin;
    life.ending = ending;
    life.entry = std::max(0.0, days(records.observed_from - begin));
    life.exit = days(exit - begin);
    add_inspections(life, exit, grid);
    return life;
}

void count(const Life& life, bool ended_by_exclusion, LifeCounts& counts) {
    counts.lives_excluded += life.excluded ? 1 : 0;
    if (!life.failed() || ended_by_exclusion) return;
    ++(life.excluded ? counts.failures_of_excluded_lives : counts.failures_used);
}

void add_lives(Component component, const Renewals& renewals, const Records& records,
               const VisitGrid& grid, LifeData& data) {
    const auto& [first_at, first] = *renewals.begin();
    // A component first met at its replacement has an unknown age: it cannot enter a fit.
    if (first_at >= records.observed_from) ++data.counts.of_unknown_age;
    for (auto at = renewals.begin(); at != renewals.end(); ++at) {
        const auto next = std::next(at);
        const bool ended = next != renewals.end();
        const LocalSeconds exit = ended ? next->first : records.observed_to;
        if (exit <= records.observed_from || exit <= at->first) continue;
        const Ending ending = !ended                 ? Ending::still_running
                              : next->second.failure ? Ending::failure
                                                     : Ending::replacement;
        Life life = make_life(component, records, grid, at->first, exit, ending);
        const bool ended_by_exclusion = ended && next->second.excluded;
        life.excluded = at->second.excluded || ended_by_exclusion;
        count(life, ended_by_exclusion, data.counts);
        data.lives.push_back(life);
    }
}

/// The instant of the next visit that the records know of, for a device with a grid.
LocalSeconds next_visit(const VisitGrid& grid, std::uint32_t device, LocalSeconds at) {
    const DeviceVisits& visits = grid.devices[device];
    if (!grid.found || !visits.known) return at;
    return at < visits.first ? visits.first : grid.at_or_after(device, at + 1);
}

LocalSeconds exit_of(const Life& life) {
    return life.begin + nearest_integer(life.exit * telemetry::seconds_per_day);
}

}  // namespace

LifeData make_lives(const Records& records, const RecordMapping& mapping, const VisitGrid& grid) {
    LifeData data;
    for (const auto& [component, renewals] : collect(records, mapping, data.counts))
        add_lives(component, renewals, records, grid, data);
    return data;
}

PresentState state_at(const Records& records, const RecordMapping& mapping, const LifeData& data,
                      const VisitGrid& grid, LocalSeconds at) {
    PresentState state;
    state.at = at;
    for (std::uint32_t device = 0; device < records.devices.size(); ++device)
        state.next_visit.push_back(next_visit(grid, device, at));
    std::set<std::tuple<LocalSeconds, std::uint32_t, std::uint32_t>> excluded;
    for (const auto& failure : records.failures)
        if (is_excluded(mapping, failure))
            excluded.emplace(failure.at, failure.device, failure.kind);
    for (const Life& life : data.lives) {
        const LocalSeconds exit = exit_of(life);
        // The life that holds at `at`: begun at or before it, ended after it (or at the very end).
        const bool holds = life.begin <= at && (at < exit || life.ending == Ending::still_running);
        if (!holds) continue;
        PresentState::Component component{life.device, life.cause, days(at - life.begin), 0};
        if (grid.found && grid.devices[life.device].known) {
            const LocalSeconds last_visit = state.next_visit[life.device] - grid.period;
            // At the beginning of the records the visit before the first one may lie after `at`.
            component.checked = std::clamp(days(last_visit - life.begin), 0.0, component.age);
        }
        const bool about_to_end =
            excluded.contains({exit, life.device, life.cause}) && exit - at <= grid.period;
        if (about_to_end) {
            ++state.renewed_by_exclusion;
            component.age = component.checked = 0;
        }
        state.components.push_back(component);
    }
    std::sort(state.components.begin(), state.components.end(), [](const auto& a, const auto& b) {
        return std::tie(a.device, a.cause) < std::tie(b.device, b.cause);
    });
    return state;
}

}  // namespace foretwin::calibration
