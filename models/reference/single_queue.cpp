#include "models/reference/single_queue.hpp"

#include <memory>
#include <string>

#include "engine/core/rule.hpp"
#include "engine/kernel/context.hpp"
#include "engine/kernel/model_builder.hpp"
#include "engine/random/distribution.hpp"

namespace foretwin::reference {
namespace {

enum Kind : std::uint8_t { arrival = 1, departure };

struct Parameters {
    random::Distribution between_arrivals;  ///< s
    random::Distribution service;           ///< s
    random::Series arrivals;
    random::Series services;
};

struct State {
    kernel::Ring waiting;  ///< Time: when each part that waits has come
    std::uint32_t arrived = 0;
    std::uint32_t began = 0;  ///< service
    std::uint32_t departed = 0;
    Wide wait = 0;  ///< ns, of those that began
};

void plan_arrival(kernel::Context& context, kernel::DeviceIndex queue) {
    const auto& parameters = context.parameters<Parameters>(queue);
    const Time gap = context.sample_time(parameters.between_arrivals, parameters.arrivals,
                                         context.state<State>(queue).arrived);
    context.schedule(context.now() + gap, kernel::EventClass::arrival,
                     kernel::event_for(queue, arrival));
}

void begin_service(kernel::Context& context, kernel::DeviceIndex queue, Time came) {
    const auto& parameters = context.parameters<Parameters>(queue);
    auto& state = context.state<State>(queue);
    state.wait += context.now() - came;
    const Time service =
        context.sample_time(parameters.service, parameters.services, state.began++);
    context.schedule(context.now() + service, kernel::EventClass::processing_end,
                     kernel::event_for(queue, departure));
}

void handle(kernel::Context& context, kernel::DeviceIndex queue, const kernel::Event& event) {
    auto& state = context.state<State>(queue);
    if (event.kind == arrival) {
        const bool idle = state.began == state.departed;
        ++state.arrived;
        plan_arrival(context, queue);
        if (idle) {
            begin_service(context, queue, context.now());
        } else {
            context.memory().push(state.waiting, context.now());
        }
        return;
    }
    ++state.departed;
    if (state.waiting.count > 0) {
        begin_service(context, queue, context.memory().pop<Time>(state.waiting));
    }
}

void report(kernel::Context& context, kernel::DeviceIndex queue, kernel::FigureSink& sink) {
    const auto& state = context.state<State>(queue);
    sink.add("arrived", static_cast<Wide>(state.arrived), "part", 1);
    sink.add("departed", static_cast<Wide>(state.departed), "part", 1);
    sink.add("in_system", static_cast<Wide>(state.arrived - state.departed), "part", 1);
    sink.add("wait", state.wait, "s", 1e-9);
}

constexpr kernel::Behaviour behaviour{"single queue", plan_arrival, handle, nullptr,
                                      nullptr,        report,       nullptr};

}  // namespace

kernel::Model single_queue(const SingleQueue& plan) {
    FORETWIN_RULE(plan.between_arrivals > 0 && plan.service > 0, "parts come and are served");
    kernel::ModelBuilder builder({"queue"});
    Parameters parameters;
    parameters.between_arrivals = random::exponential(plan.between_arrivals);
    parameters.service = random::exponential(plan.service);
    parameters.arrivals = builder.series("queue/arrival");
    parameters.services = builder.series("queue/service");
    builder.set(0, behaviour, std::make_shared<const Parameters>(parameters),
                builder.reserve<State>());
    builder.connections_are_complete();
    return builder.finish();
}

double single_queue_mean_wait(const SingleQueue& plan) {
    const double load = plan.service / plan.between_arrivals;
    return load * plan.service / (1 - load);
}

}  // namespace foretwin::reference
