#include "engine/kernel/event_queue.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <set>

#include "engine/core/math.hpp"
#include "engine/random/stream.hpp"

using namespace foretwin;
using kernel::Event;
using kernel::EventQueue;

/// The queue against a sorted set of the same events, under every law of gaps that has a reason to
/// trouble buckets of time.

namespace {

enum class Law { exponential, narrow, bimodal, bursty, equal, heavy, coarse, present, anywhere };

constexpr Law all_laws[] = {Law::exponential, Law::narrow, Law::bimodal, Law::bursty,  Law::equal,
                            Law::heavy,       Law::coarse, Law::present, Law::anywhere};

struct Earlier {
    bool operator()(const Event& a, const Event& b) const { return kernel::earlier(a, b); }
};

/// Random operations on a queue and on a set, which must agree after each.
class Twins {
  public:
    Twins(std::uint32_t seed, Law law) : draws_(random::draws({seed, 0}, 1, 0)), law_(law) {}

    std::size_t size() const { return sorted_.size(); }

    void push() { push_at(later(now_, gap())); }
    void push_at(Time at) {
        Event event;
        event.at = at;
        // The present instant goes on with the next step, as the kernel has it.
        event.order = kernel::pack_order(at == now_ ? step_ + 1 : 0,
                                         static_cast<kernel::EventClass>(draws_.below(8)),
                                         static_cast<kernel::DeviceIndex>(draws_.below(5)));
        event.counter = number_++;
        event.unit = static_cast<std::uint16_t>(draws_.below(1000));
        queue_.push(event);
        sorted_.insert(event);
        compare();
    }
    void pop() {
        if (sorted_.empty()) return;
        now_ = sorted_.begin()->at;
        step_ = sorted_.begin()->step();
        queue_.pop();
        sorted_.erase(sorted_.begin());
        compare();
    }
    void release_and_assign() {
        std::vector<Event> events = queue_.release();
        REQUIRE(queue_.empty());
        REQUIRE(queue_.size() == 0);
        REQUIRE(events.size() == sorted_.size());
        queue_.assign(std::move(events));
        compare();
    }
    void remove_some() {
        const std::uint16_t below = static_cast<std::uint16_t>(draws_.below(1001));
        const auto gone = [below](const Event& event) { return event.unit < below; };
        REQUIRE(queue_.remove_if(gone) == std::erase_if(sorted_, gone));
        compare();
    }
    void step(std::size_t wanted) {
        const std::uint64_t dice = draws_.below(20'000);
        if (dice == 0) return release_and_assign();
        if (dice == 1) return remove_some();
        if (dice < 20) return push_at(now_);  // before or among all that is queued
        const bool fill = draws_.below(100) < (sorted_.size() < wanted ? 60U : 40U);
        fill ? push() : pop();
    }
    void drain() {
        while (!sorted_.empty()) pop();
    }

  private:
    void compare() {
        REQUIRE(queue_.size() == sorted_.size());
        REQUIRE(queue_.empty() == sorted_.empty());
        if (sorted_.empty()) return;
        REQUIRE(queue_.top().counter == sorted_.begin()->counter);
        REQUIRE(queue_.top().unit == sorted_.begin()->unit);
    }
    Time gap() {
        const double u = draws_.uniform();
        switch (law_) {
            case Law::exponential:
                return from_seconds(-math::log(u));
            case Law::narrow:
                return 1'000'000 + static_cast<Time>(draws_.below(3));
            case Law::bimodal:
                return from_seconds(u < 0.9 ? u : 1000 + u);
            case Law::bursty:
                return draws_.below(50) == 0 ? day + from_seconds(u) : static_cast<Time>(u * 20);
            case Law::equal:
                return second;
            case Law::heavy:
                return from_seconds(math::pow(u, -2.0));
            case Law::coarse:
                return static_cast<Time>(draws_.below(4)) * hour;
            case Law::present:
                return draws_.below(10) == 0 ? 1 : 0;
            case Law::anywhere:
                break;
        }
        // Every magnitude alike, up to the end of the clock.
        return static_cast<Time>(draws_.bits() >> (1 + draws_.below(63)));
    }

    random::Draws draws_;
    Law law_;
    EventQueue queue_;
    std::set<Event, Earlier> sorted_;
    Time now_ = 0;
    std::uint64_t step_ = 0;
    std::uint64_t number_ = 0;
};

Event event_at(Time at, std::uint64_t counter) {
    Event event;
    event.at = at;
    event.counter = counter;
    return event;
}

/// Pops all; returns whether time and counter ascended, and how many came.
std::size_t drained_in_order(EventQueue& queue) {
    std::size_t count = 0;
    for (Event last = queue.top(); !queue.empty(); queue.pop()) {
        if (count > 0 && !kernel::earlier(last, queue.top())) return 0;
        last = queue.top();
        ++count;
    }
    return count;
}

}  // namespace

TEST_CASE("any mix of operations gives the order of a sorted set, under every law of gaps") {
    for (const Law law : all_laws) {
        for (const std::size_t wanted : {5U, 150U, 400U, 3000U}) {
            for (std::uint32_t seed = 1; seed <= 6; ++seed) {
                CAPTURE(static_cast<int>(law));
                CAPTURE(wanted);
                CAPTURE(seed);
                Twins twins(seed, law);
                for (std::size_t i = 0; i < 8 * wanted + 500; ++i) twins.step(wanted);
                twins.drain();
            }
        }
    }
}

TEST_CASE("the hold operation keeps the order while the plant goes on and on") {
    for (const Law law : all_laws) {
        CAPTURE(static_cast<int>(law));
        Twins twins(7, law);
        for (int i = 0; i < 2000; ++i) twins.push();
        for (int i = 0; i < 30'000; ++i) {
            twins.pop();
            twins.push();
        }
        CHECK(twins.size() == 2000);
        twins.drain();
    }
}

TEST_CASE("filling to ten thousand and draining again and again leaves nothing behind") {
    Twins twins(3, Law::bimodal);
    for (int round = 0; round < 3; ++round) {
        for (int i = 0; i < 10'000; ++i) twins.push();
        twins.drain();
        CHECK(twins.size() == 0);
    }
}

TEST_CASE("an event earlier than everything queued comes first, however many wait") {
    EventQueue queue;
    for (std::uint64_t i = 0; i < 5000; ++i) queue.push(event_at(1'000'000 + 7 * Time(i), i));
    for (Time at = 999'999; at >= 990'000; --at) {
        queue.push(event_at(at, 0));
        REQUIRE(queue.top().at == at);
    }
    CHECK(drained_in_order(queue) == 5000 + 10'000);
}

TEST_CASE("many events of one instant come by sender and counter, with newcomers among them") {
    EventQueue queue;
    const auto push = [&](std::uint64_t step, std::uint64_t number) {
        // 7919 is prime to 10007: every sender once, in no order.
        const auto sender = static_cast<kernel::DeviceIndex>(number * 7919 % 10'007);
        Event event = event_at(hour, number);
        event.order = kernel::pack_order(step, kernel::EventClass::arrival, sender);
        queue.push(event);
    };
    for (std::uint64_t i = 0; i < 10'007; ++i) push(0, i);
    for (kernel::DeviceIndex sender = 0; sender < 5000; ++sender) {
        REQUIRE(static_cast<kernel::DeviceIndex>(queue.top().order) == sender);
        queue.pop();
        push(1, sender);  // the same instant, one step on
    }
    CHECK(queue.size() == 10'007);
    CHECK(drained_in_order(queue) == 10'007);
}

TEST_CASE("the ends of the clock are times like any other") {
    EventQueue queue;
    constexpr Time lowest = std::numeric_limits<Time>::min();
    for (std::uint64_t i = 0; i < 300; ++i) {
        queue.push(event_at(never - 1 - Time(i % 3), i));
        queue.push(event_at(Time(i % 3), i));
        queue.push(event_at(lowest + Time(i % 3), i));
        queue.push(event_at(never, i));
    }
    CHECK(drained_in_order(queue) == 1200);
    std::vector<Event> events;
    for (std::uint64_t i = 0; i < 300; ++i) events.push_back(event_at(never, 299 - i));
    queue.assign(events);
    CHECK(drained_in_order(queue) == 300);
}

TEST_CASE("what is removed is gone and counted; release gives the rest, each once") {
    EventQueue queue;
    std::vector<Event> events;
    for (std::uint64_t i = 0; i < 4000; ++i) events.push_back(event_at(Time(i * i % 5003), i));
    queue.assign(events);
    for (int i = 0; i < 1000; ++i) queue.pop();
    std::set<std::uint64_t> left;
    std::sort(events.begin(), events.end(), kernel::earlier);
    for (std::size_t i = 1000; i < events.size(); ++i) {
        if (events[i].counter % 3 != 0) left.insert(events[i].counter);
    }
    CHECK(queue.remove_if([](const Event& event) { return event.counter % 3 == 0; }) ==
          3000 - left.size());
    const std::vector<Event> released = queue.release();
    CHECK(released.size() == left.size());
    for (const Event& event : released) CHECK(left.erase(event.counter) == 1);
    CHECK(queue.empty());
    queue.push(event_at(5, 1));
    CHECK(queue.top().at == 5);
}

TEST_CASE("looking ahead reads only what is there") {
    EventQueue queue;
    CHECK(queue.coming(EventQueue::farthest_coming).device == kernel::no_device);
    for (std::uint64_t i = 0; i < 1000; ++i) queue.push(event_at(Time(i * 617 % 1009), i));
    // With the ladder at work, the next ones are known: this is what makes fetching early pay.
    for (int i = 0; i < 800; ++i) {
        const Event third = queue.coming(3);
        EventQueue copy = queue;
        for (int j = 0; j < 3; ++j) copy.pop();
        REQUIRE(copy.top().counter == third.counter);
        queue.pop();
    }
}
