#pragma once

#include <span>
#include <string>
#include <vector>

namespace foretwin::calibration {

/// A reading of a meter, and a moment at which a machine entered a state.
struct PowerSample {
    double at = 0;  ///< seconds since 1970
    double power = 0;
};
struct StateChange {
    double at = 0;
    std::string state;
};

/// Mean power in one state, in the unit of the samples.
struct StatePower {
    std::string state;
    double samples = 0;
    double visits = 0;  ///< stays in the state with at least one sample
    double mean = 0;
    /// Samples of one stay are alike, so stays are what is independent: the error of the ratio of
    /// sums over stays (Cochran 1977, section 6.3), and never less than what rounding leaves,
    /// resolution / sqrt(12), where all samples show one value. With one stay only, samples are
    /// taken as independent, and a remark says so.
    double standard_error = 0;
    double deviation = 0;  ///< of single samples, less the rounding's resolution^2 / 12 (Sheppard)
    std::string remark;
};

struct StatePowers {
    std::vector<StatePower> states;  ///< by name
    double before = 0;               ///< samples earlier than the first known state
    double settling = 0;             ///< samples left out: so soon after a change
};

/// Joins samples with the state that held at their instant. Both in time order. Samples less than
/// `settle` seconds after a change are left out.
StatePowers power_by_state(std::span<const PowerSample> samples,
                           std::span<const StateChange> changes, double resolution, double settle);

}  // namespace foretwin::calibration
