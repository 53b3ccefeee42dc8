#include "models/reliability/upkeep_run.hpp"

#include "models/reliability/upkeep_internal.hpp"

namespace foretwin::reliability {
namespace {

void schedule_false_alarm(Unit& unit, std::size_t s) {
    const double rate = unit.upkeep.sensors[s].false_alarms_per_s;
    if (rate <= 0) return;
    SensorState& state = unit.sensors[s];
    random::Draws draws = unit.context.draws(
        unit.stream(unit.upkeep.streams.false_alarm, unit.upkeep.sensors.size(), s),
        state.false_number++);
    const Time gap = random::sample_time(random::exponential(1 / rate), draws);
    unit.context.set_timer(unit.false_timer(s), later(unit.context.now(), gap),
                           EventClass::sampling, unit.event(UpkeepEvent::false_alarm, s));
}

void schedule_shift_edge(Context& context, const Upkeep& upkeep, DeviceIndex device) {
    const ShiftState& shift = *context.at<ShiftState>(upkeep.shift_at);
    context.set_timer(upkeep.shift_timer, upkeep.calendar->edge(shift.edge), EventClass::shift_edge,
                      event_for(device, UpkeepEvent::shift_edge));
}

/// Enters the shift state that holds from now on, and arms the next edge.
void pass_shift_edges(Context& context, const Upkeep& upkeep, DeviceIndex device) {
    ShiftState& shift = *context.at<ShiftState>(upkeep.shift_at);
    while (upkeep.calendar->edge(shift.edge) <= context.now()) ++shift.edge;
    const bool on_shift = shift.edge % 2 == 1;
    for (std::uint32_t number = 0; number < upkeep.units; ++number) {
        unit_state(context, upkeep, number).off_shift = on_shift ? 0 : 1;
    }
    schedule_shift_edge(context, upkeep, device);
}

/// The calendar has opened or closed under a machine: what lies before belongs to the other side.
void book_off_shift(Unit& unit, bool opened) {
    refresh(unit);
    OffShiftState& off = off_shift_state(unit.context, unit.upkeep, unit.number);
    for (std::size_t i = 0; i < std::size(kept_off_shift); ++i) {
        const Time time = unit.state.times[index_of(kept_off_shift[i])];
        off.times[i] += opened ? time : -time;
    }
}

void change_shift(Context& context, const Upkeep& upkeep, DeviceIndex device) {
    const bool was_on_shift = unit_state(context, upkeep, 0).off_shift == 0;
    pass_shift_edges(context, upkeep, device);
    const bool on_shift = unit_state(context, upkeep, 0).off_shift == 0;
    for (std::uint32_t number = 0; number < upkeep.units; ++number) {
        Unit unit = view(context, upkeep, device, number);
        if (on_shift != was_on_shift) book_off_shift(unit, on_shift);
        update_clocks(unit);
        refresh(unit);
        tell_host(unit);
    }
}

void raise_sampled_alarm(Unit& unit, std::size_t s, bool genuine) {
    ++(genuine ? unit.sensors[s].true_alarms : unit.sensors[s].false_alarms);
    raise_alarm(unit, s);
}

}  // namespace

Unit view(Context& context, const Upkeep& upkeep, DeviceIndex device, std::uint32_t unit) {
    Unit all{context,
             upkeep,
             device,
             static_cast<std::uint16_t>(unit),
             context.at<UnitState>(upkeep.units_at)[unit],
             context.at<CauseState>(upkeep.causes_at) + unit * upkeep.causes.size(),
             context.at<SensorState>(upkeep.sensors_at) + unit * upkeep.sensors.size(),
             context.at<PlanState>(upkeep.plans_at) + unit * upkeep.plans.size()};
    settle_ages(all);
    return all;
}

void lay_out(Upkeep& upkeep, kernel::ModelBuilder& builder, const std::string& name) {
    FORETWIN_RULE(upkeep.causes.size() <= 32 && upkeep.plans.size() <= 64 &&
                      upkeep.sensors.size() <= 64 && upkeep.units <= 65535,
                  "a device has at most 32 causes, 64 plans, 64 sensors and 65535 machines");
    for (const FailureCause& cause : upkeep.causes) {
        upkeep.ages_by_operating |= cause.clock == FailureClock::operating;
        upkeep.ages_by_cycles |= cause.clock == FailureClock::cycles;
        FORETWIN_RULE(!cause.surfaces_at_visits ||
                          (cause.clock == FailureClock::calendar && cause.visit_period > 0),
                      "only a calendar-aged cause surfaces at visits, and visits recur");
    }
    for (MaintenancePlan& plan : upkeep.plans) {
        const bool recurs = plan.trigger == Trigger::every || plan.trigger == Trigger::visits;
        FORETWIN_RULE(!recurs || plan.period > 0, "a recurring plan has a period");
        plan.chances.resize(upkeep.causes.size());
    }
    const std::size_t units = upkeep.units;
    upkeep.units_at = builder.reserve<UnitState>(units);
    upkeep.causes_at = builder.reserve<CauseState>(units * upkeep.causes.size());
    upkeep.sensors_at = builder.reserve<SensorState>(units * upkeep.sensors.size());
    upkeep.plans_at = builder.reserve<PlanState>(units * upkeep.plans.size());
    upkeep.shift_at = builder.reserve<ShiftState>();
    if (upkeep.calendar) upkeep.off_shift_at = builder.reserve<OffShiftState>(units);
    upkeep.shift_timer = builder.reserve_timers(1);
    upkeep.first_timer =
        builder.reserve_timers(static_cast<std::uint32_t>(units) * upkeep.timers_per_unit());
    for (std::size_t unit = 0; unit < units; ++unit) {
        const std::string machine = name + "/" + std::to_string(unit + 1) + "/";
        for (const FailureCause& cause : upkeep.causes) {
            upkeep.streams.life.push_back(builder.stream(machine + cause.name + "/life"));
            upkeep.streams.repair.push_back(builder.stream(machine + cause.name + "/repair"));
        }
        for (const Sensor& sensor : upkeep.sensors) {
            const std::string stem = machine + "sensors/" + sensor.name;
            upkeep.streams.detection.push_back(builder.stream(stem + "/detection"));
            upkeep.streams.false_alarm.push_back(builder.stream(stem + "/false alarms"));
        }
        for (const MaintenancePlan& plan : upkeep.plans) {
            const std::string stem = machine + "maintenance/" + plan.name;
            upkeep.streams.takes.push_back(builder.stream(stem + "/takes"));
            for (const FailureCause& cause : upkeep.causes) {
                upkeep.streams.visit.push_back(builder.stream(stem + "/" + cause.name + "/visit"));
            }
        }
    }
}

void start(Context& context, const Upkeep& upkeep, DeviceIndex device) {
    if (upkeep.calendar) pass_shift_edges(context, upkeep, device);
    for (std::uint32_t number = 0; number < upkeep.units; ++number) {
        Unit unit = view(context, upkeep, device, number);
        if (upkeep.meter != no_device) {
            context.ports<PowerPorts>(upkeep.meter)
                .add(context, upkeep.meter, upkeep.power[index_of(unit.state.state)]);
        }
        for (std::size_t cause = 0; cause < upkeep.causes.size(); ++cause) {
            begin_life(unit, cause, upkeep.causes[cause].initial_age_s,
                       upkeep.causes[cause].checked_age_s);
        }
        for (std::size_t s = 0; s < upkeep.sensors.size(); ++s) schedule_false_alarm(unit, s);
        start_plans(unit);
        update_clocks(unit);
        refresh(unit);
    }
}

bool handle(Context& context, const Upkeep& upkeep, DeviceIndex device, const Event& event) {
    if (event.kind < static_cast<std::uint8_t>(UpkeepEvent::mark)) return false;
    if (event.kind == static_cast<std::uint8_t>(UpkeepEvent::shift_edge)) {
        change_shift(context, upkeep, device);
        return true;
    }
    Unit unit = view(context, upkeep, device, event.unit);
    switch (static_cast<UpkeepEvent>(event.kind)) {
        case UpkeepEvent::mark:
            raise_marks(unit, event.index);
            break;
        case UpkeepEvent::repair_end:
            end_repair(unit, event.index);
            break;
        case UpkeepEvent::sample:
            raise_sampled_alarm(unit, event.index, true);
            break;
        case UpkeepEvent::false_alarm:
            // Alarms of a machine that follows are those of the telemetry.
            if (unit.state.follows == 0) raise_sampled_alarm(unit, event.index, false);
            schedule_false_alarm(unit, event.index);
            break;
        case UpkeepEvent::plan_due:
            plan_due(unit, event.index);
            break;
        case UpkeepEvent::maintenance_end:
            end_maintenance(unit, event.index);
            break;
        default:
            FORETWIN_RULE(false, "every upkeep event has a handler");
    }
    return true;
}

bool handle_call(Context& context, const Upkeep& upkeep, DeviceIndex device, const Event& event) {
    Unit unit = view(context, upkeep, device, event.unit);
    switch (static_cast<Call>(event.kind)) {
        case Call::spare_granted:
            repair_supplied(unit, event.index);
            return true;
        case Call::crew_granted:
        case Call::repair_resumed:
            begin_repair(unit, event.index);
            return true;
        case Call::maintenance_spare_granted:
            spare_for_plan(unit, event.index);
            return true;
        case Call::maintenance_crew_granted:
            crew_for_plan(unit, event.index);
            return true;
        case Call::repair_paused:
            pause_repair(unit, event.index);
            return true;
        case Call::maintenance_paused:
            pause_maintenance(unit, event.index);
            return true;
        case Call::maintenance_resumed:
            resume_maintenance(unit, event.index);
            return true;
        default:
            return handle_telemetry(unit, event);
    }
}

namespace detail {

/// The state of a machine that may not work.
MachineState hindered_state(const UnitState& unit) {
    if (unit.failed > 0) {
        return unit.repairing > 0 ? MachineState::repair : MachineState::down_waiting;
    }
    return unit.maintaining > 0 ? MachineState::maintenance : MachineState::off_shift;
}

/// Adds time in the present state to the cause that is to blame for it.
void book_blame(Context& context, const Upkeep& upkeep, std::uint16_t number, const UnitState& unit,
                Time elapsed) {
    CauseState& cause =
        context.at<CauseState>(upkeep.causes_at)[number * upkeep.causes.size() + unit.blamed];
    if (unit.state == MachineState::down_waiting) cause.waiting_ns += elapsed;
    if (unit.state == MachineState::repair) cause.repair_ns += elapsed;
}

void change_power(Context& context, const Upkeep& upkeep, MachineState from, MachineState to) {
    const std::int64_t delta = upkeep.power[index_of(to)] - upkeep.power[index_of(from)];
    if (delta != 0) context.ports<PowerPorts>(upkeep.meter).add(context, upkeep.meter, delta);
}

}  // namespace detail

void begin_measuring(Context& context, const Upkeep& upkeep) {
    for (std::uint32_t number = 0; number < upkeep.units; ++number) {
        Unit unit = view(context, upkeep, no_device, number);
        for (Time& time : unit.state.times) time = 0;
        unit.state.since = context.now();
        if (upkeep.calendar) off_shift_state(context, upkeep, number) = {};
        for (std::size_t cause = 0; cause < upkeep.causes.size(); ++cause) {
            CauseState& state = unit.causes[cause];
            state.waiting_ns = state.repair_ns = 0;
            state.failures = state.repairs = state.preventive = 0;
        }
        for (std::size_t s = 0; s < upkeep.sensors.size(); ++s) {
            unit.sensors[s].true_alarms = unit.sensors[s].false_alarms = 0;
            unit.sensors[s].missed = 0;
        }
        for (std::size_t p = 0; p < upkeep.plans.size(); ++p) {
            unit.plans[p].jobs = unit.plans[p].replaced = 0;
        }
    }
}

}  // namespace foretwin::reliability
