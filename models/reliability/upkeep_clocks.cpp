#include <algorithm>
#include <cmath>

#include "models/reliability/upkeep_internal.hpp"

namespace foretwin::reliability {
namespace {

/// The first visit at or after an instant.
Time next_visit(const FailureCause& cause, Time instant) {
    if (instant <= cause.visit_first) return cause.visit_first;
    const Time since_first = instant - cause.visit_first;
    const Time visits = (since_first + cause.visit_period - 1) / cause.visit_period;
    return cause.visit_first + visits * cause.visit_period;
}

Time life_left(const Unit& unit, std::size_t cause) {
    const Time life = unit.causes[cause].life;
    return life == never ? never : life - age_now(unit, cause);
}

/// When the machine stops, given that the clock runs on from now; `never` is possible.
Time failure_instant(const Unit& unit, std::size_t cause) {
    const Time end = later(unit.context.now(), std::max<Time>(life_left(unit, cause), 0));
    if (end == never || !unit.upkeep.causes[cause].surfaces_at_visits) return end;
    return next_visit(unit.upkeep.causes[cause], end);
}

/// The first sampling instant from now on; sampling is a grid since time 0.
Time next_sample(const Sensor& sensor, Time now) {
    if (sensor.period <= 0) return now;
    return (now + sensor.period - 1) / sensor.period * sensor.period;
}

void see_defect(Unit& unit, std::size_t s) {
    SensorState& state = unit.sensors[s];
    const Sensor& sensor = unit.upkeep.sensors[s];
    state.seen = 1;
    forget_budget(unit);
    random::Draws draws = unit.context.draws(
        unit.stream(unit.upkeep.streams.detection, unit.upkeep.sensors.size(), s),
        unit.causes[sensor.cause].life_number);
    if (draws.uniform() < sensor.missed) {
        ++state.missed;
        return;
    }
    unit.context.set_timer(unit.sample_timer(s), next_sample(sensor, unit.context.now()),
                           EventClass::sampling, unit.event(UpkeepEvent::sample, s));
}

}  // namespace

void set_mark_timer(Unit& unit, std::size_t cause) {
    const Time now = unit.context.now();
    const Time failure = failure_instant(unit, cause);
    Time next = failure;
    EventClass event_class = EventClass::sampling;
    for (std::size_t s = 0; s < unit.upkeep.sensors.size(); ++s) {
        const Sensor& sensor = unit.upkeep.sensors[s];
        if (sensor.cause != cause || unit.sensors[s].seen != 0 || failure == never) continue;
        next = std::min(next, std::max(now, failure - sensor.lead));
    }
    for (std::size_t p = 0; p < unit.upkeep.plans.size(); ++p) {
        const MaintenancePlan& plan = unit.upkeep.plans[p];
        if (plan.trigger != Trigger::at_age || plan.cause != cause || unit.plans[p].due != 0) {
            continue;
        }
        const Time left = std::max<Time>(plan.age - age_now(unit, cause), 0);
        if (later(now, left) > next) continue;
        next = later(now, left);
        event_class = EventClass::planned_maintenance;
    }
    if (next == failure) event_class = EventClass::failure;
    unit.context.set_timer(unit.mark_timer(cause), next, event_class,
                           unit.event(UpkeepEvent::mark, cause));
}

Time last_visit(const Unit& unit, std::size_t cause) {
    const FailureCause& description = unit.upkeep.causes[cause];
    const Time since_first = unit.context.now() - description.visit_first;
    if (since_first < 0) return -1;
    return description.visit_first +
           since_first / description.visit_period * description.visit_period;
}

bool clock_runs(const Unit& unit, std::size_t cause) {
    if (unit.state.failed > 0) return false;
    switch (unit.upkeep.causes[cause].clock) {
        case FailureClock::on_shift:
            return unit.state.off_shift == 0;
        case FailureClock::calendar:
            return true;
        default:
            return false;
    }
}

Time age_now(const Unit& unit, std::size_t cause) {
    const CauseState& state = unit.causes[cause];
    return state.since == never ? state.age : state.age + (unit.context.now() - state.since);
}

void update_clocks(Unit& unit) {
    for (std::size_t cause = 0; cause < unit.upkeep.causes.size(); ++cause) {
        CauseState& state = unit.causes[cause];
        const bool runs = clock_runs(unit, cause);
        if (runs == (state.since != never)) continue;
        if (runs) {
            state.since = unit.context.now();
            set_mark_timer(unit, cause);
        } else {
            state.age = age_now(unit, cause);
            state.since = never;
            unit.context.cancel(unit.mark_timer(cause));
        }
    }
}

random::Draws next_life(Unit& unit, std::size_t cause) {
    return unit.context.draws(
        unit.stream(unit.upkeep.streams.life, unit.upkeep.causes.size(), cause),
        unit.causes[cause].life_number++);
}

void draw_life(Unit& unit, std::size_t cause, double good_at, random::Draws& draws) {
    const FailureCause& description = unit.upkeep.causes[cause];
    CauseState& state = unit.causes[cause];
    const double left = good_at > 0 ? random::sample_residual(description.life, good_at, draws)
                                    : random::sample(description.life, draws);
    if (description.clock == FailureClock::cycles) {
        const double life = good_at + left;
        // A count: the machine fails after the completion that uses the life up.
        state.life = life < 9e18 ? std::max<Time>(static_cast<Time>(std::ceil(life)), 1) : never;
    } else {
        state.life = later(from_seconds(good_at), from_seconds(left));
    }
}

void begin_life(Unit& unit, std::size_t cause, double start_age, double good_at) {
    forget_budget(unit);
    const FailureCause& description = unit.upkeep.causes[cause];
    CauseState& state = unit.causes[cause];
    const bool counts = description.clock == FailureClock::cycles;
    state.age = counts ? static_cast<Time>(start_age) : from_seconds(start_age);
    state.start_age = state.age;
    if (unit.state.follows != 0) {
        state.life = never;
    } else {
        random::Draws draws = next_life(unit, cause);
        draw_life(unit, cause, good_at, draws);
    }
    if (state.since != never) {
        state.since = unit.context.now();
        set_mark_timer(unit, cause);
    }
}

void renew(Unit& unit, std::size_t cause) {
    for (std::size_t s = 0; s < unit.upkeep.sensors.size(); ++s) {
        if (unit.upkeep.sensors[s].cause != cause) continue;
        unit.sensors[s].seen = 0;
        unit.context.cancel(unit.sample_timer(s));
    }
    for (std::size_t p = 0; p < unit.upkeep.plans.size(); ++p) {
        if (unit.upkeep.plans[p].cause == cause) unit.plans[p].due = 0;
    }
    unit.causes[cause].renewed_at = unit.context.now();
    begin_life(unit, cause, 0, 0);
}

Time next_mark(const Unit& unit, std::size_t cause) {
    Time next = unit.causes[cause].life;
    for (std::size_t s = 0; s < unit.upkeep.sensors.size(); ++s) {
        const Sensor& sensor = unit.upkeep.sensors[s];
        if (sensor.cause != cause || unit.sensors[s].seen != 0) continue;
        if (unit.causes[cause].life == never) continue;
        next = std::min(next, unit.causes[cause].life - sensor.lead);
    }
    for (std::size_t p = 0; p < unit.upkeep.plans.size(); ++p) {
        const MaintenancePlan& plan = unit.upkeep.plans[p];
        if (plan.trigger == Trigger::at_age && plan.cause == cause && unit.plans[p].due == 0) {
            next = std::min(next, plan.age);
        }
    }
    return next;
}

void raise_marks(Unit& unit, std::size_t cause) {
    const Time age = age_now(unit, cause);
    const bool by_itself = unit.causes[cause].since != never;
    const Time failure = by_itself ? failure_instant(unit, cause) : never;
    const Time life = unit.causes[cause].life;
    for (std::size_t s = 0; s < unit.upkeep.sensors.size(); ++s) {
        const Sensor& sensor = unit.upkeep.sensors[s];
        if (sensor.cause != cause || unit.sensors[s].seen != 0 || life == never) continue;
        const bool visible =
            by_itself ? failure - sensor.lead <= unit.context.now() : life - sensor.lead <= age;
        if (visible) see_defect(unit, s);
    }
    // Failure comes before planned maintenance of the same instant, which is then moot.
    if (by_itself ? failure <= unit.context.now() : life <= age) {
        fail(unit, cause);
        return;
    }
    for (std::size_t p = 0; p < unit.upkeep.plans.size(); ++p) {
        const MaintenancePlan& plan = unit.upkeep.plans[p];
        if (plan.trigger == Trigger::at_age && plan.cause == cause && unit.plans[p].due == 0 &&
            plan.age <= age) {
            unit.plans[p].due = 1;
            forget_budget(unit);
            trigger(unit, p, plan.renews);
        }
    }
    if (unit.causes[cause].since != never) {
        set_mark_timer(unit, cause);
    }
}

void raise_alarm(Unit& unit, std::size_t sensor) {
    for (std::size_t p = 0; p < unit.upkeep.plans.size(); ++p) {
        const MaintenancePlan& plan = unit.upkeep.plans[p];
        if (plan.trigger == Trigger::alarm && plan.sensor == sensor) {
            trigger(unit, p, plan.renews);
        }
    }
}

Time detail::find_operating_budget(Context& context, const Upkeep& upkeep, std::uint16_t number) {
    Time budget = never;
    const Unit unit = view(context, upkeep, no_device, number);
    for (std::size_t cause = 0; cause < upkeep.causes.size(); ++cause) {
        if (upkeep.causes[cause].clock != FailureClock::operating) continue;
        const Time mark = next_mark(unit, cause);
        if (mark == never) continue;
        budget = std::min(budget, std::max<Time>(mark - unit.causes[cause].age, 0));
    }
    return budget;
}

void settle_ages(Unit& unit) {
    if (unit.state.worked == 0) return;
    for (std::size_t cause = 0; cause < unit.upkeep.causes.size(); ++cause) {
        if (unit.upkeep.causes[cause].clock == FailureClock::operating) {
            unit.causes[cause].age += unit.state.worked;
        }
    }
    unit.state.worked = 0;
}

void count_cycle(Context& context, const Upkeep& upkeep, std::uint16_t number) {
    CauseState* causes = context.at<CauseState>(upkeep.causes_at) + number * upkeep.causes.size();
    for (std::size_t cause = 0; cause < upkeep.causes.size(); ++cause) {
        if (upkeep.causes[cause].clock == FailureClock::cycles) ++causes[cause].age;
    }
}

void check_marks(Context& context, const Upkeep& upkeep, DeviceIndex device, std::uint16_t number,
                 FailureClock clock) {
    Unit unit = view(context, upkeep, device, number);
    for (std::size_t cause = 0; cause < upkeep.causes.size(); ++cause) {
        // A machine that is down does not fail again; the other cause follows after the repair.
        if (upkeep.causes[cause].clock != clock || unit.state.failed > 0) continue;
        if (next_mark(unit, cause) <= unit.causes[cause].age) raise_marks(unit, cause);
    }
}

}  // namespace foretwin::reliability
