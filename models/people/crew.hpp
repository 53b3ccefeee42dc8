#pragma once

#include <string>

#include "engine/kernel/model_builder.hpp"
#include "models/contract/calendar.hpp"
#include "models/contract/parameter.hpp"
#include "models/contract/ports.hpp"

namespace foretwin::people {

/// People who repair and maintain: `size` members, each does one job at a time. The queue is served
/// by priority, then failure time, then order of arrival; new jobs start only on shift.
/// Valid for: a team whose members can all do every job. Not for: individual skills.
struct Crew {
    static const DeviceSpec spec;

    std::uint32_t size = 1;
    CalendarPointer calendar;
    bool finish_at_shift_end = true;  ///< else jobs pause and go on at the next shift
    double wage_per_s = 0;            ///< money per member and second on shift, overtime included

    std::uint32_t state = 0;
    TimerIndex shift_timer = 0;
};

struct CrewState {
    kernel::Ring queue;   ///< JobRequest, most urgent first
    kernel::Ring active;  ///< Job, in order of beginning
    Wide busy = 0;        ///< member x ns at work
    Wide staffed = 0;     ///< member x ns on shift
    Wide overtime = 0;    ///< member x ns at work off shift
    Wide queued = 0;      ///< requests x ns waiting
    Time since = 0;
    std::uint32_t edge = 0;
    std::uint32_t jobs = 0;
    std::uint32_t on_shift = 1;
    std::uint32_t unused = 0;
};

/// Registers a crew with the builder.
void add_crew(kernel::ModelBuilder& builder, DeviceIndex device, Crew crew);

}  // namespace foretwin::people
