#pragma once

#include "models/contract/calendar.hpp"
#include "models/contract/parameter.hpp"
#include "models/flow/routing.hpp"

namespace foretwin::flow {

/// Where parts come from: endless supply, arrivals at intervals, or a closed loop with a constant
/// number of parts in process (CONWIP, Spearman, Woodruff and Hopp 1990).
struct Source {
    static const DeviceSpec spec;

    enum class Kind : std::uint8_t { saturated, every, conwip };
    enum class WhenFull : std::uint8_t { lost, wait };

    std::string name;
    Kind kind = Kind::saturated;
    WhenFull when_full = WhenFull::lost;
    random::Distribution interval;  ///< s; every
    std::uint32_t population = 0;   ///< saturated: parts at the first station; conwip: in the plant
    CalendarPointer calendar;       ///< every: off shift the interval stands still
    std::uint32_t number = 0;       ///< of this source among the plant's sources
    Routes next;
    Sources sources;

    random::Series interval_series;
    TimerIndex arrival_timer = 0, shift_timer = 0;
};

struct SourceState {
    std::uint32_t next_number = 0;
    std::uint32_t edge = 0;
    std::uint32_t on_shift = 1;
    std::uint32_t waiting = 0;  ///< parts that wait to enter
    Time left = -1;             ///< of an interval that stands still
    kernel::Ring held;          ///< Part: waits for a place, in order
    std::uint64_t offered = 0, entered = 0, lost = 0;
};

void add_source(kernel::ModelBuilder& builder, DeviceIndex device, Source source);

}  // namespace foretwin::flow
