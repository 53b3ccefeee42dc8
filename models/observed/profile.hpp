#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/core/time.hpp"
#include "models/contract/machine_state.hpp"

/// What the telemetry of a machine means, as plain data.
namespace foretwin::observed {

/// Index of a state: those of MachineState, and behind them that nothing is known.
using StateIndex = std::size_t;
inline constexpr StateIndex unknown_state = machine_state_count;
inline constexpr std::size_t state_count = machine_state_count + 1;

/// "busy" and so on, and "unknown".
std::string_view state_name(StateIndex state);
inline constexpr bool is_down(StateIndex state) {
    return state == index_of(MachineState::down_waiting) || state == index_of(MachineState::repair);
}

/// One way in which the value of an item can be as wanted.
struct Test {
    enum class Compare : std::uint8_t { equal, below, at_most, above, at_least, unavailable };
    Compare compare = Compare::equal;
    std::string text;                ///< in upper case: equal to it but for case
    std::optional<double> number{};  ///< of the text, when it is one
};

/// An item has one of some values.
struct Clause {
    std::size_t item = 0;  ///< index in DeviceProfile::items
    std::vector<Test> any_of;
};

/// When all clauses hold, this is the machine's state. The first rule that matches wins.
struct StateRule {
    StateIndex state = unknown_state;
    std::vector<Clause> all_of;
    std::string cause{};  ///< of the failure, for down states; empty: that of the worst alarm
};

/// A number that only counts up.
struct CounterUse {
    std::size_t item = 0;
    double wraps_at = 0;  ///< its first value that it never shows; 0: it has no end
};

/// A data item that means something.
struct BoundItem {
    std::string name;
    bool condition = false;
    bool watched = false;  ///< time by value is told
    bool in_rule = false;
};

/// Where the worst level of all conditions stands among the items.
inline constexpr const char* any_condition = "any condition";

struct DeviceProfile {
    std::string device;  ///< its name in the twin
    std::string source;  ///< its name in the log
    std::vector<BoundItem> items;
    std::vector<StateRule> rules;
    std::vector<Clause> known;         ///< values that need no rule
    std::optional<std::size_t> worst;  ///< the item `any condition`
    /// Native code of an alarm -> cause of a failure.
    std::vector<std::pair<std::string, std::string>> causes;
    std::optional<CounterUse> produced, good, scrapped;
    Time planned_run_time = 0;  ///< per part; 0: not declared
    std::optional<std::size_t> power;
    double watt = 1;  ///< of one of the power item's unit
    std::optional<CounterUse> energy;
    double joule = 1;                  ///< of one of the energy counter's unit
    std::vector<std::string> ignored;  ///< items that are known to mean nothing here
};

struct Profile {
    std::string name;
    std::string zone = "UTC";
    Time steps_back = 10 * second;
    Time silent_after = 0;  ///< 0: silence means nothing
    std::vector<DeviceProfile> devices;
};

/// Does a value pass? `text` in upper case.
bool passes(const Test& test, bool unavailable, bool is_number, double number,
            const std::string& text);

}  // namespace foretwin::observed
