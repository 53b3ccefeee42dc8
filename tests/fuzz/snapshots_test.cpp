#include <doctest/doctest.h>

#include <array>
#include <cstring>

#include "engine/executors/sequential.hpp"
#include "engine/snapshot/snapshot.hpp"
#include "scenarios/experiments/checkpoint_bytes.hpp"
#include "tests/fuzz/seeds.hpp"
#include "tests/support/random_model.hpp"
#include "tests/support/reseal.hpp"

using namespace foretwin;
using namespace foretwin::test;
using snapshot::Bytes;

namespace {

constexpr std::uint64_t bounded = FORETWIN_ORACLE_LENGTH < 1 ? 300 : 2000;

/// Numbers at which somebody's arithmetic may turn over.
std::uint64_t tricky(Dice& dice) {
    static constexpr std::array<std::uint64_t, 12> numbers{0,
                                                           1,
                                                           7,
                                                           0x7f,
                                                           0xff,
                                                           0xffff,
                                                           0x7fffffff,
                                                           0x80000000,
                                                           0xffffffff,
                                                           0x7fffffffffffffff,
                                                           0x8000000000000000,
                                                           0xffffffffffffffff};
    return numbers[dice.bits() % numbers.size()] + dice.bits() % 3 - 1;
}

void change_one_place(Dice& dice, Bytes& bytes, std::size_t from) {
    const std::size_t at = from + dice.bits() % (bytes.size() - from);
    const std::size_t room = bytes.size() - at;
    const std::size_t words = bytes.size() / sizeof(std::uint64_t);
    switch (dice.bits() % 6) {
        case 0:
            bytes[at] ^= static_cast<std::byte>(1U << dice.bits() % 8);
            break;
        case 1: {
            const std::uint64_t number = tricky(dice);
            const std::size_t whole = at / sizeof(number) < words ? at / sizeof(number) * 8 : 0;
            if (whole >= from) std::memcpy(&bytes[whole], &number, sizeof(number));
            break;
        }
        case 2: {
            const std::uint64_t number = tricky(dice);
            std::memcpy(&bytes[at], &number, std::min<std::size_t>(room, 4));
            break;
        }
        case 3: {  // a piece over another
            const std::size_t source = from + dice.bits() % (bytes.size() - from);
            const std::size_t most = std::min(room, bytes.size() - source);
            std::memmove(&bytes[at], &bytes[source], std::min<std::size_t>(most, 80));
            break;
        }
        case 4:
            bytes.resize(at);
            break;
        default: {  // a piece twice
            const Bytes piece(
                bytes.begin() + static_cast<std::ptrdiff_t>(at),
                bytes.begin() + static_cast<std::ptrdiff_t>(at + std::min<std::size_t>(room, 40)));
            bytes.insert(bytes.end(), piece.begin(), piece.end());
        }
    }
}

Bytes changed(Dice& dice, const Bytes& good) {
    Bytes bytes = good;
    const bool sealed = !dice.chance(33);
    const std::size_t from = sealed ? sealed_header : 0;
    for (int changes = dice.from(1, 6); changes > 0 && bytes.size() > from; --changes) {
        change_one_place(dice, bytes, from);
    }
    return sealed && bytes.size() >= sealed_header ? reseal(bytes) : bytes;
}

/// Events with other figures, as somebody might write who knows the format.
Bytes with_other_events(Dice& dice, Bytes bytes, std::size_t events) {
    for (int changes = dice.from(1, 4); changes > 0; --changes) {
        const std::size_t place = bytes.size() - (1 + dice.bits() % events) * sizeof(kernel::Event);
        const std::size_t field = dice.bits() % (sizeof(kernel::Event) / 4) * 4;
        const std::uint64_t number = dice.chance(50) ? tricky(dice) : dice.bits() % 100;
        std::memcpy(&bytes[place + field], &number, 4);
    }
    return reseal(bytes);
}

/// Refused, or a twin that is captured as it was restored; returns whether it was accepted.
bool is_sound(const kernel::Model& model, const Bytes& bytes) {
    try {
        const kernel::Simulation simulation = snapshot::restore(model, bytes);
        const Bytes once = snapshot::capture(simulation);
        CHECK(snapshot::capture(snapshot::restore(model, once)) == once);
        return true;
    } catch (const InputError& error) {
        CHECK(std::strlen(error.what()) > 20);
        return false;
    }
}

/// Events that passed are events that the kernel can handle, whatever their device makes of them.
void run_on(const kernel::Model& model, const Bytes& bytes) {
    try {
        kernel::Simulation simulation = snapshot::restore(model, bytes);
        executors::run_sequential(simulation, simulation.now() + 300);
    } catch (const InputError&) {  // refused
    } catch (const RuleBroken&) {  // a device found what it never sends
    }
}

std::vector<double> some_numbers(Dice& dice) {
    std::vector<double> numbers(dice.bits() % 4);
    for (double& number : numbers) number = dice.from(0, 1000);
    return numbers;
}

experiments::StudyState some_study(Dice& dice) {
    experiments::StudyState study;
    study.key = dice.bits();
    study.folded = dice.from(0, 9);
    study.all.resize(dice.bits() % 3);
    for (experiments::Replications& own : study.all) {
        own.kpis = {some_numbers(dice), some_numbers(dice)};
        own.devices.resize(dice.bits() % 3, std::vector<statistics::Summary>(2));
        own.deadlocks = {{1, "2026-01-01", 2.0, {"A", "B"}}};
    }
    study.finished.resize(dice.bits() % 5);
    study.outcomes.resize(study.finished.size());
    for (std::size_t task = 0; task < study.finished.size(); ++task) {
        study.finished[task] = dice.chance(50) ? 1 : 0;
        study.outcomes[task].kpis = some_numbers(dice);
    }
    study.under_way[dice.bits() % 9].bytes.resize(1 + dice.bits() % 50);
    return study;
}

}  // namespace

TEST_CASE("snapshots: changed bytes are refused, or give a twin that can be captured again") {
    std::uint64_t accepted = 0;
    const std::uint64_t tried = fuzz::try_seeds(bounded, [&](std::uint64_t seed) {
        CAPTURE(seed);
        Dice dice(seed);
        const kernel::Model model = random_towns(1 + seed % 50, 6);
        kernel::Simulation simulation(model, {1, 0});
        simulation.start();
        executors::run_sequential(simulation, dice.from(0, 3000));
        const Bytes good = snapshot::capture(simulation);
        const std::size_t events = snapshot::restore(model, good).pending_events();
        for (int i = 0; i < 10; ++i) accepted += is_sound(model, changed(dice, good)) ? 1U : 0U;
        for (int i = 0; i < 10; ++i) {
            const Bytes other = with_other_events(dice, good, events);
            accepted += is_sound(model, other) ? 1U : 0U;
            run_on(model, other);
        }
    });
    // Both ways are taken: else nothing was tried.
    if (tried > 50) CHECK(accepted > tried);
    if (tried > 50) CHECK(accepted < 19 * tried);
}

TEST_CASE("checkpoints: changed bytes are refused, or are a checkpoint again") {
    fuzz::try_seeds(bounded, [&](std::uint64_t seed) {
        CAPTURE(seed);
        Dice dice(seed);
        std::list<experiments::StudyState> studies;
        for (int count = dice.from(1, 3); count > 0; --count) {
            studies.push_back(some_study(dice));
        }
        const Bytes good = experiments::checkpoint_bytes("seed 1\n", studies);
        REQUIRE(experiments::checkpoint_bytes(
                    "seed 1\n", experiments::read_checkpoint("seed 1\n", good)) == good);
        for (int i = 0; i < 20; ++i) {
            try {
                const auto read = experiments::read_checkpoint("seed 1\n", changed(dice, good));
                CHECK(!experiments::checkpoint_bytes("seed 1\n", read).empty());
            } catch (const InputError& error) {
                CHECK(std::strlen(error.what()) > 20);
            }
        }
    });
}
