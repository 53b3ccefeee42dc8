#include "models/reference/sensor_fleet.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/core/name_hash.hpp"
#include "engine/core/rule.hpp"
#include "engine/kernel/context.hpp"
#include "engine/kernel/model_builder.hpp"
#include "models/reference/padded_name.hpp"

namespace foretwin::reference {
namespace {

constexpr std::uint32_t most_gateways = 10'000;
constexpr std::uint32_t most_sensors = 10'000'000;
constexpr std::uint32_t most_in_batch = 65'535;
constexpr const char* backend_name = "backend";

enum Kind : std::uint8_t { report_due = 1, report_arrives, wait_is_over, batch_arrives };

/// The same for all sensors of a gateway.
struct SensorParameters {
    Time period = 0;
    double jitter_ns = 0;
    Time link_delay = 0;
    double link_spread_ns = 0;
    kernel::DeviceIndex gateway = 0;
};

struct SensorState {
    std::uint64_t stream = 0;
    std::uint32_t reports = 0;
};

struct GatewayParameters {
    std::uint32_t batch = 0;
    kernel::TimerIndex wait = 0;
    Time longest_wait = 0;
    Time backhaul_delay = 0;
    kernel::DeviceIndex backend = 0;
};

/// What a gateway and the backend count.
struct Received {
    std::uint64_t reports = 0;
    std::uint64_t batches = 0;

    void tell(kernel::FigureSink& sink) const {
        sink.add("received", static_cast<Wide>(reports), "1", 1);
        sink.add("batches", static_cast<Wide>(batches), "1", 1);
    }
};

struct GatewayState {
    Received received;
    std::uint32_t in_hand = 0;
};

std::string stream_name(const std::string& sensor) {
    return sensor + "/report";
}

/// A part of a duration, its end left out.
Time share_of(double duration_ns, double uniform) {
    return static_cast<Time>(uniform * duration_ns);
}

// -- sensor --------------------------------------------------------------------------------------

/// The next report comes in the period that has its number.
void plan_report(kernel::Context& context, kernel::DeviceIndex sensor, double uniform) {
    const auto& parameters = context.parameters<SensorParameters>(sensor);
    const Time begin = parameters.period * context.state<SensorState>(sensor).reports;
    context.schedule(begin + share_of(parameters.jitter_ns, uniform), kernel::EventClass::sampling,
                     kernel::event_for(sensor, report_due));
}

void start_sensor(kernel::Context& context, kernel::DeviceIndex sensor) {
    auto& state = context.state<SensorState>(sensor);
    state.stream = name_hash(stream_name(context.model().devices[sensor].name));
    plan_report(context, sensor, context.draws(state.stream, 0).uniform());
}

/// One draw per report: when the next one is due, and how long this one is on its way.
void handle_sensor(kernel::Context& context, kernel::DeviceIndex sensor, const kernel::Event&) {
    const auto& parameters = context.parameters<SensorParameters>(sensor);
    auto& state = context.state<SensorState>(sensor);
    ++state.reports;
    random::Draws draws = context.draws(state.stream, state.reports);
    plan_report(context, sensor, draws.uniform());
    const Time on_link =
        parameters.link_delay + share_of(parameters.link_spread_ns, draws.uniform());
    context.send(sensor, context.now() + on_link, kernel::EventClass::arrival,
                 kernel::event_for(parameters.gateway, report_arrives));
}

void report_sensor(kernel::Context& context, kernel::DeviceIndex sensor, kernel::FigureSink& sink) {
    sink.add("reports", static_cast<Wide>(context.state<SensorState>(sensor).reports), "1", 1);
}

// -- gateway -------------------------------------------------------------------------------------

void forward(kernel::Context& context, kernel::DeviceIndex gateway) {
    const auto& parameters = context.parameters<GatewayParameters>(gateway);
    auto& state = context.state<GatewayState>(gateway);
    kernel::Event batch = kernel::event_for(parameters.backend, batch_arrives);
    batch.unit = static_cast<std::uint16_t>(state.in_hand);
    state.in_hand = 0;
    ++state.received.batches;
    context.send(gateway, context.now() + parameters.backhaul_delay, kernel::EventClass::arrival,
                 batch);
}

void handle_gateway(kernel::Context& context, kernel::DeviceIndex gateway,
                    const kernel::Event& event) {
    if (event.kind == wait_is_over) {
        forward(context, gateway);
        return;
    }
    const auto& parameters = context.parameters<GatewayParameters>(gateway);
    auto& state = context.state<GatewayState>(gateway);
    ++state.received.reports;
    ++state.in_hand;
    if (state.in_hand == parameters.batch) {
        context.cancel(parameters.wait);
        forward(context, gateway);
    } else if (state.in_hand == 1) {
        context.set_timer(parameters.wait, context.now() + parameters.longest_wait,
                          kernel::EventClass::sampling, kernel::event_for(gateway, wait_is_over));
    }
}

void report_gateway(kernel::Context& context, kernel::DeviceIndex gateway,
                    kernel::FigureSink& sink) {
    const auto& state = context.state<GatewayState>(gateway);
    state.received.tell(sink);
    sink.add("in_hand", static_cast<Wide>(state.in_hand), "1", 1);
}

// -- backend -------------------------------------------------------------------------------------

void handle_backend(kernel::Context& context, kernel::DeviceIndex backend,
                    const kernel::Event& event) {
    auto& state = context.state<Received>(backend);
    state.reports += event.unit;
    ++state.batches;
}

void report_backend(kernel::Context& context, kernel::DeviceIndex backend,
                    kernel::FigureSink& sink) {
    context.state<Received>(backend).tell(sink);
}

constexpr kernel::Behaviour sensor_behaviour{"fleet.sensor", start_sensor,  handle_sensor, nullptr,
                                             nullptr,        report_sensor, nullptr};
constexpr kernel::Behaviour gateway_behaviour{
    "fleet.gateway", nullptr, handle_gateway, nullptr, nullptr, report_gateway, nullptr};
constexpr kernel::Behaviour backend_behaviour{
    "fleet.backend", nullptr, handle_backend, nullptr, nullptr, report_backend, nullptr};

// -- building ------------------------------------------------------------------------------------

std::string gateway_name(std::uint32_t gateway) {
    return padded_name('g', gateway);
}

std::string sensor_name(std::uint32_t gateway, std::uint32_t sensor) {
    return gateway_name(gateway) + ' ' + padded_name('s', sensor);
}

void check(const SensorFleet& plan) {
    FORETWIN_RULE(plan.gateways >= 1 && plan.gateways <= most_gateways,
                  "a fleet has 1 to 10^4 gateways");
    FORETWIN_RULE(plan.sensors_each >= 1 && plan.sensors_each <= most_gateways &&
                      plan.gateways * plan.sensors_each <= most_sensors,
                  "a gateway has 1 to 10^4 sensors, a fleet at most 10^7");
    FORETWIN_RULE(plan.period > 0 && plan.jitter >= 0 && plan.jitter <= plan.period,
                  "a report comes within its period");
    FORETWIN_RULE(plan.link_delay > 0 && plan.link_spread >= 0 && plan.backhaul_delay > 0,
                  "a message takes its time");
    FORETWIN_RULE(plan.batch >= 1 && plan.batch <= most_in_batch && plan.longest_wait > 0,
                  "a batch holds 1 to 65,535 reports and waits for some time");
}

/// The backend, then every gateway followed by its sensors: the order of the names.
std::vector<std::string> names_of(const SensorFleet& plan) {
    std::vector<std::string> names;
    names.reserve(1 + std::size_t{plan.gateways} * (1 + plan.sensors_each));
    names.emplace_back(backend_name);
    for (std::uint32_t gateway = 0; gateway < plan.gateways; ++gateway) {
        names.push_back(gateway_name(gateway));
        for (std::uint32_t sensor = 0; sensor < plan.sensors_each; ++sensor) {
            names.push_back(sensor_name(gateway, sensor));
        }
    }
    return names;
}

void add_sensors(kernel::ModelBuilder& builder, const SensorFleet& plan, std::uint32_t gateway,
                 kernel::DeviceIndex device) {
    SensorParameters parameters;
    parameters.period = from_seconds(plan.period);
    parameters.jitter_ns = static_cast<double>(from_seconds(plan.jitter));
    parameters.link_delay = from_seconds(plan.link_delay);
    parameters.link_spread_ns = static_cast<double>(from_seconds(plan.link_spread));
    parameters.gateway = device;
    const auto shared = std::make_shared<const SensorParameters>(parameters);
    for (std::uint32_t sensor = 0; sensor < plan.sensors_each; ++sensor) {
        const kernel::DeviceIndex own = device + 1 + sensor;
        builder.stream(stream_name(sensor_name(gateway, sensor)));
        builder.set(own, sensor_behaviour, shared, builder.reserve<SensorState>());
        builder.channel(own, device, parameters.link_delay);
    }
}

void add_gateway(kernel::ModelBuilder& builder, const SensorFleet& plan, std::uint32_t gateway) {
    const kernel::DeviceIndex device = 1 + gateway * (1 + plan.sensors_each);
    GatewayParameters parameters;
    parameters.batch = plan.batch;
    parameters.wait = builder.reserve_timers(1);
    parameters.longest_wait = from_seconds(plan.longest_wait);
    parameters.backhaul_delay = from_seconds(plan.backhaul_delay);
    builder.set(device, gateway_behaviour, std::make_shared<const GatewayParameters>(parameters),
                builder.reserve<GatewayState>());
    builder.channel(device, parameters.backend, parameters.backhaul_delay);
    add_sensors(builder, plan, gateway, device);
}

}  // namespace

kernel::Model sensor_fleet(const SensorFleet& plan) {
    check(plan);
    kernel::ModelBuilder builder(names_of(plan));
    builder.set(0, backend_behaviour, nullptr, builder.reserve<Received>());
    for (std::uint32_t gateway = 0; gateway < plan.gateways; ++gateway) {
        add_gateway(builder, plan, gateway);
    }
    builder.connections_are_complete();
    return builder.finish();
}

FleetTotals totals_of(kernel::Simulation& simulation) {
    FleetTotals totals;
    kernel::Context context = simulation.context();
    const auto& devices = simulation.model().devices;
    for (kernel::DeviceIndex device = 0; device < devices.size(); ++device) {
        if (devices[device].behaviour == &sensor_behaviour) {
            totals.sent += context.state<SensorState>(device).reports;
        } else if (devices[device].behaviour == &gateway_behaviour) {
            totals.in_hand += context.state<GatewayState>(device).in_hand;
        } else {
            totals.arrived += context.state<Received>(device).reports;
            totals.batches += context.state<Received>(device).batches;
        }
    }
    for (const kernel::Event& event : simulation.pending()) {
        if (event.kind == report_arrives) ++totals.on_link;
        if (event.kind == batch_arrives) totals.on_backhaul += event.unit;
    }
    return totals;
}

}  // namespace foretwin::reference
