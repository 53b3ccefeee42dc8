#include <algorithm>
#include <utility>

#include "engine/core/quantity.hpp"
#include "engine/core/rounding.hpp"
#include "models/observed/device_follower.hpp"

namespace foretwin::observed {

using telemetry::ConditionDetail;
using telemetry::is_word;
using telemetry::read_condition;
using Kind = Observation::Kind;

namespace {

constexpr const char* not_told = "UNAVAILABLE";

void put_upper(std::string_view text, std::string& into) {
    into.assign(text);
    for (char& c : into)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
}

/// As DESIGN section 6 wants names: they become paths of figures.
std::string as_name(std::string_view text) {
    std::string name;
    for (const char c : text) {
        const auto code = static_cast<unsigned char>(c);
        const bool plain = code >= ' ' && code != 127 &&
                           std::string_view("/.:,#'\"[]{}").find(c) == std::string_view::npos;
        if (plain && (c != ' ' || (!name.empty() && name.back() != ' '))) name += c;
        if (!plain && !name.empty() && name.back() != ' ') name += ' ';
    }
    constexpr std::size_t longest = 64;
    if (name.size() > longest) name.resize(longest);
    while (!name.empty() && (static_cast<unsigned char>(name.back()) >= 0x80 || name.back() == ' '))
        name.pop_back();  // no half a character at the end
    return name;
}

/// How far a counter rose (README.md).
double rise_of(DeviceState::Counter& counter, const CounterUse& use, double value) {
    if (!std::exchange(counter.known, true)) {
        counter.last = value;
        return 0;
    }
    const double last = std::exchange(counter.last, value);
    if (value >= last) return value - last;
    const double over_the_end = use.wraps_at - last + value;
    const bool wrapped = use.wraps_at > 0 && over_the_end >= 0 && over_the_end < use.wraps_at / 2;
    return wrapped ? over_the_end : std::max(value, 0.0);
}

/// Keeps what is beyond any plant inside the range of integers.
std::int64_t whole(double value) {
    constexpr double most = 1e15;
    return nearest_integer(std::clamp(value, -most, most));
}

}  // namespace

void DeviceFollower::apply(std::size_t item, const Observation& observation) {
    if (profile_.items[item].condition) return take_condition(item, observation);
    put_upper(observation.text, scratch_);
    set_value(item, observation.kind, observation.number, scratch_);
    count_parts_and_energy(item);
}

bool DeviceFollower::says_what_holds(std::size_t item, const Observation& observation) const {
    const DeviceState::Item& own = now_.items[item];
    if (observation.kind != own.kind) return false;
    if (observation.kind == Kind::unavailable) return true;
    if (observation.kind == Kind::number) return observation.number == own.number;
    if (!profile_.items[item].condition || is_word(observation.text, "NORMAL"))
        return is_word(observation.text, own.text);
    const ConditionDetail detail = read_condition(observation.detail);
    return std::any_of(now_.alarms.begin(), now_.alarms.end(), [&](const ActiveAlarm& alarm) {
        const AlarmAccount& account = now_.accounts.alarms[alarm.account];
        return alarm.item == item && account.code == detail[0] &&
               is_word(observation.text, account.level);
    });
}

void DeviceFollower::set_value(std::size_t item, Kind kind, double number, std::string_view text) {
    DeviceState::Item& own = now_.items[item];
    if (own.kind == kind && own.number == number && own.text == text) return;
    settle_item(item);
    own.kind = kind;
    own.number = number;
    own.text.assign(text);
    if (profile_.items[item].in_rule) now_.pending = true;
    if (!profile_.items[item].watched) return;
    own.account = value_account(item);
    if (now_.begun) ++now_.accounts.values[item][own.account].times;
}

std::size_t DeviceFollower::value_account(std::size_t item) {
    if (!profile_.items[item].watched) return 0;
    const DeviceState::Item& own = now_.items[item];
    auto& accounts = now_.accounts.values[item];
    std::string value = own.text;
    if (own.kind == Kind::unavailable) value = not_told;
    if (own.kind == Kind::number) value = shortest_text(own.number);
    if (accounts.size() + 1 >= most_values) value = "(others)";
    const auto found = std::find_if(accounts.begin(), accounts.end(),
                                    [&](const auto& one) { return one.value == value; });
    if (found != accounts.end()) return static_cast<std::size_t>(found - accounts.begin());
    ValueAccount account;
    account.value = std::move(value);
    const auto mentions = [&](const Clause& clause) {
        return clause.item == item &&
               std::any_of(clause.any_of.begin(), clause.any_of.end(), [&](const Test& test) {
                   return passes(test, own.kind == Kind::unavailable, own.kind == Kind::number,
                                 own.number, own.text);
               });
    };
    const auto some = [&](const std::vector<Clause>& clauses) {
        return std::any_of(clauses.begin(), clauses.end(), mentions);
    };
    account.mapped = !profile_.items[item].in_rule || profile_.items[item].condition ||
                     profile_.worst == item || own.kind == Kind::unavailable ||
                     some(profile_.known) ||
                     std::any_of(profile_.rules.begin(), profile_.rules.end(),
                                 [&](const StateRule& rule) { return some(rule.all_of); });
    accounts.push_back(std::move(account));
    return accounts.size() - 1;
}

void DeviceFollower::settle_item(std::size_t item) {
    DeviceState::Item& own = now_.items[item];
    if (!now_.begun || !profile_.items[item].watched) return;
    // A silence is no value.
    if (!now_.silent)
        now_.accounts.values[item][own.account].time +=
            telemetry::time_between(own.since, now_.clock);
    own.since = now_.clock;
}

void DeviceFollower::take_condition(std::size_t item, const Observation& observation) {
    const ConditionDetail detail = read_condition(observation.detail);
    const bool normal = is_word(observation.text, "NORMAL");
    const bool alarm = is_word(observation.text, "WARNING") || is_word(observation.text, "FAULT");
    if (observation.kind == Kind::text && alarm) {
        raise(item, observation);
    } else {
        drop_alarms(item, normal ? std::string_view(detail[0]) : std::string_view());
    }
    std::string_view level = normal ? "NORMAL" : "";
    for (const ActiveAlarm& one : now_.alarms) {
        const std::string& own = now_.accounts.alarms[one.account].level;
        if (one.item == item && (level != "FAULT")) level = own;
    }
    put_upper(observation.text, scratch_);
    if (level.empty())
        set_value(item, observation.kind, observation.number, scratch_);
    else
        set_value(item, Kind::text, 0, std::string(level));
    if (profile_.worst) tell_worst();
}

/// An alarm of this code; at another level than before it is another alarm.
void DeviceFollower::raise(std::size_t item, const Observation& observation) {
    const ConditionDetail detail = read_condition(observation.detail);
    const std::string level = is_word(observation.text, "FAULT") ? "FAULT" : "WARNING";
    auto& accounts = now_.accounts.alarms;
    const bool full = accounts.size() + 1 >= most_values;
    const std::string code = full ? "(others)" : detail[0];
    const auto found = std::find_if(accounts.begin(), accounts.end(), [&](const AlarmAccount& one) {
        return one.item == profile_.items[item].name && one.level == level && one.code == code;
    });
    const auto account = static_cast<std::size_t>(found - accounts.begin());
    if (found == accounts.end())
        accounts.push_back({profile_.items[item].name, level, code, detail[3], 0, 0});
    for (const ActiveAlarm& alarm : now_.alarms)
        if (alarm.item == item && alarm.account == account) return;
    if (!detail[0].empty()) drop_alarms(item, detail[0]);
    if (now_.begun) ++accounts[account].times;
    now_.alarms.push_back({item, account, now_.clock});
}

/// Those of one code, or all of the item.
void DeviceFollower::drop_alarms(std::size_t item, std::string_view code) {
    std::size_t kept = 0;
    for (ActiveAlarm& alarm : now_.alarms) {
        const std::string& own = now_.accounts.alarms[alarm.account].code;
        if (alarm.item == item && (code.empty() || own == code))
            settle_alarm(alarm);
        else
            now_.alarms[kept++] = alarm;
    }
    now_.alarms.resize(kept);
}

void DeviceFollower::settle_alarm(ActiveAlarm& alarm) {
    if (!now_.begun) return;
    if (!now_.silent)
        now_.accounts.alarms[alarm.account].time +=
            telemetry::time_between(alarm.since, now_.clock);
    alarm.since = now_.clock;
}

void DeviceFollower::tell_worst() {
    std::string_view worst;
    for (std::size_t i = 0; i < now_.items.size(); ++i) {
        if (!profile_.items[i].condition || now_.items[i].kind != Kind::text) continue;
        const std::string& level = now_.items[i].text;
        if (worst.empty() || level == "FAULT" || (level == "WARNING" && worst != "FAULT"))
            worst = level;
    }
    if (worst.empty())
        set_value(*profile_.worst, Kind::unavailable, 0, "");
    else
        set_value(*profile_.worst, Kind::text, 0, std::string(worst));
}

/// The oldest of the worst.
std::string DeviceFollower::cause_of_alarm() const {
    const AlarmAccount* worst = nullptr;
    for (const ActiveAlarm& alarm : now_.alarms) {
        const AlarmAccount& one = now_.accounts.alarms[alarm.account];
        if (worst == nullptr || (worst->level != "FAULT" && one.level == "FAULT")) worst = &one;
    }
    if (worst == nullptr) return "cause not told";
    for (const auto& [code, cause] : profile_.causes)
        if (code == worst->code) return cause;
    std::string name =
        as_name(worst->message.empty() ? worst->item + " " + worst->code : worst->message);
    return name.empty() ? "alarm without a name" : name;
}

void DeviceFollower::count_parts_and_energy(std::size_t item) {
    const DeviceState::Item& own = now_.items[item];
    if (profile_.power == item) {
        settle();
        now_.power_known = own.kind == Kind::number;
        constexpr double milliwatt = 1000;
        now_.power_mw = whole(own.number * profile_.watt * milliwatt);
    }
    if (own.kind != Kind::number) return;
    Accounts& accounts = now_.accounts;
    const auto count = [&](const std::optional<CounterUse>& use, DeviceState::Counter& counter,
                           std::int64_t& sum) {
        if (!use || use->item != item) return;
        const double rise = rise_of(counter, *use, own.number);
        if (now_.begun) sum += whole(rise);
    };
    count(profile_.produced, now_.produced, accounts.produced);
    count(profile_.good, now_.good, accounts.good);
    count(profile_.scrapped, now_.scrapped, accounts.scrapped);
    if (!profile_.energy || profile_.energy->item != item) return;
    const double rise = rise_of(now_.energy, *profile_.energy, own.number);
    constexpr double millijoule = 1000;
    if (now_.begun)
        accounts.energy += static_cast<Wide>(whole(rise * profile_.joule * millijoule)) * second;
}

}  // namespace foretwin::observed
