#pragma once

#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/calibration/life_data.hpp"
#include "engine/calibration/life_family.hpp"
#include "engine/calibration/mapping.hpp"

namespace foretwin::calibration {

/// What one life says about its law. Ages in days, 0 <= checked <= lower <= upper.
struct Observation {
    double checked = 0;  ///< good at this age: the likelihood is conditional on it (delayed entry)
    double lower = 0;    ///< inspected failures: still good at this age
    double upper = 0;    ///< age at the failure, or the last age at which it was known to be good
    bool failed = false;
    double weight = 1;
    bool interval = false;  ///< failed somewhere between lower and upper, whatever the treatment
};

/// The lives of one class, made ready for fitting: equal observations joined, ages listed once.
struct Sample {
    Treatment treatment = Treatment::exact;
    double period = 0;         ///< days between inspections; 0 when there is no grid
    std::vector<double> ages;  ///< all that occur, ascending; ages[0] = 0
    struct Term {
        std::size_t checked, lower, upper;  ///< into ages
        bool failed;
        bool interval;  ///< failed between lower and upper, not at upper
        double weight;
    };
    std::vector<Term> terms;
    double failures = 0;
    double exposure = 0;          ///< days under observation
    double youngest_failure = 0;  ///< smallest recorded age at failure; infinity without failures
    double oldest_failure = 0;
};

/// With Treatment::inspected every failure is one of an interval.
Sample make_sample(std::span<const Observation> observations, Treatment treatment, double period);

/// What a life contributes under a treatment; nothing when it was never seen under observation.
std::optional<Observation> observe(const Life& life, Treatment treatment, double period);

/// Log-likelihood of a law. Exact: log f(upper) - log S(checked); interval: log(S(lower) -
/// S(upper)) - log S(checked); not failed: log S(upper) - log S(checked).
double log_likelihood(const LifeLaw& law, const Sample& sample);

/// A fitted law with its uncertainty.
struct LifeFit {
    LifeLaw law;
    bool shifted = false;
    Treatment treatment = Treatment::exact;
    /// Covariance of the free parameters on the scale of `theta`: inverse of the observed
    /// information. Empty when the likelihood has no proper top there.
    std::vector<std::vector<double>> covariance;
    std::vector<bool> held;  ///< per theta: at a bound, so without a standard error
    double log_likelihood = 0;
    int parameters = 0;  ///< counted by AIC; the failure-free time is one
    double aic = 0;
    bool converged = false;
    /// Failure-free times compatible with the records: profile likelihood, 95 %. The ends are where
    /// twice the fall of the log-likelihood reaches 3.84 (approximate: the case is not regular).
    std::optional<std::pair<double, double>> shift_interval;
    /// Without failures: rate that is exceeded with 5 % chance only, per day (-ln 0.05 / exposure).
    std::optional<double> rate_at_most;
    std::string note;

    /// Standard error of theta[i]; NaN when held or unknown.
    double standard_error(std::size_t i) const;
};

/// Fits one family by maximum likelihood. With `shifted`, the failure-free time is bounded by the
/// youngest failure and found by profiling; with exact ages, shapes below 1 are then excluded,
/// because the likelihood has a pole there, and lognormal stays 2 % below the bound (Hill 1963).
/// With more than 2000 different ages the shift is searched for, and starts are found, on a
/// thousand of them that stand for all; the last climb sees all. The covariance is conditional on
/// the shift: it is no regular parameter. Needs a failure.
LifeFit fit_life(const Sample& sample, LifeFamily family, bool shifted);

/// Piecewise-constant hazard: classes of one visit period, joined until each holds enough failures;
/// the classes before the first failure have rate 0.
LifeFit fit_piecewise(const Sample& sample);

/// For a class that never failed: an exponential law whose rate is the median of what the exposure
/// leaves possible (ln 2 / exposure), with a spread that puts the 95 % bound where it belongs.
LifeFit fit_without_failures(const Sample& sample);

/// The parametric families, with and without a shift, best AIC first. Needs a failure.
std::vector<LifeFit> fit_families(const Sample& sample, bool with_shifts);

/// All candidates, best AIC first. Without failures only fit_without_failures.
std::vector<LifeFit> fit_candidates(const Sample& sample);

/// True when one of the two laws contains the other as a special case.
bool nested(const LifeFit& a, const LifeFit& b);

/// The largest failure-free time that the records leave possible.
double largest_shift(const Sample& sample, LifeFamily family);

/// Fills in shift_interval of a shifted fit.
void add_shift_interval(LifeFit& fit, const Sample& sample);

/// "weibull after 30.0 days" and the like.
std::string describe(const LifeFit& fit, const std::string& unit = " days");

}  // namespace foretwin::calibration
