#include "models/reference/phold.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/core/name_hash.hpp"
#include "engine/core/rule.hpp"
#include "engine/kernel/context.hpp"
#include "engine/kernel/model_builder.hpp"
#include "engine/random/distribution.hpp"

namespace foretwin::reference {
namespace {

constexpr std::uint32_t most_processes = 10'000'000;
constexpr std::size_t digits = 7;

/// The same for all processes.
struct Parameters {
    random::Distribution delay;  ///< s
    double remote = 0;
    double processes_per_remote = 0;  ///< so that a uniform below `remote` becomes a process
    std::uint32_t events = 0;
};

struct State {
    std::uint64_t stream = 0;
    std::uint32_t drawn = 0;  ///< one draw per event that was caused
    std::uint32_t sent_on = 0;
};

std::string stream_name(const std::string& process) {
    return process + "/next";
}

/// Streams are declared in the order of the processes, so the number of a series is the process's.
random::Pair next_pair(kernel::Context& context, kernel::DeviceIndex process,
                       const Parameters& parameters, State& state) {
    return context.sample_pair(parameters.delay, {state.stream, process}, state.drawn++);
}

/// A uniform below the chance of being sent on is, given that, uniform again: it tells where to.
kernel::DeviceIndex destination(const Parameters& parameters, State& state,
                                kernel::DeviceIndex process, double uniform) {
    if (uniform >= parameters.remote) return process;
    ++state.sent_on;
    return static_cast<kernel::DeviceIndex>(uniform * parameters.processes_per_remote);
}

void start(kernel::Context& context, kernel::DeviceIndex process) {
    const auto& parameters = context.parameters<Parameters>(process);
    auto& state = context.state<State>(process);
    state.stream = name_hash(stream_name(context.model().devices[process].name));
    kernel::Event event;
    event.device = process;
    for (std::uint32_t i = 0; i < parameters.events; ++i) {
        const random::Pair pair = next_pair(context, process, parameters, state);
        context.schedule(context.now() + from_seconds(pair.value), kernel::EventClass::arrival,
                         event);
    }
}

void handle(kernel::Context& context, kernel::DeviceIndex process, const kernel::Event&) {
    const auto& parameters = context.parameters<Parameters>(process);
    auto& state = context.state<State>(process);
    const random::Pair pair = next_pair(context, process, parameters, state);
    kernel::Event next;
    next.device = destination(parameters, state, process, pair.uniform);
    context.send(process, context.now() + from_seconds(pair.value), kernel::EventClass::arrival,
                 next);
}

void report(kernel::Context& context, kernel::DeviceIndex process, kernel::FigureSink& sink) {
    const auto& state = context.state<State>(process);
    const std::uint32_t at_start = context.parameters<Parameters>(process).events;
    sink.add("events", static_cast<Wide>(state.drawn - at_start), "1", 1);
    sink.add("sent_on", static_cast<Wide>(state.sent_on), "1", 1);
}

constexpr kernel::Behaviour behaviour{.type = "phold",
                                      .start = start,
                                      .handle = handle,
                                      .report = report,
                                      .plain_state = sizeof(State)};

/// As long as all others, so that the order of names is the order of numbers.
std::string name_of(std::uint32_t process) {
    const std::string number = std::to_string(process);
    return std::string(digits - number.size(), '0') + number;
}

}  // namespace

kernel::Model phold(const Phold& plan) {
    FORETWIN_RULE(plan.processes >= 1 && plan.processes <= most_processes,
                  "PHOLD has 1 to 10^7 processes");
    FORETWIN_RULE(plan.remote >= 0 && plan.remote <= 1, "a chance is 0 to 1");
    FORETWIN_RULE(plan.lookahead >= 0, "a delay is 0 or more");
    std::vector<std::string> names;
    names.reserve(plan.processes);
    for (std::uint32_t process = 0; process < plan.processes; ++process) {
        names.push_back(name_of(process));
    }
    Parameters parameters;
    parameters.delay = random::shifted(random::exponential(1.0), plan.lookahead);
    parameters.remote = plan.remote;
    parameters.processes_per_remote = plan.processes / plan.remote;
    parameters.events = plan.events;
    const auto shared = std::make_shared<const Parameters>(std::move(parameters));
    kernel::ModelBuilder builder(std::move(names));
    for (kernel::DeviceIndex process = 0; process < plan.processes; ++process) {
        builder.pair_series(stream_name(name_of(process)));
        builder.set(process, behaviour, shared, builder.reserve<State>());
    }
    builder.channel_among_all(from_seconds(plan.lookahead));
    builder.connections_are_complete();
    return builder.finish();
}

double phold_mean_events(const Phold& plan, double seconds) {
    const double chains = static_cast<double>(plan.processes) * plan.events;
    const double mean = 1.0 + plan.lookahead;
    return chains * (seconds / mean + (1.0 - mean * mean) / (2.0 * mean * mean));
}

double phold_variance_of_events(const Phold& plan, double seconds) {
    const double chains = static_cast<double>(plan.processes) * plan.events;
    const double mean = 1.0 + plan.lookahead;
    return chains * seconds / (mean * mean * mean);
}

}  // namespace foretwin::reference
