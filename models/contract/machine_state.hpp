#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "engine/core/time.hpp"
#include "engine/core/wide.hpp"

namespace foretwin {

/// A machine is always in exactly one of these. When several hold, the first one counts
/// (DESIGN, section 5).
enum class MachineState : std::uint8_t {
    down_waiting,  ///< failed, waiting for a crew or a spare part
    repair,        ///< failed, under repair
    maintenance,   ///< stopped for planned work
    off_shift,
    blocked,  ///< its part has nowhere to go: finished, or (before service) not begun
    setup,    ///< warming up or being set up
    busy,
    waiting,  ///< for a person, a tool or material other than parts
    starved,  ///< could work, has no part
    standby,  ///< starved and switched down
};

inline constexpr std::size_t machine_state_count = 10;

inline constexpr std::array<std::string_view, machine_state_count> machine_state_names{
    "down_waiting", "repair", "maintenance", "off_shift", "blocked",
    "setup",        "busy",   "waiting",     "starved",   "standby"};

/// ISO 22400-2 time element of each state (a declared table, not code): planned busy time (PBT) is
/// everything but off_shift and maintenance, less what of the down time falls off shift (figures
/// off_shift/down_waiting and off_shift/repair); production time (APT) is busy; setup (AUST); delay
/// (ADET) is blocked, waiting, starved and standby; down time (ADOT) is down_waiting and repair.
inline constexpr std::array<std::string_view, machine_state_count> iso_22400_time_elements{
    "ADOT", "ADOT", "planned down time", "off planned time", "ADET", "AUST", "APT", "ADET",
    "ADET", "ADET"};

inline constexpr std::size_t index_of(MachineState state) {
    return static_cast<std::size_t>(state);
}

/// Electrical power in each state, in mW (whole, so that energy integrals are exact).
using StatePower = std::array<std::int64_t, machine_state_count>;

}  // namespace foretwin
