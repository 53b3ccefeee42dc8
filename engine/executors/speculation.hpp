#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <vector>

#include "engine/kernel/context.hpp"
#include "engine/kernel/event_queue.hpp"
#include "engine/kernel/simulation.hpp"
#include "engine/kernel/undo_log.hpp"

namespace foretwin::executors {

/// An event's place in the total order.
struct EventKey {
    Time at = never;
    std::uint64_t order = std::numeric_limits<std::uint64_t>::max();
    std::uint64_t counter = std::numeric_limits<std::uint64_t>::max();

    auto operator<=>(const EventKey&) const = default;
};
inline EventKey key_of(const kernel::Event& event) {
    return {event.at, event.order, event.counter};
}

/// An event for another group, held back until what caused it is final.
struct Letter {
    kernel::Event event;
    EventKey cause;
};

/// What all groups of one round agree on.
struct alignas(128) RoundLimits {
    /// Before this instant nothing can arrive from another group: handled for good.
    Time safe = 0;
    /// The last instant that may be handled in this round.
    Time last = 0;
    /// So many events of one group may wait to become final, and so many caused ones.
    std::size_t most_waiting = 0;
    /// What was handled in the round before is final if its key is below this one.
    EventKey horizon;
    /// An instant that some group already knows the next horizon not to be later than.
    alignas(128) std::atomic<Time> known_horizon = never;

    void lower_known_horizon(Time at) {
        Time known = known_horizon.load(std::memory_order_relaxed);
        while (at < known && !known_horizon.compare_exchange_weak(known, at)) {
        }
    }
};

/// The devices of one group and what one thread needs to run them ahead of what is certain.
class Speculation {
  public:
    /// RoundLimits::most_waiting is never more than this: bounds the memory.
    static constexpr std::size_t most_waiting = 16384;

    Speculation(kernel::Simulation& simulation, std::span<const std::uint8_t> group_of,
                std::uint8_t number, std::uint8_t groups, bool traced);

    /// Takes a pending event, before the first round.
    void give(std::vector<kernel::Event> pending);
    /// What this group handled before the horizon is final, the rest is undone.
    void settle(const EventKey& horizon);
    /// Takes what another group sent here in the round before, as far as its causes are final.
    void receive(Speculation& from, const EventKey& horizon);
    /// Handles events: for good before `safe`, then up to `last`, to be settled next round.
    void run(RoundLimits& limits);
    /// Gives all pending events back.
    std::vector<kernel::Event> release();

    bool is_stale(const kernel::Event& event) const { return context_.is_stale(event); }
    /// Of this round: nothing that was not handled is earlier, nor is a letter.
    EventKey bound() const {
        return std::min({first_left_, least_sent_, EventKey{earliest_aside_, 0, 0}});
    }
    std::uint64_t handled() const { return handled_; }  ///< for good
    std::uint64_t undone() const { return undone_; }
    std::uint64_t cancelled() const { return context_.cancelled_events(); }
    /// Events handled in this round that wait to become final.
    std::size_t waiting() const { return waiting_.size(); }

  private:
    static constexpr std::uint32_t nowhere = 0xffffffffU;

    /// One event that was taken out, with all that is needed to undo it.
    struct Handled {
        kernel::Event event;
        std::uint64_t stale;  ///< the context's counts before
        std::uint64_t cancelled;
        std::uint32_t undo;    ///< where the undo log stood before
        std::uint32_t caused;  ///< how many events had been caused before
        std::uint32_t place;   ///< among the caused, where it came from; nowhere: the queue
        /// How many had been handled before; the others were found cancelled.
        std::uint32_t handled;
    };
    /// An event caused in this round that may also be handled in it.
    struct Near {
        kernel::Event event;
        std::uint32_t place = 0;  ///< among the caused
        bool operator<(const Near& other) const { return kernel::earlier(other.event, event); }
    };

    bool near_comes_first() const {
        return !near_.empty() &&
               (queue_.empty() || kernel::earlier(near_.front().event, queue_.top()));
    }
    void handle_safe(Time safe, RoundLimits& limits);
    void speculate(RoundLimits& limits);
    template <bool traced>
    void handle(Handled& entry);
    Handled& take(bool from_near);
    void sort_caused(const EventKey& cause, RoundLimits& limits);
    void send(std::uint8_t to, const kernel::Event& event, const EventKey& cause,
              RoundLimits& limits);

    alignas(128) kernel::EventQueue queue_;  // no other group on its cache lines
    kernel::Context context_;
    kernel::UndoLog undo_;
    std::span<const std::uint8_t> group_of_;  ///< by device
    std::uint8_t number_;
    bool traced_;
    bool fetch_early_;
    std::uint64_t* traces_;
    std::vector<Handled> waiting_;  ///< in the order of their keys
    /// The context's outbox: what was caused and waits, for this group; an event that was taken out
    /// of it again, to be handled or as a letter, leaves a place without device.
    std::vector<kernel::Event>& caused_;
    std::size_t caused_seen_ = 0;  ///< so many of them have been looked at
    std::vector<Near> near_;       ///< a heap
    /// By receiving group; written in one round, read by the others in the next.
    std::array<std::vector<std::vector<Letter>>, 2> sent_;
    unsigned written_ = 0;  ///< which of the two
    EventKey first_left_;   ///< in the queue or near
    EventKey least_sent_;
    Time earliest_aside_ = never;     ///< of the caused that cannot be handled in this round
    std::uint32_t handled_here_ = 0;  ///< events handled ahead in this round
    std::uint64_t handled_ = 0;
    std::uint64_t undone_ = 0;
};

}  // namespace foretwin::executors
