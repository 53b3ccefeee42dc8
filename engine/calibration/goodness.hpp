#pragma once

#include <string>
#include <vector>

#include "engine/calibration/life_fit.hpp"

namespace foretwin::calibration {

/// Failures at ages in (from, to], days: what the law expects of the lives under observation, and
/// what was recorded.
struct AgeClass {
    double from = 0;
    double to = 0;
    double at_risk =
        0;  ///< inspected: visits of a component in this class; exact: days lived in it
    double expected = 0;
    int observed = 0;
};

/// Expected against observed failures. The expectation is conditional on being alive at each
/// inspection (exact: each instant), so it uses the very lives that were observed.
struct Goodness {
    std::vector<AgeClass> classes;
    double expected = 0;
    int observed = 0;
    double chi_square = 0;      ///< Pearson, classes joined until each expects 5
    int degrees = 0;            ///< joined classes - fitted parameters, at least 1
    double p_value = 1;         ///< chance of a worse agreement if the law were true
    double early_expected = 0;  ///< failures expected before the youngest recorded failure
    bool fits = true;           ///< p_value >= 1 % and early failures not contradicted
    std::string verdict;
};

/// Judges a law on lives of one class. `width` is the width of a class in days.
Goodness judge(const LifeFit& fit, const std::vector<const Life*>& lives, double period,
               double width);

}  // namespace foretwin::calibration
