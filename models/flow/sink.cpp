#include "models/flow/sink.hpp"

#include <cmath>

namespace foretwin::flow {
namespace {

struct SinkState {
    Wide lead_time = 0;  ///< ns
    std::uint64_t arrived = 0;
    std::uint64_t unused = 0;
    statistics::LogLinearHistogram lead_times;
};

void accept(Context& context, DeviceIndex device, const Part& part) {
    const Sink& sink = context.parameters<Sink>(device);
    SinkState& state = context.state<SinkState>(device);
    const Time lead_time = context.now() - part.entered;
    ++state.arrived;
    state.lead_time += lead_time;
    state.lead_times.add(lead_time);
    ++context.at<std::uint64_t>(sink.counts_at)[sink.type_of[part.source]];
    part_gone(context, sink.sources, part);
}

bool offer(Context& context, DeviceIndex device, const Part& part, Waiter) {
    accept(context, device, part);
    return true;
}

bool keep_place(Context&, DeviceIndex, Waiter) {
    return true;
}

void give_back_place(Context&, DeviceIndex) {}

void begin_measuring(Context& context, DeviceIndex device) {
    const Sink& sink = context.parameters<Sink>(device);
    context.state<SinkState>(device) = SinkState{};
    std::uint64_t* counts = context.at<std::uint64_t>(sink.counts_at);
    for (std::size_t type = 0; type < sink.part_types.size(); ++type) counts[type] = 0;
}

void report(Context& context, DeviceIndex device, kernel::FigureSink& figures) {
    const Sink& sink = context.parameters<Sink>(device);
    const SinkState& state = context.state<SinkState>(device);
    const std::uint64_t* counts = context.at<std::uint64_t>(sink.counts_at);
    for (std::size_t type = 0; type < sink.part_types.size(); ++type) {
        figures.add([&] { return "parts/" + sink.part_types[type]; },
                    static_cast<Wide>(counts[type]), "part", 1);
    }
    figures.add("arrived", static_cast<Wide>(state.arrived), "1", 1);
    figures.add("lead_time_sum", state.lead_time, "s", 1e-9);
    const auto quantile = [&](const char* name, double level) {
        const double value = state.arrived > 0 ? state.lead_times.quantile(level) : 0;
        figures.add(name, static_cast<Wide>(value), "s", 1e-9);
    };
    quantile("lead_time_p50", 0.5);
    quantile("lead_time_p90", 0.9);
    quantile("lead_time_p95", 0.95);
    quantile("lead_time_p99", 0.99);
}

void present(Context& context, DeviceIndex device, kernel::FigureSink& figures) {
    figures.add("arrived", static_cast<Wide>(context.state<SinkState>(device).arrived), "1", 1);
}

constexpr FlowPorts ports{offer, nullptr, keep_place, accept, give_back_place, nullptr};
constexpr kernel::Behaviour behaviour{.type = "sink",
                                      .begin_measuring = begin_measuring,
                                      .report = report,
                                      .ports = &ports,
                                      .present = present};

}  // namespace

const DeviceSpec Sink::spec{
    "sink", "where good parts leave the plant", "takes any number of parts", {}};

void add_sink(kernel::ModelBuilder& builder, DeviceIndex device, Sink sink) {
    sink.counts_at =
        builder.reserve<std::uint64_t>(std::max<std::size_t>(sink.part_types.size(), 1));
    const std::uint32_t state = builder.reserve<SinkState>();
    builder.set(device, behaviour, std::make_shared<const Sink>(std::move(sink)), state);
}

}  // namespace foretwin::flow
