#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "engine/kernel/model_builder.hpp"
#include "models/reliability/upkeep.hpp"

namespace foretwin::reliability {

/// One machine of a device, with everything that belongs to it at hand.
struct Unit {
    Context& context;
    const Upkeep& upkeep;
    DeviceIndex device;
    std::uint16_t number;
    UnitState& state;
    CauseState* causes;
    SensorState* sensors;
    PlanState* plans;

    TimerIndex mark_timer(std::size_t cause) const { return timer(2 * cause); }
    TimerIndex repair_timer(std::size_t cause) const { return timer(2 * cause + 1); }
    TimerIndex sample_timer(std::size_t s) const { return timer(2 * (upkeep.causes.size() + s)); }
    TimerIndex false_timer(std::size_t s) const { return sample_timer(s) + 1; }
    TimerIndex due_timer(std::size_t plan) const {
        return timer(2 * (upkeep.causes.size() + upkeep.sensors.size() + plan));
    }
    TimerIndex maintenance_timer(std::size_t plan) const { return due_timer(plan) + 1; }
    TimerIndex timer(std::size_t index) const {
        return upkeep.first_timer + number * upkeep.timers_per_unit() +
               static_cast<TimerIndex>(index);
    }
    Event event(UpkeepEvent kind, std::size_t index) const {
        Event event = event_for(device, kind);
        event.index = static_cast<std::uint8_t>(index);
        event.unit = number;
        return event;
    }
    std::uint64_t stream(const std::vector<std::uint64_t>& names, std::size_t per_unit,
                         std::size_t index) const {
        return names[number * per_unit + index];
    }
};

inline UnitState& unit_state(Context& context, const Upkeep& upkeep, std::uint32_t unit) {
    return context.at<UnitState>(upkeep.units_at)[unit];
}
/// Only with a calendar.
inline OffShiftState& off_shift_state(Context& context, const Upkeep& upkeep, std::uint32_t unit) {
    return context.at<OffShiftState>(upkeep.off_shift_at)[unit];
}
Unit view(Context& context, const Upkeep& upkeep, DeviceIndex device, std::uint32_t unit);

/// Reserves state, timers and stream names for a device called `name`.
void lay_out(Upkeep& upkeep, kernel::ModelBuilder& builder, const std::string& name);

void start(Context& context, const Upkeep& upkeep, DeviceIndex device);
/// True when the event was upkeep's.
bool handle(Context& context, const Upkeep& upkeep, DeviceIndex device, const Event& event);
/// True when the call was upkeep's.
bool handle_call(Context& context, const Upkeep& upkeep, DeviceIndex device, const Event& event);
void begin_measuring(Context& context, const Upkeep& upkeep);
void report(Context& context, const Upkeep& upkeep, kernel::FigureSink& sink);
/// Per machine its state (index of MachineState), and per cause its age on its clock, how long the
/// repair has gone on, and the hazard of its life at this age (per s or cycle), and summed up.
/// `in_work`: what a machine has processed that upkeep was not told yet.
void present(Context& context, const Upkeep& upkeep, kernel::FigureSink& sink,
             const std::function<Time(std::uint32_t unit)>& in_work);

// -- for hosts -----------------------------------------------------------------------------------

namespace detail {
MachineState hindered_state(const UnitState& unit);
void book_blame(Context& context, const Upkeep& upkeep, std::uint16_t number, const UnitState& unit,
                Time elapsed);
void change_power(Context& context, const Upkeep& upkeep, MachineState from, MachineState to);
Time find_operating_budget(Context& context, const Upkeep& upkeep, std::uint16_t number);
}  // namespace detail

/// Books the time since the last change and enters the state that now holds.
inline void refresh(Context& context, const Upkeep& upkeep, std::uint16_t number, UnitState& unit) {
    const Time elapsed = context.now() - unit.since;
    unit.times[index_of(unit.state)] += elapsed;
    unit.since = context.now();
    if (unit.blamed != no_cause) detail::book_blame(context, upkeep, number, unit, elapsed);
    const MachineState state = unit.may_work() ? unit.activity : detail::hindered_state(unit);
    if (state == unit.state) return;
    if (upkeep.meter != no_device) detail::change_power(context, upkeep, unit.state, state);
    unit.state = state;
}

inline void set_activity(Context& context, const Upkeep& upkeep, std::uint16_t number,
                         UnitState& unit, MachineState activity) {
    if (unit.activity == activity) return;
    unit.activity = activity;
    refresh(context, upkeep, number, unit);
}

/// How long the machine can process until a cause on the operating clock reaches a mark; `never`
/// when none does.
inline Time operating_budget(Context& context, const Upkeep& upkeep, std::uint16_t number,
                             UnitState& unit) {
    if (!upkeep.ages_by_operating) return never;
    if (unit.budget < 0) unit.budget = detail::find_operating_budget(context, upkeep, number);
    return unit.budget;
}
/// The machine has processed for `elapsed`: causes on the operating clock age. They are told when
/// somebody looks at them (view).
inline void operate(const Upkeep& upkeep, UnitState& unit, Time elapsed) {
    if (!upkeep.ages_by_operating) return;
    unit.worked += elapsed;
    if (unit.budget >= 0 && unit.budget != never) unit.budget -= elapsed;
}
/// After operate: raises what is due (defect, planned age, failure).
void check_marks(Context& context, const Upkeep& upkeep, DeviceIndex device, std::uint16_t unit,
                 FailureClock clock);
/// A part was completed: causes on the cycles clock age by one.
void count_cycle(Context& context, const Upkeep& upkeep, std::uint16_t number);

}  // namespace foretwin::reliability
