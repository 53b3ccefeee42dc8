#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <tuple>

#include "engine/calibration/life_fit.hpp"
#include "engine/core/rule.hpp"

namespace foretwin::calibration {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

std::size_t index_of(const std::vector<double>& ages, double age) {
    return static_cast<std::size_t>(std::lower_bound(ages.begin(), ages.end(), age) - ages.begin());
}

}  // namespace

std::optional<Observation> observe(const Life& life, Treatment treatment, double period) {
    if (treatment != Treatment::inspected)
        return Observation{life.entry, life.exit, life.exit, life.failed(), 1};
    if (life.last_visit < life.first_visit) return std::nullopt;
    Observation seen{life.checked, life.checked, life.last_visit, life.failed(), 1};
    // The visit before the last one; a failure off the grid lies after the last visit of the grid.
    const double visits = std::ceil((life.last_visit - life.first_visit) / period - 1e-9);
    if (visits >= 1) seen.lower = life.first_visit + (visits - 1) * period;
    return seen;
}

Sample make_sample(std::span<const Observation> observations, Treatment treatment, double period) {
    Sample sample;
    sample.treatment = treatment;
    sample.period = period;
    sample.youngest_failure = infinity;
    std::map<std::tuple<double, double, double, bool, bool>, double> joined;
    sample.ages.push_back(0);
    for (const Observation& seen : observations) {
        FORETWIN_RULE(seen.checked >= 0 && seen.checked <= seen.lower && seen.lower <= seen.upper,
                      "a life is checked, still good and ended in that order");
        const bool interval = seen.failed && (seen.interval || treatment == Treatment::inspected);
        joined[{seen.checked, seen.lower, seen.upper, seen.failed, interval}] += seen.weight;
        for (const double age : {seen.checked, seen.lower, seen.upper}) sample.ages.push_back(age);
        sample.exposure += seen.weight * (seen.upper - seen.checked);
        if (!seen.failed) continue;
        sample.failures += seen.weight;
        sample.youngest_failure = std::min(sample.youngest_failure, seen.upper);
        sample.oldest_failure = std::max(sample.oldest_failure, seen.upper);
    }
    std::sort(sample.ages.begin(), sample.ages.end());
    sample.ages.erase(std::unique(sample.ages.begin(), sample.ages.end()), sample.ages.end());
    for (const auto& [key, weight] : joined) {
        const auto& [checked, lower, upper, failed, interval] = key;
        sample.terms.push_back({index_of(sample.ages, checked), index_of(sample.ages, lower),
                                index_of(sample.ages, upper), failed, interval, weight});
    }
    return sample;
}

double log_likelihood(const LifeLaw& law, const Sample& sample) {
    // Ages repeat a lot (visits come on a grid), and the hazard is the costly part.
    thread_local std::vector<double> hazard;
    hazard.resize(sample.ages.size());
    for (std::size_t i = 0; i < hazard.size(); ++i)
        hazard[i] = cumulative_hazard(law, sample.ages[i]);
    double sum = 0;
    for (const Sample::Term& term : sample.terms) {
        const double survived = hazard[term.checked] - hazard[term.upper];
        double one = survived;
        if (term.interval) {
            const double between = hazard[term.upper] - hazard[term.lower];
            one = hazard[term.checked] - hazard[term.lower] + std::log(-std::expm1(-between));
        } else if (term.failed) {
            one += log_hazard(law, sample.ages[term.upper]);
        }
        sum += term.weight * one;
    }
    return std::isnan(sum) ? -infinity : sum;
}

}  // namespace foretwin::calibration
