#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "engine/kernel/event_heap.hpp"

namespace foretwin::kernel {

/// Pending events: the earliest ones sorted in a short window, all later ones in a heap. A small
/// plant lives in the window alone, where a new event, mostly the latest of all, finds its place
/// in a step or two.
///
///     window, sorted            heap
///   [ 3  5  5  8 | . . . ]    { 9 12 10 ... }      window.back() before all of the heap
class EventQueue {
  public:
    EventQueue() : window_(capacity) {}

    bool empty() const { return first_ == end_; }
    std::size_t size() const { return end_ - first_ + heap_.size(); }
    const Event& top() const { return window_[first_]; }

    void pop() {
        if (++first_ == end_) refill();
    }
    void push(const Event& event) {
        if (!heap_.empty() && !earlier(event, window_[end_ - 1])) {
            heap_.push(event);
            return;
        }
        if (end_ == capacity) move_to_front();
        insert(event);
        if (end_ - first_ > most_in_window) spill();
    }

    void assign(std::vector<Event> events) {
        heap_.assign(std::move(events));
        first_ = end_ = 0;
        refill();
    }
    /// Gives the events back, in no particular order, and is empty.
    std::vector<Event> release() {
        std::vector<Event> events = heap_.release();
        events.insert(events.end(), at(first_), at(end_));
        heap_.assign({});
        first_ = end_ = 0;
        return events;
    }
    /// Drops every event for which `gone` holds; returns how many.
    template <class Gone>
    std::size_t remove_if(Gone gone) {
        const auto kept = std::remove_if(at(first_), at(end_), gone);
        std::size_t removed = static_cast<std::size_t>(at(end_) - kept);
        end_ -= removed;
        removed += heap_.remove_if(gone);
        if (first_ == end_) refill();
        return removed;
    }

  private:
    static constexpr std::size_t most_in_window = 16;
    static constexpr std::size_t capacity = 8 * most_in_window;  // room to walk on in

    std::vector<Event>::iterator at(std::size_t index) {
        return window_.begin() + static_cast<std::ptrdiff_t>(index);
    }
    void insert(const Event& event) {
        std::size_t hole = end_++;
        while (hole > first_ && earlier(event, window_[hole - 1])) {
            window_[hole] = window_[hole - 1];
            --hole;
        }
        window_[hole] = event;
    }
    void refill() {
        first_ = end_ = 0;
        while (!heap_.empty() && end_ < most_in_window / 2) {
            window_[end_++] = heap_.top();
            heap_.pop();
        }
    }
    void spill() {
        while (end_ - first_ > most_in_window / 2) heap_.push(window_[--end_]);
    }
    void move_to_front() {
        std::copy(at(first_), at(end_), window_.begin());
        end_ -= first_;
        first_ = 0;
    }

    std::vector<Event> window_;
    std::size_t first_ = 0, end_ = 0;  ///< of the window
    EventHeap heap_;
};

}  // namespace foretwin::kernel
