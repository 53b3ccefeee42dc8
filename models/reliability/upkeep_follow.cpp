#include <algorithm>

#include "models/reliability/upkeep_internal.hpp"

/// How a machine follows its original: it fails and is repaired when telemetry says so, and ages in
/// between as ever. When it is let go, every life and repair is drawn given what is known by then.
namespace foretwin::reliability {
namespace {

/// What a sensor has not seen yet is drawn again so often, at most; beyond that its defect was
/// missed.
constexpr int most_tries = 1000;

/// Stops the work, so that it is counted and what comes next is looked up anew, and lets it go on.
template <class Body>
void at_rest(Unit& unit, Body body) {
    ++unit.state.maintaining;
    tell_host(unit);
    body();
    --unit.state.maintaining;
    forget_budget(unit);
    tell_host(unit);
}

/// Seconds or cycles of the cause's clock at which the component was last known to be good.
double known_good_at(const Unit& unit, std::size_t cause) {
    const FailureCause& description = unit.upkeep.causes[cause];
    const Time age = age_now(unit, cause);
    if (description.clock == FailureClock::cycles) return static_cast<double>(age);
    if (!description.surfaces_at_visits) return to_seconds(age);
    // A failure may be hidden since the last visit.
    const Time visit = last_visit(unit, cause);
    const Time since = visit < 0 ? unit.context.now() : unit.context.now() - visit;
    return to_seconds(std::max<Time>(age - since, 0));
}

/// Whether some sensor should have raised the alarm by now that it did not raise.
bool contradicts_silence(const Unit& unit, std::size_t cause, std::size_t s) {
    const Time life = unit.causes[cause].life;
    return life != never && unit.upkeep.sensors[s].cause == cause && unit.sensors[s].seen == 0 &&
           life - unit.upkeep.sensors[s].lead <= age_now(unit, cause);
}

/// The defect is visible by now and no alarm came: so it was missed, or it is another life. Each
/// try has its own uniform number of the life's detection.
bool was_missed(Unit& unit, std::size_t s, int tries) {
    random::Draws draws = unit.context.draws(
        unit.stream(unit.upkeep.streams.detection, unit.upkeep.sensors.size(), s),
        unit.causes[unit.upkeep.sensors[s].cause].life_number);
    double uniform = draws.uniform();
    for (int skipped = 0; skipped < tries; ++skipped) uniform = draws.uniform();
    return uniform < unit.upkeep.sensors[s].missed;
}

/// The life of a component that has not failed and whose sensors are silent.
void draw_life_given_the_past(Unit& unit, std::size_t cause) {
    const double good_at = known_good_at(unit, cause);
    // One number of a life, however many tries it takes, so that the lives after it stay paired
    // with those of another alternative.
    random::Draws draws = next_life(unit, cause);
    for (int tries = 0;; ++tries) {
        draw_life(unit, cause, good_at, draws);
        bool agrees = true;
        for (std::size_t s = 0; s < unit.upkeep.sensors.size(); ++s) {
            if (contradicts_silence(unit, cause, s)) agrees &= was_missed(unit, s, tries);
        }
        if (agrees || tries == most_tries) break;
    }
    for (std::size_t s = 0; s < unit.upkeep.sensors.size(); ++s) {
        if (!contradicts_silence(unit, cause, s)) continue;
        unit.sensors[s].seen = 1;
        ++unit.sensors[s].missed;
    }
    if (unit.causes[cause].since != never) set_mark_timer(unit, cause);
}

/// What is left of a repair that has gone on for a while.
void draw_repair_given_the_past(Unit& unit, std::size_t cause) {
    CauseState& state = unit.causes[cause];
    const FailureCause& description = unit.upkeep.causes[cause];
    const bool goes_on = state.stage == RepairStage::repairing;
    const Time so_far = state.repair_so_far + (goes_on ? unit.context.now() : 0);
    random::Draws draws = unit.context.draws(
        unit.stream(unit.upkeep.streams.repair, unit.upkeep.causes.size(), cause),
        state.repair_number++);
    state.repair_left =
        so_far <= description.travel
            ? later(description.travel - so_far, random::sample_time(description.repair, draws))
            : from_seconds(random::sample_residual(description.repair,
                                                   to_seconds(so_far - description.travel), draws));
    if (!goes_on) return;
    unit.context.set_timer(unit.repair_timer(cause), later(unit.context.now(), state.repair_left),
                           EventClass::repair_end, unit.event(UpkeepEvent::repair_end, cause));
}

bool is_begun(const CauseState& state) {
    return state.stage == RepairStage::repairing || state.stage == RepairStage::paused;
}

void follow(Unit& unit) {
    if (unit.state.follows != 0) return;
    unit.state.follows = 1;
    at_rest(unit, [&] {
        for (std::size_t cause = 0; cause < unit.upkeep.causes.size(); ++cause) {
            CauseState& state = unit.causes[cause];
            if (state.stage == RepairStage::working) {
                state.life = never;
                if (state.since != never) set_mark_timer(unit, cause);
            } else if (is_begun(state)) {
                state.repair_left = never;
                unit.context.cancel(unit.repair_timer(cause));
            }
        }
    });
}

void leave(Unit& unit) {
    if (unit.state.follows == 0) return;
    unit.state.follows = 0;
    at_rest(unit, [&] {
        for (std::size_t cause = 0; cause < unit.upkeep.causes.size(); ++cause) {
            if (unit.causes[cause].stage == RepairStage::working) {
                draw_life_given_the_past(unit, cause);
            } else if (is_begun(unit.causes[cause])) {
                draw_repair_given_the_past(unit, cause);
            }
        }
    });
}

void told_repaired(Unit& unit, std::size_t cause) {
    CauseState& state = unit.causes[cause];
    const FailureCause& description = unit.upkeep.causes[cause];
    const Job job{unit.device, unit.number, static_cast<std::uint8_t>(cause), JobKind::repair};
    switch (state.stage) {
        case RepairStage::working:
            return;
        case RepairStage::wants_spare:
            supply(unit, description.spares).withdraw(unit.context, description.spares, job);
            break;
        case RepairStage::wants_crew:
            supply(unit, description.crew).withdraw(unit.context, description.crew, job);
            break;
        case RepairStage::repairing:
        case RepairStage::paused:
            break;
    }
    unit.context.cancel(unit.repair_timer(cause));
    if (state.stage != RepairStage::repairing) ++unit.state.repairing;
    finish_repair(unit, cause, is_begun(state));
}

}  // namespace

bool handle_telemetry(Unit& unit, const Event& event) {
    switch (static_cast<Call>(event.kind)) {
        case Call::follow_telemetry:
            follow(unit);
            return true;
        case Call::leave_telemetry:
            leave(unit);
            return true;
        case Call::told_failed:
            if (unit.causes[event.index].stage == RepairStage::working) fail(unit, event.index);
            return true;
        case Call::told_repaired:
            told_repaired(unit, event.index);
            return true;
        default:
            return false;
    }
}

}  // namespace foretwin::reliability
