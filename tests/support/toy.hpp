#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "engine/core/name_hash.hpp"
#include "engine/kernel/model_builder.hpp"
#include "engine/kernel/simulation.hpp"
#include "tests/support/neighbourhood.hpp"

/// A kernel model without a plant: hoppers that wake each other, cancel each other and keep lists.
/// It uses everything the kernel offers, so that executors and snapshots can be tested alone.
namespace foretwin::test {

struct Hopper {
    std::vector<kernel::DeviceIndex> others;  ///< whom it calls, in turn
    kernel::TimerIndex timer = 0;             ///< its own next hop
    kernel::TimerIndex alarm = 0;             ///< set far away and replaced before it fires
    std::uint64_t stream = 0;
};

struct HopperState {
    kernel::Ring seen;  ///< Time: when it hopped, the last few
    std::uint64_t hops = 0, calls = 0, alarms = 0;
    Wide sum = 0;  ///< of instants, depends on everything that happened
};

namespace toy {

enum Kind : std::uint8_t { hop = 1, alarm = 2, echo = 3 };

inline void plan_hop(kernel::Context& context, kernel::DeviceIndex device) {
    const Hopper& hopper = context.parameters<Hopper>(device);
    HopperState& state = context.state<HopperState>(device);
    random::Draws draws = context.draws(hopper.stream, static_cast<std::uint32_t>(state.hops));
    // Whole tens of nanoseconds, so that hoppers often meet at one instant; 0 is among them.
    const Time gap = static_cast<Time>(draws.below(5)) * 10;
    context.set_timer(hopper.timer, context.now() + gap, kernel::EventClass::arrival,
                      event_of(device, hop));
}

inline void start(kernel::Context& context, kernel::DeviceIndex device) {
    plan_hop(context, device);
}

inline void handle(kernel::Context& context, kernel::DeviceIndex device,
                   const kernel::Event& event) {
    const Hopper& hopper = context.parameters<Hopper>(device);
    HopperState& state = context.state<HopperState>(device);
    state.sum = mixed(state.sum, 3, context.now() + event.kind);
    if (event.kind == alarm) ++state.alarms;
    if (event.kind != hop) return;
    ++state.hops;
    context.memory().push(state.seen, context.now());
    if (state.seen.count > 20 + state.hops % 7) context.memory().pop<Time>(state.seen);
    context.set_timer(hopper.alarm, context.now() + 130, kernel::EventClass::failure,
                      event_of(device, alarm));
    context.schedule(context.now() + 20, kernel::EventClass::sampling, event_of(device, echo));
    if (!hopper.others.empty()) {
        context.call(hopper.others[state.hops % hopper.others.size()], 7);
    }
    plan_hop(context, device);
}

/// A neighbour hopped: sometimes that cancels the alarm, sometimes it delays the next hop.
inline void call(kernel::Context& context, kernel::DeviceIndex device, const kernel::Event&) {
    const Hopper& hopper = context.parameters<Hopper>(device);
    HopperState& state = context.state<HopperState>(device);
    ++state.calls;
    state.sum = mixed(state.sum, 5, context.now());
    if (state.calls % 3 == 0) context.cancel(hopper.alarm);
    if (state.calls % 4 == 0) {
        context.set_timer(hopper.timer, context.now() + 10, kernel::EventClass::arrival,
                          event_of(device, hop));
    }
}

inline void begin_measuring(kernel::Context& context, kernel::DeviceIndex device) {
    context.state<HopperState>(device).calls = 0;
}

inline void report(kernel::Context& context, kernel::DeviceIndex device, kernel::FigureSink& sink) {
    const HopperState& state = context.state<HopperState>(device);
    sink.add("hops", static_cast<Wide>(state.hops), "1", 1);
    sink.add("calls", static_cast<Wide>(state.calls), "1", 1);
    sink.add("alarms", static_cast<Wide>(state.alarms), "1", 1);
    sink.add("sum", state.sum, "1", 1);
}

inline constexpr kernel::Behaviour behaviour{"hopper",        start,  handle, call,
                                             begin_measuring, report, nullptr};

}  // namespace toy

/// Hoppers of these names in a circle: each calls the next two.
inline kernel::Model hoppers(const std::vector<std::string>& names) {
    kernel::ModelBuilder builder(names);
    const auto count = static_cast<kernel::DeviceIndex>(names.size());
    std::vector<std::string> sorted = names;
    std::sort(sorted.begin(), sorted.end());
    for (kernel::DeviceIndex device = 0; device < count; ++device) {
        Hopper hopper;
        hopper.others = {(device + 1) % count, (device + 2) % count};
        hopper.timer = builder.reserve_timers(2);
        hopper.alarm = hopper.timer + 1;
        hopper.stream = builder.stream(sorted[device] + "/gap");
        const std::uint32_t state = builder.reserve<HopperState>();
        builder.set(device, toy::behaviour, std::make_shared<const Hopper>(std::move(hopper)),
                    state);
    }
    return builder.finish();
}

inline kernel::Simulation started(const kernel::Model& model, random::Key key = {1, 0}) {
    kernel::Simulation simulation(model, key);
    simulation.start();
    return simulation;
}

}  // namespace foretwin::test
