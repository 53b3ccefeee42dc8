#include "engine/snapshot/snapshot.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <fstream>

#include "engine/core/error.hpp"
#include "tests/support/random_model.hpp"
#include "tests/support/reseal.hpp"
#include "tests/support/toy.hpp"

using namespace foretwin;
using namespace foretwin::test;
using snapshot::Bytes;

namespace {

const kernel::Model model = hoppers({"d", "a", "c", "b", "e"});

/// Handles pending events until an instant: the plainest loop there is.
void run(kernel::Simulation& simulation, Time until) {
    kernel::Context context = simulation.context();
    std::vector<kernel::Event>& pending = simulation.pending();
    for (;;) {
        auto first = pending.end();
        for (auto event = pending.begin(); event != pending.end(); ++event) {
            if (first == pending.end() || kernel::earlier(*event, *first)) first = event;
        }
        if (first == pending.end() || first->at > until) break;
        const kernel::Event event = *first;
        pending.erase(first);
        if (context.is_stale(event)) continue;
        context.dispatch(event);
        pending.insert(pending.end(), context.outbox().begin(), context.outbox().end());
        context.outbox().clear();
        simulation.count_events(1);
    }
    simulation.settle(context);
    simulation.move_clock(until);
}

std::string refusal(const kernel::Model& restored, const Bytes& bytes) {
    try {
        snapshot::restore(restored, bytes);
    } catch (const InputError& error) {
        return error.what();
    }
    return "accepted";
}

/// Events stand last in the bytes, one after the other.
kernel::Event event_at_end(const Bytes& bytes) {
    kernel::Event event;
    std::memcpy(&event, bytes.data() + bytes.size() - sizeof(event), sizeof(event));
    return event;
}

Bytes with_event_at_end(Bytes bytes, const kernel::Event& event) {
    std::memcpy(bytes.data() + bytes.size() - sizeof(event), &event, sizeof(event));
    return reseal(bytes);
}

/// A captured twin whose last event somebody has changed, checksum included.
template <class Change>
std::string refusal_after(const kernel::Model& of, const Bytes& bytes, Change change) {
    kernel::Event event = event_at_end(bytes);
    change(event);
    return refusal(of, with_event_at_end(bytes, event));
}

double resident_mb() {
    std::ifstream file("/proc/self/statm");
    double total = 0;
    double resident = 0;
    file >> total >> resident;
    return resident * static_cast<double>(::sysconf(_SC_PAGESIZE)) / 1e6;
}

bool mentions(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a restored twin goes on bit for bit, its clock, counters and key included") {
    kernel::Simulation whole = started(model, {5, 6});
    run(whole, 4000);
    for (const Time at : {0, 10, 777, 2000, 4000}) {
        kernel::Simulation first = started(model, {5, 6});
        run(first, at);
        kernel::Simulation second = snapshot::restore(model, snapshot::capture(first));
        CHECK(second.now() == at);
        CHECK(second.key() == random::Key{5, 6});
        CHECK(second.events_handled() == first.events_handled());
        const kernel::Context context = first.context();
        const auto live =
            std::count_if(first.pending().begin(), first.pending().end(),
                          [&](const auto& event) { return !context.is_stale(event); });
        CHECK(second.pending_events() == static_cast<std::size_t>(live));
        run(second, 4000);
        CHECK(second.events_handled() == whole.events_handled());
        CHECK(second.report(false).values == whole.report(false).values);
        // Memory too, to the byte: rings of both have grown to the same places.
        CHECK(second.memory().fixed() == whole.memory().fixed());
        CHECK(snapshot::capture(second) == snapshot::capture(whole));
    }
}

TEST_CASE("capturing twice, or capturing what was restored, gives the same bytes") {
    kernel::Simulation simulation = started(model);
    run(simulation, 1500);
    const Bytes bytes = snapshot::capture(simulation);
    CHECK(snapshot::capture(simulation) == bytes);
    CHECK(snapshot::capture(snapshot::restore(model, bytes)) == bytes);
}

TEST_CASE("a model built anew from the same names is the same model") {
    kernel::Simulation simulation = started(model);
    run(simulation, 500);
    const kernel::Model again = hoppers({"a", "b", "c", "d", "e"});
    CHECK(refusal(again, snapshot::capture(simulation)) == "accepted");
}

TEST_CASE("another model is refused") {
    kernel::Simulation simulation = started(model);
    const Bytes bytes = snapshot::capture(simulation);
    CHECK(mentions(refusal(hoppers({"a", "b", "c", "d"}), bytes), "another model"));
    CHECK(mentions(refusal(hoppers({"a", "b", "c", "d", "f"}), bytes), "another model"));
}

TEST_CASE("a state whose bytes mean something else now is refused, though they lie as before") {
    kernel::Simulation simulation = started(model);
    kernel::Behaviour next = test::toy::behaviour;
    ++next.revision;
    kernel::Model changed = hoppers({"a", "b", "c", "d", "e"});
    REQUIRE(changed.identity == model.identity);
    changed.devices[3].behaviour = &next;
    changed.identity = kernel::identity_of(changed);
    CHECK(mentions(refusal(changed, snapshot::capture(simulation)), "another build"));
}

TEST_CASE("every single damaged byte is noticed") {
    kernel::Simulation simulation = started(hoppers({"a", "b"}));
    const kernel::Model small = hoppers({"a", "b"});
    kernel::Simulation little = started(small);
    run(little, 200);
    const Bytes good = snapshot::capture(little);
    REQUIRE(refusal(small, good) == "accepted");
    for (std::size_t i = 0; i < good.size(); ++i) {
        Bytes bad = good;
        bad[i] ^= std::byte{0x10};
        INFO("byte ", i);
        CHECK(refusal(small, bad) != "accepted");
    }
}

TEST_CASE("what is cut short, too long or something else is refused with its reason") {
    kernel::Simulation simulation = started(model);
    const Bytes good = snapshot::capture(simulation);
    CHECK(mentions(refusal(model, {}), "too short"));
    CHECK(mentions(refusal(model, Bytes(good.begin(), good.begin() + 20)), "too short"));
    CHECK(mentions(refusal(model, Bytes(good.begin(), good.end() - 1)), "damaged"));
    Bytes longer = good;
    longer.push_back(std::byte{0});
    CHECK(mentions(refusal(model, longer), "damaged"));
    CHECK(mentions(refusal(model, Bytes(500, std::byte{'x'})), "does not begin"));

    Bytes newer = good;
    newer[8] = std::byte{99};  // the version stands behind the eight bytes of the magic
    CHECK(mentions(refusal(model, newer), "version 99"));
}

TEST_CASE("events that no twin could have are refused, though the checksum is right") {
    kernel::Simulation simulation = started(model);
    run(simulation, 1500);
    const Bytes good = snapshot::capture(simulation);
    REQUIRE(refusal(model, reseal(good)) == "accepted");
    const auto after = [&](auto change) { return refusal_after(model, good, change); };
    CHECK(mentions(after([](auto& e) { e.device = 5; }), "for a device beyond the last"));
    CHECK(mentions(after([](auto& e) { e.order |= 0xffff; }), "of a device beyond the last"));
    CHECK(mentions(after([](auto& e) { e.at = 1499; }), "in the past"));
    CHECK(mentions(after([](auto& e) { e.order |= std::uint64_t{8} << 32; }), "a class that"));
    CHECK(mentions(after([](auto& e) { e.counter = 1'000'000; }), "never given out"));
    CHECK(mentions(after([](auto& e) { e.timer = 10; }), "a timer beyond the last"));
}

TEST_CASE("an event that is not due when its timer is, is refused") {
    // Five hoppers with two timers each; at time 0 each has its next hop pending, set by timer.
    kernel::Simulation simulation = started(model);
    const Bytes good = snapshot::capture(simulation);
    REQUIRE(event_at_end(good).timer != kernel::no_timer);
    CHECK(mentions(refusal_after(model, good, [](auto& e) { e.at += 1; }), "its timer"));
}

TEST_CASE("cargo beyond the pool, in a free block or taken twice is refused") {
    // Seed 3 has letters under way between towns.
    const kernel::Model towns = random_towns(3);
    kernel::Simulation simulation = started(towns);
    run(simulation, 3000);
    std::vector<kernel::Event>& pending = simulation.pending();
    const auto letter = std::find_if(pending.begin(), pending.end(),
                                     [](const auto& event) { return event.has_cargo(); });
    REQUIRE(letter != pending.end());
    std::rotate(letter, letter + 1, pending.end());  // the letter stands last
    const Bytes good = snapshot::capture(simulation);
    REQUIRE(refusal(towns, good) == "accepted");
    const auto with_place = [&](std::uint32_t place) {
        return refusal_after(towns, good, [&](auto& e) { e.generation = place + 1; });
    };
    CHECK(mentions(with_place(1'000'000), "beyond the end of the pool"));
    const kernel::Event last = pending.back();
    const std::uint32_t cell = towns.dispatch[last.device].cell;
    for (const auto& blocks : simulation.memory().pools()[cell].free_blocks()) {
        for (const std::uint32_t block : blocks) {
            CHECK(mentions(with_place(block), "shares the place"));
        }
    }
    for (const kernel::Event& other : pending) {
        if (!other.has_cargo() || &other == &pending.back()) continue;
        if (towns.dispatch[other.device].cell != cell) continue;
        CHECK(mentions(with_place(other.generation - 1), "shares the place"));
    }
}

TEST_CASE("free blocks are left out and come back free") {
    const kernel::Model towns = random_towns(3);
    kernel::Simulation simulation = started(towns);
    run(simulation, 3000);
    std::size_t free_bytes = 0;
    for (const kernel::Pool& pool : simulation.memory().pools()) {
        for (std::size_t size = 0; size < pool.free_blocks().size(); ++size) {
            free_bytes += pool.free_blocks()[size].size() * (kernel::Pool::grain << size);
        }
    }
    REQUIRE(free_bytes > 0);
    const Bytes bytes = snapshot::capture(simulation);
    CHECK(bytes.size() < simulation.memory().bytes() - free_bytes +
                             simulation.pending_events() * sizeof(kernel::Event) + 4000);
    const kernel::Simulation second = snapshot::restore(towns, bytes);
    for (std::size_t cell = 0; cell < towns.partition.cells(); ++cell) {
        CHECK(second.memory().pools()[cell].free_blocks() ==
              simulation.memory().pools()[cell].free_blocks());
    }
}

TEST_CASE("a pool far longer than what of it is in use takes no memory for the rest") {
    // As if a ring of 1 GiB had been there and was gone: a free block of 2^26 grains.
    const kernel::Model towns = random_towns(3);
    kernel::Simulation simulation = started(towns);
    run(simulation, 3000);
    const kernel::Memory& memory = simulation.memory();
    const kernel::Pool& first = memory.pools().front();
    const std::size_t used = first.bytes().size();
    kernel::Slab longer = kernel::Slab::zeros(used + (kernel::Pool::grain << 26));
    std::memcpy(longer.data(), first.bytes().data(), used);
    kernel::Pool::FreeBlocks free_blocks = first.free_blocks();
    free_blocks.resize(27);
    free_blocks[26].push_back(static_cast<std::uint32_t>(used / kernel::Pool::grain));
    std::vector<kernel::Pool> pools;
    pools.push_back(kernel::Pool::restored(std::move(longer), std::move(free_blocks)));
    pools.insert(pools.end(), memory.pools().begin() + 1, memory.pools().end());
    kernel::Simulation::State state;
    state.memory = kernel::Memory::restored(memory.fixed(), std::move(pools));
    state.pending = simulation.pending();
    state.now = simulation.now();
    state.step = simulation.step();
    const kernel::Simulation large(towns, simulation.key(), std::move(state));

    const Bytes bytes = snapshot::capture(large);
    CHECK(bytes.size() < snapshot::capture(simulation).size() + 1000);
    const double before = resident_mb();
    kernel::Simulation again = snapshot::restore(towns, bytes);
    CHECK(resident_mb() < before + 64);
    run(again, 4000);
    run(simulation, 4000);
    CHECK(again.report(false).values == simulation.report(false).values);
}

TEST_CASE("cancelled events stay behind") {
    kernel::Simulation simulation = started(model);
    run(simulation, 1500);
    kernel::Context context = simulation.context();
    std::size_t stale = 0;
    for (const kernel::Event& event : simulation.pending()) stale += context.is_stale(event);
    REQUIRE(stale > 0);
    const kernel::Simulation second = snapshot::restore(model, snapshot::capture(simulation));
    CHECK(second.pending_events() == simulation.pending_events() - stale);
}
