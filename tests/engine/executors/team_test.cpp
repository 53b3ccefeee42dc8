#include "engine/executors/team.hpp"

#include <doctest/doctest.h>
#include <tbb/task_arena.h>

#include <array>
#include <atomic>
#include <stdexcept>
#include <thread>
#include <vector>

#include "tests/support/executors.hpp"

using foretwin::executors::Parking;
using foretwin::executors::Team;
using foretwin::test::with_threads;

namespace {

constexpr std::size_t shares = 12;

struct Counted {
    std::array<std::uint64_t, shares> done{};  ///< how often each share was done
    std::atomic<unsigned> most_members{0};
};

void count(void* self, unsigned member, unsigned members) {
    auto& counted = *static_cast<Counted*>(self);
    for (std::size_t share = member; share < shares; share += members) ++counted.done[share];
    if (member == 0 && members > counted.most_members.load()) counted.most_members.store(members);
}

}  // namespace

TEST_CASE("every share of every round is done once, however many threads come and when") {
    for (const int threads : {1, 2, 3, 8}) {
        CAPTURE(threads);
        with_threads(threads, [&] {
            Counted counted;
            std::uint64_t rounds = 0;
            {
                Team team(static_cast<unsigned>(threads), count, &counted);
                // Until all have come at least once, as far as this machine lets them.
                while (rounds < 2'000) {
                    team.round();
                    ++rounds;
                }
            }
            for (const std::uint64_t done : counted.done) CHECK(done == rounds);
            CHECK(counted.most_members.load() <= static_cast<unsigned>(threads));
        });
    }
}

TEST_CASE("a team asked for more threads than the pool has goes on with those it has") {
    with_threads(1, [] {
        Counted counted;
        Team team(8, count, &counted);
        for (int round = 0; round < 100; ++round) team.round();
        CHECK(counted.done[5] == 100);
        CHECK(counted.most_members.load() == 1);
    });
}

TEST_CASE("a share that throws ends the round for all, and the leader hears of it") {
    for (const int threads : {1, 2, 4}) {
        with_threads(threads, [&] {
            const auto fail_in_last = [](void* rounds, unsigned member, unsigned members) {
                auto& count = *static_cast<std::atomic<int>*>(rounds);
                if (member + 1 == members && ++count == 500) throw std::runtime_error("share");
            };
            std::atomic<int> rounds{0};
            Team team(static_cast<unsigned>(threads), fail_in_last, &rounds);
            CHECK_THROWS_WITH(
                [&] {
                    while (true) team.round();
                }(),
                "share");
        });
    }
}

TEST_CASE("whoever waits for its team takes up no other work of the pool meanwhile") {
    with_threads(2, [] {
        tbb::task_arena pool{tbb::task_arena::attach{}};
        thread_local bool leads = false;
        constexpr int times = 300;
        std::atomic<int> taken_up{0};
        std::atomic<int> done{0};
        for (int time = 0; time < times; ++time) {
            leads = true;
            Counted counted;
            foretwin::executors::lead_team(2, count, &counted, [&](Team& team) {
                while (counted.most_members.load() < 2) team.round();  // until the helper has come
                pool.enqueue([&] {
                    if (leads) ++taken_up;
                    ++done;
                });
                return 0;
            });
            leads = false;
        }
        while (done.load() < times) std::this_thread::yield();
        CHECK(taken_up.load() == 0);
    });
}

TEST_CASE("who parks is woken: threads that hand a number to and fro never hang") {
    with_threads(2, [] {
        struct Table {
            Parking parking;
            std::atomic<int> turn{0};
        } table;
        const auto play = [](void* self, unsigned member, unsigned members) {
            if (members < 2) return;
            auto& shared = *static_cast<Table*>(self);
            for (int hand = 0; hand < 200; ++hand) {
                const auto mine = static_cast<int>(member);
                shared.parking.wait_until([&] { return shared.turn.load() % 2 == mine; });
                ++shared.turn;
                shared.parking.wake();
            }
        };
        Team team(2, play, &table);
        while (table.turn.load() < 4'000) team.round();
        CHECK(table.turn.load() % 400 == 0);
    });
}
