#pragma once

#include <span>
#include <vector>

#include "engine/forecast/generalised_pareto.hpp"

namespace foretwin::forecast {

/// What the next day of a kind may bring, from the days of that kind so far. The body is the
/// empirical distribution in which a day's weight halves every `halving` days of the kind, linear
/// between its values. Beyond a threshold lies a tail whose shape all days tell alike, because high
/// days are rare; how often the threshold is passed is recent again, with the share of all days as
/// one further day. So nothing that was seen is the most that can come.
class DayDistribution {
  public:
    /// Values in time order, two at least; halving > 0.
    DayDistribution(std::span<const double> values, double halving);

    double quantile(double p) const;  ///< p in (0, 1)
    /// P(value <= x); in the middle of the step where values are equal.
    double cumulative(double x) const;

    double threshold() const { return threshold_; }
    double beyond() const { return beyond_; }  ///< chance to pass the threshold
    const GeneralisedPareto& tail() const { return tail_; }
    std::size_t excesses() const { return excesses_; }

  private:
    void find_tail(std::span<const double> values);

    double threshold_ = 0, beyond_ = 0;
    GeneralisedPareto tail_;
    std::size_t excesses_ = 0;
    std::vector<double> at_, chance_;  ///< knots of the body, both ascending
};

}  // namespace foretwin::forecast
