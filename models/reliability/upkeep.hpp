#pragma once

#include <cstdint>
#include <iterator>
#include <string>
#include <vector>

#include "engine/random/distribution.hpp"
#include "models/contract/calendar.hpp"
#include "models/contract/machine_state.hpp"
#include "models/contract/ports.hpp"

/// Upkeep: how the machines of one device fail, are repaired and are maintained, and in which state
/// they are. A station or a fleet machine (its *host*) owns one Upkeep and is told when a machine
/// may work and when it may not.
///
///      life on its clock          spare?  crew?         repair time
///   |------------------------> X ------------------|=================|---> new life
///                  defect ^                          state: repair
///                  alarm  |--> plan on alarm --> crew --> maintenance --> renewed
namespace foretwin::reliability {

/// On what a failure cause ages (DESIGN, section 5).
enum class FailureClock : std::uint8_t {
    operating,  ///< only while processing
    on_shift,   ///< on shift and not down (the oracles' "time")
    calendar,   ///< always except down
    cycles,     ///< completed parts; lives are counts
};

enum class AfterRepair : std::uint8_t { as_good_as_new, as_bad_as_old, kijima_1, kijima_2 };

/// What becomes of the part that was being processed when the machine failed.
enum class PartFate : std::uint8_t { resumes, restarts, scrapped };

struct FailureCause {
    std::string name;
    FailureClock clock = FailureClock::operating;
    random::Distribution life;    ///< s on the clock, or cycles
    random::Distribution repair;  ///< s
    DeviceIndex crew = no_device;
    Time travel = 0;  ///< of the crew, before each repair
    DeviceIndex spares = no_device;
    std::int32_t priority = 0;
    AfterRepair after = AfterRepair::as_good_as_new;
    double restoration = 1;  ///< Kijima's restoration factor, 0 (none) to 1 (as new)
    PartFate part = PartFate::resumes;
    double cost = 0;           ///< money per repair, beside labour and spares
    double initial_age_s = 0;  ///< age on the clock at the start of the run
    /// Age at which the component was last known to be good: the first life is conditional on
    /// that. Less than the initial age where a failure may be hidden since.
    double checked_age_s = 0;
    /// A hidden failure: the life may end unnoticed and the machine stops at the next visit
    /// (visit_first + k x visit_period, run time). Only with the calendar clock.
    bool surfaces_at_visits = false;
    Time visit_first = 0;
    Time visit_period = 0;
};

/// Makes a defect visible `lead` before the failure on the cause's own clock (delay-time model,
/// Christer and Waller 1984); only the first sampling instant after that is an event.
struct Sensor {
    std::string name;
    std::uint8_t cause = 0;
    Time period = 0;  ///< between samples; 0: continuous
    Time lead = 0;
    double missed = 0;              ///< probability that a defect is never seen
    double false_alarms_per_s = 0;  ///< rate of the Poisson stream
};

enum class Trigger : std::uint8_t { every, at_age, visits, alarm };

/// From this age on (s on the cause's clock) a visit replaces the component with this chance.
struct ReplacementChance {
    double from_s = 0;
    double chance = 0;
};

struct MaintenancePlan {
    std::string name;
    Trigger trigger = Trigger::every;
    Time first = 0;              ///< every, visits: first instant, run time
    Time period = 0;             ///< every, visits
    random::Distribution takes;  ///< s; visits: per replaced component
    std::uint32_t renews = 0;    ///< bit per cause
    std::uint8_t cause = 0;      ///< at_age: whose age
    Time age = 0;                ///< at_age: on the cause's clock (cycles: a count)
    std::uint8_t sensor = 0;     ///< alarm
    DeviceIndex crew = no_device;
    Time travel = 0;
    std::int32_t priority = 10;
    double cost = 0;  ///< money per job (visits: per replaced component)
    /// visits: per cause, ascending in age; empty: never replaced at a visit.
    std::vector<std::vector<ReplacementChance>> chances;
};

/// How upkeep talks to its host.
struct UpkeepHost {
    /// The machine may work now, or may no longer; upkeep has set its flags.
    void (*work_changed)(Context&, DeviceIndex, std::uint16_t unit) = nullptr;
    /// The machine failed while it held a part.
    void (*part_affected)(Context&, DeviceIndex, std::uint16_t unit, PartFate) = nullptr;
};

inline constexpr std::uint8_t no_cause = 0xff;

struct UnitState {
    Time times[machine_state_count] = {};
    Time since = 0;
    Time worked = 0;   ///< processing time that causes on the operating clock have yet to be told
    Time budget = -1;  ///< operating_budget as of now; negative: to be computed
    std::uint8_t off_shift = 0;
    std::uint8_t failed = 0;       ///< causes that have failed
    std::uint8_t repairing = 0;    ///< of these, under repair
    std::uint8_t maintaining = 0;  ///< plans in progress
    MachineState state = MachineState::starved;
    MachineState activity = MachineState::starved;  ///< what the host does when nothing hinders
    std::uint8_t blamed = no_cause;  ///< cause that down time is booked to: the first that failed
    std::uint8_t follows = 0;        ///< fails and is repaired when it is told, never else

    /// Nothing under repair without a failure: asking for it makes four bytes one comparison.
    bool may_work() const {
        return off_shift == 0 && failed == 0 && repairing == 0 && maintaining == 0;
    }
};

enum class RepairStage : std::uint8_t { working, wants_spare, wants_crew, repairing, paused };

struct CauseState {
    Time age = 0;        ///< on its clock, as of `since`
    Time life = 0;       ///< age at which it fails
    Time since = never;  ///< its clock has been running since; never: stands still
    Time start_age = 0;  ///< virtual age at the start of this life (Kijima)
    Time failed_at = 0;
    Time renewed_at = -1;
    Time repair_left = -1;
    /// Repair so far of the present failure, pauses left out; while it goes on, less the instant at
    /// which it was taken up.
    Time repair_so_far = 0;
    Time waiting_ns = 0;
    Time repair_ns = 0;
    std::uint32_t life_number = 0;
    std::uint32_t repair_number = 0;
    std::uint32_t failures = 0;
    std::uint32_t repairs = 0;
    std::uint32_t preventive = 0;  ///< times renewed before failing
    RepairStage stage = RepairStage::working;
};

struct SensorState {
    std::uint32_t false_number = 0;
    std::uint32_t true_alarms = 0;
    std::uint32_t false_alarms = 0;
    std::uint32_t missed = 0;
    std::uint8_t seen = 0;  ///< this life's defect has been raised, missed or is being sampled
};

struct PlanState {
    Time requested_at = 0;
    Time left = -1;
    std::uint32_t number = 0;  ///< triggers so far: the draw number of visits
    std::uint32_t jobs = 0;
    std::uint32_t replaced = 0;  ///< components renewed by this plan
    std::uint32_t chosen = 0;    ///< bit per cause
    std::uint32_t spares_missing = 0;
    std::uint8_t pending = 0;  ///< asked for; not begun
    std::uint8_t begun = 0;
    std::uint8_t due = 0;  ///< at_age: raised for this life
    std::uint8_t unused = 0;
};

struct ShiftState {
    std::uint32_t edge = 0;
};

/// States that come before off_shift: what of them falls off shift is no planned busy time.
inline constexpr MachineState kept_off_shift[] = {MachineState::down_waiting, MachineState::repair,
                                                  MachineState::maintenance};

/// What of a machine's time in those states fell off shift: less the time in the state when its
/// calendar closed, plus that when it opened. Only machines with a calendar have one.
struct OffShiftState {
    Time times[std::size(kept_off_shift)] = {};
};

/// Names of random streams, per machine; filled by `lay_out`.
struct UpkeepStreams {
    std::vector<std::uint64_t> life, repair, detection, false_alarm, takes, visit;
};

/// Constant description for all machines of one device, and where their state lies.
struct Upkeep {
    std::uint32_t units = 1;
    std::vector<FailureCause> causes;
    std::vector<Sensor> sensors;
    std::vector<MaintenancePlan> plans;
    CalendarPointer calendar;
    StatePower power{};
    DeviceIndex meter = no_device;
    const UpkeepHost* host = nullptr;

    // Filled by lay_out:
    bool ages_by_operating = false;
    bool ages_by_cycles = false;
    std::uint32_t units_at = 0, causes_at = 0, sensors_at = 0, plans_at = 0, shift_at = 0;
    std::uint32_t off_shift_at = 0;  ///< OffShiftState per machine, with a calendar
    TimerIndex shift_timer = 0, first_timer = 0;
    UpkeepStreams streams;

    std::uint32_t timers_per_unit() const {
        return static_cast<std::uint32_t>(2 * (causes.size() + sensors.size() + plans.size()));
    }
};

/// Kinds of events that belong to upkeep; hosts use smaller numbers.
enum class UpkeepEvent : std::uint8_t {
    mark = 128,  ///< a cause's age reached something: defect, planned age or end of life
    repair_end,
    sample,
    false_alarm,
    plan_due,
    maintenance_end,
    shift_edge,
};

}  // namespace foretwin::reliability
