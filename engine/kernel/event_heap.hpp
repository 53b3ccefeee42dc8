#pragma once

#include <cstddef>
#include <vector>

#include "engine/kernel/event.hpp"

namespace foretwin::kernel {

/// Events as an implicit 4-ary heap, by value.
class EventHeap {
  public:
    bool empty() const { return events_.empty(); }
    std::size_t size() const { return events_.size(); }
    const Event& top() const { return events_.front(); }

    void push(const Event& event) {
        events_.push_back(event);
        sift_up(events_.size() - 1, event);
    }
    void pop() {
        const Event last = events_.back();
        events_.pop_back();
        if (!events_.empty()) sift_down(0, last);
    }

    /// Takes any list of events.
    void assign(std::vector<Event> events) {
        events_ = std::move(events);
        order_all();
    }
    /// Gives the events back, in no particular order, and is empty.
    std::vector<Event> release() { return std::move(events_); }

    /// Drops every event for which `gone` holds; returns how many.
    template <class Gone>
    std::size_t remove_if(Gone gone) {
        const std::size_t before = events_.size();
        std::erase_if(events_, gone);
        order_all();
        return before - events_.size();
    }

  private:
    static constexpr std::size_t arity = 4;

    void order_all() {
        if (events_.size() < 2) return;
        for (std::size_t i = (events_.size() - 2) / arity + 1; i-- > 0;) {
            sift_down(i, Event(events_[i]));
        }
    }
    void sift_up(std::size_t hole, const Event& event) {
        const Event value = event;
        while (hole > 0) {
            const std::size_t parent = (hole - 1) / arity;
            if (!earlier(value, events_[parent])) break;
            events_[hole] = events_[parent];
            hole = parent;
        }
        events_[hole] = value;
    }
    /// Which of four is the earliest is a coin toss: as a sum, not as branches.
    std::size_t earliest_child(std::size_t first, std::size_t size) const {
        if (first + arity <= size) {
            const std::size_t a = first + earlier(events_[first + 1], events_[first]);
            const std::size_t b = first + 2 + earlier(events_[first + 3], events_[first + 2]);
            const std::size_t b_first = earlier(events_[b], events_[a]);
            return a + (b - a) * b_first;
        }
        std::size_t best = first;
        for (std::size_t child = first + 1; child < size; ++child) {
            if (earlier(events_[child], events_[best])) best = child;
        }
        return best;
    }
    void sift_down(std::size_t hole, const Event& event) {
        const Event value = event;
        const std::size_t size = events_.size();
        for (;;) {
            const std::size_t first = hole * arity + 1;
            if (first >= size) break;
            const std::size_t best = earliest_child(first, size);
            if (!earlier(events_[best], value)) break;
            events_[hole] = events_[best];
            hole = best;
        }
        events_[hole] = value;
    }

    std::vector<Event> events_;
};

}  // namespace foretwin::kernel
