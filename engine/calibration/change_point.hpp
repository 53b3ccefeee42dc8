#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace foretwin::calibration {

/// One observation in time order: a duration, whether it ran to its end, and when it came under
/// observation (0: from its beginning).
struct Dated {
    double at = 0;  ///< seconds since 1970
    double value = 0;
    bool ended = true;
    double entry = 0;
};

/// A moment at which the level of the observations changed.
struct ChangePoint {
    std::size_t index = 0;  ///< first observation of the new level
    double at = 0;
    double before = 0, after = 0;  ///< mean duration per ending, or the geometric mean
    double p_value = 1;
};

/// Where the level changed, by binary segmentation. Each step takes the largest likelihood ratio
/// over all splits that leave `least` observations on either side: of exponential laws where some
/// did not end, else of normal laws of the logarithm with one variance. Its p-value comes from
/// random orders of the same observations (named stream "calibration/change point/NAME"), so no
/// law of the observations is assumed; a change is kept at p <= `level` divided by 1 + the number
/// of changes found so far.
struct ChangeRules {
    std::string name;
    std::uint32_t seed = 1;
    std::size_t least = 5;
    double level = 0.01;
    int orders = 499;
};
std::vector<ChangePoint> find_changes(std::span<const Dated> observations,
                                      const ChangeRules& rules);

}  // namespace foretwin::calibration
