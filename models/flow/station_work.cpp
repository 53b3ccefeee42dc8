#include <algorithm>

#include "models/flow/station_internal.hpp"

namespace foretwin::flow {
namespace {

reliability::UnitState& unit_of(Context& context, const Station& station, std::uint16_t unit) {
    return reliability::unit_state(context, station.upkeep, unit);
}

void act(Context& context, const Station& station, std::uint16_t unit, MachineState activity) {
    reliability::set_activity(context, station.upkeep, unit, unit_of(context, station, unit),
                              activity);
}

Event event_of(DeviceIndex device, std::uint16_t unit, StationEvent kind) {
    Event event;
    event.device = device;
    event.unit = unit;
    event.kind = kind;
    return event;
}

TimerIndex work_timer(const Station& station, std::uint16_t unit) {
    return station.first_timer + 2U * unit;
}
TimerIndex sleep_timer(const Station& station, std::uint16_t unit) {
    return station.first_timer + 2U * unit + 1;
}

/// Goes on with the present phase. The operating clock decides at once which comes first, the end
/// of processing or a failure: no event is ever cancelled for it. Completion wins a tie.
void start_work(Context& context, const Station& station, DeviceIndex device, std::uint16_t unit,
                Slot& slot) {
    slot.started = context.now();
    Time until = slot.remaining;
    StationEvent kind = work_done;
    if (slot.phase == SlotPhase::processing) {
        const Time budget = reliability::operating_budget(context, station.upkeep, unit,
                                                          unit_of(context, station, unit));
        if (budget < until) {
            until = budget;
            kind = mark_reached;
        }
    }
    context.set_timer(work_timer(station, unit), later(context.now(), until),
                      kind == work_done ? EventClass::processing_end : EventClass::failure,
                      event_of(device, unit, kind));
}

/// Counts what was worked since start_work.
void count_work(Context& context, const Station& station, std::uint16_t unit, Slot& slot) {
    const Time elapsed = context.now() - slot.started;
    if (slot.remaining != never) slot.remaining -= elapsed;
    slot.started = never;
    if (slot.phase == SlotPhase::processing) {
        reliability::operate(station.upkeep, unit_of(context, station, unit), elapsed);
    }
}

/// The machine holds a part that has nowhere to go.
void block(Context& context, const Station& station, std::uint16_t unit, Slot& slot,
           SlotPhase phase, DeviceIndex destination) {
    slot.phase = phase;
    slot.destination = destination;
    slot.started = context.now();
    act(context, station, unit, MachineState::blocked);
}

/// Blocking before service: draws the destination and has a place kept there, or blocks until it
/// is.
[[gnu::noinline]] bool find_place(Context& context, const Station& station, DeviceIndex device,
                                  std::uint16_t unit, Slot& slot) {
    const Routes::Route& route = station.next.choose(context, slot.part);
    slot.destination = route.to;
    slot.leads_back = route.leads_back ? 1 : 0;
    const FlowPorts& next = context.ports<FlowPorts>(route.to);
    if (next.keep_place(context, route.to, {device, unit, 1})) return true;
    block(context, station, unit, slot, SlotPhase::awaiting_place, route.to);
    return false;
}

void begin_processing(Context& context, const Station& station, DeviceIndex device,
                      std::uint16_t unit, Slot& slot) {
    if (station.before_service) [[unlikely]] {
        if (!find_place(context, station, device, unit, slot)) return;
    }
    slot.phase = SlotPhase::processing;
    slot.remaining = slot.full;
    act(context, station, unit, MachineState::busy);
    start_work(context, station, device, unit, slot);
}

/// Puts a part on an empty machine that may work. Its processing time is drawn now.
void load(Context& context, const Station& station, StationState& state, DeviceIndex device,
          std::uint16_t unit, const Part& part) {
    Slot& slot = slot_of(context, station, unit);
    const Time waited = context.now() - part.arrived;
    state.waited += waited;
    state.waited_parts += waited > 0 ? 1 : 0;
    ++state.loaded;
    slot.part = part;
    slot.full = context.sample_time(station.cycle, station.cycle_series[part.source], part.number,
                                    position_of(part));
    if (station.standby) {
        context.cancel(sleep_timer(station, unit));
        if (slot.asleep != 0) {
            slot.asleep = 0;
            ++state.wakes;
            random::Draws wake = context.draws(station.wake_streams[unit], slot.wakes++);
            slot.phase = SlotPhase::setting_up;
            slot.remaining = random::sample_time(station.wake, wake);
            act(context, station, unit, MachineState::setup);
            start_work(context, station, device, unit, slot);
            return;
        }
    }
    begin_processing(context, station, device, unit, slot);
}

/// The lowest-numbered machine that is empty, up and on shift; units when there is none.
std::uint32_t find_idle(Context& context, const Station& station) {
    const Slot* slots = context.at<Slot>(station.slots_at);
    const reliability::UnitState* units =
        context.at<reliability::UnitState>(station.upkeep.units_at);
    std::uint32_t unit = 0;
    while (unit < station.upkeep.units &&
           (slots[unit].phase != SlotPhase::empty || !units[unit].may_work())) {
        ++unit;
    }
    return unit;
}

void load_waiting(Context& context, const Station& station, StationState& state,
                  DeviceIndex device) {
    while (state.queue.count > 0) {
        const std::uint32_t idle = find_idle(context, station);
        if (idle == station.upkeep.units) return;
        book_parts(context, state);
        const Part part = context.memory().pop<Part>(state.queue);
        load(context, station, state, device, static_cast<std::uint16_t>(idle), part);
    }
}

/// The part on this machine leaves the station; its place is free.
inline Part take_off(Context& context, const Station& station, StationState& state,
                     DeviceIndex device, std::uint16_t unit) {
    Slot& slot = slot_of(context, station, unit);
    book_parts(context, state);
    --state.inside;
    ++state.left;
    state.sojourn += context.now() - slot.part.arrived;
    const Part part = slot.part;
    become_empty(context, station, device, unit);
    return part;
}

void scrap(Context& context, const Station& station, StationState& state, DeviceIndex device,
           std::uint16_t unit) {
    ++state.scrapped;
    if (station.before_service) {
        const DeviceIndex kept_at = slot_of(context, station, unit).destination;
        context.ports<FlowPorts>(kept_at).give_back_place(context, kept_at);
    }
    part_gone(context, station.sources, take_off(context, station, state, device, unit));
}

bool is_scrapped(Context& context, const Station& station, const Part& part) {
    if (station.scrap <= 0) return false;
    return draw_level(context, station.scrap_series[part.source], part) < station.scrap;
}

/// Blocking before service: the part has its destination, and a place there.
[[gnu::noinline]] void move_to_kept_place(Context& context, const Station& station,
                                          StationState& state, DeviceIndex device,
                                          std::uint16_t unit) {
    Slot& slot = slot_of(context, station, unit);
    if (slot.leads_back != 0) ++slot.part.visits;
    const DeviceIndex to = slot.destination;
    const FlowPorts& next = context.ports<FlowPorts>(to);
    next.accept_kept(context, to, take_off(context, station, state, device, unit));
}

void draw_energy_of_part(Context& context, const Station& station) {
    const DeviceIndex meter = station.upkeep.meter;
    if (meter == no_device) return;
    constexpr double mw_ns_per_joule = 1e12;
    context.ports<PowerPorts>(meter).draw(
        context, meter, static_cast<Wide>(station.energy_per_part_j * mw_ns_per_joule));
}

/// A completed part is scrapped, or draws its destination once and moves on or blocks.
void complete(Context& context, const Station& station, DeviceIndex device, std::uint16_t unit) {
    StationState& state = context.state<StationState>(device);
    Slot& slot = slot_of(context, station, unit);
    ++state.completed;
    if (station.upkeep.ages_by_cycles) reliability::count_cycle(context, station.upkeep, unit);
    if (station.energy_per_part_j > 0) draw_energy_of_part(context, station);
    if (is_scrapped(context, station, slot.part)) {
        scrap(context, station, state, device, unit);
        return;
    }
    if (station.before_service) [[unlikely]] {
        move_to_kept_place(context, station, state, device, unit);
        return;
    }
    const Routes::Route& route = station.next.choose(context, slot.part);
    if (route.leads_back) ++slot.part.visits;
    const FlowPorts& next = context.ports<FlowPorts>(route.to);
    if (next.has_place(context, route.to)) {
        next.accept(context, route.to, take_off(context, station, state, device, unit));
        return;
    }
    block(context, station, unit, slot, SlotPhase::blocked, route.to);
    next.wait_for_place(context, route.to, {device, unit});
}

}  // namespace

void become_empty(Context& context, const Station& station, DeviceIndex device,
                  std::uint16_t unit) {
    Slot& slot = slot_of(context, station, unit);
    slot.phase = SlotPhase::empty;
    act(context, station, unit, MachineState::starved);
    if (station.standby) {
        context.set_timer(sleep_timer(station, unit), later(context.now(), station.standby_after),
                          EventClass::reporting, event_of(device, unit, fall_asleep));
    }
}

void sleep(Context& context, const Station& station, std::uint16_t unit) {
    slot_of(context, station, unit).asleep = 1;
    act(context, station, unit, MachineState::standby);
}

void finish_phase(Context& context, const Station& station, DeviceIndex device,
                  std::uint16_t unit) {
    Slot& slot = slot_of(context, station, unit);
    count_work(context, station, unit, slot);
    if (slot.phase == SlotPhase::setting_up) {
        begin_processing(context, station, device, unit, slot);
        return;
    }
    complete(context, station, device, unit);
    if (station.upkeep.ages_by_cycles) {
        using reliability::FailureClock;
        reliability::check_marks(context, station.upkeep, device, unit, FailureClock::cycles);
    }
    fill_places(context, station, device);
}

void pass_mark(Context& context, const Station& station, DeviceIndex device, std::uint16_t unit) {
    Slot& slot = slot_of(context, station, unit);
    count_work(context, station, unit, slot);
    reliability::check_marks(context, station.upkeep, device, unit,
                             reliability::FailureClock::operating);
    work_changed(context, device, unit);
}

void fill_places(Context& context, const Station& station, DeviceIndex device) {
    StationState& state = context.state<StationState>(device);
    load_waiting(context, station, state, device);
    while (state.waiters.count > 0 || station.saturated_by != no_device) {
        if (!is_open(station, state)) return;
        Waiter waiter{station.saturated_by, 0};
        if (state.waiters.count > 0) waiter = context.memory().pop<Waiter>(state.waiters);
        const FlowPorts& sender = context.ports<FlowPorts>(waiter.device);
        if (waiter.wants_place_kept != 0) {
            ++state.kept;
            sender.place_kept(context, waiter.device, waiter.unit);
            continue;
        }
        accept_part(context, device, sender.release(context, waiter.device, waiter.unit));
    }
}

void accept_part(Context& context, DeviceIndex device, Part part) {
    const Station& station = context.parameters<Station>(device);
    StationState& state = context.state<StationState>(device);
    book_parts(context, state);
    ++state.inside;
    ++state.entered;
    part.arrived = context.now();
    if (state.queue.count == 0) {
        const std::uint32_t idle = find_idle(context, station);
        if (idle < station.upkeep.units) {
            load(context, station, state, device, static_cast<std::uint16_t>(idle), part);
            return;
        }
    }
    context.memory().push(state.queue, part);
}

Part release_part(Context& context, DeviceIndex device, std::uint32_t unit) {
    const Station& station = context.parameters<Station>(device);
    call(context, device, Call::place_left);
    return take_off(context, station, context.state<StationState>(device), device,
                    static_cast<std::uint16_t>(unit));
}

bool keep_place(Context& context, DeviceIndex device, Waiter waiter) {
    StationState& state = context.state<StationState>(device);
    // Nobody overtakes those in line, whose turn may be waiting in the worklist.
    if (state.waiters.count == 0 && is_open(context.parameters<Station>(device), state)) {
        ++state.kept;
        return true;
    }
    context.memory().push(state.waiters, waiter);
    return false;
}

void accept_kept_part(Context& context, DeviceIndex device, Part part) {
    --context.state<StationState>(device).kept;
    accept_part(context, device, part);
}

void give_back_place(Context& context, DeviceIndex device) {
    --context.state<StationState>(device).kept;
    call(context, device, Call::place_left);
}

void place_kept(Context& context, DeviceIndex device, std::uint32_t unit) {
    const Station& station = context.parameters<Station>(device);
    const auto number = static_cast<std::uint16_t>(unit);
    Slot& slot = slot_of(context, station, number);
    slot.phase = SlotPhase::processing;
    slot.remaining = slot.full;
    slot.started = never;
    act(context, station, number, MachineState::busy);
    // A machine that is down or off shift keeps the place and begins when it may work.
    work_changed(context, device, number);
}

void work_changed(Context& context, DeviceIndex device, std::uint16_t unit) {
    const Station& station = context.parameters<Station>(device);
    Slot& slot = slot_of(context, station, unit);
    const bool works = slot.phase == SlotPhase::processing || slot.phase == SlotPhase::setting_up;
    const bool may_work = unit_of(context, station, unit).may_work();
    if (works && may_work && slot.started == never) {
        start_work(context, station, device, unit, slot);
    } else if (works && !may_work && slot.started != never) {
        count_work(context, station, unit, slot);
        context.cancel(work_timer(station, unit));
    } else if (may_work && slot.phase == SlotPhase::empty) {
        load_waiting(context, station, context.state<StationState>(device), device);
    }
}

void part_affected(Context& context, DeviceIndex device, std::uint16_t unit,
                   reliability::PartFate fate) {
    const Station& station = context.parameters<Station>(device);
    Slot& slot = slot_of(context, station, unit);
    if (slot.phase != SlotPhase::processing) return;
    if (fate == reliability::PartFate::restarts) slot.remaining = slot.full;
    if (fate == reliability::PartFate::scrapped) {
        ++context.state<StationState>(device).spoiled;
        scrap(context, station, context.state<StationState>(device), device, unit);
        call(context, device, Call::place_left);
    }
}

}  // namespace foretwin::flow
