#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace foretwin::statistics {

/// One observed life: under observation from age `entry` (delayed entry, left truncation) until
/// age `end`, where it failed or was censored.
struct ObservedLife {
    double end = 0;
    bool failed = false;
    double entry = 0;
};

/// One step of the survival curve, at an age where lives ended by failure.
struct SurvivalStep {
    double age = 0;
    std::int64_t at_risk = 0;  ///< entry < age <= end
    std::int64_t failures = 0;
    double survival = 1;           ///< just after this age
    double standard_error = 0;     ///< Greenwood 1926
    double cumulative_hazard = 0;  ///< Nelson 1969, Aalen 1978
};

/// Product-limit estimate (Kaplan & Meier 1958), with delayed entry. Lives censored at an age count
/// as at risk there. Lives with entry >= end are ignored.
std::vector<SurvivalStep> kaplan_meier(std::span<const ObservedLife> lives);

/// The estimate at an age: survival of the last step at or before it, 1 before the first.
double survival_at(std::span<const SurvivalStep> steps, double age);

}  // namespace foretwin::statistics
