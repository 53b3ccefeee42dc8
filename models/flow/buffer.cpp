#include "models/flow/buffer.hpp"

namespace foretwin::flow {
namespace {

Part take_first(Context& context, BufferState& state) {
    state.inside.leave(context.now());
    const Part part = context.memory().pop<Part>(state.line.parts);
    ++state.left;
    add_positive(state.sojourn, context.now() - part.arrived);
    return part;
}

bool has_place(Context& context, DeviceIndex device) {
    const BufferState& state = context.state<BufferState>(device);
    return state.line.parts.count + state.places.kept < context.parameters<Buffer>(device).capacity;
}

void accept(Context& context, DeviceIndex device, const Part& part) {
    BufferState& state = context.state<BufferState>(device);
    state.inside.enter(context.now());
    ++state.entered;
    context.memory().push(state.line.parts, arriving(context, part));
    call(context, device, Call::place_left);
}

bool offer(Context& context, DeviceIndex device, const Part& part, Waiter waiter) {
    if (has_place(context, device)) {
        accept(context, device, part);
        return true;
    }
    stand_in_line(context, context.state<BufferState>(device).places, waiter);
    return false;
}

bool keep_place(Context& context, DeviceIndex device, Waiter waiter) {
    Places& places = context.state<BufferState>(device).places;
    return keep(context, places, has_place(context, device), waiter);
}

void accept_kept(Context& context, DeviceIndex device, const Part& part) {
    --context.state<BufferState>(device).places.kept;
    accept(context, device, part);
}

void give_back_place(Context& context, DeviceIndex device) {
    give_back(context, context.state<BufferState>(device).places, device);
}

Part release(Context& context, DeviceIndex device, std::uint32_t) {
    BufferState& state = context.state<BufferState>(device);
    return release_first(context, state.line, device, [&] { return take_first(context, state); });
}

void handle_call(Context& context, DeviceIndex device, const Event&) {
    BufferState& state = context.state<BufferState>(device);
    send_on(context, state.line, context.parameters<Buffer>(device).next, device,
            [&] { take_first(context, state); });
    let_all_in(
        context, state.places, [&] { return has_place(context, device); },
        [&](const Part& part) { accept(context, device, part); });
}

void begin_measuring(Context& context, DeviceIndex device) {
    BufferState& state = context.state<BufferState>(device);
    state.inside.begin_measuring(context.now(), state.line.parts.count);
    state.sojourn = 0;
    state.entered = state.left = 0;
}

void report(Context& context, DeviceIndex device, kernel::FigureSink& sink) {
    const BufferState& state = context.state<BufferState>(device);
    sink.add("wip_time", state.inside.until(context.now(), state.line.parts.count), "s", 1e-9);
    sink.add("sojourn", state.sojourn, "s", 1e-9);
    sink.add("entered", static_cast<Wide>(state.entered), "1", 1);
    sink.add("left", static_cast<Wide>(state.left), "1", 1);
    sink.add("inside", state.line.parts.count, "1", 1);
}

void present(Context& context, DeviceIndex device, kernel::FigureSink& sink) {
    const BufferState& state = context.state<BufferState>(device);
    sink.add("inside", state.line.parts.count, "1", 1);
    sink.add("entered", static_cast<Wide>(state.entered), "1", 1);
    sink.add("left", static_cast<Wide>(state.left), "1", 1);
}

constexpr FlowPorts ports{offer, release, keep_place, accept_kept, give_back_place, nullptr};
constexpr kernel::Behaviour behaviour{.type = "buffer",
                                      .call = handle_call,
                                      .begin_measuring = begin_measuring,
                                      .report = report,
                                      .ports = &ports,
                                      .present = present};

constexpr ParameterSpec parameters[] = {
    {.name = "capacity",
     .kind = ParameterKind::count,
     .lowest = 1,
     .highest = 1e7,
     .required = true,
     .choices = "unlimited",
     .meaning = "parts it holds"},
    next_key,
};

}  // namespace

const DeviceSpec Buffer::spec{"buffer", "a place where parts wait, first come first served",
                              "no travel time; a station has a buffer of its own", parameters};

void add_buffer(kernel::ModelBuilder& builder, DeviceIndex device, Buffer buffer) {
    buffer.next.declare(builder, buffer.name, buffer.sources);
    const std::uint32_t state = builder.reserve<BufferState>();
    builder.set(device, behaviour, std::make_shared<const Buffer>(std::move(buffer)), state);
}

}  // namespace foretwin::flow
