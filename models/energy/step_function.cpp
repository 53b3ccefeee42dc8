#include "models/energy/step_function.hpp"

#include <algorithm>

#include "engine/core/rule.hpp"

namespace foretwin::energy {

StepFunction::StepFunction(const std::vector<Step>& steps, Time end) : end_(end) {
    FORETWIN_RULE(!steps.empty() && steps.front().begin == 0, "the first step begins at 0");
    FORETWIN_RULE(end > 0 && steps.back().begin < end, "every step begins before the end");
    for (const Step& step : steps) {
        FORETWIN_RULE(begins_.empty() || step.begin > begins_.back(), "steps are in time order");
        largest_ = std::max({largest_, step.value, -step.value});
        if (!values_.empty() && values_.back() == step.value) continue;
        begins_.push_back(step.begin);
        values_.push_back(step.value);
    }
    begins_.push_back(end);

    Wide sum = 0;
    for (std::size_t i = 0; i < values_.size(); ++i) {
        before_.push_back(sum);
        sum += static_cast<Wide>(values_[i]) * (begins_[i + 1] - begins_[i]);
    }
    before_.push_back(sum);

    bucket_ = std::max<Time>(1, end / static_cast<Time>(2 * values_.size()));
    std::size_t index = 0;
    for (Time begin = 0; begin < end; begin += bucket_) {
        while (begins_[index + 1] <= begin) ++index;
        first_.push_back(static_cast<std::uint32_t>(index));
        if (begin > end - bucket_) break;
    }
}

std::size_t StepFunction::index_at(Time time) const {
    FORETWIN_RULE(time >= 0 && time < end_, "a step function is asked within its range");
    std::size_t index = first_[static_cast<std::size_t>(time / bucket_)];
    while (begins_[index + 1] <= time) ++index;
    return index;
}

Wide StepFunction::integral_to(Time time) const {
    if (time == end_) return before_.back();
    const std::size_t index = index_at(time);
    return before_[index] + static_cast<Wide>(values_[index]) * (time - begins_[index]);
}

}  // namespace foretwin::energy
