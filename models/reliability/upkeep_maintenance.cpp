#include <algorithm>

#include "models/reliability/upkeep_internal.hpp"

namespace foretwin::reliability {
namespace {

Job job_of(const Unit& unit, std::size_t plan) {
    return {unit.device, unit.number, static_cast<std::uint8_t>(plan), JobKind::maintenance};
}

JobRequest request_of(const Unit& unit, std::size_t plan) {
    JobRequest request;
    request.since = unit.plans[plan].requested_at;
    request.priority = unit.upkeep.plans[plan].priority;
    request.job = job_of(unit, plan);
    return request;
}

void set_end(Unit& unit, std::size_t p) {
    unit.context.set_timer(unit.maintenance_timer(p), later(unit.context.now(), unit.plans[p].left),
                           EventClass::repair_end, unit.event(UpkeepEvent::maintenance_end, p));
}

void begin_maintenance(Unit& unit, std::size_t p) {
    const MaintenancePlan& plan = unit.upkeep.plans[p];
    PlanState& state = unit.plans[p];
    state.pending = 0;
    state.begun = 1;
    if (state.left < 0) {
        random::Draws draws = unit.context.draws(
            unit.stream(unit.upkeep.streams.takes, unit.upkeep.plans.size(), p), state.number);
        Time takes = plan.travel;
        const int pieces =
            plan.trigger == Trigger::visits ? std::max(__builtin_popcount(state.chosen), 1) : 1;
        for (int piece = 0; piece < pieces; ++piece) {
            takes = later(takes, random::sample_time(plan.takes, draws));
        }
        state.left = takes;
    }
    ++unit.state.maintaining;
    set_end(unit, p);
    refresh(unit);
    tell_host(unit);
}

/// Components that failed, or were renewed, since the job was asked for need it no more.
void drop_what_is_moot(Unit& unit, std::size_t p) {
    PlanState& state = unit.plans[p];
    for (std::size_t cause = 0; cause < unit.upkeep.causes.size(); ++cause) {
        const std::uint32_t bit = 1U << cause;
        if ((state.chosen & bit) == 0) continue;
        const CauseState& component = unit.causes[cause];
        const bool moot =
            component.stage != RepairStage::working || component.renewed_at > state.requested_at;
        if (!moot) continue;
        state.chosen &= ~bit;
        const DeviceIndex spares = unit.upkeep.causes[cause].spares;
        if (spares != no_device) {
            supply(unit, spares).give_back(unit.context, spares, job_of(unit, p));
        }
    }
}

double chance_at(const std::vector<ReplacementChance>& chances, double age_s) {
    double chance = 0;
    for (const ReplacementChance& step : chances) {
        if (age_s > step.from_s) chance = step.chance;
    }
    return chance;
}

std::uint32_t choose_at_visit(Unit& unit, std::size_t p) {
    const MaintenancePlan& plan = unit.upkeep.plans[p];
    std::uint32_t chosen = 0;
    for (std::size_t cause = 0; cause < unit.upkeep.causes.size(); ++cause) {
        if (plan.chances[cause].empty() || unit.causes[cause].stage != RepairStage::working) {
            continue;
        }
        random::Draws draws =
            unit.context.draws(unit.stream(unit.upkeep.streams.visit,
                                           unit.upkeep.plans.size() * unit.upkeep.causes.size(),
                                           p * unit.upkeep.causes.size() + cause),
                               unit.plans[p].number);
        const double age_s = to_seconds(age_now(unit, cause));
        if (draws.uniform() < chance_at(plan.chances[cause], age_s)) chosen |= 1U << cause;
    }
    return chosen;
}

void schedule_due(Unit& unit, std::size_t p, Time at) {
    unit.context.set_timer(unit.due_timer(p), at, EventClass::planned_maintenance,
                           unit.event(UpkeepEvent::plan_due, p));
}

}  // namespace

void start_plans(Unit& unit) {
    for (std::size_t p = 0; p < unit.upkeep.plans.size(); ++p) {
        const MaintenancePlan& plan = unit.upkeep.plans[p];
        if (plan.trigger != Trigger::every && plan.trigger != Trigger::visits) continue;
        Time first = plan.first;
        while (first < unit.context.now()) first += plan.period;
        schedule_due(unit, p, first);
    }
}

void plan_due(Unit& unit, std::size_t p) {
    const MaintenancePlan& plan = unit.upkeep.plans[p];
    schedule_due(unit, p, later(unit.context.now(), plan.period));
    if (plan.trigger == Trigger::every) {
        trigger(unit, p, plan.renews);
        return;
    }
    const std::uint32_t chosen = choose_at_visit(unit, p);
    if (chosen == 0) {
        ++unit.plans[p].number;
    } else {
        trigger(unit, p, chosen);
    }
}

void trigger(Unit& unit, std::size_t p, std::uint32_t chosen) {
    PlanState& state = unit.plans[p];
    ++state.number;
    if (state.pending != 0 || state.begun != 0) return;
    state.pending = 1;
    state.left = -1;
    state.chosen = chosen;
    state.requested_at = unit.context.now();
    state.spares_missing = 0;
    for (std::size_t cause = 0; cause < unit.upkeep.causes.size(); ++cause) {
        const DeviceIndex spares = unit.upkeep.causes[cause].spares;
        if ((chosen & 1U << cause) == 0 || spares == no_device) continue;
        ++state.spares_missing;
        supply(unit, spares).request(unit.context, spares, request_of(unit, p));
    }
    if (state.spares_missing == 0) {
        state.spares_missing = 1;
        spare_for_plan(unit, p);
    }
}

void spare_for_plan(Unit& unit, std::size_t p) {
    PlanState& state = unit.plans[p];
    if (--state.spares_missing > 0) return;
    const DeviceIndex crew = unit.upkeep.plans[p].crew;
    if (crew == no_device) {
        crew_for_plan(unit, p);
    } else {
        supply(unit, crew).request(unit.context, crew, request_of(unit, p));
    }
}

void crew_for_plan(Unit& unit, std::size_t p) {
    const MaintenancePlan& plan = unit.upkeep.plans[p];
    PlanState& state = unit.plans[p];
    const bool had_components = state.chosen != 0;
    drop_what_is_moot(unit, p);
    if (had_components && state.chosen == 0) {
        state.pending = 0;
        if (plan.crew != no_device) {
            supply(unit, plan.crew).give_back(unit.context, plan.crew, job_of(unit, p));
        }
        return;
    }
    begin_maintenance(unit, p);
}

void end_maintenance(Unit& unit, std::size_t p) {
    const MaintenancePlan& plan = unit.upkeep.plans[p];
    PlanState& state = unit.plans[p];
    ++state.jobs;
    --unit.state.maintaining;
    state.begun = 0;
    state.left = -1;
    for (std::size_t cause = 0; cause < unit.upkeep.causes.size(); ++cause) {
        if ((state.chosen & 1U << cause) == 0) continue;
        if (unit.causes[cause].stage != RepairStage::working) continue;
        ++unit.causes[cause].preventive;
        ++state.replaced;
        renew(unit, cause);
    }
    refresh(unit);
    if (plan.crew != no_device) {
        supply(unit, plan.crew).give_back(unit.context, plan.crew, job_of(unit, p));
    }
    tell_host(unit);
}

/// The crew goes home; the job stays open: what is half done cannot be worked with.
void pause_maintenance(Unit& unit, std::size_t p) {
    PlanState& state = unit.plans[p];
    const Time end = unit.context.timer_at(unit.maintenance_timer(p));
    state.left = end == never ? never : end - unit.context.now();
    unit.context.cancel(unit.maintenance_timer(p));
}

void resume_maintenance(Unit& unit, std::size_t p) {
    set_end(unit, p);
}

}  // namespace foretwin::reliability
