#include "models/flow/buffer.hpp"

namespace foretwin::flow {
namespace {

Part take_first(Context& context, BufferState& state) {
    state.inside.leave(context.now());
    const Part part = context.memory().pop<Part>(state.queue);
    ++state.left;
    add_positive(state.sojourn, context.now() - part.arrived);
    return part;
}

/// Sends parts on while the first in line finds a place, else puts it in line there.
void send_on(Context& context, const Buffer& buffer, BufferState& state, DeviceIndex device) {
    while (state.queue.count > 0 && state.destination == no_device) {
        Part part = context.memory().get<Part>(state.queue, 0);
        const Routes::Route& route = buffer.next.choose(context, part);
        if (route.leads_back) {
            ++part.visits;
            context.memory().set(state.queue, 0, part);
        }
        const FlowPorts& next = context.ports<FlowPorts>(route.to);
        if (next.offer(context, route.to, part, {device, 0})) {
            take_first(context, state);
        } else {
            state.destination = route.to;
        }
    }
}

bool has_place(Context& context, DeviceIndex device) {
    const BufferState& state = context.state<BufferState>(device);
    return std::int64_t{state.queue.count} + state.kept <
           context.parameters<Buffer>(device).capacity;
}

void accept(Context& context, DeviceIndex device, const Part& part) {
    BufferState& state = context.state<BufferState>(device);
    state.inside.enter(context.now());
    ++state.entered;
    context.memory().push(state.queue, arriving(context, part));
    call(context, device, Call::place_left);
}

bool offer(Context& context, DeviceIndex device, const Part& part, Waiter waiter) {
    if (has_place(context, device)) {
        accept(context, device, part);
        return true;
    }
    stand_in_line(context, context.state<BufferState>(device).waiters, waiter);
    return false;
}

bool keep_place(Context& context, DeviceIndex device, Waiter waiter) {
    BufferState& state = context.state<BufferState>(device);
    if (state.waiters.count == 0 && has_place(context, device)) {
        ++state.kept;
        return true;
    }
    context.memory().push(state.waiters, waiter);
    return false;
}

void accept_kept(Context& context, DeviceIndex device, const Part& part) {
    --context.state<BufferState>(device).kept;
    accept(context, device, part);
}

void give_back_place(Context& context, DeviceIndex device) {
    --context.state<BufferState>(device).kept;
    call(context, device, Call::place_left);
}

Part release(Context& context, DeviceIndex device, std::uint32_t) {
    BufferState& state = context.state<BufferState>(device);
    state.destination = no_device;
    call(context, device, Call::place_left);
    return take_first(context, state);
}

void handle_call(Context& context, DeviceIndex device, const Event&) {
    const Buffer& buffer = context.parameters<Buffer>(device);
    BufferState& state = context.state<BufferState>(device);
    send_on(context, buffer, state, device);
    while (state.waiters.count > 0 && has_place(context, device)) {
        const Waiter waiter = context.memory().pop<Waiter>(state.waiters);
        const FlowPorts& sender = context.ports<FlowPorts>(waiter.device);
        if (waiter.wants_place_kept != 0) {
            ++state.kept;
            sender.place_kept(context, waiter.device, waiter.unit);
            continue;
        }
        accept(context, device, sender.release(context, waiter.device, waiter.unit));
    }
}

void begin_measuring(Context& context, DeviceIndex device) {
    BufferState& state = context.state<BufferState>(device);
    state.inside.begin_measuring(context.now(), state.queue.count);
    state.sojourn = 0;
    state.entered = state.left = 0;
}

void report(Context& context, DeviceIndex device, kernel::FigureSink& sink) {
    const BufferState& state = context.state<BufferState>(device);
    sink.add("wip_time", state.inside.until(context.now(), state.queue.count), "s", 1e-9);
    sink.add("sojourn", state.sojourn, "s", 1e-9);
    sink.add("entered", static_cast<Wide>(state.entered), "1", 1);
    sink.add("left", static_cast<Wide>(state.left), "1", 1);
    sink.add("inside", state.queue.count, "1", 1);
}

constexpr FlowPorts ports{offer, release, keep_place, accept_kept, give_back_place, nullptr};
constexpr kernel::Behaviour behaviour{"buffer",        nullptr, nullptr, handle_call,
                                      begin_measuring, report,  &ports};

constexpr ParameterSpec parameters[] = {
    {.name = "capacity",
     .kind = ParameterKind::count,
     .lowest = 1,
     .highest = 1e7,
     .required = true,
     .choices = "unlimited",
     .meaning = "parts it holds"},
    {.name = "next", .kind = ParameterKind::shares, .meaning = "where parts go"},
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
