#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/core/wide.hpp"
#include "engine/telemetry/instant.hpp"
#include "models/observed/profile.hpp"

namespace foretwin::observed {

/// Time for which an item had a value, and how often it came to have it.
struct ValueAccount {
    std::string value;  ///< as it was told; "UNAVAILABLE" for nothing known
    Time time = 0;
    std::int64_t times = 0;
    bool mapped = true;  ///< some rule mentions it, or no rule mentions its item
    friend bool operator==(const ValueAccount&, const ValueAccount&) = default;
};

/// Failures of one cause.
struct CauseAccount {
    std::string cause;
    std::int64_t failures = 0;
    std::int64_t repairs = 0;  ///< failures that ended
    Time waiting = 0;          ///< in down_waiting
    Time repair = 0;
    friend bool operator==(const CauseAccount&, const CauseAccount&) = default;
};

/// One kind of alarm: a native code of a condition item at one level.
struct AlarmAccount {
    std::string item, level, code, message;
    std::int64_t times = 0;
    Time time = 0;
    friend bool operator==(const AlarmAccount&, const AlarmAccount&) = default;
};

/// Values of the items of the rules that no rule is for, taken together.
struct UnmappedAccount {
    std::string values;  ///< "execution = OPTIONAL_STOP, mode = MANUAL"
    std::int64_t times = 0;
    Time time = 0;
    friend bool operator==(const UnmappedAccount&, const UnmappedAccount&) = default;
};

/// What was counted since the accounts began. Lists only grow, so that what was counted between
/// two instants is the difference of two such, to the nanosecond.
struct Accounts {
    std::array<Time, state_count> in_state{};
    std::vector<std::vector<ValueAccount>> values;  ///< by bound item; empty where not watched
    std::vector<CauseAccount> causes;
    std::vector<AlarmAccount> alarms;
    std::vector<UnmappedAccount> unmapped;
    Wide energy = 0;          ///< mW ns
    Time energy_unknown = 0;  ///< power not told; of a meter without a power item: nothing
    std::int64_t produced = 0, good = 0, scrapped = 0;

    Time calendar() const;
    friend bool operator==(const Accounts&, const Accounts&) = default;
};

/// What was counted after `before`, an earlier account of the same device. Has all its names.
Accounts difference(const Accounts& now, const Accounts& before);

}  // namespace foretwin::observed
