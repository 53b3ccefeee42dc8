#pragma once

#include <tbb/task_arena.h>
#include <tbb/task_group.h>

#include <atomic>
#include <cstdint>
#include <exception>
#include <mutex>

#include "engine/executors/parking.hpp"

namespace foretwin::executors {

/// Threads that work in rounds. The caller leads; workers of the current oneTBB arena help as they
/// come, and a round is only ever shared among those who have come: it never waits for a thread
/// that the pool may not have.
class Team {
  public:
    /// `share(self, member, members)` does one member's share of a round; member 0 is the caller.
    using Share = void (*)(void* self, unsigned member, unsigned members);

    /// Asks the pool for `threads` - 1 helpers.
    Team(unsigned threads, Share share, void* self);
    /// Sends the helpers home.
    ~Team();
    Team(const Team&) = delete;
    Team& operator=(const Team&) = delete;

    /// Runs one round and returns when every share is done. What one round writes, the next reads.
    /// Throws what a share has thrown, the first one to do so.
    void round();

  private:
    void help();
    void do_share(unsigned member, unsigned members);

    Share share_;
    void* self_;
    /// The number of the round and how many members it has; 0 members: go home.
    alignas(64) std::atomic<std::uint64_t> round_{0};
    alignas(64) std::atomic<std::uint32_t> arrived_{0};
    alignas(64) std::atomic<std::uint32_t> done_{0};
    Parking parking_;
    std::mutex mutex_;
    std::exception_ptr thrown_;
    tbb::task_group helpers_;
};

/// Makes a team, lets `lead(team)` lead it, and sends it home. While the caller waits for its
/// helpers it takes up nothing else that the pool has to do, such as another replication.
template <class Lead>
auto lead_team(unsigned threads, Team::Share share, void* self, Lead lead) {
    return tbb::this_task_arena::isolate([&] {
        Team team(threads, share, self);
        return lead(team);
    });
}

}  // namespace foretwin::executors
