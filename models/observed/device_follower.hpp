#pragma once

#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/snapshot/sealed.hpp"
#include "engine/telemetry/observation_source.hpp"
#include "models/observed/accounts.hpp"
#include "models/observed/profile.hpp"

namespace foretwin::observed {

using telemetry::Instant;
using telemetry::no_instant;
using telemetry::Observation;

/// A stretch of time in one state, told when it ends.
struct StateInterval {
    StateIndex state = unknown_state;
    Instant from = 0, to = 0;
    std::string cause;  ///< of a failure
};

/// Who wants to hear what a device did; called in the order of time.
class HistorySink {
  public:
    HistorySink() = default;
    HistorySink(const HistorySink&) = delete;
    HistorySink& operator=(const HistorySink&) = delete;
    virtual ~HistorySink() = default;
    virtual void interval(const DeviceProfile& device, const StateInterval& interval) = 0;
};

/// What became of the observations of a device. All of them are taken, repeated or late.
struct OrderCounts {
    std::int64_t taken = 0;         ///< of bound items
    std::int64_t not_mapped = 0;    ///< of items that mean nothing here
    std::int64_t initial = 0;       ///< of the taken: told before the accounts began
    std::int64_t stepped_back = 0;  ///< of the taken: stamped before the clock, within the limit
    std::int64_t told_late = 0;     ///< of the taken: stamped further back, the item's first
    std::int64_t repeated = 0;      ///< stamped further back, saying what holds
    std::int64_t late = 0;          ///< stamped further back, or centuries ahead: left out
    Time longest_step_back = 0;     ///< within the limit
    friend bool operator==(const OrderCounts&, const OrderCounts&) = default;
};

/// A condition that is active.
struct ActiveAlarm {
    std::size_t item = 0;     ///< bound item
    std::size_t account = 0;  ///< in Accounts::alarms
    Instant since = 0;
    friend bool operator==(const ActiveAlarm&, const ActiveAlarm&) = default;
};

/// Everything that moves, as plain values.
struct DeviceState {
    static constexpr Instant before_all = std::numeric_limits<Instant>::min();

    struct Item {
        Observation::Kind kind = Observation::Kind::unavailable;
        double number = 0;
        std::string text;              ///< in upper case
        Instant stamped = before_all;  ///< newest stamp, as told
        Instant since = 0;             ///< of its value account
        std::size_t account = 0;       ///< in Accounts::values
        friend bool operator==(const Item&, const Item&) = default;
    };
    struct Counter {
        bool known = false;
        double last = 0;
        friend bool operator==(const Counter&, const Counter&) = default;
    };
    /// An item that the log has, mapped or not.
    struct Seen {
        std::string name;
        std::int64_t bound = -1;
        std::int64_t count = 0;
        friend bool operator==(const Seen&, const Seen&) = default;
    };

    bool begun = false;
    bool silent = false;
    bool pending = false;        ///< a value that a rule asks for has changed at the clock
    Instant begin = no_instant;  ///< of the accounts
    Instant clock = before_all;  ///< newest instant told
    Instant heard = before_all;  ///< where the clock was at the newest observation
    Instant settled = 0;         ///< accounts of state, power and failures stand here
    Instant state_since = 0;     ///< the interval that is open
    StateIndex state = unknown_state;
    std::size_t unmapped = 0;  ///< 1 + index in Accounts::unmapped, or 0
    bool failed = false;
    std::size_t cause = 0;  ///< in Accounts::causes, while failed
    bool power_known = false;
    std::int64_t power_mw = 0;
    std::vector<Item> items;
    std::vector<ActiveAlarm> alarms;
    std::vector<Seen> seen;
    Counter produced, good, scrapped, energy;
    OrderCounts order;
    Accounts accounts;
};

/// The twin of one machine, moved by what its telemetry tells (see README.md for its rules). The
/// same observations in the same order give the same state, bit for bit.
class DeviceFollower {
  public:
    /// At most so many different items are told apart; all others count as one.
    static constexpr std::size_t most_items = 100'000;
    /// Accounts reach so far from their begin; what is stamped later is left out as late.
    static constexpr Time longest_history = 200 * 366 * day;
    /// And so many values of one item, kinds of alarms, causes.
    static constexpr std::size_t most_values = 1'000;

    /// Both outlive it; `sink` may be null. Accounts begin at `begin`, or with the first value.
    DeviceFollower(const DeviceProfile& profile, Time steps_back, Time silent_after,
                   HistorySink* sink, Instant begin = no_instant);

    void take(const Observation& observation);
    /// Nothing was told up to this instant. An instant before the clock changes nothing.
    void advance_to(Instant instant);
    /// The interval that is open is told, and begins anew at the clock.
    void cut_interval();

    /// Too long after the begin of the accounts: such an observation is left out.
    bool is_beyond_reach(Instant instant) const;

    const DeviceProfile& profile() const { return profile_; }
    bool begun() const { return now_.begun; }
    Instant begin() const { return now_.begin; }
    Instant clock() const { return now_.clock; }
    /// What everything told up to now means. What is told at one instant counts together: in the
    /// accounts a state changes when the clock leaves the instant.
    StateIndex state() const;
    /// Of the failure that state() is in, as it was when it began; empty when there is none.
    std::string cause() const;
    /// Brought up to the clock.
    const Accounts& accounts();
    const OrderCounts& order() const { return now_.order; }
    const std::vector<DeviceState::Seen>& seen() const { return now_.seen; }
    const std::vector<ActiveAlarm>& alarms() const { return now_.alarms; }

    /// Its state as bytes, and back into a follower of the same profile.
    void write(snapshot::Writer& writer) const;
    void read(snapshot::Reader& reader);

  private:
    // device_follower.cpp: order, time and state
    std::size_t find(std::string_view item);
    void move_clock(Instant instant);
    void begin_accounts(Instant instant);
    void fall_silent(Instant instant);
    void hear();
    bool put_in_order(std::size_t item, const Observation& observation);
    const StateRule* matching_rule() const;
    bool every_item_told() const;
    void resolve();
    void enter(StateIndex state, const StateRule* rule);
    void tell_interval();
    std::size_t find_cause(const StateRule* rule);
    std::size_t find_unmapped();
    void settle();
    // device_values.cpp: what single items say
    void apply(std::size_t item, const Observation& observation);
    bool says_what_holds(std::size_t item, const Observation& observation) const;
    void set_value(std::size_t item, Observation::Kind kind, double number, std::string_view text);
    std::size_t value_account(std::size_t item);
    void settle_item(std::size_t item);
    void take_condition(std::size_t item, const Observation& observation);
    void raise(std::size_t item, const Observation& observation);
    void drop_alarms(std::size_t item, std::string_view code);
    void settle_alarm(ActiveAlarm& alarm);
    void tell_worst();
    std::string cause_of_alarm() const;
    void count_parts_and_energy(std::size_t item);

    const DeviceProfile& profile_;
    Time steps_back_;
    Time silent_after_;
    HistorySink* sink_;
    DeviceState now_;
    std::map<std::string, std::size_t, std::less<>> index_;  ///< of `seen`
    /// Items come in much the same order again and again: who came after whom.
    std::vector<std::size_t> next_of_;
    std::size_t last_ = 0;
    std::string scratch_;
};

}  // namespace foretwin::observed
