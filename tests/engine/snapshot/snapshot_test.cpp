#include "engine/snapshot/snapshot.hpp"

#include <doctest/doctest.h>

#include <cstring>

#include "engine/core/error.hpp"
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
        CHECK(second.pending_events() <= first.pending_events());  // stale ones stay behind
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
