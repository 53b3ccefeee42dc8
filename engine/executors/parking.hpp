#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>

namespace foretwin::executors {

/// Where threads wait for one another: they spin for about a microsecond, then let others have the
/// processor a few times, then sleep. On an idle machine hand-overs are fast, on a full one nobody
/// burns the time of who is waited for.
class Parking {
  public:
    /// Returns once `ready()`. What it looks at are atomics that are changed with the sequentially
    /// consistent order, each change followed by wake(): then either the sleeper sees the change,
    /// or who made it sees the sleeper.
    template <class Ready>
    void wait_until(Ready ready) {
        for (int i = 0; i < spins; ++i) {
            if (ready()) return;
            __builtin_ia32_pause();
        }
        for (int i = 0; i < yields; ++i) {
            if (ready()) return;
            std::this_thread::yield();
        }
        std::unique_lock lock(mutex_);
        sleepers_.fetch_add(1);
        condition_.wait(lock, ready);
        sleepers_.fetch_sub(1);
    }
    void wake() {
        if (sleepers_.load() == 0) return;
        const std::lock_guard lock(mutex_);
        condition_.notify_all();
    }

  private:
    static constexpr int spins = 100;
    static constexpr int yields = 1000;

    alignas(64) std::atomic<std::uint32_t> sleepers_{0};
    alignas(64) std::mutex mutex_;
    std::condition_variable condition_;
};

}  // namespace foretwin::executors
