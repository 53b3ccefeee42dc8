#pragma once

#include <span>
#include <string>
#include <vector>

#include "engine/calibration/fit_task.hpp"

namespace foretwin::calibration {

/// Wear of one unit at one age.
struct WearReading {
    std::string unit;
    double age = 0;
    double value = 0;
};

/// The age at which a unit's fitted path reaches the threshold, as the approximate analysis of
/// degradation data takes it (Meeker & Escobar 1998, section 13.6). A path that never gets there is
/// still running at its last age.
struct WornUnit {
    std::string unit;
    double age = 0;
    bool crosses = false;
    std::string remark;
};

/// One straight line per unit by least squares: value over age (linear), log value over age
/// (exponential), log value over log age (power). Units in order of their names.
std::vector<WornUnit> lives_of_wear(std::span<const WearReading> readings, WearPath path,
                                    double threshold);

}  // namespace foretwin::calibration
