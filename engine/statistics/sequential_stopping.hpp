#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/statistics/interval.hpp"

namespace foretwin::statistics {

/// How precise the mean shall be. A target of 0 is not asked for; with both, either suffices.
struct PrecisionTarget {
    double relative_half_width = 0;  ///< half-width / |mean|
    double absolute_half_width = 0;  ///< in the figure's own unit
    double level = 0.95;
    std::int64_t lowest_replications = 32;
    std::int64_t highest_replications = 4096;
    /// Replication r belongs to parameter draw r mod `draws`, and the interval is that of the means
    /// of the draws; 0: every replication counts as a draw of its own.
    std::uint32_t draws = 0;
};

/// Decides when enough replications are done (Law 2015, section 9.4). It looks only after complete
/// batches of 16 replications in order, so that the answer does not depend on which replication
/// happened to finish first; results beyond `replications()` are discarded.
class SequentialStopping {
  public:
    static constexpr std::int64_t batch = 16;

    explicit SequentialStopping(PrecisionTarget target);

    /// The figure of the next replication, in replication order. Ignored once finished.
    void add(double value);

    bool finished() const { return finished_; }
    /// Finished because the target was met, not because the limit was reached.
    bool reached() const { return reached_; }
    /// How many replications count.
    std::int64_t replications() const { return summary_.count; }
    Interval interval() const;
    /// Replications likely to be needed in all, from what is known; whole batches, within limits.
    std::int64_t expected_replications() const;

  private:
    double wanted_half_width() const;

    PrecisionTarget target_;
    Summary summary_;
    std::vector<Summary> draws_;  ///< of each draw, where several replications share one
    bool finished_ = false;
    bool reached_ = false;
};

}  // namespace foretwin::statistics
