#include "models/energy/tariff_device.hpp"

#include <algorithm>

#include "models/energy/meter_part.hpp"

namespace foretwin::energy {
namespace {

struct TariffState {
    MeterState meter;
    std::uint64_t started = 0;
};

/// A plant in one piece writes to the meter itself. In one that is cut, each cell has a part of its
/// own (DESIGN, section 4: meters join nobody), and the meter is brought up to what all have told.
bool in_one_piece(const Context& context) {
    return context.model().partition.cells() == 1;
}

const Tariff& tariff_of(const Context& context, DeviceIndex device) {
    return *context.parameters<TariffDevice>(device).tariff;
}

/// Devices start in name order, so power may be added before the meter itself starts.
void make_ready(const Tariff& tariff, TariffState& state) {
    if (state.started != 0) return;
    state.started = 1;
    state.meter = start_meter(tariff, 0, 0);
}

/// The part of the cell at work, up to now; what comes next changes it.
MeterPart& part_to_change(Context& context, DeviceIndex device) {
    const TariffDevice& parameters = context.parameters<TariffDevice>(device);
    auto& part = context.state_in_cell<MeterPart>(parameters.parts);
    if (part.open.end == 0) restart(part, *parameters.tariff, 0);
    advance(part, context.memory(), *parameters.tariff, context.now());
    part.has_changed = 1;
    return part;
}

void add(Context& context, DeviceIndex device, std::int64_t delta_mw) {
    const Tariff& tariff = tariff_of(context, device);
    if (!in_one_piece(context)) {
        MeterPart& part = part_to_change(context, device);
        part.power_mw += delta_mw;
        FORETWIN_RULE(part.power_mw >= 0 && part.power_mw <= tariff.power_limit_mw,
                      "power is not negative and within what the meter can count");
        return;
    }
    TariffState& state = context.state<TariffState>(device);
    make_ready(tariff, state);
    set_power(state.meter, tariff, context.now(), state.meter.power_mw + delta_mw);
}

void draw(Context& context, DeviceIndex device, Wide energy_mw_ns) {
    const Tariff& tariff = tariff_of(context, device);
    if (!in_one_piece(context)) {
        FORETWIN_RULE(energy_mw_ns >= 0, "a plant does not feed energy back");
        part_to_change(context, device).open_energy += energy_mw_ns;
        return;
    }
    TariffState& state = context.state<TariffState>(device);
    make_ready(tariff, state);
    draw_energy(state.meter, tariff, context.now(), energy_mw_ns);
}

void start(Context& context, DeviceIndex device) {
    make_ready(tariff_of(context, device), context.state<TariffState>(device));
}

/// Calls `each(part, pool)` for every cell's part.
template <class Each>
void for_each_part(Context& context, DeviceIndex device, Each each) {
    const TariffDevice& parameters = context.parameters<TariffDevice>(device);
    for (std::uint32_t cell = 0; cell < context.model().partition.cells(); ++cell) {
        auto& part = context.state_in_cell<MeterPart>(parameters.parts, cell);
        if (part.open.end == 0) restart(part, *parameters.tariff, 0);
        each(part, context.memory_of_cell(cell));
    }
}

/// End of the earliest stretch that some part has told; `never` when all is merged.
Time earliest_told(Context& context, DeviceIndex device) {
    Time earliest = never;
    for_each_part(context, device, [&](const MeterPart& part, const kernel::Pool& pool) {
        if (part.drawn.count == 0) return;
        earliest = std::min(earliest, pool.get<DrawnStretch>(part.drawn, 0).stretch.end);
    });
    return earliest;
}

/// What the parts whose stretch ends at `end` drew in it comes in at its begin, beside the power of
/// the others.
void merge_stretch(Context& context, DeviceIndex device, MeterState& meter, Time end) {
    const Tariff& tariff = tariff_of(context, device);
    Wide energy = 0;
    Time begin = 0;
    std::int64_t others_mw = meter.power_mw;
    std::int64_t after_mw = meter.power_mw;
    for_each_part(context, device, [&](MeterPart& part, kernel::Pool& pool) {
        if (part.drawn.count == 0) return;
        if (pool.get<DrawnStretch>(part.drawn, 0).stretch.end != end) return;
        const auto drawn = pool.pop<DrawnStretch>(part.drawn);
        energy += drawn.energy;
        begin = drawn.stretch.begin;
        others_mw -= part.merged_mw;
        after_mw += drawn.power_mw - part.merged_mw;
        part.merged_mw = drawn.power_mw;
    });
    draw_energy(meter, tariff, begin, energy);
    set_power(meter, tariff, begin, others_mw);
    set_power(meter, tariff, end, after_mw);
}

void merge(Context& context, DeviceIndex device, Time until) {
    if (in_one_piece(context)) return;
    const Tariff& tariff = tariff_of(context, device);
    TariffState& state = context.state<TariffState>(device);
    make_ready(tariff, state);
    for_each_part(context, device, [&](MeterPart& part, kernel::Pool& pool) {
        if (part.at < until) advance(part, pool, tariff, until);
    });
    for (Time end = earliest_told(context, device); end <= until;
         end = earliest_told(context, device)) {
        merge_stretch(context, device, state.meter, end);
    }
}

/// The meter with all that was drawn up to now, the open stretch included.
MeterState whole_meter(Context& context, DeviceIndex device) {
    merge(context, device, context.now());
    MeterState meter = context.state<TariffState>(device).meter;
    if (in_one_piece(context)) return meter;
    const Tariff& tariff = tariff_of(context, device);
    Wide energy = 0;
    Time begin = meter.at;
    std::int64_t others_mw = meter.power_mw;
    for_each_part(context, device, [&](const MeterPart& part, const kernel::Pool&) {
        if (part.has_changed == 0) return;
        energy += part.open_energy;
        begin = part.open.begin;
        others_mw -= part.merged_mw;
    });
    draw_energy(meter, tariff, begin, energy);
    set_power(meter, tariff, begin, others_mw);
    return meter;
}

void begin_measuring(Context& context, DeviceIndex device) {
    const Tariff& tariff = tariff_of(context, device);
    TariffState& state = context.state<TariffState>(device);
    std::int64_t power_mw = state.meter.power_mw;
    if (!in_one_piece(context)) {
        power_mw = 0;
        for_each_part(context, device, [&](MeterPart& part, const kernel::Pool&) {
            restart(part, tariff, context.now());
            power_mw += part.power_mw;
        });
    }
    state.meter = start_meter(tariff, context.now(), power_mw);
}

void report(Context& context, DeviceIndex device, kernel::FigureSink& sink) {
    const Bill bill =
        read_bill(whole_meter(context, device), tariff_of(context, device), context.now());
    const auto millionths = [](double value) {
        return static_cast<Wide>(value < 0 ? value * 1e6 - 0.5 : value * 1e6 + 0.5);
    };
    sink.add("energy", bill.energy_mw_ns, "J", 1e-12);
    sink.add("energy_cost", millionths(bill.energy_charge), "money", 1e-6);
    sink.add("demand_charge", millionths(bill.demand_charge), "money", 1e-6);
    sink.add("carbon", millionths(bill.carbon_kg), "kg", 1e-6);
    sink.add("peak_power", millionths(bill.peak_kw), "W", 1e-3);
}

constexpr PowerPorts ports{add, draw};
constexpr kernel::Behaviour behaviour{"tariff",        start,  nullptr, nullptr,
                                      begin_measuring, report, &ports,  merge};

constexpr ParameterSpec energy_keys[] = {
    {.name = "file", .kind = ParameterKind::file, .meaning = "CSV with one price per hour"},
    {.name = "time",
     .kind = ParameterKind::text,
     .usual = "timestamp",
     .meaning = "column of time"},
    {.name = "value", .kind = ParameterKind::text, .meaning = "column of the price"},
    {.name = "unit", .kind = ParameterKind::text, .usual = "EUR/MWh", .meaning = "of the price"},
    {.name = "year",
     .kind = ParameterKind::count,
     .lowest = 1900,
     .highest = 2200,
     .meaning = "reference year: same ISO week, weekday and hour; left out: absolute times"},
    {.name = "zone",
     .kind = ParameterKind::text,
     .usual = "the scenario's zone",
     .meaning = "time zone of the file"},
    {.name = "price",
     .kind = ParameterKind::quantity,
     .unit = "money/J",
     .meaning = "one price for all times"},
    {.name = "bands",
     .kind = ParameterKind::section,
     .meaning = "time of use: calendar-like ranges -> price"},
    {.name = "otherwise",
     .kind = ParameterKind::quantity,
     .unit = "money/J",
     .meaning = "price outside all bands"},
};

constexpr ParameterSpec demand_keys[] = {
    {.name = "price",
     .kind = ParameterKind::quantity,
     .unit = "money/W/month",
     .lowest = 0,
     .required = true,
     .meaning = "per highest mean power of each calendar month, pro rata"},
    {.name = "window",
     .kind = ParameterKind::quantity,
     .unit = "s",
     .lowest = 60,
     .highest = 86400,
     .usual = "15 min",
     .meaning = "clock-aligned window of the mean"},
    {.name = "ratchet",
     .kind = ParameterKind::fraction,
     .lowest = 0,
     .highest = 1,
     .usual = "0 %",
     .meaning = "share of the highest of the 11 months before that is billed at least"},
};

constexpr ParameterSpec parameters[] = {
    {.name = "energy",
     .kind = ParameterKind::section,
     .required = true,
     .meaning = "price of energy",
     .children = energy_keys},
    {.name = "demand",
     .kind = ParameterKind::section,
     .meaning = "demand charge",
     .children = demand_keys},
    {.name = "carbon",
     .kind = ParameterKind::quantity,
     .unit = "kg/J",
     .lowest = 0,
     .usual = "0 kg/kWh",
     .meaning = "carbon intensity of the energy"},
};

}  // namespace

const DeviceSpec TariffDevice::spec{"tariff", "the site's meter and what its energy costs",
                                    "one contract for the whole plant; no export", parameters};

void add_tariff(kernel::ModelBuilder& builder, DeviceIndex device, TariffDevice tariff) {
    const std::uint32_t state = builder.reserve<TariffState>();
    tariff.parts = builder.reserve_in_cells<MeterPart>();
    builder.set(device, behaviour, std::make_shared<const TariffDevice>(std::move(tariff)), state);
}

}  // namespace foretwin::energy
