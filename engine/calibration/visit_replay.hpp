#pragma once

#include <cstdint>
#include <vector>

#include "engine/calibration/calibrate.hpp"

namespace foretwin::calibration {

/// Simulated against recorded counts of one cause over the observation.
struct ReplayCount {
    double mean = 0;  ///< over replications
    double deviation = 0;
    int recorded = 0;
    /// 95 % of single futures lie within, by the empirical quantiles of the replications.
    double lowest = 0;
    double highest = 0;

    bool agrees() const { return recorded >= lowest && recorded <= highest; }
};

/// What the records hold of one cause over the observation: failures that no exclusion covers, and
/// replacements of components that had not failed.
int recorded_failures(const CalibrationResult& result, std::uint32_t cause);
int recorded_replacements(const CalibrationResult& result, std::uint32_t cause);

struct VisitReplay {
    std::vector<ReplayCount> failures;      ///< per cause
    std::vector<ReplayCount> replacements;  ///< per cause: of components that had not failed
};

/// Which law of each class drives the replay.
enum class ReplayLaw { best, second, two_parameter_weibull };

/// A quick check of the fits without a plant: every component lives by its law, conditional on what
/// was known at the start; a life that ended is found at the device's next visit; a visit replaces
/// good components with the measured chance by age. Runs from observed_from (first recorded visit
/// of each device) to the end of the records. Needs a visit grid. Reproducible for a seed.
VisitReplay replay_visits(const CalibrationResult& result, ReplayLaw law, int replications,
                          std::uint32_t seed);

}  // namespace foretwin::calibration
