#include "engine/executors/timeline.hpp"

#include <tbb/task_arena.h>

#include <algorithm>

namespace foretwin::executors {

Row Row::of_thread() {
    const int place = tbb::this_task_arena::current_thread_index();
    return {threads, static_cast<std::uint32_t>(std::max(place, 0))};
}

bool Timeline::has_place_for_detail() {
    if (used_.load(std::memory_order_relaxed) < entries_.size() / 4 * quarters_for_detail) {
        return true;
    }
    left_out_.fetch_add(1, std::memory_order_relaxed);
    return false;
}

void Timeline::put(const Entry& entry) {
    const std::size_t place = used_.fetch_add(1, std::memory_order_relaxed);
    if (place < entries_.size()) {
        entries_[place] = entry;
    } else {
        used_.store(entries_.size(), std::memory_order_relaxed);
        left_out_.fetch_add(1, std::memory_order_relaxed);
    }
}

std::vector<Timeline::Entry> Timeline::entries() const {
    const std::size_t used = std::min(used_.load(), entries_.size());
    return {entries_.begin(), entries_.begin() + static_cast<std::ptrdiff_t>(used)};
}

}  // namespace foretwin::executors
