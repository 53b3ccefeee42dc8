#include "engine/snapshot/both_ways.hpp"
#include "models/observed/device_follower.hpp"

namespace foretwin::observed {
namespace {

using snapshot::Get;
using snapshot::Put;
using snapshot::Reader;
using snapshot::Writer;

/// One description for both ways: what is written in an order is read in that order. `Accounts_`
/// and `State` are const when writing.
template <class Way, class Accounts_>
void go_through(Way& way, Accounts_& accounts) {
    for (auto& time : accounts.in_state) way(time);
    way.each(accounts.values, [&](auto& values) {
        way.each(values, [&](auto& one) {
            way(one.value), way(one.time), way(one.times), way(one.mapped);
        });
    });
    way.each(accounts.causes, [&](auto& one) {
        way(one.cause), way(one.failures), way(one.repairs), way(one.waiting), way(one.repair);
    });
    way.each(accounts.alarms, [&](auto& one) {
        way(one.item), way(one.level), way(one.code), way(one.message), way(one.times),
            way(one.time);
    });
    way.each(accounts.unmapped, [&](auto& one) { way(one.values), way(one.times), way(one.time); });
    way(accounts.energy), way(accounts.energy_unknown);
    way(accounts.produced), way(accounts.good), way(accounts.scrapped);
}

template <class Way, class State>
void go_through_state(Way& way, State& state) {
    way(state.begun), way(state.silent), way(state.pending), way(state.begin), way(state.clock);
    way(state.heard), way(state.settled), way(state.state_since), way(state.state);
    way(state.unmapped), way(state.failed), way(state.cause);
    way(state.power_known), way(state.power_mw);
    way.each(state.items, [&](auto& one) {
        way(one.kind), way(one.number), way(one.text), way(one.stamped), way(one.since),
            way(one.account);
    });
    way.each(state.alarms, [&](auto& one) { way(one.item), way(one.account), way(one.since); });
    way.each(state.seen, [&](auto& one) { way(one.name), way(one.bound), way(one.count); });
    for (auto* counter : {&state.produced, &state.good, &state.scrapped, &state.energy})
        way(counter->known), way(counter->last);
    auto& order = state.order;
    way(order.taken), way(order.not_mapped), way(order.initial), way(order.stepped_back);
    way(order.told_late), way(order.repeated), way(order.late), way(order.longest_step_back);
    go_through(way, state.accounts);
}

/// Every index points into what is there, so that damaged bytes under a right checksum do no harm.
bool is_sound(const DeviceState& state, const DeviceProfile& profile) {
    const Accounts& accounts = state.accounts;
    const std::size_t items = profile.items.size();
    bool sound = state.items.size() == items && accounts.values.size() == items &&
                 state.state < state_count && state.unmapped <= accounts.unmapped.size();
    const bool needs_cause = state.failed || is_down(state.state);
    sound = sound && (!needs_cause || state.cause < accounts.causes.size());
    for (std::size_t i = 0; sound && i < items; ++i)
        sound = !profile.items[i].watched || state.items[i].account < accounts.values[i].size();
    for (const ActiveAlarm& alarm : state.alarms)
        sound = sound && alarm.item < items && alarm.account < accounts.alarms.size();
    for (const DeviceState::Seen& seen : state.seen)
        sound = sound && seen.bound >= -1 && seen.bound < static_cast<std::int64_t>(items);
    return sound && (!state.begun || state.settled <= state.clock);
}

}  // namespace

void DeviceFollower::write(Writer& writer) const {
    Put put(writer);
    go_through_state(put, now_);
}

void DeviceFollower::read(Reader& reader) {
    Get get(reader);
    DeviceState state;
    go_through_state(get, state);
    if (!is_sound(state, profile_)) reader.refuse_damaged("it points to what is not there");
    now_ = std::move(state);
    index_.clear();
    for (std::size_t i = 0; i < now_.seen.size(); ++i) index_.emplace(now_.seen[i].name, i);
    next_of_.assign(now_.seen.size(), 0);
    last_ = 0;
}

}  // namespace foretwin::observed
