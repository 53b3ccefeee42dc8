#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "engine/kernel/event_heap.hpp"
#include "engine/kernel/event_ladder.hpp"

namespace foretwin::kernel {

/// Pending events. The earliest ones stand sorted in a short window; behind it a heap serves plants
/// with some hundred pending events, and a ladder of unsorted buckets those with more. A small
/// plant lives in the window alone, where a new event, mostly the latest of all, finds its place in
/// a step or two.
///
///     window, sorted            heap               ladder
///   [ 3  5  5  8 | . . . ]    { 9 12 10 ... }    | 15 13 | 21 | 37 34 | ... 90 70 88
///
/// All of the window is before all of the heap; all of both is before ladder.from(). Where more
/// events than a bucket may hold are due at one instant, they stand sorted in a run beside the
/// heap.
class EventQueue {
  public:
    EventQueue() : window_(capacity + farthest_coming) {}

    static constexpr std::size_t farthest_coming = 8;

    bool empty() const { return first_ == end_; }
    std::size_t size() const { return end_ - first_ + heap_.size() + run_.size() + ladder_.size(); }
    const Event& top() const { return window_[first_]; }
    /// The event that many places behind the top as things stand, to fetch early what it will need;
    /// where it is not known cheaply, some event that was handled before.
    const Event& coming(std::size_t places) const { return window_[first_ + places]; }

    void pop() {
        if (end_ - ++first_ <= looked_ahead_) refill();
        ladder_.warm();
    }
    void push(const Event& event) {
        const bool before_ladder = event.at < ladder_.from() || ladder_.empty();
        const bool within_window =
            before_ladder && (!window_is_part_ || earlier(event, window_[end_ - 1]));
        if (!within_window) {
            push_behind(event, before_ladder);
            return;
        }
        if (end_ == capacity) move_to_front();
        insert(event);
        if (end_ - first_ > most_in_window_) spill();
    }

    void assign(std::vector<Event> events);
    /// Gives the events back, in no particular order, and is empty.
    std::vector<Event> release();
    /// Drops every event for which `gone` holds; returns how many.
    template <class Gone>
    std::size_t remove_if(Gone gone) {
        std::vector<Event> events = release();
        const std::size_t removed = std::erase_if(events, gone);
        assign(std::move(events));
        return removed;
    }

  private:
    static constexpr std::size_t capacity = 128;  ///< of the window: room to walk on in
    /// While the heap serves, and while the ladder does and fills the window bucket by bucket.
    static constexpr std::size_t most_beside_heap = 16;
    static constexpr std::size_t most_beside_ladder = 72;
    static constexpr std::size_t smallest_ladder = 192;  ///< below, the heap is faster

    std::vector<Event>::iterator at(std::size_t index) {
        return window_.begin() + static_cast<std::ptrdiff_t>(index);
    }
    void insert(const Event& event) {
        const FreshEvent fresh(event);
        Event* const first = window_.data() + first_;
        Event* hole = window_.data() + end_++;
        while (hole != first && fresh.earlier_than(hole[-1])) {
            *hole = hole[-1];
            --hole;
        }
        fresh.write(*hole);
    }
    /// Into the heap, or else into the ladder.
    void push_behind(const Event& event, bool before_ladder);
    void spill();
    void move_to_front();
    void refill();
    void refill_from_heap_and_run();
    void refill_from_ladder();
    void move_heap_to_ladder();
    void adapt_window();

    std::vector<Event> window_;
    std::size_t first_ = 0, end_ = 0;  ///< of the window
    bool window_is_part_ = false;      ///< whether heap or run hold something
    std::size_t looked_ahead_ = 0;     ///< the window never holds fewer while the ladder serves
    std::size_t most_in_window_ = most_beside_heap;
    std::size_t most_in_heap_ = smallest_ladder;
    EventHeap heap_;
    std::vector<Event> run_;  ///< many events of one instant, the earliest last
    EventLadder ladder_;
};

}  // namespace foretwin::kernel
