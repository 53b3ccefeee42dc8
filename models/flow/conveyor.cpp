#include "models/flow/conveyor.hpp"

namespace foretwin::flow {
namespace {

enum ConveyorEvent : std::uint8_t { part_arrives = 1, credit_arrives };

// -- entry ---------------------------------------------------------------------------------------

void book(Context& context, ConveyorState& state) {
    state.entered_time +=
        static_cast<Wide>(context.now() - state.since) * static_cast<Wide>(state.entered_ever);
    state.since = context.now();
}

void start(Context& context, DeviceIndex device) {
    context.state<ConveyorState>(device).credits = context.parameters<Conveyor>(device).capacity;
}

/// The part takes a credit and goes on its way.
void accept(Context& context, DeviceIndex device, const Part& part) {
    const Conveyor& conveyor = context.parameters<Conveyor>(device);
    ConveyorState& state = context.state<ConveyorState>(device);
    book(context, state);
    --state.credits;
    ++state.entered;
    ++state.entered_ever;
    context.send(device, later(context.now(), conveyor.delay), EventClass::arrival,
                 event_for(conveyor.exit, part_arrives), arriving(context, part));
}

bool has_place(const ConveyorState& state) {
    return state.credits > state.places.kept;
}

/// Nobody overtakes those in line, whose turn may be waiting in the worklist.
bool offer(Context& context, DeviceIndex device, const Part& part, Waiter waiter) {
    ConveyorState& state = context.state<ConveyorState>(device);
    if (has_place(state) && state.places.waiters.count == 0) {
        accept(context, device, part);
        return true;
    }
    stand_in_line(context, state.places, waiter);
    return false;
}

bool keep_place(Context& context, DeviceIndex device, Waiter waiter) {
    ConveyorState& state = context.state<ConveyorState>(device);
    return keep(context, state.places, has_place(state), waiter);
}

void give_back_place(Context& context, DeviceIndex device) {
    give_back(context, context.state<ConveyorState>(device).places, device);
}

void accept_kept(Context& context, DeviceIndex device, const Part& part) {
    --context.state<ConveyorState>(device).places.kept;
    accept(context, device, part);
}

/// Lets in who is in line while there are credits.
void serve_waiters(Context& context, DeviceIndex device) {
    ConveyorState& state = context.state<ConveyorState>(device);
    let_all_in(
        context, state.places, [&] { return has_place(state); },
        [&](const Part& part) { accept(context, device, part); });
}

void handle_credit(Context& context, DeviceIndex device, const Event& event) {
    FORETWIN_RULE(event.kind == credit_arrives, "only credits come back to a conveyor's entry");
    ++context.state<ConveyorState>(device).credits;
    serve_waiters(context, device);
}

void handle_entry_call(Context& context, DeviceIndex device, const Event&) {
    serve_waiters(context, device);
}

// -- exit ----------------------------------------------------------------------------------------

void book(Context& context, ConveyorExitState& state) {
    state.left_time +=
        static_cast<Wide>(context.now() - state.since) * static_cast<Wide>(state.left_ever);
    state.since = context.now();
}

/// The first in line leaves; its place goes back to the entry as a credit.
Part take_first(Context& context, const Conveyor& conveyor, ConveyorExitState& state) {
    book(context, state);
    const Part part = context.memory().pop<Part>(state.line.parts);
    ++state.left;
    ++state.left_ever;
    state.sojourn += context.now() - part.arrived;
    if (conveyor.capacity != Conveyor::unlimited) {
        context.send(conveyor.exit, later(context.now(), conveyor.back), EventClass::arrival,
                     event_for(conveyor.entry, credit_arrives));
    }
    return part;
}

void send_on(Context& context, const Conveyor& conveyor, ConveyorExitState& state) {
    send_on(context, state.line, conveyor.next, conveyor.exit,
            [&] { take_first(context, conveyor, state); });
}

void handle_part(Context& context, DeviceIndex device, const Event& event) {
    FORETWIN_RULE(event.kind == part_arrives, "only parts come to a conveyor's exit");
    const Conveyor& conveyor = context.parameters<Conveyor>(device);
    ConveyorExitState& state = context.state<ConveyorExitState>(device);
    context.memory().push(state.line.parts, context.take_cargo<Part>(event));
    FORETWIN_RULE(state.line.parts.count <= conveyor.capacity, "a part on its way finds its place");
    send_on(context, conveyor, state);
}

Part release(Context& context, DeviceIndex device, std::uint32_t) {
    ConveyorExitState& state = context.state<ConveyorExitState>(device);
    return release_first(context, state.line, device, [&] {
        return take_first(context, context.parameters<Conveyor>(device), state);
    });
}

void handle_exit_call(Context& context, DeviceIndex device, const Event&) {
    send_on(context, context.parameters<Conveyor>(device),
            context.state<ConveyorExitState>(device));
}

// -- figures -------------------------------------------------------------------------------------

void begin_measuring_entry(Context& context, DeviceIndex device) {
    ConveyorState& state = context.state<ConveyorState>(device);
    state.entered_time = 0;
    state.entered = 0;
    state.since = context.now();
}

void begin_measuring_exit(Context& context, DeviceIndex device) {
    ConveyorExitState& state = context.state<ConveyorExitState>(device);
    state.sojourn = state.left_time = 0;
    state.left = 0;
    state.since = context.now();
}

/// Executors stand still while figures are told, so both halves may be looked at.
void report(Context& context, DeviceIndex device, kernel::FigureSink& sink) {
    ConveyorState& entry = context.state<ConveyorState>(device);
    ConveyorExitState& exit =
        context.state<ConveyorExitState>(context.parameters<Conveyor>(device).exit);
    book(context, entry);
    book(context, exit);
    sink.add("wip_time", entry.entered_time - exit.left_time, "s", 1e-9);
    sink.add("sojourn", exit.sojourn, "s", 1e-9);
    sink.add("entered", static_cast<Wide>(entry.entered), "1", 1);
    sink.add("left", static_cast<Wide>(exit.left), "1", 1);
    sink.add("inside", static_cast<Wide>(entry.entered_ever - exit.left_ever), "1", 1);
}

constexpr FlowPorts entry_ports{offer, nullptr, keep_place, accept_kept, give_back_place, nullptr};
constexpr FlowPorts exit_ports{nullptr, release};
constexpr kernel::Behaviour entry_behaviour{
    "conveyor", start,       handle_credit, handle_entry_call, begin_measuring_entry,
    report,     &entry_ports};
constexpr kernel::Behaviour exit_behaviour{
    "conveyor exit",      nullptr, handle_part, handle_exit_call,
    begin_measuring_exit, nullptr, &exit_ports};

constexpr ParameterSpec parameters[] = {
    {.name = "delay",
     .kind = ParameterKind::quantity,
     .unit = "s",
     .lowest = 1e-9,
     .required = true,
     .meaning = "time from entering to the end, where the part leaves when there is place"},
    {.name = "capacity",
     .kind = ParameterKind::count,
     .lowest = 1,
     .highest = 1e7,
     .required = true,
     .choices = "unlimited",
     .meaning = "parts it holds, on the way and waiting at its end; a place is taken from entering "
                "until the entry hears that the part has left"},
    {.name = "return",
     .kind = ParameterKind::quantity,
     .unit = "s",
     .lowest = 0,
     .meaning = "time until the entry hears of a freed place; as long as `delay` unless told"},
    next_key,
};

}  // namespace

const DeviceSpec Conveyor::spec{
    "conveyor", "carries parts over a distance, in order, in a fixed time",
    "at most capacity / (delay + return) parts per time; no failures; parts close up at its end",
    parameters};

std::string exit_of(const std::string& conveyor) {
    return conveyor + "/exit";
}

void add_conveyor(kernel::ModelBuilder& builder, Conveyor conveyor) {
    FORETWIN_RULE(conveyor.delay > 0 && conveyor.back >= 0, "a conveyor takes time");
    const DeviceIndex entry = conveyor.entry;
    const DeviceIndex exit = conveyor.exit;
    conveyor.next.declare(builder, conveyor.name, conveyor.sources);
    builder.part(exit);
    builder.channel(entry, exit, conveyor.delay);
    if (conveyor.capacity != Conveyor::unlimited) builder.channel(exit, entry, conveyor.back);
    const std::uint32_t entry_state = builder.reserve<ConveyorState>();
    const std::uint32_t exit_state = builder.reserve<ConveyorExitState>();
    const auto both = std::make_shared<const Conveyor>(std::move(conveyor));
    builder.set(entry, entry_behaviour, both, entry_state);
    builder.set(exit, exit_behaviour, both, exit_state);
}

}  // namespace foretwin::flow
