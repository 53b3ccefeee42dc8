#include "models/reference/devstone.hpp"

#include <doctest/doctest.h>

#include "engine/core/rule.hpp"
#include "engine/executors/reference.hpp"
#include "engine/executors/sequential.hpp"

using namespace foretwin;
using reference::Devstone;
using reference::DevstoneKind;

namespace {

kernel::Simulation started(const kernel::Model& model) {
    kernel::Simulation simulation(model, {1, 0});
    simulation.start();
    return simulation;
}

}  // namespace

TEST_CASE("DEVStone makes as many transitions as its authors count, of any kind and shape") {
    for (const DevstoneKind kind : {DevstoneKind::li, DevstoneKind::hi, DevstoneKind::ho}) {
        for (const std::uint32_t width : {2U, 3U, 10U}) {
            for (const std::uint32_t depth : {1U, 2U, 7U}) {
                CAPTURE(static_cast<int>(kind));
                CAPTURE(width);
                CAPTURE(depth);
                const Devstone plan{kind, width, depth, 3};
                const kernel::Model model = reference::devstone(plan);
                // One per level above the innermost, which has one: with those that pass on.
                CHECK(model.devices.size() == (width - 1) * (depth - 1) + 1 + depth + 1);
                kernel::Simulation simulation = started(model);
                executors::run_sequential(simulation, 10 * second);
                const auto totals = reference::totals_of_devstone(simulation);
                CHECK(totals.external == reference::devstone_transitions(plan));
                CHECK(totals.internal == reference::devstone_transitions(plan));
                // The one innermost output goes out through all levels.
                CHECK(totals.outputs == std::uint64_t{3} * depth);
                // In HO every other output of an atomic model is a second one of its level.
                CHECK(totals.second_outputs ==
                      (kind == DevstoneKind::ho ? totals.internal - 3 : 0));
                CHECK(simulation.events_handled() == totals.internal + 3);
                CHECK(simulation.pending_events() == 0);
            }
        }
    }
}

TEST_CASE("the published counts, by hand: 4 wide and 3 deep") {
    // LI: two levels of three, and one: 3 x 2 + 1. HI: two levels of 1 + 2 + 3, and one.
    CHECK(reference::devstone_transitions({DevstoneKind::li, 4, 3, 1}) == 7);
    CHECK(reference::devstone_transitions({DevstoneKind::hi, 4, 3, 1}) == 13);
    CHECK(reference::devstone_transitions({DevstoneKind::ho, 4, 3, 2}) == 26);
}

TEST_CASE("DEVStone tells one story on the plain and the fast executor, in one piece") {
    const kernel::Model model = reference::devstone({DevstoneKind::ho, 12, 6, 4});
    CHECK(model.partition.cells() == 1);
    CHECK(model.partition.blame.find("coupling") != std::string::npos);
    kernel::Simulation plain = started(model);
    executors::run_reference(plain, 10 * second);
    kernel::Simulation fast = started(model);
    executors::run_sequential(fast, 10 * second, executors::Trace::on);
    CHECK(plain.trace_fingerprint() == fast.trace_fingerprint());
    CHECK(plain.report(false).values == fast.report(false).values);
}

TEST_CASE("a DEVStone that makes no sense is refused") {
    CHECK_THROWS_AS(reference::devstone({DevstoneKind::li, 1, 3, 1}), RuleBroken);
    CHECK_THROWS_AS(reference::devstone({DevstoneKind::li, 3, 0, 1}), RuleBroken);
    CHECK_THROWS_AS(reference::devstone({DevstoneKind::li, 10'000, 1'001, 1}), RuleBroken);
    CHECK_THROWS_AS(reference::devstone({DevstoneKind::li, 3, 3, 0}), RuleBroken);
}
