#include "engine/statistics/kaplan_meier.hpp"

#include <algorithm>
#include <cmath>

namespace foretwin::statistics {
namespace {

std::vector<double> sorted_ages(std::span<const ObservedLife> lives, double ObservedLife::*age,
                                bool failures_only) {
    std::vector<double> ages;
    for (const ObservedLife& life : lives) {
        if (life.entry < life.end && (life.failed || !failures_only)) ages.push_back(life.*age);
    }
    std::sort(ages.begin(), ages.end());
    return ages;
}

}  // namespace

std::vector<SurvivalStep> kaplan_meier(std::span<const ObservedLife> lives) {
    const std::vector<double> entries = sorted_ages(lives, &ObservedLife::entry, false);
    const std::vector<double> ends = sorted_ages(lives, &ObservedLife::end, false);
    const std::vector<double> failures = sorted_ages(lives, &ObservedLife::end, true);
    std::vector<SurvivalStep> steps;
    double survival = 1;
    double greenwood = 0;
    double hazard = 0;
    for (auto at = failures.begin(); at != failures.end();) {
        const double age = *at;
        const auto next = std::upper_bound(at, failures.end(), age);
        const auto entered = std::lower_bound(entries.begin(), entries.end(), age);
        const auto ended = std::lower_bound(ends.begin(), ends.end(), age);
        const std::int64_t at_risk = (entered - entries.begin()) - (ended - ends.begin());
        const std::int64_t count = next - at;
        const auto risk = static_cast<double>(at_risk);
        const auto failed = static_cast<double>(count);
        survival *= 1 - failed / risk;
        greenwood += failed / (risk * (risk - failed));
        hazard += failed / risk;
        // When all at risk failed, the curve is 0 and Greenwood's factor infinite.
        const double error = survival > 0 ? survival * std::sqrt(greenwood) : 0;
        steps.push_back({age, at_risk, count, survival, error, hazard});
        at = next;
    }
    return steps;
}

double survival_at(std::span<const SurvivalStep> steps, double age) {
    const auto after =
        std::upper_bound(steps.begin(), steps.end(), age,
                         [](double value, const SurvivalStep& step) { return value < step.age; });
    return after == steps.begin() ? 1.0 : std::prev(after)->survival;
}

}  // namespace foretwin::statistics
