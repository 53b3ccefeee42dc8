#include <doctest/doctest.h>

#include <algorithm>
#include <array>

#include "engine/core/error.hpp"
#include "engine/kernel/event_queue.hpp"
#include "tests/support/toy.hpp"

using namespace foretwin;
using namespace foretwin::test;
using kernel::Event;
using kernel::EventClass;

namespace {

Event event_at(Time at, std::uint64_t step, EventClass event_class, kernel::DeviceIndex sender,
               std::uint64_t counter) {
    Event event;
    event.at = at;
    event.order = kernel::pack_order(step, event_class, sender);
    event.counter = counter;
    return event;
}

/// A fixed stream of numbers for tests.
std::uint64_t next_number(std::uint64_t& state) {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    return state >> 33;
}

struct Nothing {};
constexpr kernel::Behaviour silent{"silent"};

kernel::Model silent_model(std::vector<std::string> names) {
    kernel::ModelBuilder builder(names);
    for (kernel::DeviceIndex i = 0; i < names.size(); ++i) {
        builder.set(i, silent, std::make_shared<const Nothing>(), builder.reserve<int>());
    }
    builder.reserve_timers(3);
    return builder.finish();
}

}  // namespace

TEST_CASE("a fresh event is written as it was said, and sorts as it does") {
    kernel::Event said;
    said.device = 0x12345678;
    said.timer = 0x9abcdef0;
    said.generation = 0xfedcba98;
    said.kind = 0x81;
    said.index = 0xf2;
    said.unit = 0xe3d4;
    const kernel::FreshEvent fresh(said, 77, 88, 99);
    for (const kernel::FreshEvent& event : {fresh, [&] {
                                                kernel::Event place;
                                                fresh.write(place);
                                                return kernel::FreshEvent(place);
                                            }()}) {
        kernel::Event written;
        event.write(written);
        CHECK(written.at == 77);
        CHECK(written.order == 88);
        CHECK(written.counter == 99);
        CHECK(written.device == said.device);
        CHECK(written.timer == said.timer);
        CHECK(written.generation == said.generation);
        CHECK(written.kind == said.kind);
        CHECK(written.index == said.index);
        CHECK(written.unit == said.unit);
    }
    // One of the same key, and those that differ by one in a part of it: -1 too, since instants
    // are signed.
    const auto with = [](Time at, std::uint64_t order, std::uint64_t counter) {
        kernel::Event event;
        event.at = at;
        event.order = order;
        event.counter = counter;
        return event;
    };
    for (const kernel::Event& other :
         {with(77, 88, 99), with(77, 88, 100), with(77, 88, 98), with(77, 87, 100),
          with(77, 89, 98), with(76, 89, 100), with(78, 87, 98), with(-1, 89, 100)}) {
        kernel::Event written;
        fresh.write(written);
        CHECK(fresh.earlier_than(other) == earlier(written, other));
    }
    CHECK(fresh.earlier_than(with(77, 88, 100)));
    CHECK_FALSE(fresh.earlier_than(with(-1, 0, 0)));
}

TEST_CASE("events are ordered by time, step, class, sender, counter: each beats all after it") {
    // Each line is later than the one before, by one field; the fields behind it point backwards.
    const std::vector<Event> ascending{
        event_at(1, 0, EventClass::processing_end, 1, 9),
        event_at(1, 0, EventClass::processing_end, 2, 3),
        event_at(1, 0, EventClass::processing_end, 2, 4),
        event_at(1, 0, EventClass::failure, 0, 0),
        event_at(1, 0, EventClass::reporting, 0xfffffffe, 0),
        event_at(1, 1, EventClass::processing_end, 0, 0),
        event_at(1, Event::last_step, EventClass::processing_end, 0, 0),
        event_at(2, 0, EventClass::processing_end, 0, 0),
    };
    for (std::size_t i = 0; i < ascending.size(); ++i) {
        for (std::size_t j = 0; j < ascending.size(); ++j) {
            INFO(i, " against ", j);
            CHECK(kernel::earlier(ascending[i], ascending[j]) == (i < j));
        }
    }
}

TEST_CASE("the classes stand in the order of the design: completion beats failure") {
    const EventClass order[] = {EventClass::processing_end, EventClass::repair_end,
                                EventClass::shift_edge,     EventClass::arrival,
                                EventClass::failure,        EventClass::planned_maintenance,
                                EventClass::sampling,       EventClass::reporting};
    CHECK(std::is_sorted(std::begin(order), std::end(order)));
    CHECK(event_at(0, 7, EventClass::failure, 3, 0).step() == 7);
}

TEST_CASE_TEMPLATE("a queue gives back any events in their total order", Queue, kernel::EventHeap,
                   kernel::EventQueue) {
    std::uint64_t numbers = 1;
    Queue heap;
    std::vector<Event> all;
    for (std::uint64_t i = 0; i < 2000; ++i) {
        // Few distinct times, so that ties are the rule.
        all.push_back(event_at(static_cast<Time>(next_number(numbers) % 20),
                               next_number(numbers) % 2,
                               static_cast<EventClass>(next_number(numbers) % 8),
                               static_cast<kernel::DeviceIndex>(next_number(numbers) % 5), i));
        heap.push(all.back());
    }
    std::sort(all.begin(), all.end(), kernel::earlier);
    for (const Event& expected : all) {
        REQUIRE(!heap.empty());
        CHECK(heap.top().counter == expected.counter);
        heap.pop();
    }
    CHECK(heap.empty());
}

TEST_CASE_TEMPLATE("handling, scheduling and dropping events keep the order", Queue,
                   kernel::EventHeap, kernel::EventQueue) {
    // A plant with few pending events, one that fits the queue's window by a hair, a large one.
    std::uint64_t count = 0;
    SUBCASE("few") {
        count = 3;
    }
    SUBCASE("some") {
        count = 32;
    }
    SUBCASE("many") {
        count = 300;
    }
    std::uint64_t numbers = 2;
    std::vector<Event> events;
    for (std::uint64_t i = 0; i < count; ++i) {
        events.push_back(
            event_at(static_cast<Time>(next_number(numbers) % 1000), 0, EventClass::arrival, 0, i));
    }
    Queue heap;
    heap.assign(events);
    std::vector<Event> expected = events;
    for (int i = 0; i < 2000; ++i) {
        const auto least = std::min_element(expected.begin(), expected.end(), kernel::earlier);
        CHECK(heap.top().counter == least->counter);
        const Event newcomer =
            event_at(least->at + static_cast<Time>(next_number(numbers) % 90), 0,
                     EventClass::arrival, 0, 1000 + static_cast<std::uint64_t>(i));
        heap.pop();
        heap.push(newcomer);
        *least = newcomer;
        if (i % 10 == 0) {
            expected.push_back(event_at(newcomer.at + 500, 0, EventClass::arrival, 1,
                                        9000 + static_cast<std::uint64_t>(i)));
            heap.push(expected.back());
        }
    }
    const auto odd = [](const Event& event) { return event.counter % 2 == 1; };
    CHECK(heap.remove_if(odd) == std::erase_if(expected, odd));
    std::sort(expected.begin(), expected.end(), kernel::earlier);
    for (const Event& event : expected) {
        CHECK(heap.top().counter == event.counter);
        heap.pop();
    }
}

TEST_CASE("what is scheduled for the present instant comes after all that was handled there") {
    const kernel::Model model = silent_model({"a"});
    kernel::Simulation simulation(model, {1, 0});
    kernel::Context context = simulation.context();
    context.move_clock(100, 4);
    Event event;
    event.device = 0;
    context.schedule(100, EventClass::processing_end, event);
    context.schedule(101, EventClass::processing_end, event);
    CHECK(context.outbox()[0].step() == 5);
    CHECK(context.outbox()[1].step() == 0);
    CHECK_THROWS_AS(context.schedule(99, EventClass::arrival, event), RuleBroken);
    context.move_clock(100, Event::last_step);
    CHECK_THROWS_AS(context.schedule(100, EventClass::arrival, event), RuleBroken);
}

TEST_CASE("a timer has one pending event at most: setting it anew or cancelling makes it stale") {
    const kernel::Model model = silent_model({"a"});
    kernel::Simulation simulation(model, {1, 0});
    kernel::Context context = simulation.context();
    Event event;
    event.device = 0;
    CHECK(context.timer_at(0) == never);
    context.set_timer(0, 10, EventClass::arrival, event);
    context.set_timer(0, 20, EventClass::arrival, event);
    CHECK(context.timer_at(0) == 20);
    CHECK(context.is_stale(context.outbox()[0]));
    CHECK(!context.is_stale(context.outbox()[1]));
    context.cancel(0);
    context.cancel(0);
    CHECK(context.is_stale(context.outbox()[1]));
    CHECK(context.timer_at(0) == never);
    CHECK(context.stale_events() == 2);

    context.set_timer(1, never, EventClass::arrival, event);
    CHECK(context.outbox().size() == 2);  // never: nothing is scheduled
    context.schedule(5, EventClass::arrival, event);
    CHECK(!context.is_stale(context.outbox()[2]));  // no timer: cannot be cancelled
}

TEST_CASE("a ring is first in first out, grows by doubling, and loses nothing when it wraps") {
    kernel::Pool pool;
    kernel::Ring ring;
    std::uint64_t in = 0;
    std::uint64_t out = 0;
    for (int round = 0; round < 200; ++round) {
        for (int i = 0; i < round % 17; ++i) pool.push(ring, in++);
        for (int i = 0; i < round % 13 && ring.count > 0; ++i) {
            CHECK(pool.pop<std::uint64_t>(ring) == out++);
        }
        CHECK(ring.count == in - out);
        CHECK((ring.capacity & (ring.capacity - 1)) == 0);
    }
    for (std::uint32_t i = 0; i < ring.count; ++i)
        CHECK(pool.get<std::uint64_t>(ring, i) == out + i);
}

TEST_CASE("erasing from a ring keeps the others in order; set replaces in place") {
    kernel::Pool pool;
    kernel::Ring ring;
    for (int i = 0; i < 4; ++i) pool.push(ring, i);
    pool.pop<int>(ring);
    pool.push(ring, 4);  // wrapped: 1 2 3 4
    pool.erase<int>(ring, 1);
    pool.set(ring, 0, 9);
    REQUIRE(ring.count == 3);
    CHECK(pool.pop<int>(ring) == 9);
    CHECK(pool.pop<int>(ring) == 3);
    CHECK(pool.pop<int>(ring) == 4);
}

TEST_CASE("outgrown blocks are used again: the pool stays within twice what rings hold") {
    kernel::Pool pool;
    // 4 -> 8 elements of 16 bytes frees a block of 64 bytes, which the next ring takes.
    kernel::Ring first;
    for (int i = 0; i < 5; ++i) pool.push(first, Wide{i});
    const std::size_t bytes = pool.bytes().size();
    kernel::Ring second;
    pool.push(second, Wide{7});
    CHECK(pool.bytes().size() == bytes);
    CHECK(second.block == 0);
    for (int i = 0; i < 5; ++i) CHECK(pool.pop<Wide>(first) == i);
}

TEST_CASE("a pool keeps values until they are taken, and uses their place again") {
    kernel::Pool pool;
    const std::uint32_t first = pool.keep(std::array<int, 4>{1, 2, 3, 4});
    const std::uint32_t second = pool.keep(std::array<int, 4>{5, 6, 7, 8});
    CHECK(pool.take<std::array<int, 4>>(first) == std::array<int, 4>{1, 2, 3, 4});
    CHECK(pool.keep(std::array<int, 4>{9, 9, 9, 9}) == first);
    CHECK(pool.take<std::array<int, 4>>(second) == std::array<int, 4>{5, 6, 7, 8});
    const std::size_t bytes = pool.bytes().size();
    for (int i = 0; i < 1000; ++i) {
        const std::uint32_t place = pool.keep(std::array<int, 4>{i, i, i, i});
        CHECK(pool.take<std::array<int, 4>>(place)[3] == i);
    }
    CHECK(pool.bytes().size() == bytes);
}

TEST_CASE("devices are ranked by the byte order of their names, whatever order they come in") {
    const kernel::Model model = silent_model({"b", "A", "a", "Z 2", "Z 10"});
    std::vector<std::string> names;
    for (const kernel::Device& device : model.devices) names.push_back(device.name);
    CHECK(names == std::vector<std::string>{"A", "Z 10", "Z 2", "a", "b"});
    CHECK(model.find("a") == 3);
    CHECK(model.find("nobody") == kernel::no_device);
}

TEST_CASE("a model is refused with two devices of one name, or one that nobody described") {
    CHECK_THROWS_AS(kernel::ModelBuilder({"a", "b", "a"}), RuleBroken);
    kernel::ModelBuilder builder({"a"});
    CHECK_THROWS_AS(builder.finish(), RuleBroken);
    CHECK_THROWS_AS(builder.index("b"), RuleBroken);
}

TEST_CASE("a stream's name is its hash; asking twice is no clash") {
    kernel::ModelBuilder builder({"a"});
    CHECK(builder.stream("a/1/life") == name_hash("a/1/life"));
    CHECK(builder.stream("a/1/life") == name_hash("a/1/life"));
    CHECK(builder.stream("a/2/life") != builder.stream("a/1/life"));
}

TEST_CASE("zero-delay calls are handled first in first out, none inside another") {
    static std::vector<int> story;
    story.clear();
    struct Caller {
        static void start(kernel::Context& context, kernel::DeviceIndex device) {
            if (device == 0) {
                context.call(1, 1);
                context.call(2, 2);
            }
        }
        static void call(kernel::Context& context, kernel::DeviceIndex device, const Event& event) {
            story.push_back(event.kind);
            if (event.kind == 1) {
                context.call(2, 3);  // behind the 2 that waits already
                story.push_back(10);
            }
            static_cast<void>(device);
        }
    };
    static constexpr kernel::Behaviour caller{"caller", Caller::start, nullptr, Caller::call};
    kernel::ModelBuilder builder({"a", "b", "c"});
    for (kernel::DeviceIndex i = 0; i < 3; ++i) {
        builder.set(i, caller, std::make_shared<const Nothing>(), builder.reserve<int>());
    }
    const kernel::Model model = builder.finish();
    kernel::Simulation simulation(model, {1, 0});
    simulation.start();
    CHECK(story == std::vector<int>{1, 10, 2, 3});
}
