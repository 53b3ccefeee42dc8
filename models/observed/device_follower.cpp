#include "models/observed/device_follower.hpp"

#include <algorithm>
#include <utility>

#include "engine/core/rule.hpp"

namespace foretwin::observed {

using telemetry::time_between;
using Kind = Observation::Kind;

DeviceFollower::DeviceFollower(const DeviceProfile& profile, Time steps_back, Time silent_after,
                               HistorySink* sink, Instant begin)
    : profile_(profile), steps_back_(steps_back), silent_after_(silent_after), sink_(sink) {
    now_.begin = begin;
    now_.items.resize(profile.items.size());
    now_.accounts.values.resize(profile.items.size());
    for (std::size_t i = 0; i < profile.items.size(); ++i) now_.items[i].account = value_account(i);
}

std::size_t DeviceFollower::find(std::string_view item) {
    if (!next_of_.empty()) {
        const std::size_t guess = next_of_[last_];
        if (now_.seen[guess].name == item) return last_ = guess;
    }
    constexpr std::string_view others = "(all further items)";
    auto found = index_.find(item);
    if (found == index_.end() && now_.seen.size() >= most_items) found = index_.find(others);
    if (found == index_.end()) {
        DeviceState::Seen seen;
        seen.name = now_.seen.size() + 1 < most_items ? item : others;
        for (std::size_t i = 0; i < profile_.items.size(); ++i)
            if (profile_.items[i].name == seen.name && profile_.worst != i)
                seen.bound = static_cast<std::int64_t>(i);
        found = index_.emplace(seen.name, now_.seen.size()).first;
        now_.seen.push_back(std::move(seen));
        next_of_.push_back(0);
    }
    next_of_[last_] = found->second;
    return last_ = found->second;
}

void DeviceFollower::take(const Observation& observation) {
    DeviceState::Seen& seen = now_.seen[find(observation.item)];
    ++seen.count;
    if (is_beyond_reach(observation.at)) {
        ++now_.order.late;
        return;
    }
    if (!now_.begun && now_.begin == no_instant && observation.kind != Kind::unavailable)
        begin_accounts(std::max(now_.clock, observation.at));
    if (seen.bound < 0) {
        ++now_.order.not_mapped;
        if (observation.at > now_.clock) move_clock(observation.at);
        return hear();
    }
    const auto item = static_cast<std::size_t>(seen.bound);
    if (!put_in_order(item, observation)) return hear();
    hear();
    ++now_.order.taken;
    if (!now_.begun) ++now_.order.initial;
    apply(item, observation);
    now_.items[item].stamped = std::max(now_.items[item].stamped, observation.at);
}

/// Whether the observation says something of now; the clock stands at now afterwards.
bool DeviceFollower::put_in_order(std::size_t item, const Observation& observation) {
    if (observation.at >= now_.clock) {
        move_clock(observation.at);
        return true;
    }
    const Time behind = time_between(observation.at, now_.clock);
    if (behind <= steps_back_) {
        ++now_.order.stepped_back;
        now_.order.longest_step_back = std::max(now_.order.longest_step_back, behind);
        return true;
    }
    if (says_what_holds(item, observation)) {
        ++now_.order.repeated;
        return false;
    }
    if (now_.items[item].stamped < observation.at) {
        ++now_.order.told_late;
        return true;
    }
    ++now_.order.late;
    return false;
}

void DeviceFollower::advance_to(Instant instant) {
    if (instant > now_.clock && !is_beyond_reach(instant)) move_clock(instant);
}

bool DeviceFollower::is_beyond_reach(Instant instant) const {
    return now_.begin != no_instant && instant > now_.begin &&
           time_between(now_.begin, instant) > longest_history;
}

void DeviceFollower::move_clock(Instant instant) {
    if (!now_.begun && now_.begin != no_instant && instant >= now_.begin)
        begin_accounts(now_.begin);
    if (instant == now_.clock) return;
    if (now_.begun && now_.pending) resolve();
    if (silent_after_ > 0 && now_.begun && !now_.silent &&
        time_between(now_.heard, instant) > silent_after_)
        fall_silent(std::max(now_.clock, now_.heard + silent_after_));
    now_.clock = instant;
}

/// At `instant`, which is not before the clock; what was told up to now is the initial state.
void DeviceFollower::begin_accounts(Instant instant) {
    now_.begun = true;
    now_.begin = now_.clock = now_.heard = now_.settled = now_.state_since = instant;
    for (std::size_t i = 0; i < now_.items.size(); ++i) {
        now_.items[i].since = instant;
        if (profile_.items[i].watched) ++now_.accounts.values[i][now_.items[i].account].times;
    }
    for (ActiveAlarm& alarm : now_.alarms) alarm.since = instant;
    now_.pending = true;
}

void DeviceFollower::fall_silent(Instant instant) {
    now_.clock = instant;
    for (std::size_t i = 0; i < now_.items.size(); ++i) settle_item(i);
    for (ActiveAlarm& alarm : now_.alarms) settle_alarm(alarm);
    settle();
    now_.silent = true;
    enter(unknown_state, nullptr);
}

/// Something was told: what held before a silence holds again.
void DeviceFollower::hear() {
    now_.heard = now_.clock;
    if (!now_.silent) return;
    for (std::size_t i = 0; i < now_.items.size(); ++i) settle_item(i);
    for (ActiveAlarm& alarm : now_.alarms) settle_alarm(alarm);
    settle();
    now_.silent = false;
    now_.pending = true;
}

const StateRule* DeviceFollower::matching_rule() const {
    const auto holds = [&](const Clause& clause) {
        const DeviceState::Item& item = now_.items[clause.item];
        return std::any_of(clause.any_of.begin(), clause.any_of.end(), [&](const Test& test) {
            return passes(test, item.kind == Kind::unavailable, item.kind == Kind::number,
                          item.number, item.text);
        });
    };
    for (const StateRule& rule : profile_.rules)
        if (std::all_of(rule.all_of.begin(), rule.all_of.end(), holds)) return &rule;
    return nullptr;
}

bool DeviceFollower::every_item_told() const {
    for (std::size_t i = 0; i < now_.items.size(); ++i)
        if (profile_.items[i].in_rule && now_.items[i].kind == Kind::unavailable) return false;
    return true;
}

StateIndex DeviceFollower::state() const {
    if (!now_.pending || now_.silent) return now_.state;
    const StateRule* rule = matching_rule();
    return rule == nullptr ? unknown_state : rule->state;
}

std::string DeviceFollower::cause() const {
    if (!is_down(state())) return "";
    if (now_.failed) return now_.accounts.causes[now_.cause].cause;
    const StateRule* rule = matching_rule();
    return rule == nullptr || rule->cause.empty() ? cause_of_alarm() : rule->cause;
}

void DeviceFollower::resolve() {
    now_.pending = false;
    const StateRule* rule = matching_rule();
    const bool not_mapped = rule == nullptr && every_item_told();
    const std::size_t unmapped = not_mapped ? 1 + find_unmapped() : 0;
    if (unmapped != now_.unmapped) {
        settle();
        now_.unmapped = unmapped;
        if (not_mapped) ++now_.accounts.unmapped[unmapped - 1].times;
    }
    enter(rule == nullptr ? unknown_state : rule->state, rule);
}

void DeviceFollower::enter(StateIndex state, const StateRule* rule) {
    if (state == now_.state) return;
    settle();
    tell_interval();
    now_.state = state;
    if (is_down(state) && !now_.failed) {
        now_.failed = true;
        now_.cause = find_cause(rule);
        ++now_.accounts.causes[now_.cause].failures;
    } else if (!is_down(state) && state != unknown_state && now_.failed) {
        now_.failed = false;
        ++now_.accounts.causes[now_.cause].repairs;
    }
}

void DeviceFollower::tell_interval() {
    if (sink_ != nullptr && now_.clock > now_.state_since)
        sink_->interval(profile_,
                        {now_.state, now_.state_since, now_.clock,
                         is_down(now_.state) ? now_.accounts.causes[now_.cause].cause : ""});
    now_.state_since = now_.clock;
}

void DeviceFollower::cut_interval() {
    if (!now_.begun) return;
    tell_interval();
}

std::size_t DeviceFollower::find_cause(const StateRule* rule) {
    auto& causes = now_.accounts.causes;
    std::string name = rule == nullptr || rule->cause.empty() ? cause_of_alarm() : rule->cause;
    if (causes.size() + 1 >= most_values) name = "other causes";
    const auto found = std::find_if(causes.begin(), causes.end(),
                                    [&](const CauseAccount& one) { return one.cause == name; });
    if (found != causes.end()) return static_cast<std::size_t>(found - causes.begin());
    causes.push_back({std::move(name)});
    return causes.size() - 1;
}

std::size_t DeviceFollower::find_unmapped() {
    auto& unmapped = now_.accounts.unmapped;
    std::string values;
    for (std::size_t i = 0; i < now_.items.size(); ++i) {
        if (!profile_.items[i].in_rule) continue;
        values += (values.empty() ? "" : ", ") + profile_.items[i].name + " = " +
                  now_.accounts.values[i][now_.items[i].account].value;
    }
    if (unmapped.size() + 1 >= most_values) values = "(others)";
    const auto found = std::find_if(unmapped.begin(), unmapped.end(),
                                    [&](const auto& one) { return one.values == values; });
    if (found != unmapped.end()) return static_cast<std::size_t>(found - unmapped.begin());
    unmapped.push_back({std::move(values)});
    return unmapped.size() - 1;
}

void DeviceFollower::settle() {
    if (!now_.begun || now_.settled == now_.clock) return;
    const Time step = time_between(now_.settled, now_.clock);
    Accounts& accounts = now_.accounts;
    accounts.in_state[now_.state] += step;
    if (now_.state == index_of(MachineState::down_waiting))
        accounts.causes[now_.cause].waiting += step;
    if (now_.state == index_of(MachineState::repair)) accounts.causes[now_.cause].repair += step;
    if (now_.unmapped > 0 && !now_.silent) accounts.unmapped[now_.unmapped - 1].time += step;
    if (profile_.power) {
        if (now_.power_known && !now_.silent)
            accounts.energy += static_cast<Wide>(now_.power_mw) * step;
        else
            accounts.energy_unknown += step;
    }
    now_.settled = now_.clock;
}

const Accounts& DeviceFollower::accounts() {
    if (!now_.begun) return now_.accounts;
    settle();
    for (std::size_t i = 0; i < now_.items.size(); ++i) settle_item(i);
    for (ActiveAlarm& alarm : now_.alarms) settle_alarm(alarm);
    FORETWIN_RULE(now_.accounts.calendar() == now_.clock - now_.begin,
                  "the times in all states sum to the calendar");
    return now_.accounts;
}

}  // namespace foretwin::observed
