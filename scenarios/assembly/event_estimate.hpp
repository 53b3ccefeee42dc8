#pragma once

#include "scenarios/loader/calendar.hpp"
#include "scenarios/loader/read.hpp"

/// What a plant would cost to simulate, judged before anything runs, so that a slip in a unit
/// (nanoseconds for minutes, an alarm a microsecond) is refused instead of never ending.
namespace foretwin::assembly {

/// No future may have more events than this: some ten minutes of computing. Part and draw numbers
/// have 32 bits; a source may not make more parts than those tell apart.
inline constexpr double most_events = 1e10;
inline constexpr double most_parts_of_a_source = 4.2e9;
/// Parts that pile up before a station; each takes some 32 bytes of memory.
inline constexpr double most_parts_waiting = 1e8;
/// Machines of the plant, each counted once more for every cause, sensor and plan it has.
inline constexpr double most_machines = 5e6;

/// Refuses a plant whose state would not fit into memory. Before anything is built.
void refuse_huge_plant(const loader::Value& devices, const loader::Reader& reader);

/// Estimates the events of one future from mean times: an upper bound for most plants, since it
/// leaves out that machines fail and close. Throws an InputError at the value to blame when there
/// would be too many events, parts, or parts waiting. The tree has been checked and assembled.
void refuse_endless_run(const loader::Value& tree, const loader::Reader& reader,
                        const loader::Clock& clock);

}  // namespace foretwin::assembly
