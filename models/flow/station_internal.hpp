#pragma once

#include "models/flow/station.hpp"

/// What the parts of the station share among themselves; nobody outside this folder includes it.
namespace foretwin::flow {

enum StationEvent : std::uint8_t { work_done = 1, mark_reached, fall_asleep };

/// Adds the time since the last change to the averages over time.
inline void book_parts(Context& context, StationState& state) {
    const Time elapsed = context.now() - state.since;
    if (elapsed == 0) return;
    state.inside_time += static_cast<Wide>(elapsed) * state.inside;
    state.queue_time += static_cast<Wide>(elapsed) * state.queue.count;
    state.since = context.now();
}

/// Whether a place is neither taken nor kept for somebody.
inline bool is_open(const Station& station, const StationState& state) {
    return state.inside + state.kept < station.capacity;
}

inline Slot& slot_of(Context& context, const Station& station, std::uint16_t unit) {
    return context.at<Slot>(station.slots_at)[unit];
}

void become_empty(Context& context, const Station& station, DeviceIndex device, std::uint16_t unit);
void finish_phase(Context& context, const Station& station, DeviceIndex device, std::uint16_t unit);
void pass_mark(Context& context, const Station& station, DeviceIndex device, std::uint16_t unit);
void sleep(Context& context, const Station& station, std::uint16_t unit);
/// Loads waiting parts onto empty machines and lets blocked parts of others in, until nothing
/// moves.
void fill_places(Context& context, const Station& station, DeviceIndex device);

void accept_part(Context& context, DeviceIndex device, Part part);
Part release_part(Context& context, DeviceIndex device, std::uint32_t unit);
bool keep_place(Context& context, DeviceIndex device, Waiter waiter);
void accept_kept_part(Context& context, DeviceIndex device, Part part);
void give_back_place(Context& context, DeviceIndex device);
void place_kept(Context& context, DeviceIndex device, std::uint32_t unit);
void work_changed(Context& context, DeviceIndex device, std::uint16_t unit);
void part_affected(Context& context, DeviceIndex device, std::uint16_t unit,
                   reliability::PartFate fate);

}  // namespace foretwin::flow
