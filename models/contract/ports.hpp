#pragma once

#include <cstdint>

#include "engine/core/time.hpp"
#include "engine/core/wide.hpp"
#include "engine/kernel/context.hpp"

namespace foretwin {

using kernel::Context;
using kernel::DeviceIndex;
using kernel::Event;
using kernel::event_for;
using kernel::EventClass;
using kernel::no_device;
using kernel::TimerIndex;

/// A part on its way through the plant: plain value, carried in the queues.
struct Part {
    Time entered = 0;          ///< when it entered its first station
    Time arrived = 0;          ///< when it entered the present station
    std::uint32_t number = 0;  ///< per source, from 0
    std::uint32_t visits = 0;  ///< times it went back to a station it may have seen before
    std::uint32_t source = 0;  ///< number of its source among the plant's sources
    std::uint32_t unused = 0;
};

/// Someone who waits: a machine of a station, a source, a buffer. It holds a part that is ready to
/// come, or wants the place kept for a part that it will begin to work on (blocking before
/// service).
struct Waiter {
    DeviceIndex device = no_device;
    std::uint16_t unit = 0;
    std::uint16_t wants_place_kept = 0;
};

/// Who can take parts in, and who hands them out. A handover over a zero-delay connection is a
/// direct call through these; what it sets off goes through the worklist.
struct FlowPorts {
    /// Takes the part in and returns true; or, where there is no place, puts whoever offers it in
    /// line: `release` is then called on the waiter once, when its turn has come. A waiter without
    /// a device does not wait.
    bool (*offer)(Context&, DeviceIndex, const Part&, Waiter) = nullptr;
    /// Hands over the part that the unit waits with. Must not hand over parts itself: what follows
    /// from the free place goes through the worklist.
    Part (*release)(Context&, DeviceIndex, std::uint32_t unit) = nullptr;

    // -- blocking before service: a place is kept while the part for it is still in work ---------
    /// Keeps a place and returns true, or puts the waiter in line behind those already there;
    /// `place_kept` is then called on it once, when its turn has come.
    bool (*keep_place)(Context&, DeviceIndex, Waiter) = nullptr;
    /// The part comes for which a place was kept.
    void (*accept_kept)(Context&, DeviceIndex, const Part&) = nullptr;
    /// The part will not come (scrapped): its place is free for the next in line.
    void (*give_back_place)(Context&, DeviceIndex) = nullptr;
    /// A place is now kept for the part that the unit waits with. Like `release`, it must not hand
    /// over parts itself.
    void (*place_kept)(Context&, DeviceIndex, std::uint32_t unit) = nullptr;
};

/// Work that a person does at a machine: a repair (index = failure cause) or planned maintenance
/// (index = maintenance plan).
enum class JobKind : std::uint8_t { repair, maintenance };

struct Job {
    DeviceIndex owner = no_device;
    std::uint16_t unit = 0;
    std::uint8_t index = 0;
    JobKind kind = JobKind::repair;

    bool operator==(const Job&) const = default;
};

struct JobRequest {
    Time since = 0;  ///< failure time; the queue is first come first served within priority
    std::int32_t priority = 0;  ///< smaller is more urgent
    std::uint32_t unused = 0;
    Job job;
    std::uint32_t padding = 0;
};

/// Crews and spare stores: the owner is called with Call::crew_granted / Call::spare_granted.
struct SupplyPorts {
    void (*request)(Context&, DeviceIndex, const JobRequest&) = nullptr;
    /// Crew: the job is done. Spares: the part was not needed after all and goes back.
    void (*give_back)(Context&, DeviceIndex, const Job&) = nullptr;
    /// A request that was not granted is taken back: telemetry says that the machine runs again.
    void (*withdraw)(Context&, DeviceIndex, const Job&) = nullptr;
};

/// Where power is drawn from.
struct PowerPorts {
    /// Adds to the total power of the meter, in mW.
    void (*add)(Context&, DeviceIndex, std::int64_t delta_mw) = nullptr;
    /// Energy drawn at this instant, beside the power, in mW x ns.
    void (*draw)(Context&, DeviceIndex, Wide energy_mw_ns) = nullptr;
};

/// Zero-delay calls between devices (`Event::kind` in the worklist).
enum class Call : std::uint8_t {
    place_left,    ///< to the device itself: a part left; load, and let a waiter in
    crew_granted,  ///< unit, index; JobKind in the two call kinds below
    spare_granted,
    maintenance_crew_granted,
    maintenance_spare_granted,
    repair_paused,
    repair_resumed,
    maintenance_paused,
    maintenance_resumed,
    part_gone,  ///< to a conwip source: one of its parts left the plant

    // -- told from outside the plant (kernel::Simulation::tell), to devices with machines ---------
    follow_telemetry,  ///< unit: from now on it fails and is repaired when it is told, never else
    told_failed,       ///< unit, index of the cause
    told_repaired,     ///< unit, index of the cause
    leave_telemetry,   ///< unit: on its own again, with all that is drawn conditional on the past
};

inline void call(Context& context, DeviceIndex device, Call what, std::uint16_t unit = 0,
                 std::uint8_t index = 0) {
    context.call(device, static_cast<std::uint8_t>(what), unit, index);
}

}  // namespace foretwin
