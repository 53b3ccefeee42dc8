#include "models/flow/station_internal.hpp"

namespace foretwin::flow {
namespace {

[[gnu::always_inline]] inline void act(Post& post, MachineState activity) {
    reliability::set_activity(post.context, post.station.upkeep, post.unit, post.machine, activity);
}

/// Goes on with the present phase, which the caller knows. The operating clock decides at once
/// which comes first, the end of processing or a failure: no event is ever cancelled for it.
/// Completion wins a tie.
[[gnu::always_inline]] inline void start_work(Post& post, SlotPhase phase) {
    const Time now = post.context.now();
    post.slot.started = now;
    Time until = post.slot.remaining;
    StationEvent kind = work_done;
    EventClass event_class = EventClass::processing_end;
    if (phase == SlotPhase::processing) {
        const Time budget = reliability::operating_budget(post.context, post.station.upkeep,
                                                          post.unit, post.machine);
        if (budget < until) {
            until = budget;
            kind = mark_reached;
            event_class = EventClass::failure;
        }
    }
    post.context.set_timer(post.work_timer(), later(now, until), event_class, post.event(kind));
}

/// Counts what was worked since start_work.
inline void count_work(Post& post) {
    Slot& slot = post.slot;
    const Time elapsed = post.context.now() - slot.started;
    if (slot.remaining != never) slot.remaining -= elapsed;
    slot.started = never;
    if (slot.phase == SlotPhase::processing) {
        reliability::operate(post.station.upkeep, post.machine, elapsed);
    }
}

/// The machine holds a part that has nowhere to go.
inline void block(Post& post, SlotPhase phase, DeviceIndex destination) {
    post.slot.phase = phase;
    post.slot.destination = destination;
    post.slot.started = post.context.now();
    act(post, MachineState::blocked);
}

/// Blocking before service: draws the destination and has a place kept there, or blocks until it
/// is.
[[gnu::noinline]] bool find_place(Context& context, const Station& station, DeviceIndex device,
                                  std::uint16_t unit) {
    Post post(context, station, device, unit);
    const Routes::Route& route = post.station.next.choose(post.context, post.slot.part);
    post.slot.destination = route.to;
    post.slot.leads_back = route.leads_back ? 1 : 0;
    const FlowPorts& next = post.context.ports<FlowPorts>(route.to);
    if (next.keep_place(post.context, route.to, {post.device, post.unit, 1})) return true;
    block(post, SlotPhase::awaiting_place, route.to);
    return false;
}

template <bool plain>
[[gnu::always_inline]] inline void begin_processing(Post& post) {
    if (!plain && post.station.before_service) [[unlikely]] {
        if (!find_place(post.context, post.station, post.device, post.unit)) return;
    }
    post.slot.phase = SlotPhase::processing;
    post.slot.remaining = post.slot.full;
    act(post, MachineState::busy);
    start_work(post, SlotPhase::processing);
}

/// The machine sleeps no longer; true when it has to be set up first.
[[gnu::noinline]] bool wake(Context& context, const Station& station, DeviceIndex device,
                            std::uint16_t unit) {
    Post post(context, station, device, unit);
    Slot& slot = post.slot;
    post.context.cancel(post.sleep_timer());
    if (slot.asleep == 0) return false;
    slot.asleep = 0;
    ++post.state.wakes;
    std::uint32_t& wakes = post.context.at<std::uint32_t>(post.station.wakes_at)[post.unit];
    random::Draws draws = post.context.draws(post.station.wake_streams[post.unit], wakes++);
    slot.phase = SlotPhase::setting_up;
    slot.remaining = random::sample_time(post.station.wake, draws);
    act(post, MachineState::setup);
    start_work(post, SlotPhase::setting_up);
    return true;
}

[[gnu::noinline]] Time draw_cycle(Context& context, const Station& station, const Part& part) {
    return context.sample_time(station.cycle, station.cycle_series[part.source], part.number,
                               position_of(part));
}

/// A part was put on an empty machine that may work. Its processing time is drawn now.
template <bool plain>
[[gnu::always_inline]] inline void load(Post& post) {
    const Station& station = post.station;
    Slot& slot = post.slot;
    const Part& part = slot.part;
    const Time waited = post.context.now() - part.arrived;
    add_positive(post.state.waited, waited);
    post.state.waited_parts += waited > 0 ? 1 : 0;
    slot.full =
        station.fixed_cycle >= 0 ? station.fixed_cycle : draw_cycle(post.context, station, part);
    if (!plain && station.standby && wake(post.context, station, post.device, post.unit)) return;
    begin_processing<plain>(post);
}

/// The lowest-numbered machine that is empty, up and on shift; units when there is none.
template <bool plain>
inline std::uint32_t find_idle(Context& context, const Station& station) {
    const Slot* slots = context.at<Slot>(station.slots_at);
    const reliability::UnitState* units =
        context.at<reliability::UnitState>(station.upkeep.units_at);
    if (plain) return slots->phase == SlotPhase::empty && units->may_work() ? 0 : 1;
    std::uint32_t unit = 0;
    while (slots[unit].phase != SlotPhase::empty || !units[unit].may_work()) {
        if (++unit == station.upkeep.units) break;
    }
    return unit;
}

[[gnu::noinline]] void load_waiting(Context& context, const Station& station, StationState& state,
                                    DeviceIndex device) {
    while (state.queue.count > 0) {
        const std::uint32_t idle = find_idle<false>(context, station);
        if (idle == station.upkeep.units) return;
        Post post(context, station, device, idle);
        context.memory().pop(state.queue, post.slot.part);
        load<false>(post);
    }
}

/// A part that arrived then has left the station.
inline void book_departure(Post& post, Time arrived) {
    const Time now = post.context.now();
    --post.state.inside;
    ++post.state.left;
    add_positive(post.state.sojourn, now - arrived);
}

/// The part on this machine leaves the station; its place is free. What the machine does now is
/// settled when the place has been offered to those who wait (`rest_if_empty`).
inline const Part& take_off(Post& post) {
    post.slot.phase = SlotPhase::empty;
    book_departure(post, post.slot.part.arrived);
    return post.slot.part;
}

[[gnu::noinline]] void scrap(Context& context, const Station& station, DeviceIndex device,
                             std::uint16_t unit) {
    Post post(context, station, device, unit);
    ++post.state.scrapped;
    if (post.station.before_service) {
        const DeviceIndex kept_at = post.slot.destination;
        post.context.ports<FlowPorts>(kept_at).give_back_place(post.context, kept_at);
    }
    part_gone(post.context, post.station.sources, take_off(post));
}

bool is_scrapped(Context& context, const Station& station, const Part& part) {
    if (station.scrap <= 0) return false;
    return draw_level(context, station.scrap_series[part.source], part) < station.scrap;
}

/// Blocking before service: the part has its destination, and a place there.
void move_to_kept_place(Post& post) {
    if (post.slot.leads_back != 0) ++post.slot.part.visits;
    const DeviceIndex to = post.slot.destination;
    const FlowPorts& next = post.context.ports<FlowPorts>(to);
    next.accept_kept(post.context, to, take_off(post));
}

void draw_energy_of_part(Context& context, const Station& station) {
    const DeviceIndex meter = station.upkeep.meter;
    if (meter == no_device) return;
    constexpr double mw_ns_per_joule = 1e12;
    context.ports<PowerPorts>(meter).draw(
        context, meter, static_cast<Wide>(station.energy_per_part_j * mw_ns_per_joule));
}

/// What not every station has; true when the part has left.
[[gnu::noinline]] bool complete_specially(Context& context, const Station& station,
                                          DeviceIndex device, std::uint16_t unit) {
    Post post(context, station, device, unit);
    if (station.upkeep.ages_by_cycles) reliability::count_cycle(context, station.upkeep, post.unit);
    if (station.energy_per_part_j > 0) draw_energy_of_part(context, station);
    if (is_scrapped(context, station, post.slot.part)) {
        scrap(context, station, device, unit);
        return true;
    }
    if (station.before_service) move_to_kept_place(post);
    return station.before_service;
}

/// A part has left this machine: it rests, unless another one is already on it.
inline void rest_if_empty(Post& post) {
    const MachineState last = post.machine.activity;
    if (post.slot.phase == SlotPhase::empty && last != MachineState::starved &&
        last != MachineState::standby) {
        rest(post.context, post.station, post.device, post.unit);
    }
}

/// Puts a part that arrives on an empty machine that may work.
template <bool plain>
[[gnu::noinline]] void load_arrival(Context& context, const Station& station, DeviceIndex device,
                                    std::uint32_t unit, const Part& part) {
    Post post(context, station, device, unit);
    post.slot.part = part;
    post.slot.part.arrived = post.context.now();
    load<plain>(post);
}

/// Puts a part that has entered onto a machine, or into the queue.
template <bool plain>
[[gnu::always_inline]] inline void take_in(Context& context, const Station& station,
                                           StationState& state, DeviceIndex device,
                                           const Part& part) {
    ++state.inside;
    if (state.queue.count == 0) {
        const std::uint32_t idle = find_idle<plain>(context, station);
        if (idle < (plain ? 1 : station.upkeep.units)) {
            load_arrival<plain>(context, station, device, idle, part);
            return;
        }
    }
    Part& waiting = context.memory().extend<Part>(state.queue);
    copy_in_words<Part>(&waiting, &part);
    waiting.arrived = context.now();
}

/// Takes a part in, or puts who offers it in line.
template <bool plain>
[[gnu::always_inline]] inline bool take_or_line_up(Context& context, DeviceIndex device,
                                                   const Part& part, Waiter waiter) {
    const Station& station = context.parameters<Station>(device);
    StationState& state = context.state<StationState>(device);
    if (!is_open(station, state)) {
        stand_in_line(context, state.places, waiter);
        return false;
    }
    take_in<plain>(context, station, state, device, part);
    return true;
}

/// Offers the part of this machine to the next device: mostly a station like this one, which is
/// then not called but inlined.
template <bool plain>
[[gnu::always_inline]] inline bool offer_on(Post& post, DeviceIndex to) {
    const Waiter self{post.device, post.unit};
    if (post.context.are_alike(post.device, to)) {
        return take_or_line_up<plain>(post.context, to, post.slot.part, self);
    }
    const FlowPorts& next = post.context.ports<FlowPorts>(to);
    return next.offer(post.context, to, post.slot.part, self);
}

/// A completed part is scrapped, or draws its destination once and moves on or blocks.
template <bool plain>
[[gnu::always_inline]] inline void complete(Post& post) {
    Context& context = post.context;
    const Station& station = post.station;
    ++post.state.completed;
    DeviceIndex to = station.only_next;
    if (!plain) {
        if (station.special && complete_specially(context, station, post.device, post.unit)) return;
        const Routes::Route& route = station.next.choose(context, post.slot.part);
        if (route.leads_back) ++post.slot.part.visits;
        to = route.to;
    }
    // The machine counts as empty already, since the part may come back at once.
    post.slot.phase = SlotPhase::empty;
    const Time arrived = post.slot.part.arrived;
    if (offer_on<plain>(post, to)) {
        book_departure(post, arrived);
    } else {
        block(post, SlotPhase::blocked, to);
    }
}

/// Lets blocked parts of others in while there is a place. A plain station that gave its part away
/// would be called next, from the worklist; where nothing else waits there, it is returned instead,
/// for the caller to go on with.
template <bool plain>
[[gnu::always_inline]] inline DeviceIndex let_in_waiting(Post& post) {
    Context& context = post.context;
    const Station& station = post.station;
    StationState& state = post.state;
    kernel::Ring& waiters = state.places.waiters;
    DeviceIndex freed = no_device;
    const auto accept = [&](const Part& part) {
        take_in<plain>(context, station, state, post.device, part);
    };
    while ((waiters.count > 0 || station.saturated_by != no_device) && is_open(station, state)) {
        Waiter waiter{station.saturated_by, 0};
        if (waiters.count > 0) waiter = context.memory().pop<Waiter>(waiters);
        if (freed != no_device) {  // two at once: in the order of the worklist
            call(context, freed, Call::place_left);
            freed = no_device;
        }
        if (plain && context.are_alike(post.device, waiter.device) && context.calls_nothing()) {
            freed = waiter.device;
            Post sender(context, context.parameters<Station>(freed), freed, 0);
            accept(take_off(sender));
        } else {
            let_in(context, state.places, waiter, accept);
        }
    }
    return freed;
}

/// Loads waiting parts onto empty machines and lets blocked parts of others in, until nothing
/// moves; a part has left this machine. Returns who is to do the same next, or no_device.
template <bool plain>
[[gnu::always_inline]] inline DeviceIndex fill_once(Post& post) {
    Context& context = post.context;
    const Station& station = post.station;
    StationState& state = post.state;
    if (state.queue.count > 0) {
        if (!plain && station.upkeep.units > 1) {
            load_waiting(context, station, state, post.device);
        } else if (post.slot.phase == SlotPhase::empty && post.machine.may_work()) {
            context.memory().pop(state.queue, post.slot.part);
            load<plain>(post);
        }
    }
    const DeviceIndex freed = let_in_waiting<plain>(post);
    rest_if_empty(post);
    return freed;
}

/// Up the line, as long as each one lets the one before it go on. All of it is one cell's. This is
/// the order of the worklist, because nothing that a plain station does between leaving a place and
/// its end calls anybody; and it ends, because a loop has a station that leads back, and so is not
/// plain.
[[gnu::noinline]] void fill_up_the_line(Context& context, DeviceIndex device) {
    while (device != no_device) {
        Post post(context, context.parameters<Station>(device), device, 0);
        device = fill_once<true>(post);
    }
}

template <bool plain>
[[gnu::always_inline]] inline void fill(Post& post) {
    const DeviceIndex freed = fill_once<plain>(post);
    if (plain && freed != no_device) fill_up_the_line(post.context, freed);
}

template <bool plain>
[[gnu::always_inline]] inline void finish_phase(Context& context, const Station& station,
                                                DeviceIndex device, std::uint16_t unit) {
    Post post(context, station, device, unit);
    if (!plain && post.slot.phase == SlotPhase::setting_up) [[unlikely]] {
        begin_processing<plain>(post);
        return;
    }
    reliability::operate(station.upkeep, post.machine, context.now() - post.slot.started);
    complete<plain>(post);
    if (!plain && station.upkeep.ages_by_cycles) {
        using reliability::FailureClock;
        reliability::check_marks(context, station.upkeep, device, unit, FailureClock::cycles);
    }
    fill<plain>(post);
}

void pass_mark(Post&& post) {
    count_work(post);
    reliability::check_marks(post.context, post.station.upkeep, post.device, post.unit,
                             reliability::FailureClock::operating);
    work_changed(post.context, post.device, post.unit);
}

void sleep(Post&& post) {
    post.slot.asleep = 1;
    act(post, MachineState::standby);
}

}  // namespace

void rest(Context& context, const Station& station, DeviceIndex device, std::uint32_t unit) {
    Post post(context, station, device, unit);
    act(post, MachineState::starved);
    if (post.station.standby) {
        post.context.set_timer(post.sleep_timer(),
                               later(post.context.now(), post.station.standby_after),
                               EventClass::reporting, post.event(fall_asleep));
    }
}

template <bool plain>
void handle(Context& context, DeviceIndex device, const Event& event) {
    const Station& station = context.parameters<Station>(device);
    if (event.kind == work_done) [[likely]] {
        finish_phase<plain>(context, station, device, plain ? 0 : event.unit);
        return;
    }
    switch (event.kind) {
        case mark_reached:
            pass_mark(Post(context, station, device, event.unit));
            return;
        case fall_asleep:
            sleep(Post(context, station, device, event.unit));
            return;
        default:
            reliability::handle(context, station.upkeep, device, event);
    }
}

template <bool plain>
void handle_call(Context& context, DeviceIndex device, const Event& event) {
    const Station& station = context.parameters<Station>(device);
    if (event.kind == static_cast<std::uint8_t>(Call::place_left)) {
        Post post(context, station, device, plain ? 0 : event.unit);
        fill<plain>(post);
        return;
    }
    const bool known = reliability::handle_call(context, station.upkeep, device, event);
    FORETWIN_RULE(known, "a station understands every call it gets");
}

template <bool plain>
bool offer_part(Context& context, DeviceIndex device, const Part& part, Waiter waiter) {
    return take_or_line_up<plain>(context, device, part, waiter);
}
template bool offer_part<false>(Context&, DeviceIndex, const Part&, Waiter);
template bool offer_part<true>(Context&, DeviceIndex, const Part&, Waiter);
template void handle<false>(Context&, DeviceIndex, const Event&);
template void handle<true>(Context&, DeviceIndex, const Event&);
template void handle_call<false>(Context&, DeviceIndex, const Event&);
template void handle_call<true>(Context&, DeviceIndex, const Event&);

Part release_part(Context& context, DeviceIndex device, std::uint32_t unit) {
    Post post(context, context.parameters<Station>(device), device, unit);
    call(context, device, Call::place_left, post.unit);
    return take_off(post);
}

bool keep_place(Context& context, DeviceIndex device, Waiter waiter) {
    StationState& state = context.state<StationState>(device);
    const bool open = is_open(context.parameters<Station>(device), state);
    return keep(context, state.places, open, waiter);
}

void accept_kept_part(Context& context, DeviceIndex device, const Part& part) {
    StationState& state = context.state<StationState>(device);
    --state.places.kept;
    take_in<false>(context, context.parameters<Station>(device), state, device, part);
}

void give_back_place(Context& context, DeviceIndex device) {
    give_back(context, context.state<StationState>(device).places, device);
}

void place_kept(Context& context, DeviceIndex device, std::uint32_t unit) {
    Post post(context, context.parameters<Station>(device), device, unit);
    post.slot.phase = SlotPhase::processing;
    post.slot.remaining = post.slot.full;
    post.slot.started = never;
    act(post, MachineState::busy);
    // A machine that is down or off shift keeps the place and begins when it may work.
    work_changed(context, device, post.unit);
}

void work_changed(Context& context, DeviceIndex device, std::uint16_t unit) {
    Post post(context, context.parameters<Station>(device), device, unit);
    const Slot& slot = post.slot;
    const bool works = slot.phase == SlotPhase::processing || slot.phase == SlotPhase::setting_up;
    const bool may_work = post.machine.may_work();
    if (works && may_work && slot.started == never) {
        start_work(post, slot.phase);
    } else if (works && !may_work && slot.started != never) {
        count_work(post);
        context.cancel(post.work_timer());
    } else if (may_work && slot.phase == SlotPhase::empty) {
        load_waiting(context, post.station, post.state, device);
    }
}

void part_affected(Context& context, DeviceIndex device, std::uint16_t unit,
                   reliability::PartFate fate) {
    Post post(context, context.parameters<Station>(device), device, unit);
    if (post.slot.phase != SlotPhase::processing) return;
    if (fate == reliability::PartFate::restarts) post.slot.remaining = post.slot.full;
    if (fate == reliability::PartFate::scrapped) {
        ++post.state.spoiled;
        scrap(context, post.station, device, unit);
        call(context, device, Call::place_left, unit);
    }
}

}  // namespace foretwin::flow
