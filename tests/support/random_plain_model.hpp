#pragma once

#include <array>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/kernel/model_builder.hpp"
#include "engine/kernel/simulation.hpp"
#include "tests/support/dice.hpp"
#include "tests/support/neighbourhood.hpp"

/// Random models whose devices keep plain state, for executors that undo: hamlets (joined) of
/// gossips who call one another without delay, plan and cancel, pass news on to other hamlets,
/// often in the same instant, in chains and bursts. Made from a seed.
namespace foretwin::test {

struct Gossip {
    std::vector<kernel::DeviceIndex> neighbours;                ///< called without delay
    std::vector<std::pair<kernel::DeviceIndex, Time>> friends;  ///< and how long news takes
    kernel::TimerIndex outing = 0;
    kernel::TimerIndex rest = 0;  ///< often put off, often cancelled
    std::uint64_t stream = 0;
    std::uint32_t pace = 1;   ///< steps of ten nanoseconds between outings
    std::uint32_t burst = 1;  ///< news told at each outing
};

struct GossipState {
    std::array<Time, 4> heard{};  ///< when, the last four times
    std::uint64_t outings = 0, calls = 0, news = 0, rests = 0, echoes = 0;
    Wide sum = 0;  ///< depends on the order of everything that happened
};

namespace gossips {

enum Kind : std::uint8_t { outing = 1, rest, echo, news };

inline void mix(GossipState& state, int factor, Time value) {
    state.sum = mixed(state.sum, factor, value);
}

inline void plan_outing(kernel::Context& context, kernel::DeviceIndex device) {
    const Gossip& gossip = context.parameters<Gossip>(device);
    const GossipState& state = context.state<GossipState>(device);
    random::Draws draws = context.draws(gossip.stream, static_cast<std::uint32_t>(state.outings));
    const Time gap = static_cast<Time>(draws.below(5) * gossip.pace) * 10;
    context.set_timer(gossip.outing, context.now() + gap, kernel::EventClass::arrival,
                      event_of(device, outing));
}

/// To so many friends in turn; what is told with `hops` left is told on, so often.
inline void tell(kernel::Context& context, kernel::DeviceIndex device, std::uint32_t friends,
                 std::uint16_t hops) {
    const Gossip& gossip = context.parameters<Gossip>(device);
    const GossipState& state = context.state<GossipState>(device);
    for (std::uint32_t i = 0; i < friends && !gossip.friends.empty(); ++i) {
        const auto& to = gossip.friends[(state.news + i) % gossip.friends.size()];
        const Time late = static_cast<Time>((state.outings + i) % 3) * 10;
        context.send(device, context.now() + to.second + late, kernel::EventClass::arrival,
                     event_of(to.first, news, hops));
    }
}

inline void go_out(kernel::Context& context, kernel::DeviceIndex device) {
    const Gossip& gossip = context.parameters<Gossip>(device);
    GossipState& state = context.state<GossipState>(device);
    ++state.outings;
    tell(context, device, gossip.burst, state.outings % 4 == 0 ? 3 : 0);
    context.set_timer(gossip.rest, context.now() + 70, kernel::EventClass::failure,
                      event_of(device, rest));
    context.schedule(context.now() + static_cast<Time>(state.outings % 2) * 20,
                     kernel::EventClass::sampling, event_of(device, echo));
    for (const kernel::DeviceIndex other : gossip.neighbours) context.call(other, 1, 2);
    plan_outing(context, device);
}

inline void hear(kernel::Context& context, kernel::DeviceIndex device, const kernel::Event& event) {
    GossipState& state = context.state<GossipState>(device);
    mix(state, 7, state.heard[state.news % 4]);
    state.heard[++state.news % 4] = context.now();
    if (event.unit > 0) tell(context, device, 1, static_cast<std::uint16_t>(event.unit - 1));
    if (state.news % 3 == 0) context.cancel(context.parameters<Gossip>(device).rest);
    if (state.news % 5 == 0) plan_outing(context, device);
}

inline void handle(kernel::Context& context, kernel::DeviceIndex device,
                   const kernel::Event& event) {
    GossipState& state = context.state<GossipState>(device);
    mix(state, 3, context.now() + event.kind + event.unit);
    switch (event.kind) {
        case outing:
            go_out(context, device);
            break;
        case news:
            hear(context, device, event);
            break;
        case rest:
            ++state.rests;
            break;
        default:
            ++state.echoes;
    }
}

/// Called by a neighbour; a cascade of `unit` further calls, and now and then news.
inline void call(kernel::Context& context, kernel::DeviceIndex device, const kernel::Event& event) {
    const Gossip& gossip = context.parameters<Gossip>(device);
    GossipState& state = context.state<GossipState>(device);
    ++state.calls;
    mix(state, 5, context.now());
    if (state.calls % 4 == 0) context.cancel(gossip.rest);
    if (state.calls % 8 == 0) tell(context, device, 1, 1);
    if (event.unit > 0 && !gossip.neighbours.empty()) {
        context.call(gossip.neighbours.front(), 1, static_cast<std::uint16_t>(event.unit - 1));
    }
}

inline void report(kernel::Context& context, kernel::DeviceIndex device, kernel::FigureSink& sink) {
    const GossipState& state = context.state<GossipState>(device);
    for (const std::uint64_t count :
         {state.outings, state.calls, state.news, state.rests, state.echoes}) {
        sink.add("count", static_cast<Wide>(count), "1", 1);
    }
    sink.add("sum", state.sum, "1", 1);
}

inline constexpr kernel::Behaviour behaviour{.type = "gossip",
                                             .start = plan_outing,
                                             .handle = handle,
                                             .call = call,
                                             .report = report,
                                             .plain_state = sizeof(GossipState)};

}  // namespace gossips

/// A model of 1 to 30 hamlets. News takes 0 to 300 ns; in a third of the models never less than 20.
inline kernel::Model random_hamlets(std::uint64_t seed) {
    Dice dice(seed);
    const auto below = [&](std::uint32_t bound) {
        return static_cast<std::uint32_t>(dice.bits() % bound);
    };
    const std::uint32_t hamlets = 1 + below(30);
    Neighbourhood neighbourhood(dice, hamlets, 3);
    const auto people = static_cast<std::uint32_t>(neighbourhood.names().size());
    kernel::ModelBuilder builder(neighbourhood.names());
    neighbourhood.settle(builder);
    static constexpr std::array<Time, 5> delays{0, 20, 50, 100, 300};
    const bool is_delayed = seed % 3 == 0;
    for (kernel::DeviceIndex device = 0; device < people; ++device) {
        Gossip gossip;
        gossip.neighbours = neighbourhood.join_at_home(builder, device, "hamlet", dice);
        for (std::uint32_t i = below(4); i > 0; --i) {
            const auto to = below(people);
            gossip.friends.emplace_back(to, delays[is_delayed ? 1 + below(4) : below(5)]);
            builder.channel(device, to, gossip.friends.back().second);
        }
        gossip.outing = builder.reserve_timers(2);
        gossip.rest = gossip.outing + 1;
        gossip.stream = builder.stream("gossip " + std::to_string(device));
        gossip.pace = 1 + below(30);
        gossip.burst = device % 7 == 0 ? below(20) : below(3);
        const std::uint32_t state = builder.reserve<GossipState>();
        builder.set(device, gossips::behaviour, std::make_shared<const Gossip>(std::move(gossip)),
                    state);
    }
    builder.connections_are_complete();
    return builder.finish();
}

}  // namespace foretwin::test
