#include "models/flow/source.hpp"

namespace foretwin::flow {
namespace {

enum SourceEvent : std::uint8_t { arrival = 1, shift_edge };

Part new_part(Context& context, const Source& source, SourceState& state) {
    Part part;
    part.entered = context.now();
    part.number = state.next_number++;
    part.source = source.number;
    return part;
}

/// The interval to the next part begins, or goes on after the shift began.
void arm(Context& context, const Source& source, SourceState& state, DeviceIndex device) {
    if (state.left < 0) {
        state.left =
            context.sample_time(source.interval, source.interval_series, state.next_number);
    }
    if (state.on_shift == 0) return;
    context.set_timer(source.arrival_timer, later(context.now(), state.left), EventClass::arrival,
                      event_for(device, arrival));
    state.left = -1;
}

/// Sends the part in, or keeps it in line before its first device.
void offer(Context& context, const Source& source, SourceState& state, DeviceIndex device,
           Part part) {
    const DeviceIndex first = source.next.choose(context, part).to;
    const FlowPorts& next = context.ports<FlowPorts>(first);
    const bool patient =
        source.kind != Source::Kind::every || source.when_full == Source::WhenFull::wait;
    if (next.offer(context, first, part, {patient ? device : no_device, 0})) {
        ++state.entered;
    } else if (patient) {
        ++state.waiting;
        context.memory().push(state.held, part);
    } else {
        ++state.lost;
    }
}

void arrive(Context& context, const Source& source, SourceState& state, DeviceIndex device) {
    ++state.offered;
    offer(context, source, state, device, new_part(context, source, state));
    if (state.waiting == 0) arm(context, source, state, device);
}

Part release(Context& context, DeviceIndex device, std::uint32_t) {
    const Source& source = context.parameters<Source>(device);
    SourceState& state = context.state<SourceState>(device);
    ++state.entered;
    if (source.kind == Source::Kind::saturated) {
        ++state.offered;
        return new_part(context, source, state);
    }
    --state.waiting;
    Part part = context.memory().pop<Part>(state.held);
    part.entered = context.now();
    if (source.kind == Source::Kind::every) arm(context, source, state, device);
    return part;
}

/// Fills the plant before the first event, once every device has started.
void fill(Context& context, const Source& source, SourceState& state, DeviceIndex device) {
    for (std::uint32_t i = 0; i < source.population; ++i) {
        ++state.offered;
        offer(context, source, state, device, new_part(context, source, state));
    }
}

void enter_shift(Context& context, const Source& source, SourceState& state, DeviceIndex device) {
    while (source.calendar->edge(state.edge) <= context.now()) ++state.edge;
    state.on_shift = state.edge % 2;
    context.set_timer(source.shift_timer, source.calendar->edge(state.edge), EventClass::shift_edge,
                      event_for(device, shift_edge));
}

void start(Context& context, DeviceIndex device) {
    const Source& source = context.parameters<Source>(device);
    SourceState& state = context.state<SourceState>(device);
    if (source.kind != Source::Kind::every) {
        call(context, device, Call::place_left);
        return;
    }
    if (source.calendar) enter_shift(context, source, state, device);
    arm(context, source, state, device);
}

void handle(Context& context, DeviceIndex device, const Event& event) {
    const Source& source = context.parameters<Source>(device);
    SourceState& state = context.state<SourceState>(device);
    if (event.kind == arrival) {
        arrive(context, source, state, device);
        return;
    }
    const Time due = context.timer_at(source.arrival_timer);
    enter_shift(context, source, state, device);
    if (state.on_shift == 0 && due != never) {
        state.left = due - context.now();
        context.cancel(source.arrival_timer);
    } else if (state.on_shift != 0 && due == never && state.waiting == 0) {
        arm(context, source, state, device);
    }
}

void handle_call(Context& context, DeviceIndex device, const Event& event) {
    const Source& source = context.parameters<Source>(device);
    SourceState& state = context.state<SourceState>(device);
    if (event.kind == static_cast<std::uint8_t>(Call::place_left)) {
        fill(context, source, state, device);
    } else {
        FORETWIN_RULE(event.kind == static_cast<std::uint8_t>(Call::part_gone),
                      "a source hears only of parts that are gone");
        ++state.offered;
        offer(context, source, state, device, new_part(context, source, state));
    }
}

void begin_measuring(Context& context, DeviceIndex device) {
    SourceState& state = context.state<SourceState>(device);
    state.offered = state.entered = state.lost = 0;
}

void report(Context& context, DeviceIndex device, kernel::FigureSink& sink) {
    const SourceState& state = context.state<SourceState>(device);
    sink.add("offered", static_cast<Wide>(state.offered), "1", 1);
    sink.add("entered", static_cast<Wide>(state.entered), "1", 1);
    sink.add("lost", static_cast<Wide>(state.lost), "1", 1);
    sink.add("waiting", state.waiting, "1", 1);
}

constexpr FlowPorts ports{nullptr, release};
constexpr kernel::Behaviour behaviour{"source",        start,  handle, handle_call,
                                      begin_measuring, report, &ports};

constexpr ParameterSpec parameters[] = {
    {.name = "part", .kind = ParameterKind::text, .usual = "part", .meaning = "type of its parts"},
    {.name = "saturated",
     .kind = ParameterKind::boolean,
     .meaning = "true: the first station always holds as many parts as it has machines"},
    {.name = "every",
     .kind = ParameterKind::distribution,
     .unit = "s",
     .lowest = 0,
     .meaning = "interval between parts; the first part comes after one interval"},
    {.name = "conwip",
     .kind = ParameterKind::count,
     .lowest = 1,
     .highest = 1e6,
     .meaning = "parts in process: one that leaves is replaced at once"},
    {.name = "when_full",
     .kind = ParameterKind::choice,
     .choices = "lost | wait",
     .meaning = "what becomes of a part that finds no place; no default, needed with every"},
    {.name = "calendar",
     .kind = ParameterKind::calendar,
     .meaning = "with every: off shift the interval stands still"},
    next_key,
};

}  // namespace

const DeviceSpec Source::spec{"source", "where parts come from",
                              "one of saturated, every, conwip; batches are not modelled",
                              parameters};

void add_source(kernel::ModelBuilder& builder, DeviceIndex device, Source source) {
    source.interval_series = builder.series(source.name + "/interval");
    source.next.declare(builder, source.name, source.sources);
    source.arrival_timer = builder.reserve_timers(2);
    source.shift_timer = source.arrival_timer + 1;
    const std::uint32_t state = builder.reserve<SourceState>();
    builder.set(device, behaviour, std::make_shared<const Source>(std::move(source)), state);
}

}  // namespace foretwin::flow
