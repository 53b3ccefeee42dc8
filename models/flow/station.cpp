#include "models/flow/station.hpp"

#include "models/flow/station_internal.hpp"

namespace foretwin::flow {
namespace {

void start(Context& context, DeviceIndex device) {
    const Station& station = context.parameters<Station>(device);
    reliability::start(context, station.upkeep, device);
    for (std::uint32_t unit = 0; unit < station.upkeep.units; ++unit) {
        rest(context, station, device, unit);
    }
}

/// Of the parts that wait now.
Wide waited_so_far(Context& context, const StationState& state) {
    Wide waited = 0;
    for (std::uint32_t place = 0; place < state.queue.count; ++place) {
        waited += context.now() - context.memory().get<Part>(state.queue, place).arrived;
    }
    return waited;
}

/// Of the parts that are inside now.
Wide inside_so_far(Context& context, const Station& station, const StationState& state) {
    Wide inside = waited_so_far(context, state);
    for (std::uint32_t unit = 0; unit < station.upkeep.units; ++unit) {
        const Slot& slot = context.at<Slot>(station.slots_at)[unit];
        if (slot.phase != SlotPhase::empty) inside += context.now() - slot.part.arrived;
    }
    return inside;
}

void begin_measuring(Context& context, DeviceIndex device) {
    const Station& station = context.parameters<Station>(device);
    StationState& state = context.state<StationState>(device);
    state.before = {inside_so_far(context, station, state), waited_so_far(context, state),
                    state.inside, state.queue.count};
    state.sojourn = state.waited = 0;
    state.completed = state.scrapped = state.left = 0;
    state.waited_parts = state.wakes = state.spoiled = 0;
    reliability::begin_measuring(context, station.upkeep);
}

void report(Context& context, DeviceIndex device, kernel::FigureSink& sink) {
    const Station& station = context.parameters<Station>(device);
    const StationState& state = context.state<StationState>(device);
    // What follows from the parts that left and those inside is not booked with every part.
    const Wide inside_time =
        state.sojourn + inside_so_far(context, station, state) - state.before.inside_so_far;
    const Wide queue_time =
        state.waited + waited_so_far(context, state) - state.before.waited_so_far;
    const std::uint64_t entered =
        state.left + static_cast<std::uint64_t>(state.inside - state.before.inside);
    sink.add("wip_time", inside_time, "s", 1e-9);
    sink.add("queue_time", queue_time, "s", 1e-9);
    sink.add("sojourn", state.sojourn, "s", 1e-9);
    sink.add("waited", state.waited, "s", 1e-9);
    const auto count = [&](const char* name, std::uint64_t value) {
        sink.add(name, static_cast<Wide>(value), "1", 1);
    };
    count("entered", entered);
    count("loaded", entered + state.before.waiting - state.queue.count);
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

void present(Context& context, DeviceIndex device, kernel::FigureSink& sink) {
    const StationState& state = context.state<StationState>(device);
    sink.add("inside", state.inside, "1", 1);
    sink.add("completed", static_cast<Wide>(state.completed), "1", 1);
    sink.add("left", static_cast<Wide>(state.left), "1", 1);
    const Station& station = context.parameters<Station>(device);
    reliability::present(context, station.upkeep, sink, [&](std::uint32_t unit) {
        const Slot& slot = context.at<Slot>(station.slots_at)[unit];
        const bool works = slot.phase == SlotPhase::processing && slot.started != never;
        return works ? context.now() - slot.started : Time{0};
    });
}

template <bool plain>
constexpr FlowPorts ports{offer_part<plain>, release_part,    keep_place,
                          accept_kept_part,  give_back_place, place_kept};
template <bool plain>
constexpr kernel::Behaviour behaviour{.type = "station",
                                      .start = start,
                                      .handle = handle<plain>,
                                      .call = handle_call<plain>,
                                      .begin_measuring = begin_measuring,
                                      .report = report,
                                      .ports = &ports<plain>,
                                      .revision = 2,
                                      .present = present};
bool is_plain(const Station& station) {
    return station.upkeep.units == 1 && !station.special && !station.standby &&
           station.next.routes.size() == 1 && !station.next.routes.front().leads_back;
}

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
    if (station.cycle.family == random::Family::deterministic) {
        station.fixed_cycle = from_seconds(random::mean(station.cycle));
    }
    const std::uint32_t state = builder.reserve<StationState>();
    station.slots_at = builder.reserve<Slot>(station.upkeep.units);
    if (station.standby) {
        station.wakes_at = builder.reserve<std::uint32_t>(station.upkeep.units);
    }
    station.first_timer = builder.reserve_timers(2 * station.upkeep.units);
    for (std::uint32_t unit = 0; unit < station.upkeep.units; ++unit) {
        station.wake_streams.push_back(
            builder.stream(station.name + "/" + std::to_string(unit + 1) + "/wake"));
    }
    reliability::lay_out(station.upkeep, builder, station.name);
    station.special = station.scrap > 0 || station.energy_per_part_j > 0 ||
                      station.before_service || station.upkeep.ages_by_cycles;
    const bool plain = is_plain(station);
    if (plain) station.only_next = station.next.routes.front().to;
    builder.set(device, plain ? behaviour<true> : behaviour<false>,
                std::make_shared<const Station>(std::move(station)), state);
}

}  // namespace foretwin::flow
