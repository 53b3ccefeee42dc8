#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/kernel/model_builder.hpp"
#include "engine/kernel/simulation.hpp"
#include "tests/support/dice.hpp"
#include "tests/support/neighbourhood.hpp"

/// Random models without a plant: towns (logical processes) of people who call one another without
/// delay, plan, cancel, come in bursts and chains at one instant, and write letters to other towns
/// that take their time. Made from a seed, so that a failure can be looked at again.
namespace foretwin::test {

struct Person {
    std::vector<kernel::DeviceIndex> neighbours;  ///< called without delay
    struct Friend {
        kernel::DeviceIndex device = 0;
        Time delay = 0;  ///< the least a letter takes
    };
    std::vector<Friend> friends;  ///< written to, in turn
    std::vector<kernel::DeviceIndex> town;
    kernel::TimerIndex walk = 0;
    kernel::TimerIndex nap = 0;  ///< often put off, often cancelled
    std::uint64_t stream = 0;
    std::uint32_t pace = 1;     ///< steps of ten nanoseconds between walks
    std::uint32_t letters = 0;  ///< at each walk
};

/// What a letter says: as much as a message can bring.
struct Contents {
    Time written = 0;
    std::int64_t sum = 0;
    std::uint64_t number = 0;
};

struct PersonState {
    kernel::Ring diary;
    std::uint64_t walks = 0, calls = 0, letters = 0, naps = 0, echoes = 0;
    Wide sum = 0;  ///< depends on the order of everything that happened
};

namespace towns {

enum Kind : std::uint8_t { walk = 1, nap, echo, letter };

inline void mix(PersonState& state, int factor, Time value) {
    state.sum = mixed(state.sum, factor, value);
}

inline void plan_walk(kernel::Context& context, kernel::DeviceIndex device) {
    const Person& person = context.parameters<Person>(device);
    const PersonState& state = context.state<PersonState>(device);
    random::Draws draws = context.draws(person.stream, static_cast<std::uint32_t>(state.walks));
    // Tens of nanoseconds, zero among them, so that much happens at one instant.
    const Time gap = static_cast<Time>(draws.below(5) * person.pace) * 10;
    context.set_timer(person.walk, context.now() + gap, kernel::EventClass::arrival,
                      event_of(device, walk));
}

inline void write_letters(kernel::Context& context, kernel::DeviceIndex device) {
    const Person& person = context.parameters<Person>(device);
    PersonState& state = context.state<PersonState>(device);
    for (std::uint32_t i = 0; i < person.letters && !person.friends.empty(); ++i) {
        const Person::Friend& to = person.friends[(state.walks + i) % person.friends.size()];
        const Time late = static_cast<Time>((state.walks + i) % 3) * 10;
        context.send(device, context.now() + to.delay + late, kernel::EventClass::arrival,
                     event_of(to.device, letter, static_cast<std::uint16_t>(i)),
                     Contents{context.now(), static_cast<std::int64_t>(state.sum), i});
    }
}

inline void read(kernel::Context& context, PersonState& state, const kernel::Event& event) {
    const Contents contents = context.take_cargo<Contents>(event);
    mix(state, 7, context.now() - contents.written);
    mix(state, 7, contents.sum + static_cast<Time>(contents.number));
}

inline void handle(kernel::Context& context, kernel::DeviceIndex device,
                   const kernel::Event& event) {
    const Person& person = context.parameters<Person>(device);
    PersonState& state = context.state<PersonState>(device);
    mix(state, 3, context.now() + event.kind + event.unit);
    switch (event.kind) {
        case walk:
            ++state.walks;
            context.memory().push(state.diary, context.now());
            if (state.diary.count > 5 + state.walks % 40) context.memory().pop<Time>(state.diary);
            write_letters(context, device);
            context.set_timer(person.nap, context.now() + 70, kernel::EventClass::failure,
                              event_of(device, nap));
            context.schedule(context.now() + static_cast<Time>(state.walks % 2) * 20,
                             kernel::EventClass::sampling, event_of(device, echo));
            for (const kernel::DeviceIndex other : person.neighbours) context.call(other, 1);
            plan_walk(context, device);
            break;
        case letter:
            ++state.letters;
            read(context, state, event);
            if (state.letters % 3 == 0) context.cancel(person.nap);
            if (state.letters % 5 == 0) plan_walk(context, device);
            break;
        case nap:
            ++state.naps;
            break;
        default:
            ++state.echoes;
    }
}

inline void call(kernel::Context& context, kernel::DeviceIndex device, const kernel::Event&) {
    PersonState& state = context.state<PersonState>(device);
    ++state.calls;
    mix(state, 5, context.now());
    if (state.calls % 4 == 0) context.cancel(context.parameters<Person>(device).nap);
}

inline void report(kernel::Context& context, kernel::DeviceIndex device, kernel::FigureSink& sink) {
    const PersonState& state = context.state<PersonState>(device);
    for (const std::uint64_t count :
         {state.walks, state.calls, state.letters, state.naps, state.echoes}) {
        sink.add("count", static_cast<Wide>(count), "1", 1);
    }
    sink.add("sum", state.sum, "1", 1);
}

inline constexpr kernel::Behaviour behaviour{"person", plan_walk, handle, call,
                                             nullptr,  report,    nullptr};

}  // namespace towns

/// A model of up to `most_towns` towns. Between two towns letters take 10 to 2000 ns; some towns
/// write to nobody, some are far busier than others.
inline kernel::Model random_towns(std::uint64_t seed, std::uint32_t most_towns = 12) {
    Dice dice(seed);
    const auto below = [&](std::uint32_t bound) {
        return static_cast<std::uint32_t>(dice.bits() % bound);
    };
    const std::uint32_t towns = 1 + below(most_towns);
    Neighbourhood neighbourhood(dice, towns, 5);
    kernel::ModelBuilder builder(neighbourhood.names());
    neighbourhood.settle(builder);
    static constexpr Time delays[] = {10, 20, 50, 300, 2000};
    for (kernel::DeviceIndex device = 0; device < neighbourhood.names().size(); ++device) {
        Person person;
        const std::uint32_t town = neighbourhood.place_of(device);
        person.neighbours = neighbourhood.join_at_home(builder, device, "town", dice);
        for (std::uint32_t i = below(4); towns > 1 && i > 0; --i) {
            const std::uint32_t far = (town + 1 + below(towns - 1)) % towns;
            const std::vector<kernel::DeviceIndex>& there = neighbourhood.people(far);
            const kernel::DeviceIndex to = there[below(static_cast<std::uint32_t>(there.size()))];
            person.friends.push_back({to, delays[below(5)]});
            builder.channel(device, to, person.friends.back().delay);
        }
        person.walk = builder.reserve_timers(2);
        person.nap = person.walk + 1;
        person.stream = builder.stream("person " + std::to_string(device));
        person.pace = town == 0 ? 1 : 1 + below(30);
        person.letters = below(4);
        const std::uint32_t state = builder.reserve<PersonState>();
        builder.set(device, towns::behaviour, std::make_shared<const Person>(std::move(person)),
                    state);
    }
    builder.connections_are_complete();
    return builder.finish();
}

}  // namespace foretwin::test
