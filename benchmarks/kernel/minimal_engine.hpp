#pragma once

#include <cstdint>
#include <queue>
#include <string>
#include <vector>

#include "engine/core/name_hash.hpp"
#include "engine/random/distribution.hpp"
#include "models/reference/phold.hpp"

/// PHOLD written by hand, as fast as one page with std::priority_queue gets: the floor. Events of
/// 24 bytes by value, the same samplers and draws, no devices, no fingerprint, no snapshot.
namespace foretwin::benchmarks {

class MinimalEngine {
  public:
    explicit MinimalEngine(const reference::Phold& plan)
        : delay_(random::shifted(random::exponential(1.0), plan.lookahead)),
          remote_(plan.remote),
          processes_per_remote_(plan.processes / plan.remote),
          processes_(plan.processes) {
        std::vector<Event> events;
        events.reserve(std::size_t{plan.processes} * plan.events);
        for (std::uint32_t p = 0; p < plan.processes; ++p) {
            const std::string number = std::to_string(p);
            const std::string name = std::string(7 - number.size(), '0') + number + "/next";
            processes_[p].stream = name_hash(name);
            for (std::uint32_t i = 0; i < plan.events; ++i) {
                random::Draws draws(key, processes_[p].stream, processes_[p].drawn++, 0);
                events.push_back({random::sample_time(delay_, draws), order_++, p});
            }
        }
        events_ = std::priority_queue<Event>(std::less<Event>(), std::move(events));
    }

    /// Returns how many events were handled.
    std::uint64_t run(Time until) {
        std::uint64_t handled = 0;
        for (; events_.top().at <= until; ++handled) {
            const Event event = events_.top();
            events_.pop();
            Process& process = processes_[event.process];
            random::Draws draws(key, process.stream, process.drawn++, 0);
            const Time delay = random::sample_time(delay_, draws);
            const double uniform = draws.uniform();
            std::uint32_t destination = event.process;
            if (uniform < remote_) {
                destination = static_cast<std::uint32_t>(uniform * processes_per_remote_);
            }
            events_.push({event.at + delay, order_++, destination});
        }
        return handled;
    }

  private:
    struct Event {
        Time at;
        std::uint64_t order;
        std::uint32_t process;
        bool operator<(const Event& other) const {
            return at != other.at ? at > other.at : order > other.order;
        }
    };
    struct Process {
        std::uint64_t stream = 0;
        std::uint32_t drawn = 0;
    };
    static_assert(sizeof(Event) == 24);
    static constexpr random::Key key{1, 0};

    random::Distribution delay_;
    double remote_;
    double processes_per_remote_;
    std::vector<Process> processes_;
    std::priority_queue<Event> events_;
    std::uint64_t order_ = 0;
};

}  // namespace foretwin::benchmarks
