#include "engine/statistics/sequential_stopping.hpp"

#include <algorithm>
#include <cmath>

#include "engine/core/rule.hpp"

namespace foretwin::statistics {
namespace {

std::int64_t whole_batches(std::int64_t replications) {
    constexpr std::int64_t batch = SequentialStopping::batch;
    return (replications + batch - 1) / batch * batch;
}

}  // namespace

SequentialStopping::SequentialStopping(PrecisionTarget target)
    : target_(target), draws_(target.draws) {
    FORETWIN_RULE(target.relative_half_width >= 0 && target.absolute_half_width >= 0,
                  "a wanted half-width is 0 or more");
    FORETWIN_RULE(target.lowest_replications >= 2, "an interval needs two replications");
    FORETWIN_RULE(target.lowest_replications <= target.highest_replications,
                  "the fewest replications are not more than the most");
}

Interval SequentialStopping::interval() const {
    if (draws_.empty()) return mean_interval(summary_, target_.level);
    Summary means;
    for (const Summary& draw : draws_)
        if (draw.count > 0) means.add(draw.mean);
    return mean_interval(means, target_.level);
}

double SequentialStopping::wanted_half_width() const {
    return std::max(target_.absolute_half_width,
                    target_.relative_half_width * std::abs(interval().estimate));
}

void SequentialStopping::add(double value) {
    if (finished_) return;
    if (!draws_.empty())
        draws_[static_cast<std::size_t>(summary_.count) % draws_.size()].add(value);
    summary_.add(value);
    const bool complete = summary_.count % batch == 0;
    if (complete && summary_.count >= target_.lowest_replications) {
        reached_ = interval().half_width() <= wanted_half_width();
    }
    finished_ = reached_ || summary_.count >= target_.highest_replications;
}

std::int64_t SequentialStopping::expected_replications() const {
    const std::int64_t fewest =
        std::min(whole_batches(target_.lowest_replications), target_.highest_replications);
    if (finished_) return summary_.count;
    const double wanted = wanted_half_width();
    if (summary_.count < 2) return fewest;
    const double ratio = interval().half_width() / wanted;
    const double needed = static_cast<double>(summary_.count) * ratio * ratio;
    const auto most = static_cast<double>(target_.highest_replications);
    if (!(needed < most)) return target_.highest_replications;
    const std::int64_t estimate = whole_batches(static_cast<std::int64_t>(std::ceil(needed)));
    return std::clamp(std::max(estimate, summary_.count + 1), fewest, target_.highest_replications);
}

}  // namespace foretwin::statistics
