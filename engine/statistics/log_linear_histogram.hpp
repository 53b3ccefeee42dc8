#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <limits>

namespace foretwin::statistics {

/// Counts of non-negative integers (usually durations in ns) in buckets of relative width 1/64:
/// each octave has 64 equal buckets, values below 128 a bucket each. A quantile is within 0.8 % of
/// the order statistic. Fixed plain storage (30 kB), so it may live in state; adding takes a few
/// ns; merging and order of adding cannot change a bit.
class LogLinearHistogram {
  public:
    static constexpr int sub_bits = 6;
    static constexpr int buckets = 64 * (63 - sub_bits + 1);

    /// Negative values count as 0.
    void add(std::int64_t value, std::int64_t times = 1) {
        if (value < 0) value = 0;
        counts_[bucket_of(value)] += times;
        count_ += times;
        if (value < lowest_) lowest_ = value;
        if (value > highest_) highest_ = value;
    }
    void merge(const LogLinearHistogram& other);

    std::int64_t count() const { return count_; }
    std::int64_t lowest() const { return lowest_; }
    std::int64_t highest() const { return highest_; }

    /// Level p from 0 to 1, linear inside a bucket, never outside [lowest, highest]; NaN if empty.
    double quantile(double p) const;
    /// Share of values at or below `value`, linear inside a bucket; NaN if empty.
    double share_at_most(std::int64_t value) const;

    static constexpr std::size_t bucket_of(std::int64_t value) {
        const auto bits = static_cast<std::uint64_t>(value);
        if (bits < 128) return static_cast<std::size_t>(bits);
        const int octave = 63 - std::countl_zero(bits);  // 7 or more
        return static_cast<std::size_t>(octave - sub_bits) * 64 +
               static_cast<std::size_t>(bits >> (octave - sub_bits));
    }
    /// The smallest value of a bucket. bucket_start(buckets) is 2^63, as a double.
    static double bucket_start(std::size_t bucket);

    friend bool operator==(const LogLinearHistogram&, const LogLinearHistogram&) = default;

  private:
    std::array<std::int64_t, buckets> counts_{};
    std::int64_t count_ = 0;
    std::int64_t lowest_ = std::numeric_limits<std::int64_t>::max();
    std::int64_t highest_ = 0;
};

}  // namespace foretwin::statistics
