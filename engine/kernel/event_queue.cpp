#include "engine/kernel/event_queue.hpp"

#include <limits>
#include <utility>

namespace foretwin::kernel {

void EventQueue::assign(std::vector<Event> events) {
    first_ = end_ = 0;
    most_in_heap_ = smallest_ladder;
    if (events.size() <= smallest_ladder) {
        heap_.assign(std::move(events));
        window_is_part_ = !heap_.empty();
    } else {
        ladder_.assign(std::move(events), std::numeric_limits<Time>::min());
    }
    adapt_window();
    refill();
}

std::vector<Event> EventQueue::release() {
    std::vector<Event> events = ladder_.release();
    events.insert(events.end(), at(first_), at(end_));
    const std::vector<Event> in_heap = heap_.release();
    events.insert(events.end(), in_heap.begin(), in_heap.end());
    events.insert(events.end(), run_.begin(), run_.end());
    run_ = {};
    first_ = end_ = 0;
    window_is_part_ = false;
    adapt_window();
    return events;
}

void EventQueue::push_behind(const Event& event, bool before_ladder) {
    if (!before_ladder) {
        ladder_.push(event);
        return;
    }
    heap_.push(event);
    if (heap_.size() > most_in_heap_) move_heap_to_ladder();
}

void EventQueue::spill() {
    while (end_ - first_ > most_in_window_ / 2) heap_.push(window_[--end_]);
    window_is_part_ = true;
}

void EventQueue::move_to_front() {
    std::copy(at(first_), at(end_), window_.begin());
    end_ -= first_;
    first_ = 0;
}

void EventQueue::refill() {
    if (first_ == end_) first_ = end_ = 0;
    if (!window_is_part_ && !ladder_.empty()) refill_from_ladder();
    if (window_is_part_) refill_from_heap_and_run();
}

void EventQueue::refill_from_heap_and_run() {
    if (end_ + most_beside_heap > capacity) move_to_front();
    for (std::size_t i = 0; i < most_beside_heap / 2; ++i) {
        if (!run_.empty() && (heap_.empty() || earlier(run_.back(), heap_.top()))) {
            window_[end_++] = run_.back();
            run_.pop_back();
        } else if (!heap_.empty()) {
            window_[end_++] = heap_.top();
            heap_.pop();
        }
    }
    window_is_part_ = !heap_.empty() || !run_.empty();
}

void EventQueue::refill_from_ladder() {
    if (end_ + EventLadder::most_taken > capacity) move_to_front();
    end_ += ladder_.take(window_.data() + end_, run_);
    window_is_part_ = !run_.empty();
    adapt_window();
}

/// With the ladder, some events stay in the window until the next bucket has come, so that the
/// executor may look ahead.
void EventQueue::adapt_window() {
    looked_ahead_ = ladder_.empty() ? 0 : farthest_coming;
    most_in_window_ = ladder_.empty() ? most_beside_heap : most_beside_ladder;
}

/// Everything but the events of the instants that window and run hold.
void EventQueue::move_heap_to_ladder() {
    if (!ladder_.empty()) return;
    const Time from = later(run_.empty() ? window_[end_ - 1].at : run_.front().at, 1);
    std::vector<Event> far = heap_.release();
    std::vector<Event> near;
    for (const Event& event : far) {
        if (event.at < from) near.push_back(event);
    }
    std::erase_if(far, [from](const Event& event) { return event.at < from; });
    most_in_heap_ = std::max(smallest_ladder, 2 * near.size());
    heap_.assign(std::move(near));
    window_is_part_ = !heap_.empty() || !run_.empty();
    ladder_.assign(std::move(far), from);
    adapt_window();
}

}  // namespace foretwin::kernel
