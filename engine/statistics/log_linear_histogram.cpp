#include "engine/statistics/log_linear_histogram.hpp"

#include <algorithm>
#include <cmath>

#include "engine/core/rule.hpp"

namespace foretwin::statistics {

double LogLinearHistogram::bucket_start(std::size_t bucket) {
    if (bucket < 128) return static_cast<double>(bucket);
    const auto above = static_cast<int>(bucket / 64) - 1;  // octaves above the first 128
    return std::ldexp(static_cast<double>(64 + bucket % 64), above);
}

void LogLinearHistogram::merge(const LogLinearHistogram& other) {
    for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
    count_ += other.count_;
    lowest_ = std::min(lowest_, other.lowest_);
    highest_ = std::max(highest_, other.highest_);
}

double LogLinearHistogram::quantile(double p) const {
    FORETWIN_RULE(p >= 0.0 && p <= 1.0, "the level of a quantile lies between 0 and 1");
    if (count_ == 0) return std::numeric_limits<double>::quiet_NaN();
    if (p == 0.0) return static_cast<double>(lowest_);
    if (p == 1.0) return static_cast<double>(highest_);
    // The k-th of m values in a bucket is thought to lie at (k - 1/2) / m of its integers.
    const double place = p * static_cast<double>(count_ - 1);
    std::int64_t before = 0;
    std::size_t bucket = 0;
    while (static_cast<double>(before + counts_[bucket]) <= place) before += counts_[bucket++];
    const double inside =
        (place - static_cast<double>(before) + 0.5) / static_cast<double>(counts_[bucket]);
    const double start = bucket_start(bucket);
    const double width = bucket_start(bucket + 1) - start;
    const double value = std::clamp(start + inside * width - 0.5, start, start + width - 1);
    return std::clamp(value, static_cast<double>(lowest_), static_cast<double>(highest_));
}

double LogLinearHistogram::share_at_most(std::int64_t value) const {
    if (count_ == 0) return std::numeric_limits<double>::quiet_NaN();
    if (value < lowest_) return 0.0;
    if (value >= highest_) return 1.0;
    const std::size_t bucket = bucket_of(value);
    std::int64_t before = 0;
    for (std::size_t i = 0; i < bucket; ++i) before += counts_[i];
    const double start = bucket_start(bucket);
    const double width = bucket_start(bucket + 1) - start;
    const double inside = (static_cast<double>(value) + 1.0 - start) / width;
    const double below =
        static_cast<double>(before) + inside * static_cast<double>(counts_[bucket]);
    return below / static_cast<double>(count_);
}

}  // namespace foretwin::statistics
