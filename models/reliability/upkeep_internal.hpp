#pragma once

#include "models/reliability/upkeep_run.hpp"

/// What the parts of upkeep share among themselves; nobody outside this folder includes it.
namespace foretwin::reliability {

inline void refresh(Unit& unit) {
    refresh(unit.context, unit.upkeep, unit.number, unit.state);
}
/// Tells causes on the operating clock what the machine has processed since they were told last.
void settle_ages(Unit& unit);
/// What comes next on the operating clock may have changed.
inline void forget_budget(Unit& unit) {
    unit.state.budget = -1;
}
/// Tells the host, after refresh, that the machine may work or may not.
inline void tell_host(Unit& unit) {
    unit.upkeep.host->work_changed(unit.context, unit.device, unit.number);
    settle_ages(unit);
}

/// Whether a cause's clock runs by itself (operating and cycles are driven by the host).
bool clock_runs(const Unit& unit, std::size_t cause);
/// Starts or stops the clocks of all causes as the machine's flags ask for.
void update_clocks(Unit& unit);
/// The cause's age at this instant.
Time age_now(const Unit& unit, std::size_t cause);
/// Draws a new life that starts at virtual age `start_age` (s or cycles), given that it had not
/// ended at age `good_at`.
void begin_life(Unit& unit, std::size_t cause, double start_age, double good_at);
/// The draws of the next life of this cause.
random::Draws next_life(Unit& unit, std::size_t cause);
/// The draw alone: the life of the component at hand, which had not ended at age `good_at`.
void draw_life(Unit& unit, std::size_t cause, double good_at, random::Draws& draws);
/// Arms the timer for what comes next by the age of a cause whose clock runs by itself.
void set_mark_timer(Unit& unit, std::size_t cause);
/// The last visit at or before now, for a cause that surfaces at visits; negative: none yet.
Time last_visit(const Unit& unit, std::size_t cause);
/// The component is as new from now on.
void renew(Unit& unit, std::size_t cause);
void fail(Unit& unit, std::size_t cause);
/// Age at which the next thing happens to this cause: defect, planned age, end of life.
Time next_mark(const Unit& unit, std::size_t cause);
void raise_marks(Unit& unit, std::size_t cause);
void raise_alarm(Unit& unit, std::size_t sensor);

void repair_supplied(Unit& unit, std::size_t cause);
void begin_repair(Unit& unit, std::size_t cause);
void end_repair(Unit& unit, std::size_t cause);
/// The same for a repair that may not have got as far as having its crew.
void finish_repair(Unit& unit, std::size_t cause, bool has_crew);
void pause_repair(Unit& unit, std::size_t cause);

/// Calls from outside the plant; true when it was one.
bool handle_telemetry(Unit& unit, const Event& event);

void start_plans(Unit& unit);
void plan_due(Unit& unit, std::size_t plan);
void trigger(Unit& unit, std::size_t plan, std::uint32_t chosen);
void spare_for_plan(Unit& unit, std::size_t plan);
void crew_for_plan(Unit& unit, std::size_t plan);
void end_maintenance(Unit& unit, std::size_t plan);
void pause_maintenance(Unit& unit, std::size_t plan);
void resume_maintenance(Unit& unit, std::size_t plan);

inline const SupplyPorts& supply(Unit& unit, DeviceIndex device) {
    return unit.context.ports<SupplyPorts>(device);
}

}  // namespace foretwin::reliability
