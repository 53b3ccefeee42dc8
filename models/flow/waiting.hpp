#pragma once

#include "models/flow/routing.hpp"

/// Both sides of waiting for a place: who waits for one here, and the parts that wait here for one
/// elsewhere.
namespace foretwin::flow {

/// Of a device that holds so many parts.
struct Places {
    kernel::Ring waiters;   ///< Waiter: who is blocked because there is no place
    std::int64_t kept = 0;  ///< for parts that are still in work before this device
};

/// Whoever has no device does not wait.
inline void stand_in_line(Context& context, Places& places, Waiter waiter) {
    if (waiter.device != no_device) context.memory().push(places.waiters, waiter);
}

/// Keeps a place if one is open, or puts the waiter in line. Nobody overtakes those in line, whose
/// turn may be waiting in the worklist.
inline bool keep(Context& context, Places& places, bool open, Waiter waiter) {
    if (open && places.waiters.count == 0) {
        ++places.kept;
        return true;
    }
    stand_in_line(context, places, waiter);
    return false;
}

/// The part for a place that was kept will not come.
inline void give_back(Context& context, Places& places, DeviceIndex device) {
    --places.kept;
    call(context, device, Call::place_left);
}

/// The waiter's turn has come: a place is kept for it, or it hands its part over.
template <class Accept>
[[gnu::always_inline]] inline void let_in(Context& context, Places& places, Waiter waiter,
                                          Accept accept) {
    const FlowPorts& sender = context.ports<FlowPorts>(waiter.device);
    if (waiter.wants_place_kept != 0) {
        ++places.kept;
        sender.place_kept(context, waiter.device, waiter.unit);
    } else {
        accept(sender.release(context, waiter.device, waiter.unit));
    }
}

/// Lets in who is in line while there is a place open.
template <class Open, class Accept>
void let_all_in(Context& context, Places& places, Open is_open, Accept accept) {
    while (places.waiters.count > 0 && is_open()) {
        let_in(context, places, context.memory().pop<Waiter>(places.waiters), accept);
    }
}

/// Parts that leave in the order in which they came.
struct Line {
    kernel::Ring parts;                   ///< Part
    DeviceIndex destination = no_device;  ///< of the first one, which waits for a place there
    std::uint32_t unused = 0;
};

/// Sends parts on while the first in line finds a place, else puts it in line there. `take_first`
/// books that it leaves.
template <class TakeFirst>
void send_on(Context& context, Line& line, const Routes& next, DeviceIndex device,
             TakeFirst take_first) {
    while (line.parts.count > 0 && line.destination == no_device) {
        Part part = context.memory().get<Part>(line.parts, 0);
        const Routes::Route& route = next.choose(context, part);
        if (route.leads_back) {
            ++part.visits;
            context.memory().set(line.parts, 0, part);
        }
        const FlowPorts& ports = context.ports<FlowPorts>(route.to);
        if (ports.offer(context, route.to, part, {device, 0})) {
            take_first();
        } else {
            line.destination = route.to;
        }
    }
}

/// The first in line is handed over to where it waits for a place; what follows goes through the
/// worklist.
template <class TakeFirst>
Part release_first(Context& context, Line& line, DeviceIndex device, TakeFirst take_first) {
    line.destination = no_device;
    call(context, device, Call::place_left);
    return take_first();
}

}  // namespace foretwin::flow
