#include "scenarios/experiments/replay_result.hpp"

#include <algorithm>

namespace foretwin::experiments {

bool ReplayResult::is_blank(const Stretch& stretch) {
    return std::all_of(stretch.devices.begin(), stretch.devices.end(), [](const auto& device) {
        return device.accounts.calendar() == device.accounts.in_state[observed::unknown_state];
    });
}

}  // namespace foretwin::experiments
