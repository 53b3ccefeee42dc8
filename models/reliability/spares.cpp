#include "models/reliability/spares.hpp"

namespace foretwin::reliability {
namespace {

void book(Context& context, SparesState& state) {
    const Wide elapsed = context.now() - state.since;
    state.since = context.now();
    state.on_hand_time += elapsed * state.on_hand;
    state.owed_time += elapsed * state.queue.count;
}

void reorder(Context& context, const Spares& spares, SparesState& state, DeviceIndex device) {
    while (state.on_hand + state.on_order - std::int64_t{state.queue.count} <=
           spares.reorder_point) {
        random::Draws draws = context.draws(spares.lead_stream, state.order_number++);
        state.on_order += spares.lot;
        ++state.orders;
        Event event;
        event.device = device;
        context.schedule(later(context.now(), random::sample_time(spares.lead_time, draws)),
                         EventClass::arrival, event);
    }
}

void grant(Context& context, SparesState& state, const Job& job) {
    --state.on_hand;
    ++state.taken;
    ++state.issued;
    call(context, job.owner,
         job.kind == JobKind::repair ? Call::spare_granted : Call::maintenance_spare_granted,
         job.unit, job.index);
}

void request(Context& context, DeviceIndex device, const JobRequest& request) {
    const Spares& spares = context.parameters<Spares>(device);
    SparesState& state = context.state<SparesState>(device);
    book(context, state);
    if (state.on_hand > 0) {
        ++state.from_stock;
        grant(context, state, request.job);
    } else {
        context.memory().push(state.queue, request);
    }
    reorder(context, spares, state, device);
}

void serve(Context& context, SparesState& state) {
    while (state.on_hand > 0 && state.queue.count > 0) {
        grant(context, state, context.memory().pop<JobRequest>(state.queue).job);
    }
}

void give_back(Context& context, DeviceIndex device, const Job&) {
    SparesState& state = context.state<SparesState>(device);
    book(context, state);
    ++state.on_hand;
    --state.taken;
    serve(context, state);
}

void withdraw(Context& context, DeviceIndex device, const Job& job) {
    SparesState& state = context.state<SparesState>(device);
    book(context, state);
    for (std::uint32_t place = 0; place < state.queue.count; ++place) {
        if (!(context.memory().get<JobRequest>(state.queue, place).job == job)) continue;
        context.memory().erase<JobRequest>(state.queue, place);
        return;
    }
    FORETWIN_RULE(false, "only a request that waits for a spare is withdrawn");
}

void start(Context& context, DeviceIndex device) {
    context.state<SparesState>(device).on_hand = context.parameters<Spares>(device).stock;
    reorder(context, context.parameters<Spares>(device), context.state<SparesState>(device),
            device);
}

void handle(Context& context, DeviceIndex device, const Event&) {
    const Spares& spares = context.parameters<Spares>(device);
    SparesState& state = context.state<SparesState>(device);
    book(context, state);
    state.on_hand += spares.lot;
    state.on_order -= spares.lot;
    serve(context, state);
}

void begin_measuring(Context& context, DeviceIndex device) {
    SparesState& state = context.state<SparesState>(device);
    state.on_hand_time = state.owed_time = 0;
    state.orders = state.taken = state.issued = state.from_stock = 0;
    state.since = context.now();
}

void report(Context& context, DeviceIndex device, kernel::FigureSink& sink) {
    const Spares& spares = context.parameters<Spares>(device);
    SparesState& state = context.state<SparesState>(device);
    book(context, state);
    // A part taken in the warm-up may come back after it: never less than nothing.
    const std::int64_t taken = static_cast<std::int32_t>(state.taken);
    sink.add("taken", taken, "1", 1);
    sink.add("issued", state.issued, "1", 1);
    sink.add("from_stock", state.from_stock, "1", 1);
    sink.add("orders", state.orders, "1", 1);
    sink.add("on_hand_time", state.on_hand_time, "s", 1e-9);
    sink.add("owed_time", state.owed_time, "s", 1e-9);
    sink.add("spares_cost", taken, "money", spares.price);
}

constexpr SupplyPorts ports{request, give_back, withdraw};
constexpr kernel::Behaviour behaviour{"spares",        start,  handle, nullptr,
                                      begin_measuring, report, &ports};

constexpr ParameterSpec parameters[] = {
    {.name = "stock",
     .kind = ParameterKind::count,
     .lowest = 0,
     .highest = 1e6,
     .required = true,
     .meaning = "parts on hand at the start"},
    {.name = "reorder_point",
     .kind = ParameterKind::count,
     .lowest = -1,
     .highest = 1e6,
     .usual = "stock - 1",
     .meaning = "an order goes out when on hand + on order - owed is this or less"},
    {.name = "lot",
     .kind = ParameterKind::count,
     .lowest = 1,
     .highest = 1e6,
     .usual = "1",
     .meaning = "parts per order"},
    {.name = "lead_time",
     .kind = ParameterKind::distribution,
     .unit = "s",
     .lowest = 0,
     .required = true,
     .meaning = "from order to delivery"},
    {.name = "price",
     .kind = ParameterKind::quantity,
     .unit = "money/part",
     .lowest = 0,
     .usual = "0",
     .meaning = "per part taken"},
};

}  // namespace

const DeviceSpec Spares::spec{"spares", "a store of spare parts with reorder point and lead time",
                              "one kind of part; orders are never lost", parameters};

void add_spares(kernel::ModelBuilder& builder, DeviceIndex device, Spares spares,
                const std::string& name) {
    FORETWIN_RULE(spares.lot > 0, "an order brings something");
    spares.lead_stream = builder.stream(name + "/lead time");
    const std::uint32_t state = builder.reserve<SparesState>();
    builder.set(device, behaviour, std::make_shared<const Spares>(std::move(spares)), state);
}

}  // namespace foretwin::reliability
