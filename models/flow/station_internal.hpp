#pragma once

#include "engine/core/words.hpp"
#include "models/flow/station.hpp"

/// What the parts of the station share among themselves; nobody outside this folder includes it.
namespace foretwin::flow {

enum StationEvent : std::uint8_t { work_done = 1, mark_reached, fall_asleep };

/// One machine of a station, with everything that belongs to it at hand. What happens with every
/// part takes it by reference and is inlined, so that it never exists in memory; what is not
/// inlined makes one of its own.
struct Post {
    Context& context;
    const Station& station;
    StationState& state;
    Slot& slot;
    reliability::UnitState& machine;
    DeviceIndex device;
    std::uint16_t unit;

    Post(Context& all, const Station& described, DeviceIndex its_device, std::uint32_t its_unit)
        : context(all),
          station(described),
          state(all.state<StationState>(its_device)),
          slot(all.at<Slot>(described.slots_at)[its_unit]),
          machine(reliability::unit_state(all, described.upkeep, its_unit)),
          device(its_device),
          unit(static_cast<std::uint16_t>(its_unit)) {}

    TimerIndex work_timer() const { return station.first_timer + 2U * unit; }
    TimerIndex sleep_timer() const { return work_timer() + 1; }
    Event event(StationEvent kind) const {
        Event event = event_for(device, kind);
        event.unit = unit;
        return event;
    }
};

/// Whether a place is neither taken nor kept for somebody.
inline bool is_open(const Station& station, const StationState& state) {
    return state.inside + state.places.kept < station.capacity;
}

/// The machine has nothing to do from now on.
void rest(Context& context, const Station& station, DeviceIndex device, std::uint32_t unit);

/// What happens with every part is made twice from one source. A plain station (one machine, one
/// way on, and nothing that happens but to some: `is_plain`) is not asked for what it does not
/// have.
template <bool plain>
void handle(Context& context, DeviceIndex device, const Event& event);
template <bool plain>
void handle_call(Context& context, DeviceIndex device, const Event& event);
template <bool plain>
bool offer_part(Context& context, DeviceIndex device, const Part& part, Waiter waiter);
Part release_part(Context& context, DeviceIndex device, std::uint32_t unit);
bool keep_place(Context& context, DeviceIndex device, Waiter waiter);
void accept_kept_part(Context& context, DeviceIndex device, const Part& part);
void give_back_place(Context& context, DeviceIndex device);
void place_kept(Context& context, DeviceIndex device, std::uint32_t unit);
void work_changed(Context& context, DeviceIndex device, std::uint16_t unit);
void part_affected(Context& context, DeviceIndex device, std::uint16_t unit,
                   reliability::PartFate fate);

}  // namespace foretwin::flow
