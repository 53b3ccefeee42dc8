#include "engine/snapshot/frozen.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <string>
#include <vector>

#include "engine/executors/sequential.hpp"
#include "engine/snapshot/snapshot.hpp"
#include "models/reference/phold.hpp"
#include "tests/support/executors.hpp"
#include "tests/support/random_model.hpp"

using namespace foretwin;
using executors::run_sequential;
using executors::Trace;
using kernel::Simulation;
using snapshot::Frozen;

namespace {

/// Under a sanitizer memory is not what it is otherwise, and all is slow.
constexpr bool at_full_length = FORETWIN_ORACLE_LENGTH >= 1;
constexpr std::size_t map_always = 0;
constexpr std::size_t map_never = ~std::size_t{0};

Simulation warmed_up(const kernel::Model& model, Time until) {
    Simulation simulation(model, {1, 0});
    simulation.start();
    run_sequential(simulation, until, Trace::on);
    return simulation;
}

/// A plain copy, with draws of another key.
Simulation copy_of(const Simulation& simulation, random::Key key) {
    Simulation::State state;
    state.memory = simulation.memory();
    state.pending = simulation.pending();
    state.now = simulation.now();
    state.step = simulation.step();
    state.events_handled = simulation.events_handled();
    return Simulation(simulation.model(), key, std::move(state));
}

void expect_same_memory(Simulation& a, Simulation& b) {
    test::expect_equal(a, b);
    CHECK(a.memory().fixed() == b.memory().fixed());
    CHECK(a.memory().pools() == b.memory().pools());
}

/// Memory that belongs to this process alone, page tables included, in MB: what is only mapped is
/// not in it.
double own_memory_mb() {
    std::ifstream status("/proc/self/status");
    double sum = 0;
    for (std::string word; status >> word;) {
        double kilobytes = 0;
        if ((word == "RssAnon:" || word == "VmPTE:") && status >> kilobytes) sum += kilobytes;
    }
    return sum / 1024;
}

}  // namespace

TEST_CASE("a fork goes on as a plain copy does, mapped or not") {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        const kernel::Model model = test::random_towns(seed);
        Simulation twin = warmed_up(model, 2000);
        for (const std::size_t map_from : {map_always, map_never}) {
            INFO("seed ", seed, ", mapped from ", map_from);
            const Frozen frozen(twin, map_from);
            CHECK(frozen.is_mapped() == (map_from == map_always));
            Simulation fork = frozen.fork();
            CHECK(fork.memory().fixed().is_mapped() == frozen.is_mapped());
            Simulation other = frozen.fork({7, 7});
            Simulation copy = twin;
            Simulation other_copy = copy_of(twin, {7, 7});
            for (Simulation* one : {&fork, &other, &copy, &other_copy}) {
                run_sequential(*one, 9000, Trace::on);
            }
            expect_same_memory(fork, copy);
            expect_same_memory(other, other_copy);
            // The twin has noticed nothing.
            Simulation again = frozen.fork();
            run_sequential(again, 9000, Trace::on);
            expect_same_memory(again, copy);
        }
    }
}

TEST_CASE("a fork may be parked half-way, over and over, and captured") {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        INFO("seed ", seed);
        const kernel::Model model = test::random_towns(seed);
        const Frozen frozen(warmed_up(model, 1000), map_always);
        Simulation whole = frozen.fork();
        run_sequential(whole, 6000, Trace::on);
        snapshot::Parked parked = frozen.park(frozen.fork());
        for (Time until = 1000; until <= 6000; until += 250) {
            Simulation fork = frozen.wake(std::move(parked));
            run_sequential(fork, until, Trace::on);
            Simulation restored = snapshot::restore(model, snapshot::capture(fork));
            CHECK(restored.memory().fixed() == fork.memory().fixed());
            parked = frozen.park(std::move(fork));
        }
        Simulation end = frozen.wake(std::move(parked));
        expect_same_memory(end, whole);
    }
}

TEST_CASE("a fork outlives the twin it was made of") {
    const kernel::Model model = test::random_towns(5);
    Simulation twin = warmed_up(model, 1000);
    auto frozen = std::make_unique<Frozen>(twin, map_always);
    Simulation fork = frozen->fork();
    frozen.reset();
    run_sequential(fork, 5000, Trace::on);
    run_sequential(twin, 5000, Trace::on);
    expect_same_memory(fork, twin);
}

TEST_CASE("thousands of forks share what none of them has changed") {
    const std::uint32_t forks = at_full_length ? 2000 : 20;
    reference::Phold plan;
    plan.processes = 65'536;
    plan.events = 1;
    const kernel::Model model = reference::phold(plan);
    const Frozen frozen(warmed_up(model, from_seconds(2)));
    REQUIRE(frozen.is_mapped());
    const Time until = frozen.twin().now() + from_seconds(0.0001);  // some events
    const std::uint64_t before = frozen.twin().events_handled();
    const double memory_before = own_memory_mb();
    std::vector<snapshot::Parked> parked;
    std::uint64_t events = 0;
    for (std::uint32_t i = 0; i < forks; ++i) {
        Simulation fork = frozen.fork({1, i});
        run_sequential(fork, until);
        events += fork.events_handled() - before;
        parked.push_back(frozen.park(std::move(fork)));
    }
    const double grown_mb = own_memory_mb() - memory_before;
    CHECK(events > 2 * forks);
    // A copy takes 32 bytes of state and an event of 40 for each process: 4.7 MB. An event touches
    // two pages of 4 KiB, of a state and of a counter.
    const double copies_mb = forks * (65'536.0 * 72) / (1 << 20);
    INFO(events, " events in ", forks, " forks: ", grown_mb, " MB; as copies ", copies_mb, " MB");
    if (at_full_length) CHECK(grown_mb < copies_mb / 20);
    const double kilobytes = 1024 * grown_mb / forks;
    MESSAGE(kilobytes, " KiB per fork");

    // Some of them, continued, against plain copies.
    for (const std::uint32_t i : {0U, forks / 2, forks - 1}) {
        Simulation fork = frozen.wake(std::move(parked[i]));
        Simulation copy = copy_of(frozen.twin(), {1, i});
        for (Simulation* one : {&fork, &copy}) run_sequential(*one, until + from_seconds(0.1));
        CHECK(fork.events_handled() == copy.events_handled());
        CHECK(fork.report(false).values == copy.report(false).values);
    }
}
