#include "models/external/device.hpp"

#include <cstring>

#include "engine/core/quantity.hpp"
#include "models/external/work.hpp"

namespace foretwin::external {
namespace {

enum ExternalEvent : std::uint8_t { timer_fires = 1, shift_edge };

const External& external_of(const Context& context, DeviceIndex device) {
    return context.parameters<External>(device);
}
const Declaration& declaration_of(const External& external) {
    return external.type->declaration();
}

/// To the nanosecond: "113.004301613 s".
std::string seconds_text(Time time) {
    std::string fraction = std::to_string(second + time % second).substr(1);
    while (!fraction.empty() && fraction.back() == '0') fraction.pop_back();
    return std::to_string(time / second) + (fraction.empty() ? "" : "." + fraction) + " s";
}

[[noreturn]] void stop(const Work& work, const char* handler) {
    const External& external = *work.external;
    std::string what = external.name + ": the handler `" + handler + "` of device type '" +
                       std::string(declaration_of(external).spec.type) + "' stopped the study at " +
                       seconds_text(work.context->now()) + ": " +
                       (work.failed != 0 ? work.message : "it says no more");
    throw HandlerError({{external.place, std::move(what), ""}});
}

void run(Work& work, foretwin_handler handler, const char* name, std::int64_t what = 0,
         std::int64_t which = 0) {
    if (handler == nullptr) return;
    const std::int32_t answer = handler(work.external->type->context(), &work, what, which);
    if (answer != 0 || work.failed != 0) stop(work, name);
}

const foretwin_handlers& handlers_of(const Work& work) {
    return work.external->type->handlers();
}

// -- parts
// -----------------------------------------------------------------------------------------

std::int64_t inside(const ExternalState& state) {
    return std::int64_t{state.held.count} + state.line.parts.count;
}

bool has_place(const External& external, const ExternalState& state) {
    return state.is_open != 0 && inside(state) + state.places.kept < external.capacity;
}

/// The handler is told from the worklist, so that handlers never run inside one another.
void accept(Context& context, DeviceIndex device, const Part& part) {
    ExternalState& state = context.state<ExternalState>(device);
    state.inside.enter(context.now());
    ++state.entered_count;
    const std::int64_t ticket = state.next_ticket++;
    context.memory().push(state.held, Held{flow::arriving(context, part), ticket});
    context.memory().push(state.entered, ticket);
    call(context, device, Call::place_left);
}

/// Nobody overtakes those in line, whose turn may be waiting in the worklist.
bool offer(Context& context, DeviceIndex device, const Part& part, Waiter waiter) {
    ExternalState& state = context.state<ExternalState>(device);
    if (has_place(external_of(context, device), state) && state.places.waiters.count == 0) {
        accept(context, device, part);
        return true;
    }
    flow::stand_in_line(context, state.places, waiter);
    return false;
}

bool keep_place(Context& context, DeviceIndex device, Waiter waiter) {
    ExternalState& state = context.state<ExternalState>(device);
    return flow::keep(context, state.places, has_place(external_of(context, device), state),
                      waiter);
}

void accept_kept(Context& context, DeviceIndex device, const Part& part) {
    --context.state<ExternalState>(device).places.kept;
    accept(context, device, part);
}

void give_back_place(Context& context, DeviceIndex device) {
    flow::give_back(context, context.state<ExternalState>(device).places, device);
}

Part take_first(Context& context, ExternalState& state) {
    state.inside.leave(context.now());
    const Part part = context.memory().pop<Part>(state.line.parts);
    context.memory().push(state.gone, context.memory().pop<std::int64_t>(state.tickets));
    ++state.left_count;
    add_positive(state.sojourn, context.now() - part.arrived);
    return part;
}

Part release(Context& context, DeviceIndex device, std::uint32_t) {
    ExternalState& state = context.state<ExternalState>(device);
    return flow::release_first(context, state.line, device,
                               [&] { return take_first(context, state); });
}

/// Tells the handlers what came and what left, until there is no news. What they send on leaves
/// behind that.
void tell_news(Work& work) {
    ExternalState& state = *work.state;
    kernel::Pool& pool = work.context->memory();
    while (state.entered.count > 0 || state.gone.count > 0) {
        if (state.gone.count > 0) {
            run(work, handlers_of(work).left, "left", pool.pop<std::int64_t>(state.gone));
        } else {
            run(work, handlers_of(work).part, "part", pool.pop<std::int64_t>(state.entered));
        }
    }
}

/// All that can happen at once after a handler: parts leave, others come in, handlers hear of it.
void settle(Work& work) {
    if (!declaration_of(*work.external).flow) return;
    Context& context = *work.context;
    ExternalState& state = *work.state;
    for (bool changed = true; changed;) {
        tell_news(work);
        const std::uint64_t left = state.left_count;
        const std::uint64_t entered = state.entered_count;
        const std::int64_t kept = state.places.kept;
        flow::send_on(context, state.line, work.external->next, work.index,
                      [&] { take_first(context, state); });
        flow::let_all_in(
            context, state.places, [&] { return has_place(*work.external, state); },
            [&](const Part& part) { accept(context, work.index, part); });
        changed =
            state.left_count != left || state.entered_count != entered || state.places.kept != kept;
    }
}

void handle_call(Context& context, DeviceIndex device, const Event&) {
    Work work(context, device);
    settle(work);
}

// -- its own events
// --------------------------------------------------------------------------------

void enter_shift(Work& work) {
    const External& external = *work.external;
    ExternalState& state = *work.state;
    while (external.calendar->edge(state.edge) <= work.context->now()) ++state.edge;
    state.on_shift = state.edge % 2;
    work.context->set_timer(external.shift_timer, external.calendar->edge(state.edge),
                            EventClass::shift_edge, event_for(work.index, shift_edge));
    run(work, handlers_of(work).shift, "shift", state.on_shift);
}

void fill_state(Work& work) {
    const External& external = *work.external;
    for (const Declaration::State& state : declaration_of(external).states) {
        const double given = state.parameter < 0
                                 ? state.initial
                                 : external.values[static_cast<std::size_t>(state.parameter)];
        for (std::uint32_t i = 0; i < state.size; ++i) {
            if (!state.is_integer) {
                work.numbers[state.first + i] = given;
            } else {
                work.counts[state.first + i] =
                    state.parameter < 0 ? state.initial_count : nearest_integer(given);
            }
        }
    }
}

void start(Context& context, DeviceIndex device) {
    Work work(context, device);
    fill_state(work);
    work.state->started = 1;
    run(work, handlers_of(work).start, "start");
    if (work.external->calendar) enter_shift(work);
    if (declaration_of(*work.external).flow) call(context, device, Call::place_left);
}

void handle(Context& context, DeviceIndex device, const Event& event) {
    Work work(context, device);
    if (event.kind == shift_edge) {
        enter_shift(work);
    } else {
        run(work, handlers_of(work).timer, "timer", event.index, event.unit);
    }
    settle(work);
}

// -- figures
// ---------------------------------------------------------------------------------------

void begin_measuring(Context& context, DeviceIndex device) {
    const External& external = external_of(context, device);
    ExternalState& state = context.state<ExternalState>(device);
    state.energy = 0;
    state.power_since = context.now();
    state.inside.begin_measuring(context.now(), inside(state));
    state.sojourn = 0;
    state.entered_count = state.left_count = state.scrapped = 0;
    FigureState* figures = context.at<FigureState>(external.figures_at);
    for (std::size_t i = 0; i < declaration_of(external).figures.size(); ++i) {
        figures[i].sum = 0;
        figures[i].count = 0;
        figures[i].since = context.now();
    }
}

/// Puts back, at its end, what the handler `finish` changed.
class Unchanged {
  public:
    Unchanged(Context& context, const External& external) {
        const Declaration& declared = declaration_of(external);
        save(context.at<std::byte>(external.numbers_at), declared.numbers * sizeof(double));
        save(context.at<std::byte>(external.counts_at), declared.counts * sizeof(std::int64_t));
        save(context.at<std::byte>(external.figures_at),
             declared.figures.size() * sizeof(FigureState));
    }
    Unchanged(const Unchanged&) = delete;
    Unchanged& operator=(const Unchanged&) = delete;
    ~Unchanged() {
        for (const Saved& saved : saved_) {
            if (!saved.bytes.empty()) {
                std::memcpy(saved.place, saved.bytes.data(), saved.bytes.size());
            }
        }
    }

  private:
    struct Saved {
        std::byte* place = nullptr;
        std::vector<std::byte> bytes;
    };
    void save(std::byte* place, std::size_t size) {
        saved_.push_back({place, std::vector<std::byte>(place, place + size)});
    }
    std::vector<Saved> saved_;
};

void report_figures(Context& context, const External& external, kernel::FigureSink& sink) {
    const auto& declared = declaration_of(external).figures;
    const FigureState* states = context.at<FigureState>(external.figures_at);
    for (std::size_t i = 0; i < declared.size(); ++i) {
        const Declaration::Figure& figure = declared[i];
        FigureState state = states[i];
        const auto add = [&](const char* kind, Wide value, double factor) {
            sink.add([&] { return std::string("declared/") + kind + "/" + figure.name; }, value,
                     figure.unit, factor);
        };
        switch (figure.kind) {
            case FORETWIN_TOTAL:
                add("total", state.sum, figure.resolution);
                break;
            case FORETWIN_MEAN:
                add("sum", state.sum, figure.resolution);
                add("count", static_cast<Wide>(state.count), 1);
                break;
            case FORETWIN_TIME_AVERAGE:
                count_level(state, context.now());
                add("integral", state.sum, figure.resolution * 1e-9);  // unit x s
                break;
            case FORETWIN_LAST:
                add("last", state.level, figure.resolution);
                break;
        }
    }
}

void report(Context& context, DeviceIndex device, kernel::FigureSink& sink) {
    const External& external = external_of(context, device);
    const ExternalState& state = context.state<ExternalState>(device);
    const Declaration& declared = declaration_of(external);
    if (declared.flow) {
        sink.add("wip_time", state.inside.until(context.now(), inside(state)), "s", 1e-9);
        sink.add("sojourn", state.sojourn, "s", 1e-9);
        sink.add("entered", static_cast<Wide>(state.entered_count), "1", 1);
        sink.add("left", static_cast<Wide>(state.left_count), "1", 1);
        sink.add("scrapped", static_cast<Wide>(state.scrapped), "1", 1);
        sink.add("inside", inside(state), "1", 1);
    }
    if (declared.highest_power_w > 0) {
        ExternalState counted = state;
        count_energy(counted, context.now());
        sink.add("energy", counted.energy, "J", 1e-12);
    }
    const Unchanged put_back(context, external);
    if (state.started != 0) {
        Work work(context, device);
        work.only_looks = true;
        run(work, handlers_of(work).finish, "finish");
    }
    report_figures(context, external, sink);
}

void present(Context& context, DeviceIndex device, kernel::FigureSink& sink) {
    const External& external = external_of(context, device);
    if (!declaration_of(external).flow) return;
    const ExternalState& state = context.state<ExternalState>(device);
    sink.add("inside", inside(state), "1", 1);
    sink.add("left", static_cast<Wide>(state.left_count), "1", 1);
}

constexpr FlowPorts ports{offer, release, keep_place, accept_kept, give_back_place, nullptr};

}  // namespace

Work::Work(Context& at, DeviceIndex device)
    : foretwin_device{&external::services(), nullptr, nullptr, nullptr, 0},
      context(&at),
      external(&external_of(at, device)),
      state(&at.state<ExternalState>(device)),
      index(device) {
    parameters = external->values.data();
    numbers = at.at<double>(external->numbers_at);
    counts = at.at<std::int64_t>(external->counts_at);
}

void Work::fail_with(std::string text) {
    if (failed != 0) return;
    failed = 1;
    message = std::move(text);
}

/// Tickets ascend: the first is nearly always the one asked for.
std::size_t Work::held_at(std::int64_t ticket) const {
    const kernel::Pool& pool = context->memory();
    std::uint32_t low = 0;
    std::uint32_t high = state->held.count;
    if (high > 0 && pool.get<Held>(state->held, 0).ticket == ticket) return 0;
    while (low < high) {
        const std::uint32_t middle = low + (high - low) / 2;
        if (pool.get<Held>(state->held, middle).ticket < ticket) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    const bool found = low < state->held.count && pool.get<Held>(state->held, low).ticket == ticket;
    return found ? low : state->held.count;
}

void count_energy(ExternalState& state, Time now) {
    state.energy += static_cast<Wide>(state.power_mw) * (now - state.power_since);
    state.power_since = now;
}

void count_level(FigureState& figure, Time now) {
    figure.sum += static_cast<Wide>(figure.level) * (now - figure.since);
    figure.since = now;
}

kernel::Behaviour behaviour_of(const Declaration& declaration) {
    kernel::Behaviour behaviour;
    behaviour.start = start;
    behaviour.handle = handle;
    behaviour.begin_measuring = begin_measuring;
    behaviour.report = report;
    behaviour.present = present;
    if (declaration.flow) {
        behaviour.call = handle_call;
        behaviour.ports = &ports;
    }
    return behaviour;
}

void add_external(kernel::ModelBuilder& builder, DeviceIndex index, External device) {
    const Declaration& declared = declaration_of(device);
    if (declared.flow) device.next.declare(builder, device.name, device.sources);
    for (const std::string& purpose : declared.purposes) {
        device.own_streams.push_back(builder.stream(device.name + "/" + purpose));
        if (!declared.flow) continue;
        for (const flow::SourceEntry& source : *device.sources) {
            device.source_streams.push_back(
                builder.stream(device.name + "/" + source.name + "/" + purpose));
        }
    }
    const std::uint32_t state = builder.reserve<ExternalState>();
    device.numbers_at = builder.reserve<double>(declared.numbers);
    device.counts_at = builder.reserve<std::int64_t>(declared.counts);
    device.figures_at = builder.reserve<FigureState>(declared.figures.size());
    device.drawn_at = builder.reserve<std::uint32_t>(declared.purposes.size());
    for (const Declaration::Timer& timer : declared.timers) {
        std::uint32_t slots = timer.slots;
        if (timer.parameter >= 0) {
            const double given = device.values[static_cast<std::size_t>(timer.parameter)];
            if (!(given >= 1 && given <= 65535)) {
                throw InputError(device.place,
                                 device.name + ": timer '" + timer.name + "' has " +
                                     shortest_text(given) + " slots",
                                 "1 to 65535");
            }
            slots = static_cast<std::uint32_t>(given);
        }
        device.timers.push_back({builder.reserve_timers(slots), slots});
    }
    if (device.calendar) device.shift_timer = builder.reserve_timers(1);
    builder.set(index, declared.behaviour, std::make_shared<const External>(std::move(device)),
                state);
}

}  // namespace foretwin::external
