#include "models/reliability/upkeep_internal.hpp"

namespace foretwin::reliability {
namespace {

JobRequest repair_request(const Unit& unit, std::size_t cause) {
    JobRequest request;
    request.since = unit.causes[cause].failed_at;
    request.priority = unit.upkeep.causes[cause].priority;
    request.job = {unit.device, unit.number, static_cast<std::uint8_t>(cause), JobKind::repair};
    return request;
}

void ask_for_crew(Unit& unit, std::size_t cause) {
    const DeviceIndex crew = unit.upkeep.causes[cause].crew;
    if (crew == no_device) {
        begin_repair(unit, cause);
        return;
    }
    unit.causes[cause].stage = RepairStage::wants_crew;
    supply(unit, crew).request(unit.context, crew, repair_request(unit, cause));
}

/// Virtual age after a repair (Kijima 1989): I takes away a share of the last stretch, II of all.
double age_after_repair(const FailureCause& cause, const CauseState& state) {
    const double unit_size = cause.clock == FailureClock::cycles ? 1.0 : 1e-9;
    const double stretch = static_cast<double>(state.age - state.start_age) * unit_size;
    const double before = static_cast<double>(state.start_age) * unit_size;
    switch (cause.after) {
        case AfterRepair::as_good_as_new:
            return 0;
        case AfterRepair::as_bad_as_old:
            return before + stretch;
        case AfterRepair::kijima_1:
            return before + (1 - cause.restoration) * stretch;
        case AfterRepair::kijima_2:
            return (1 - cause.restoration) * (before + stretch);
    }
    return 0;
}

/// Down time is booked to one cause at a time; the next one in line takes over.
void choose_blamed(Unit& unit) {
    unit.state.blamed = no_cause;
    for (std::size_t cause = 0; cause < unit.upkeep.causes.size(); ++cause) {
        if (unit.causes[cause].stage != RepairStage::working) {
            unit.state.blamed = static_cast<std::uint8_t>(cause);
            return;
        }
    }
}

}  // namespace

void fail(Unit& unit, std::size_t cause) {
    CauseState& state = unit.causes[cause];
    const Time now = unit.context.now();
    ++state.failures;
    state.failed_at = now;
    state.repair_so_far = 0;
    state.stage = RepairStage::wants_spare;
    for (std::size_t s = 0; s < unit.upkeep.sensors.size(); ++s) {
        if (unit.upkeep.sensors[s].cause == cause) unit.context.cancel(unit.sample_timer(s));
    }
    if (unit.state.failed++ == 0) unit.state.blamed = static_cast<std::uint8_t>(cause);
    update_clocks(unit);
    refresh(unit);
    tell_host(unit);
    unit.upkeep.host->part_affected(unit.context, unit.device, unit.number,
                                    unit.upkeep.causes[cause].part);
    const DeviceIndex spares = unit.upkeep.causes[cause].spares;
    if (spares == no_device) {
        ask_for_crew(unit, cause);
    } else {
        supply(unit, spares).request(unit.context, spares, repair_request(unit, cause));
    }
    // Hidden failures of other components surface at the same visit: they fail with this one.
    for (std::size_t other = 0; other < unit.upkeep.causes.size(); ++other) {
        const FailureCause& description = unit.upkeep.causes[other];
        if (!description.surfaces_at_visits || unit.causes[other].stage != RepairStage::working) {
            continue;
        }
        const bool at_visit = now >= description.visit_first &&
                              (now - description.visit_first) % description.visit_period == 0;
        if (at_visit && unit.causes[other].life <= age_now(unit, other)) fail(unit, other);
    }
}

void repair_supplied(Unit& unit, std::size_t cause) {
    ask_for_crew(unit, cause);
}

void begin_repair(Unit& unit, std::size_t cause) {
    CauseState& state = unit.causes[cause];
    const FailureCause& description = unit.upkeep.causes[cause];
    if (unit.state.follows != 0) {
        state.repair_left = never;
    } else if (state.repair_left < 0) {
        random::Draws draws = unit.context.draws(
            unit.stream(unit.upkeep.streams.repair, unit.upkeep.causes.size(), cause),
            state.repair_number++);
        state.repair_left =
            later(description.travel, random::sample_time(description.repair, draws));
    }
    state.stage = RepairStage::repairing;
    state.repair_so_far -= unit.context.now();
    ++unit.state.repairing;
    unit.context.set_timer(unit.repair_timer(cause), later(unit.context.now(), state.repair_left),
                           EventClass::repair_end, unit.event(UpkeepEvent::repair_end, cause));
    refresh(unit);
}

void pause_repair(Unit& unit, std::size_t cause) {
    CauseState& state = unit.causes[cause];
    const Time end = unit.context.timer_at(unit.repair_timer(cause));
    state.repair_left = end == never ? never : end - unit.context.now();
    unit.context.cancel(unit.repair_timer(cause));
    state.stage = RepairStage::paused;
    state.repair_so_far += unit.context.now();
    --unit.state.repairing;
    refresh(unit);
}

void end_repair(Unit& unit, std::size_t cause) {
    finish_repair(unit, cause, true);
}

void finish_repair(Unit& unit, std::size_t cause, bool has_crew) {
    CauseState& state = unit.causes[cause];
    const FailureCause& description = unit.upkeep.causes[cause];
    ++state.repairs;
    --unit.state.repairing;
    --unit.state.failed;
    state.repair_left = -1;
    state.repair_so_far = 0;
    // The time until now is booked before another cause takes the blame.
    refresh(unit);
    state.stage = RepairStage::working;
    const double age = age_after_repair(description, state);
    const Time renewed_before = state.renewed_at;
    renew(unit, cause);
    if (age > 0) {
        // Not as new: the same draw, conditional on the age that is left.
        state.renewed_at = renewed_before;
        if (unit.state.follows == 0) --state.life_number;  // else nothing was drawn
        begin_life(unit, cause, age, age);
    }
    choose_blamed(unit);
    refresh(unit);
    if (has_crew && description.crew != no_device) {
        const Job job{unit.device, unit.number, static_cast<std::uint8_t>(cause), JobKind::repair};
        supply(unit, description.crew).give_back(unit.context, description.crew, job);
    }
    if (unit.state.failed > 0) return;
    update_clocks(unit);
    tell_host(unit);
    check_marks(unit.context, unit.upkeep, unit.device, unit.number, FailureClock::cycles);
}

}  // namespace foretwin::reliability
