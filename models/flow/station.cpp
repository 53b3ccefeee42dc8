#include "models/flow/station.hpp"

#include "models/flow/station_internal.hpp"

namespace foretwin::flow {
namespace {

void start(Context& context, DeviceIndex device) {
    const Station& station = context.parameters<Station>(device);
    reliability::start(context, station.upkeep, device);
    for (std::uint32_t unit = 0; unit < station.upkeep.units; ++unit) {
        become_empty(context, station, device, static_cast<std::uint16_t>(unit));
    }
}

void handle(Context& context, DeviceIndex device, const Event& event) {
    const Station& station = context.parameters<Station>(device);
    switch (event.kind) {
        case work_done:
            finish_phase(context, station, device, event.unit);
            return;
        case mark_reached:
            pass_mark(context, station, device, event.unit);
            return;
        case fall_asleep:
            sleep(context, station, event.unit);
            return;
        default:
            reliability::handle(context, station.upkeep, device, event);
    }
}

void handle_call(Context& context, DeviceIndex device, const Event& event) {
    const Station& station = context.parameters<Station>(device);
    if (event.kind == static_cast<std::uint8_t>(Call::place_left)) {
        fill_places(context, station, device);
        return;
    }
    const bool known = reliability::handle_call(context, station.upkeep, device, event);
    FORETWIN_RULE(known, "a station understands every call it gets");
}

void begin_measuring(Context& context, DeviceIndex device) {
    const Station& station = context.parameters<Station>(device);
    StationState& state = context.state<StationState>(device);
    state.inside_time = state.queue_time = state.sojourn = state.waited = 0;
    state.entered = state.loaded = state.completed = state.scrapped = state.left = 0;
    state.waited_parts = state.wakes = state.spoiled = 0;
    state.since = context.now();
    reliability::begin_measuring(context, station.upkeep);
}

void report(Context& context, DeviceIndex device, kernel::FigureSink& sink) {
    const Station& station = context.parameters<Station>(device);
    StationState& state = context.state<StationState>(device);
    book_parts(context, state);
    sink.add("wip_time", state.inside_time, "s", 1e-9);
    sink.add("queue_time", state.queue_time, "s", 1e-9);
    sink.add("sojourn", state.sojourn, "s", 1e-9);
    sink.add("waited", state.waited, "s", 1e-9);
    const auto count = [&](const char* name, std::uint64_t value) {
        sink.add(name, static_cast<Wide>(value), "1", 1);
    };
    count("entered", state.entered);
    count("loaded", state.loaded);
    count("waited_parts", state.waited_parts);
    count("completed", state.completed);
    count("scrapped", state.scrapped);
    count("left", state.left);
    count("wakes", state.wakes);
    count("inside", static_cast<std::uint64_t>(state.inside));
    const double planned = random::mean(station.cycle);
    // Produced are the completed parts and those that a failure spoiled on the machine.
    sink.add("planned_run_time",
             static_cast<Wide>(state.completed) + static_cast<Wide>(state.spoiled), "s", planned);
    const std::uint64_t bad = state.scrapped - state.spoiled;
    sink.add("good_run_time", static_cast<Wide>(state.completed - bad), "s", planned);
    sink.add("energy_of_parts", static_cast<Wide>(state.completed), "J", station.energy_per_part_j);
    reliability::report(context, station.upkeep, sink);
}

bool has_place(Context& context, DeviceIndex device) {
    return is_open(context.parameters<Station>(device), context.state<StationState>(device));
}

void wait_for_place(Context& context, DeviceIndex device, Waiter waiter) {
    context.memory().push(context.state<StationState>(device).waiters, waiter);
}

constexpr FlowPorts ports{has_place,  accept_part,      wait_for_place,  release_part,
                          keep_place, accept_kept_part, give_back_place, place_kept};
constexpr kernel::Behaviour behaviour{"station",       start,  handle, handle_call,
                                      begin_measuring, report, &ports};
constexpr reliability::UpkeepHost host{work_changed, part_affected};

}  // namespace

void add_station(kernel::ModelBuilder& builder, DeviceIndex device, Station station) {
    for (const SourceEntry& source : *station.sources) {
        const std::string stem = station.name + "/" + source.name;
        station.cycle_series.push_back(builder.series(stem + "/processing"));
        station.scrap_series.push_back(builder.series(stem + "/scrap"));
    }
    station.next.declare(builder, station.name, station.sources);
    station.upkeep.host = &host;
    const std::uint32_t state = builder.reserve<StationState>();
    station.slots_at = builder.reserve<Slot>(station.upkeep.units);
    station.first_timer = builder.reserve_timers(2 * station.upkeep.units);
    for (std::uint32_t unit = 0; unit < station.upkeep.units; ++unit) {
        station.wake_streams.push_back(
            builder.stream(station.name + "/" + std::to_string(unit + 1) + "/wake"));
    }
    reliability::lay_out(station.upkeep, builder, station.name);
    builder.set(device, behaviour, std::make_shared<const Station>(std::move(station)), state);
}

}  // namespace foretwin::flow
