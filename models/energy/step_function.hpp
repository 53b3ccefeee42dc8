#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/core/time.hpp"
#include "engine/core/wide.hpp"

namespace foretwin::energy {

/// A value that is constant between known instants of [0, end): a price, a carbon intensity.
/// Whole numbers, so that every integral is exact and splitting it anywhere changes no bit.
class StepFunction {
  public:
    struct Step {
        Time begin = 0;
        std::int64_t value = 0;
    };

    StepFunction() = default;
    /// Steps in time order, the first at 0; neighbours of equal value are joined. end > 0.
    StepFunction(const std::vector<Step>& steps, Time end);

    Time end() const { return end_; }
    std::size_t size() const { return values_.size(); }
    /// Number of the step that holds `time`, 0 <= time < end. O(1) for evenly spread steps.
    std::size_t index_at(Time time) const;
    std::int64_t value(std::size_t index) const { return values_[index]; }
    Time step_begin(std::size_t index) const { return begins_[index]; }
    Time step_end(std::size_t index) const { return begins_[index + 1]; }
    /// Integral over [from, to], 0 <= from <= to <= end, in value x ns.
    Wide integral(Time from, Time to) const { return integral_to(to) - integral_to(from); }
    std::int64_t largest() const { return largest_; }  ///< of the absolute values

  private:
    Wide integral_to(Time time) const;

    Time end_ = 0;
    Time bucket_ = 1;  ///< width of the look-up grid
    std::int64_t largest_ = 0;
    std::vector<Time> begins_;  ///< one more than steps: the last is end
    std::vector<std::int64_t> values_;
    std::vector<Wide> before_;          ///< integral from 0 to the step's begin
    std::vector<std::uint32_t> first_;  ///< step that holds the bucket's begin
};

}  // namespace foretwin::energy
