#include <doctest/doctest.h>

#include <optional>

#include "engine/executors/parallel.hpp"
#include "engine/executors/reference.hpp"
#include "engine/snapshot/frozen.hpp"
#include "engine/snapshot/snapshot.hpp"
#include "tests/fuzz/seeds.hpp"
#include "tests/support/executors.hpp"
#include "tests/support/random_model.hpp"

using namespace foretwin;
using namespace foretwin::test;
using executors::Trace;
using kernel::Simulation;

namespace {

constexpr std::uint64_t bounded = FORETWIN_ORACLE_LENGTH < 1 ? 40 : 300;

void run_somehow(Dice& dice, Simulation& simulation, Time until) {
    if (dice.chance(20)) return executors::run_reference(simulation, until);
    if (dice.chance(25)) return executors::run_sequential(simulation, until, Trace::on);
    const int threads = dice.from(1, 16);
    with_threads(threads, [&] {
        executors::run_parallel(simulation, until, threads, Trace::on, nullptr,
                                executors::Attempt::always);
    });
}

/// As it stands, by way of a snapshot, of a fork, or of a fork that was parked; or untouched.
Simulation somehow_else(Dice& dice, Simulation simulation) {
    switch (dice.bits() % 5) {
        case 0:
            return snapshot::restore(simulation.model(), snapshot::capture(simulation));
        case 1:
            return snapshot::Frozen(std::move(simulation), dice.chance(50) ? 0 : 1 << 30).fork();
        case 2: {
            const Time until = simulation.now() + dice.from(0, 300);
            const snapshot::Frozen frozen(std::move(simulation), 0);
            Simulation fork = frozen.fork();
            run_somehow(dice, fork, until);
            return frozen.wake(frozen.park(std::move(fork)));
        }
        default:
            return simulation;
    }
}

}  // namespace

TEST_CASE("models: in any pieces, by any executors, over snapshots and forks, one story") {
    fuzz::try_seeds(bounded, [&](std::uint64_t seed) {
        CAPTURE(seed);
        Dice dice(seed);
        const kernel::Model model =
            random_towns(seed, static_cast<std::uint32_t>(dice.from(1, 20)));
        const random::Key key{static_cast<std::uint32_t>(dice.from(0, 9)), 3};
        const Time end = dice.from(100, 5000);
        Simulation plain(model, key);
        plain.start();
        executors::run_reference(plain, end);
        std::optional<Simulation> other(std::in_place, model, key);
        other->start();
        while (other->now() < end) {
            run_somehow(dice, *other, std::min<Time>(end, other->now() + dice.from(1, 1500)));
            other.emplace(somehow_else(dice, std::move(*other)));
            if (other->now() > end) executors::run_reference(plain, other->now());
        }
        expect_equal(plain, *other);
    });
}
