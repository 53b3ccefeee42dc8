#include "models/reference/devstone.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/core/rule.hpp"
#include "engine/kernel/context.hpp"
#include "engine/kernel/model_builder.hpp"
#include "models/reference/padded_name.hpp"

namespace foretwin::reference {
namespace {

constexpr std::uint32_t most = 10'000;
constexpr std::uint64_t most_devices = 10'000'000;
constexpr const char* generator_name = "generator";

enum Port : std::uint8_t { input = 1, second_input, output, second_output, turn };

/// A coupled model; its atomic models share it.
struct Level {
    DevstoneKind kind = DevstoneKind::li;
    kernel::DeviceIndex coupled = kernel::no_device;
    kernel::DeviceIndex first = kernel::no_device;  ///< atomic models: first to last
    kernel::DeviceIndex last = kernel::no_device;
    kernel::DeviceIndex inner = kernel::no_device;  ///< none at depth 1
    kernel::DeviceIndex outer = kernel::no_device;  ///< none outermost
};

struct AtomicState {
    std::uint64_t external = 0, internal = 0;
};

struct CoupledState {
    std::uint64_t outputs = 0, second_outputs = 0;
};

struct GeneratorParameters {
    kernel::DeviceIndex outermost = 0;
    std::uint32_t injections = 0;
    bool has_second_input = false;
};

struct GeneratorState {
    std::uint32_t injected = 0;
};

kernel::Event turn_of(kernel::DeviceIndex device) {
    return kernel::event_for(device, turn);
}

// -- atomic model --------------------------------------------------------------------------------

/// External transition: an output is due at this instant, behind those that are due already.
void call_atomic(kernel::Context& context, kernel::DeviceIndex device, const kernel::Event&) {
    auto& state = context.state<AtomicState>(device);
    if (state.external++ > state.internal) return;
    context.schedule(context.now(), kernel::EventClass::processing_end, turn_of(device));
}

/// Output and internal transition.
void handle_atomic(kernel::Context& context, kernel::DeviceIndex device, const kernel::Event&) {
    const auto& level = context.parameters<Level>(device);
    auto& state = context.state<AtomicState>(device);
    ++state.internal;
    if (level.kind != DevstoneKind::li && device != level.last) context.call(device + 1, input);
    if (level.inner == kernel::no_device) context.call(level.coupled, output);
    if (level.kind == DevstoneKind::ho && level.inner != kernel::no_device) {
        context.call(level.coupled, second_output);
    }
    if (state.external > state.internal) {
        context.schedule(context.now(), kernel::EventClass::processing_end, turn_of(device));
    }
}

void report_atomic(kernel::Context& context, kernel::DeviceIndex device, kernel::FigureSink& sink) {
    const auto& state = context.state<AtomicState>(device);
    sink.add("external", static_cast<Wide>(state.external), "1", 1);
    sink.add("internal", static_cast<Wide>(state.internal), "1", 1);
}

// -- coupled model -------------------------------------------------------------------------------

void pass_inwards(kernel::Context& context, const Level& level, std::uint8_t port) {
    const bool innermost = level.inner == kernel::no_device;
    const bool two_inputs = level.kind == DevstoneKind::ho && !innermost;
    if (port == input && !innermost) {
        context.call(level.inner, input);
        if (two_inputs) context.call(level.inner, second_input);
    }
    // The innermost has but one input for its atomic model.
    if (port != (two_inputs ? second_input : input)) return;
    for (kernel::DeviceIndex atomic = level.first; atomic <= level.last; ++atomic) {
        context.call(atomic, input);
    }
}

void call_coupled(kernel::Context& context, kernel::DeviceIndex device,
                  const kernel::Event& event) {
    const auto& level = context.parameters<Level>(device);
    auto& state = context.state<CoupledState>(device);
    if (event.kind == output) {
        ++state.outputs;
        if (level.outer != kernel::no_device) context.call(level.outer, output);
    } else if (event.kind == second_output) {
        ++state.second_outputs;
    } else {
        pass_inwards(context, level, event.kind);
    }
}

void report_coupled(kernel::Context& context, kernel::DeviceIndex device,
                    kernel::FigureSink& sink) {
    const auto& state = context.state<CoupledState>(device);
    sink.add("outputs", static_cast<Wide>(state.outputs), "1", 1);
    sink.add("second_outputs", static_cast<Wide>(state.second_outputs), "1", 1);
}

// -- generator -----------------------------------------------------------------------------------

void start_generator(kernel::Context& context, kernel::DeviceIndex device) {
    context.schedule(context.now() + second, kernel::EventClass::arrival, turn_of(device));
}

void handle_generator(kernel::Context& context, kernel::DeviceIndex device, const kernel::Event&) {
    const auto& parameters = context.parameters<GeneratorParameters>(device);
    context.call(parameters.outermost, input);
    if (parameters.has_second_input) context.call(parameters.outermost, second_input);
    if (++context.state<GeneratorState>(device).injected < parameters.injections) {
        context.schedule(context.now() + second, kernel::EventClass::arrival, turn_of(device));
    }
}

constexpr kernel::Behaviour atomic_behaviour{
    "devstone.atomic", nullptr, handle_atomic, call_atomic, nullptr, report_atomic, nullptr};
constexpr kernel::Behaviour coupled_behaviour{
    "devstone.coupled", nullptr, nullptr, call_coupled, nullptr, report_coupled, nullptr};
constexpr kernel::Behaviour generator_behaviour{
    "devstone.generator", start_generator, handle_generator, nullptr, nullptr, nullptr, nullptr};

// -- building ------------------------------------------------------------------------------------

std::uint32_t atomics_of(const Devstone& plan, std::uint32_t level) {
    return level + 1 == plan.depth ? 1 : plan.width - 1;
}

std::vector<std::string> names_of(const Devstone& plan) {
    std::vector<std::string> names;
    for (std::uint32_t level = 0; level < plan.depth; ++level) {
        const std::string coupled = padded_name('c', level);
        names.push_back(coupled);
        for (std::uint32_t atomic = 0; atomic < atomics_of(plan, level); ++atomic) {
            names.push_back(coupled + ' ' + padded_name('a', atomic));
        }
    }
    names.emplace_back(generator_name);
    return names;
}

Level level_of(const Devstone& plan, std::uint32_t level) {
    Level result;
    result.kind = plan.kind;
    result.coupled = level * plan.width;  // each one before it takes as many as the width
    result.first = result.coupled + 1;
    result.last = result.coupled + atomics_of(plan, level);
    if (level + 1 < plan.depth) result.inner = result.coupled + plan.width;
    if (level > 0) result.outer = result.coupled - plan.width;
    return result;
}

}  // namespace

kernel::Model devstone(const Devstone& plan) {
    FORETWIN_RULE(plan.width >= 2 && plan.width <= most && plan.depth >= 1 && plan.depth <= most &&
                      std::uint64_t{plan.width} * plan.depth <= most_devices,
                  "DEVStone is 2 to 10^4 wide, 1 to 10^4 deep, and has at most 10^7 devices");
    FORETWIN_RULE(plan.injections >= 1, "something is injected");
    kernel::ModelBuilder builder(names_of(plan));
    for (std::uint32_t number = 0; number < plan.depth; ++number) {
        const auto level = std::make_shared<const Level>(level_of(plan, number));
        builder.set(level->coupled, coupled_behaviour, level, builder.reserve<CoupledState>());
        for (kernel::DeviceIndex atomic = level->first; atomic <= level->last; ++atomic) {
            builder.set(atomic, atomic_behaviour, level, builder.reserve<AtomicState>());
            builder.join(level->coupled, atomic, "coupling");
        }
        if (level->outer != kernel::no_device) {
            builder.join(level->outer, level->coupled, "coupling");
        }
    }
    GeneratorParameters parameters;
    parameters.injections = plan.injections;
    parameters.has_second_input = plan.kind == DevstoneKind::ho;
    const auto generator = static_cast<kernel::DeviceIndex>(builder.size() - 1);
    builder.set(generator, generator_behaviour,
                std::make_shared<const GeneratorParameters>(parameters),
                builder.reserve<GeneratorState>());
    builder.join(0, generator, "coupling");
    builder.connections_are_complete();
    return builder.finish();
}

std::uint64_t devstone_transitions(const Devstone& plan) {
    const std::uint64_t width = plan.width;
    const std::uint64_t per_level =
        plan.kind == DevstoneKind::li ? width - 1 : (width * width - width) / 2;
    return plan.injections * (per_level * (plan.depth - 1) + 1);
}

DevstoneTotals totals_of_devstone(kernel::Simulation& simulation) {
    DevstoneTotals totals;
    kernel::Context context = simulation.context();
    const auto& devices = simulation.model().devices;
    for (kernel::DeviceIndex device = 0; device < devices.size(); ++device) {
        if (devices[device].behaviour == &atomic_behaviour) {
            totals.external += context.state<AtomicState>(device).external;
            totals.internal += context.state<AtomicState>(device).internal;
        } else if (devices[device].behaviour == &coupled_behaviour) {
            totals.outputs += context.state<CoupledState>(device).outputs;
            totals.second_outputs += context.state<CoupledState>(device).second_outputs;
        }
    }
    return totals;
}

}  // namespace foretwin::reference
