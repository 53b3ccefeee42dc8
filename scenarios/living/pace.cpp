#include "scenarios/living/pace.hpp"

namespace foretwin::living {

void Pace::note(Instant at, observed::Follower& follower) {
    const observed::Accounts& accounts = follower.device(followed_).accounts();
    counts_.push_back({at, accounts.in_state[index_of(MachineState::busy)], accounts.produced});
    while (counts_.size() > 2 && counts_[1].at <= at - memory_) counts_.pop_front();
}

double Pace::cycle_s() const {
    if (counts_.empty()) return 0;
    const std::int64_t parts = counts_.back().parts - counts_.front().parts;
    if (parts < fewest_parts) return 0;
    return to_seconds(counts_.back().busy - counts_.front().busy) / static_cast<double>(parts);
}

}  // namespace foretwin::living
