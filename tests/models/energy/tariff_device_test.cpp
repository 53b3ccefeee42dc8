// A meter joins nobody: a plant that is cut is billed to the last bit as one in one piece.
#include "models/energy/tariff_device.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "engine/executors/event_loop.hpp"
#include "engine/executors/parallel.hpp"
#include "engine/executors/reference.hpp"
#include "engine/kernel/simulation.hpp"
#include "engine/random/stream.hpp"
#include "models/energy/meter_part.hpp"

using namespace foretwin;
using namespace foretwin::energy;

namespace {

constexpr std::int64_t march_2026 = (1'772'323'200LL - 3'600) * second;  ///< 00:00 in Berlin
constexpr Time end_of_run = 45 * day;

std::shared_ptr<const Tariff> tariff(bool with_windows) {
    TariffDefinition definition;
    definition.energy = TimeOfUse{{{weekdays, 6 * 60, 22 * 60, 240.5}}, 99.25};
    definition.carbon = FlatPrice{350};
    if (with_windows) {
        definition.demand = DemandDefinition{.per_kw_month = 12, .ratchet = 0.8};
    } else {
        definition.window = 0;
    }
    return std::make_shared<const Tariff>(
        make_tariff(definition, {march_2026, "Europe/Berlin", end_of_run}));
}

/// Draws power that changes at random: many times a minute, on the quarter of an hour, or after
/// weeks of silence.
struct Load {
    DeviceIndex meter = no_device;
    std::uint64_t name = 0;
    std::uint64_t silence = 0;  ///< one change in so many is followed by one; 0: never
};
struct LoadState {
    std::int64_t power_mw = 0;
    std::uint32_t changes = 0;
};

void plan(Context& context, DeviceIndex device) {
    const Load& load = context.parameters<Load>(device);
    random::Draws draws = context.draws(load.name, context.state<LoadState>(device).changes++);
    constexpr Time quarter = 15 * minute;
    Time at = context.now() + 1 + static_cast<Time>(draws.below(40 * second));
    if (draws.below(5) == 0) at = (context.now() / quarter + 1) * quarter;
    if (load.silence > 0 && draws.below(load.silence) == 0) {
        at = context.now() + static_cast<Time>(draws.below(20 * day));
    }
    Event event;
    event.device = device;
    context.schedule(at, kernel::EventClass::processing_end, event);
}

void change(Context& context, DeviceIndex device, const Event&) {
    const Load& load = context.parameters<Load>(device);
    LoadState& state = context.state<LoadState>(device);
    random::Draws draws = context.draws(load.name, state.changes, 8);
    const PowerPorts& meter = context.ports<PowerPorts>(load.meter);
    const auto power = static_cast<std::int64_t>(draws.below(3) * draws.below(50'000'000));
    meter.add(context, load.meter, power - state.power_mw);
    state.power_mw = power;
    if (draws.below(4) == 0) {
        meter.draw(context, load.meter, static_cast<Wide>(draws.below(1U << 30)) * second);
    }
    plan(context, device);
}

constexpr kernel::Behaviour load_behaviour{"load", plan, change};

/// Six loads and their meter, in one piece or one cell each.
kernel::Model site(bool cut, bool with_windows, std::uint64_t silence = 300) {
    kernel::ModelBuilder builder({"a", "b", "c", "d", "e", "f", "Grid"});
    const DeviceIndex grid = builder.index("Grid");
    builder.connections_are_complete();
    for (const std::string name : {"a", "b", "c", "d", "e", "f"}) {
        const DeviceIndex device = builder.index(name);
        if (!cut || name == "a") builder.join(device, grid, "tariff");
        builder.set(
            device, load_behaviour,
            std::make_shared<const Load>(Load{grid, builder.stream(name + "/power"), silence}),
            builder.reserve<LoadState>());
    }
    add_tariff(builder, grid, {tariff(with_windows)});
    return builder.finish();
}

using Run = void (*)(kernel::Simulation&, Time);

/// The bill after a warm-up that ends inside a window, and again some time later.
std::vector<Wide> bills(const kernel::Model& model, std::uint32_t seed, Run run) {
    kernel::Simulation simulation(model, {seed, 0});
    simulation.start();
    run(simulation, 3 * day + 7 * minute + 123);
    simulation.begin_measuring();
    run(simulation, 30 * day + 15 * minute);  // exactly where a window ends
    std::vector<Wide> all = simulation.report(false).values;
    run(simulation, end_of_run);
    for (const Wide value : simulation.report(false).values) all.push_back(value);
    return all;
}

}  // namespace

TEST_CASE("a site in six cells is billed as one in one piece, by every executor") {
    const auto reference = [](kernel::Simulation& simulation, Time until) {
        executors::run_reference(simulation, until);
    };
    const auto sequential = [](kernel::Simulation& simulation, Time until) {
        executors::run_sequential(simulation, until);
    };
    const auto parallel = [](kernel::Simulation& simulation, Time until) {
        executors::run_parallel(simulation, until, 3, executors::Trace::off, nullptr,
                                executors::Attempt::always);
    };
    for (const bool with_windows : {true, false}) {
        const kernel::Model whole = site(false, with_windows);
        const kernel::Model cut = site(true, with_windows);
        REQUIRE(whole.partition.cells() == 1);
        REQUIRE(cut.partition.cells() == 6);
        for (std::uint32_t seed = 1; seed <= 12; ++seed) {
            CAPTURE(seed);
            const std::vector<Wide> expected = bills(whole, seed, reference);
            CHECK(expected[0] > 0);
            CHECK(bills(cut, seed, reference) == expected);
            CHECK(bills(cut, seed, sequential) == expected);
            CHECK(bills(cut, seed, parallel) == expected);
        }
    }
}

TEST_CASE("what cells wrote for the meter is folded in while the run goes on") {
    const kernel::Model cut = site(true, true, 0);
    const auto bytes_after = [&](Run run) {
        kernel::Simulation simulation(cut, {5, 0});
        simulation.start();
        run(simulation, end_of_run);
        CHECK(simulation.events_handled() > 3 * executors::most_at_once);
        std::size_t bytes = 0;
        for (const kernel::Pool& pool : simulation.memory().pools()) bytes += pool.bytes().size();
        return bytes;
    };
    // The reference executor does nothing but handle events: all is folded in at the end.
    const std::size_t piled_up = bytes_after([](kernel::Simulation& simulation, Time until) {
        executors::run_reference(simulation, until);
    });
    CHECK(bytes_after([](kernel::Simulation& simulation, Time until) {
              executors::run_sequential(simulation, until);
          }) < piled_up / 2);
}
