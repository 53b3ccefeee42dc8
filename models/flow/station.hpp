#pragma once

#include <limits>

#include "models/contract/parameter.hpp"
#include "models/flow/waiting.hpp"
#include "models/reliability/upkeep_run.hpp"

namespace foretwin::flow {

/// Parallel machines with one queue before them.
///
///   parts ──► [ buffer, first come first served ] ──► machine 1..n ──► scrap | next
///
/// Holds at most machines + buffer parts, blocked ones included. A part loads onto the lowest-
/// numbered machine that is empty, up and on shift; its processing time is drawn then. A finished
/// part moves on at once if there is place, else it stays and blocks (after service). With
/// `before_service` a part draws its destination when processing is about to begin, and processing
/// begins only when a place is kept for it there; until then the machine is blocked. A place kept
/// counts as taken. It stays kept through failures and off shift; a part that is scrapped gives it
/// back.
struct Station {
    static const DeviceSpec spec;
    static constexpr std::int64_t unlimited = std::numeric_limits<std::int64_t>::max() / 2;

    std::string name;
    std::int64_t capacity = 1;             ///< machines + buffer
    DeviceIndex saturated_by = no_device;  ///< source that fills every free place at once
    random::Distribution cycle;            ///< s
    Time fixed_cycle = -1;                 ///< of a cycle that needs no draw; else negative
    double scrap = 0;                      ///< probability
    Routes next;
    Sources sources;
    double energy_per_part_j = 0;  ///< drawn at completion, 0 to 1e11
    bool before_service = false;   ///< blocking: processing waits for a place at the destination
    bool standby = false;          ///< switches down when starved
    Time standby_after = 0;
    random::Distribution wake;  ///< s of setup when a part comes
    reliability::Upkeep upkeep;

    bool special = false;  ///< completion does more than count: scrap, energy, cycles, place kept
    DeviceIndex only_next = no_device;  ///< of a plain station, which has one way on
    std::uint32_t slots_at = 0;
    std::uint32_t wakes_at = 0;  ///< per machine, u32: how often it was set up, the draw number
    TimerIndex first_timer = 0;
    std::vector<random::Series> cycle_series, scrap_series;
    std::vector<std::uint64_t> wake_streams;
};

/// `blocked` holds a finished part; `awaiting_place` a part whose processing may not begin yet.
enum class SlotPhase : std::uint8_t { empty, setting_up, processing, blocked, awaiting_place };

/// One machine of a station; 64 bytes.
struct Slot {
    Part part;
    Time full = 0;         ///< processing time of the part
    Time remaining = 0;    ///< of the present phase
    Time started = never;  ///< working since, or blocked since; never: work is paused
    DeviceIndex destination = no_device;  ///< once drawn: when it blocks, or before service
    SlotPhase phase = SlotPhase::empty;
    std::uint8_t leads_back = 0;
    std::uint8_t asleep = 0;
};

struct StationState {
    kernel::Ring queue;  ///< Part
    Places places;
    std::int64_t inside = 0;
    Wide sojourn = 0;  ///< ns, parts that left
    Wide waited = 0;   ///< ns, parts that were loaded
    std::uint64_t completed = 0, scrapped = 0, left = 0;
    std::uint64_t waited_parts = 0, wakes = 0;
    std::uint64_t spoiled = 0;  ///< scrapped by a failure, before completion; in `scrapped` too
    /// As it was when measuring began.
    struct {
        Wide inside_so_far = 0;  ///< ns, parts that were inside
        Wide waited_so_far = 0;  ///< ns, parts that waited
        std::int64_t inside = 0;
        std::uint64_t waiting = 0;
    } before;
};

void add_station(kernel::ModelBuilder& builder, DeviceIndex device, Station station);

}  // namespace foretwin::flow
