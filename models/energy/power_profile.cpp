#include "models/energy/power_profile.hpp"

#include <algorithm>
#include <vector>

#include "engine/core/rule.hpp"
#include "engine/core/wide.hpp"

namespace foretwin::energy {
namespace {

/// Energy up to any instant, asked for ascending instants only.
class RunningEnergy {
  public:
    explicit RunningEnergy(std::span<const PowerChange> changes)
        : changes_(changes), at_(changes[0].at) {}

    Wide up_to(Time time) {
        while (next_ < changes_.size() && changes_[next_].at <= time) {
            energy_ += static_cast<Wide>(changes_[next_ - 1].power_mw) * (changes_[next_].at - at_);
            at_ = changes_[next_++].at;
        }
        return energy_ + static_cast<Wide>(changes_[next_ - 1].power_mw) * (time - at_);
    }

  private:
    std::span<const PowerChange> changes_;
    std::size_t next_ = 1;
    Time at_;
    Wide energy_ = 0;
};

}  // namespace

double highest_sliding_mean_kw(std::span<const PowerChange> changes, Time end, Time window) {
    FORETWIN_RULE(!changes.empty() && window > 0, "a profile and a window are given");
    FORETWIN_RULE(end - changes[0].at >= window, "the window fits into the profile");
    std::vector<Time> begins{changes[0].at, end - window};
    for (const PowerChange& change : changes)
        for (const Time begin : {change.at, change.at - window})
            if (begin >= changes[0].at && begin <= end - window) begins.push_back(begin);
    std::sort(begins.begin(), begins.end());

    RunningEnergy to_begin(changes);
    RunningEnergy to_end(changes);
    Wide highest = 0;
    for (const Time begin : begins)
        highest = std::max(highest, to_end.up_to(begin + window) - to_begin.up_to(begin));
    return to_double(highest) / static_cast<double>(window) / 1e6;
}

}  // namespace foretwin::energy
