#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "engine/kernel/event.hpp"

namespace foretwin::kernel {

/// Events that are not due yet, in unsorted buckets of time: a ladder queue (after Tang, Goh and
/// Thng 2005). Putting one in costs the same however many there are; a bucket is sorted when its
/// turn comes, and one that is too full is split into a finer rung first.
///
///     from()          rung 1, finer            rung 0                         top, unsorted
///       | . . x | x x | . | x x x |     x x    |   x   | x x x |   x   | ...   x  x   x x x
///
/// Events stay where they are, in one table; a bucket is a chain of places in it. So a pending
/// event takes 44 bytes and no slack, and a new event goes into a place that was just read.
class EventLadder {
  public:
    /// The largest bucket that is sorted at once; a fuller one is split.
    static constexpr std::size_t most_taken = 48;

    bool empty() const { return count_ == 0; }
    std::size_t size() const { return count_; }
    /// No event in here is before this instant, nor may one be put in; `never` while it is empty.
    Time from() const { return from_; }

    void push(const Event& event) {
        const Place place = take_place(event);
        ++count_;
        for (std::size_t r = rungs_used_; r-- > 0;) {
            if (event.at < rungs_[r].end) {
                link(rungs_[r].buckets[rungs_[r].bucket_of(event.at)], place);
                return;
            }
        }
        link(top_, place);
    }

    /// Fills an empty ladder with these events; all of them are at `from` or later.
    void assign(std::vector<Event> events, Time from);
    /// Takes the earliest bucket out: up to `most_taken` events, sorted, into `sorted`, and returns
    /// how many; or, when there are more of one instant, all of them into `run`, the earliest last.
    /// Moves from().
    std::size_t take(Event* sorted, std::vector<Event>& run);
    /// Gives the events back, in no particular order, and is empty.
    std::vector<Event> release();

    /// Brings one event of the bucket that comes next nearer to the processor; changes nothing.
    void warm() {
        if (warm_ == nowhere) return;
        __builtin_prefetch(&events_[warm_]);
        __builtin_prefetch(reinterpret_cast<const char*>(&events_[warm_] + 1) - 1);
        warm_ = next_[warm_];
    }

  private:
    using Place = std::uint32_t;  ///< in the table
    static constexpr Place nowhere = 0xffffffffU;
    static constexpr Place vacant = 0xfffffffeU;

    /// Equal stretches of time, each 2^shift ns long, the first ones already taken.
    struct Rung {
        Time base = 0;
        Time end = 0;  ///< of the last stretch
        unsigned shift = 0;
        std::size_t next = 0;        ///< the first bucket that is not taken yet
        std::vector<Place> buckets;  ///< head of each chain

        std::size_t bucket_of(Time at) const {
            return (static_cast<std::uint64_t>(at) - static_cast<std::uint64_t>(base)) >> shift;
        }
        Time start_of(std::size_t bucket) const;
    };
    /// A chain and where its events lie in time.
    struct Extent {
        std::size_t count = 0;
        Time first = never;
        Time last = std::numeric_limits<Time>::min();
        double mean = 0;  ///< distance from the first, ns
    };

    void link(Place& head, Place place) {
        next_[place] = head;
        head = place;
    }
    Place take_place(const Event& event) {
        if (free_ == nowhere) return grow(event);
        const Place place = free_;
        free_ = next_[place];
        events_[place] = event;
        return place;
    }
    Place grow(const Event& event);
    Extent measure(Place chain) const;
    void spawn(Place chain, const Extent& extent, Time end);
    std::size_t copy_out(Place chain, Event* sorted);
    void move_to(std::vector<Event>& run, Place chain);
    void look_ahead();
    void close();

    std::vector<Event> events_;  ///< the table
    std::vector<Place> next_;    ///< of each place: the next one in its chain
    Place free_ = nowhere;       ///< chain of the places without event
    Place top_ = nowhere;        ///< chain of what lies beyond all rungs
    Place warm_ = nowhere;
    std::vector<Rung> rungs_;  ///< each one splits a bucket of the one before
    std::size_t rungs_used_ = 0;
    std::size_t count_ = 0;
    Time from_ = never;
};

}  // namespace foretwin::kernel
