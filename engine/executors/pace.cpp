#include "engine/executors/pace.hpp"

namespace foretwin::executors {

double Stopwatch::seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - since_).count();
}

void Stopwatch::restart() {
    since_ = std::chrono::steady_clock::now();
}

bool Pace::is_slow(std::uint64_t handled, double side_by_side) {
    is_plentiful_ = is_plentiful_ && side_by_side >= plenty;
    const double seconds = watch_.seconds();
    if (seconds < seconds_watched) return false;
    const auto events = static_cast<double>(handled - before_);
    const bool slow = !is_plentiful_ && seconds > most_ * events;
    // In the first stretch threads arrive and memory warms up.
    slow_ = slow && !is_first_ ? slow_ + 1 : 0;
    is_first_ = false;
    is_plentiful_ = true;
    before_ = handled;
    watch_.restart();
    return slow_ == 2;
}

}  // namespace foretwin::executors
