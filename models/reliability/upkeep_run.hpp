#pragma once

#include <cstdint>
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
        Event event;
        event.device = device;
        event.kind = static_cast<std::uint8_t>(kind);
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
    return context.memory().at<UnitState>(upkeep.units_at)[unit];
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

// -- for hosts -----------------------------------------------------------------------------------

/// Books the time since the last change and enters the state that now holds.
void refresh(Context& context, const Upkeep& upkeep, DeviceIndex device, std::uint16_t unit,
             UnitState& state);

inline void set_activity(Context& context, const Upkeep& upkeep, DeviceIndex device,
                         std::uint16_t unit, UnitState& state, MachineState activity) {
    state.activity = activity;
    refresh(context, upkeep, device, unit, state);
}

/// How long the machine can process until a cause on the operating clock reaches a mark; `never`
/// when none does.
Time operating_budget(Context& context, const Upkeep& upkeep, std::uint16_t unit);
/// The machine has processed for `elapsed`: causes on the operating clock age.
void operate(Context& context, const Upkeep& upkeep, std::uint16_t unit, Time elapsed);
/// After operate or cycle: raises what is due (defect, planned age, failure).
void check_marks(Context& context, const Upkeep& upkeep, DeviceIndex device, std::uint16_t unit,
                 FailureClock clock);
/// A part was completed: causes on the cycles clock age by one.
void count_cycle(Context& context, const Upkeep& upkeep, std::uint16_t unit);

}  // namespace foretwin::reliability
