#include "engine/kernel/simulation.hpp"

#include <utility>

#include "engine/core/fingerprint.hpp"

namespace foretwin::kernel {

Simulation::Simulation(const Model& model, random::Key key)
    : model_(&model), key_(key), memory_(model.memory) {}

Simulation::Simulation(const Model& model, random::Key key, State state)
    : model_(&model),
      key_(key),
      memory_(std::move(state.memory)),
      pending_(std::move(state.pending)),
      shared_pending_(std::move(state.shared_pending)),
      now_(state.now),
      step_(state.step),
      events_handled_(state.events_handled) {}

void Simulation::own_pending() {
    pending_ = *shared_pending_;
    shared_pending_.reset();
}

Context Simulation::context() {
    Context context(*model_, memory_, key_);
    context.move_clock(now_, step_);
    return context;
}

void Simulation::settle(Context& context) {
    now_ = context.now();
    step_ = context.step();
    std::vector<Event>& caused = context.outbox();
    if (caused.empty()) return;
    std::vector<Event>& all = pending();
    if (all.empty()) {
        all.swap(caused);
    } else {
        all.insert(all.end(), caused.begin(), caused.end());
    }
    caused.clear();
}

void Simulation::start() {
    Context context = this->context();
    context.outbox().reserve(model_->devices.size());
    for (DeviceIndex device = 0; device < model_->devices.size(); ++device) {
        if (model_->devices[device].behaviour->start != nullptr) {
            context.enter(device);
            model_->devices[device].behaviour->start(context, device);
        }
    }
    context.drain_worklist();
    settle(context);
}

void Simulation::begin_measuring() {
    Context context = this->context();
    for (DeviceIndex device = 0; device < model_->devices.size(); ++device) {
        if (model_->devices[device].behaviour->begin_measuring != nullptr) {
            context.enter(device);
            model_->devices[device].behaviour->begin_measuring(context, device);
        }
    }
    settle(context);
}

FigureSink Simulation::ask(bool with_names,
                           void (*Behaviour::*question)(Context&, DeviceIndex, FigureSink&)) {
    FigureSink sink(with_names);
    Context context = this->context();
    for (DeviceIndex device = 0; device < model_->devices.size(); ++device) {
        const auto answer = model_->devices[device].behaviour->*question;
        if (with_names) sink.device = model_->devices[device].name;
        if (answer == nullptr) continue;
        context.enter(device);
        answer(context, device, sink);
    }
    settle(context);
    return sink;
}

FigureSink Simulation::report(bool with_names) {
    return ask(with_names, &Behaviour::report);
}

FigureSink Simulation::present(bool with_names) {
    return ask(with_names, &Behaviour::present);
}

void Simulation::tell(DeviceIndex device, std::uint8_t call, std::uint16_t unit,
                      std::uint8_t index) {
    FORETWIN_RULE(model_->devices[device].behaviour->call != nullptr,
                  "only a device that takes calls can be told anything");
    Context context = this->context();
    context.call(device, call, unit, index);
    context.drain_worklist();
    settle(context);
}

std::uint64_t Simulation::trace_fingerprint() const {
    Fingerprint fingerprint;
    const std::uint64_t* traces = memory_.at<std::uint64_t>(model_->traces);
    for (std::size_t device = 0; device < model_->devices.size(); ++device) {
        fingerprint.add(std::string_view(model_->devices[device].name));
        fingerprint.add(traces[device]);
    }
    return fingerprint.value();
}

}  // namespace foretwin::kernel
