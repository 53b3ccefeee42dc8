#include "scenarios/living/pace.hpp"

namespace foretwin::living {
namespace {
constexpr double most_unknown = 0.02;
}

void Pace::note(Instant at, observed::Follower& follower) {
    const observed::Accounts& accounts = follower.device(followed_).accounts();
    const Count now{at, accounts.in_state[index_of(MachineState::busy)],
                    accounts.in_state[observed::unknown_state], accounts.produced};
    // Parts that were counted while nobody knew what the machine did belong to no busy time.
    const Time unknown = now.unknown - before_.unknown;
    if (before_.at != 0 && to_seconds(unknown) <= most_unknown * to_seconds(at - before_.at))
        steps_.push_back({at, now.busy - before_.busy, 0, now.parts - before_.parts});
    before_ = now;
    while (!steps_.empty() && steps_.front().at <= at - memory_) steps_.pop_front();
}

double Pace::cycle_s() const {
    Time busy = 0;
    std::int64_t parts = 0;
    for (const Count& step : steps_) {
        busy += step.busy;
        parts += step.parts;
    }
    return parts < fewest_parts ? 0 : to_seconds(busy) / static_cast<double>(parts);
}

}  // namespace foretwin::living
