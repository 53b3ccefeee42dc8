#include "models/energy/tariff_device.hpp"

#include <cmath>

namespace foretwin::energy {
namespace {

struct TariffState {
    MeterState meter;
    std::uint64_t started = 0;
};

const Tariff& tariff_of(const Context& context, DeviceIndex device) {
    return *context.parameters<TariffDevice>(device).tariff;
}

/// Devices start in name order, so power may be added before the meter itself starts.
void make_ready(const Tariff& tariff, TariffState& state) {
    if (state.started != 0) return;
    state.started = 1;
    state.meter = start_meter(tariff, 0, 0);
}

void add(Context& context, DeviceIndex device, std::int64_t delta_mw) {
    const Tariff& tariff = tariff_of(context, device);
    TariffState& state = context.state<TariffState>(device);
    make_ready(tariff, state);
    set_power(state.meter, tariff, context.now(), state.meter.power_mw + delta_mw);
}

void draw(Context& context, DeviceIndex device, Wide energy_mw_ns) {
    const Tariff& tariff = tariff_of(context, device);
    TariffState& state = context.state<TariffState>(device);
    make_ready(tariff, state);
    draw_energy(state.meter, tariff, context.now(), energy_mw_ns);
}

void start(Context& context, DeviceIndex device) {
    make_ready(tariff_of(context, device), context.state<TariffState>(device));
}

void begin_measuring(Context& context, DeviceIndex device) {
    TariffState& state = context.state<TariffState>(device);
    state.meter = start_meter(tariff_of(context, device), context.now(), state.meter.power_mw);
}

void report(Context& context, DeviceIndex device, kernel::FigureSink& sink) {
    const Bill bill = read_bill(context.state<TariffState>(device).meter,
                                tariff_of(context, device), context.now());
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
                                      begin_measuring, report, &ports};

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
    builder.set(device, behaviour, std::make_shared<const TariffDevice>(std::move(tariff)), state);
}

}  // namespace foretwin::energy
