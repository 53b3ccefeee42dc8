#include "engine/kernel/undo_log.hpp"

#include <doctest/doctest.h>

#include <array>
#include <string>

#include "tests/support/random_model.hpp"
#include "tests/support/random_plain_model.hpp"
#include "tests/support/toy.hpp"

using namespace foretwin;
using namespace foretwin::test;
using kernel::UndoLog;

TEST_CASE("what was saved is put back, the latest change first, down to any earlier end") {
    std::array<std::uint64_t, 3> values{1, 2, 3};
    UndoLog undo;
    undo.save(values);
    values = {10, 20, 30};
    const std::size_t end = undo.end();
    undo.save(values[1]);
    values[1] = 200;
    undo.save(values[1]);
    values[1] = 2000;
    undo.put_back(end);
    CHECK(values == std::array<std::uint64_t, 3>{10, 20, 30});
    CHECK(undo.end() == end);
    undo.put_back(0);
    CHECK(values == std::array<std::uint64_t, 3>{1, 2, 3});
}

TEST_CASE("what was forgotten stays as it is, and the log is empty again") {
    std::uint64_t value = 1;
    UndoLog undo;
    undo.save(value);
    value = 2;
    undo.forget();
    CHECK(undo.end() == 0);
    undo.put_back(0);
    CHECK(value == 2);
}

TEST_CASE("a log grows to any number of changes") {
    std::array<std::uint64_t, 100> values{};
    UndoLog undo;
    for (std::uint64_t round = 1; round <= 1000; ++round) {
        undo.save(values[round % 100]);
        values[round % 100] = round;
    }
    undo.put_back(0);
    CHECK(values == std::array<std::uint64_t, 100>{});
}

TEST_CASE("a device that promises plain state is undone to the last bit, whatever it handled") {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        CAPTURE(seed);
        const kernel::Model model = random_hamlets(seed);
        kernel::Simulation simulation = started(model);
        kernel::Context context = simulation.context();
        UndoLog undo;
        std::vector<kernel::Event> pending = simulation.pending();
        const auto later = [](const kernel::Event& a, const kernel::Event& b) {
            return kernel::earlier(b, a);
        };
        std::make_heap(pending.begin(), pending.end(), later);
        for (int i = 0; i < 300; ++i) {
            std::pop_heap(pending.begin(), pending.end(), later);
            const kernel::Event event = pending.back();
            pending.pop_back();
            if (context.is_stale(event)) continue;
            const kernel::Slab before = simulation.memory().fixed();
            const auto stale = context.stale_events();
            const auto cancelled = context.cancelled_events();
            context.keep_undo(&undo);
            context.save(event);
            context.dispatch(event);
            const std::vector<kernel::Event> caused = std::exchange(context.outbox(), {});
            const kernel::Slab after = simulation.memory().fixed();
            undo.put_back(0);
            context.restore_cancelled(stale, cancelled);
            REQUIRE(simulation.memory().fixed() == before);
            // Forward again, as if nothing had been: the same changes, the same messages.
            context.keep_undo(nullptr);
            context.dispatch(event);
            REQUIRE(simulation.memory().fixed() == after);
            REQUIRE(context.outbox().size() == caused.size());
            for (std::size_t k = 0; k < caused.size(); ++k) {
                REQUIRE(context.outbox()[k].at == caused[k].at);
                REQUIRE(context.outbox()[k].counter == caused[k].counter);
                REQUIRE(context.outbox()[k].device == caused[k].device);
                pending.push_back(caused[k]);
                std::push_heap(pending.begin(), pending.end(), later);
            }
            context.outbox().clear();
        }
    }
}

TEST_CASE("a model tells whether it can be undone, and if not, why") {
    CHECK(random_hamlets(1).not_undoable.empty());
    CHECK(random_towns(1).not_undoable ==
          "devices of type 'person' do not promise plain state of their own");
    kernel::ModelBuilder builder({"a"});
    builder.set(0, gossips::behaviour, std::make_shared<const Gossip>(),
                builder.reserve<GossipState>());
    CHECK(builder.finish().not_undoable == "the model does not tell its connections");
}

TEST_CASE("the least delay is that of all channels; joins are kept where they are needed") {
    kernel::ModelBuilder builder({"a", "b", "c"});
    for (kernel::DeviceIndex device = 0; device < 3; ++device) {
        builder.set(device, gossips::behaviour, std::make_shared<const Gossip>(),
                    builder.reserve<GossipState>());
    }
    builder.join(0, 2, "hamlet");
    builder.channel(0, 1, 70);
    builder.channel(1, 0, 40);
    builder.connections_are_complete();
    const kernel::Model model = builder.finish();
    CHECK(model.least_delay == 40);
    REQUIRE(model.joined.size() == 1);
    CHECK(model.joined[0] == std::pair<kernel::DeviceIndex, kernel::DeviceIndex>{0, 2});
    CHECK(random_towns(1).joined.empty());
}
