#pragma once

#include <span>
#include <string>
#include <vector>

#include "engine/calibration/lifetimes.hpp"

namespace foretwin::calibration {

/// How often something happened to one of many like machines.
struct GroupCount {
    std::string name;
    double count = 0;
    double exposure = 0;  ///< in the unit in which the rate is told
};

/// A group's own estimate and what is left of it when the others speak too.
struct Shrunk {
    std::string name;
    double count = 0, exposure = 0;
    double own = 0;            ///< count / exposure, or the group's own mean
    double shrunk = 0;         ///< posterior mean
    double low = 0, high = 0;  ///< 95 % of the posterior
    double log_deviation = 0;  ///< standard deviation of the posterior, on the log scale
    double own_weight = 0;     ///< 0: as all others; 1: the group alone
};

/// Rates of Poisson counts that come from one gamma law over the machines; its two parameters are
/// found by maximum likelihood of the counts (negative binomial), so no prior is chosen
/// (empirical Bayes: Gaver & O'Muircheartaigh 1987).
struct RatePool {
    double shape = 0;  ///< of the gamma law; infinity: the machines are alike
    double mean = 0;
    bool alike = false;
    std::vector<Shrunk> groups;
};
RatePool pool_rates(std::span<const GroupCount> groups);

/// Estimates with known standard errors that come from one normal law over the groups; its variance
/// is the one of DerSimonian & Laird in the form of Paule & Mandel (1982). Used on the log scale.
struct GroupEstimate {
    std::string name;
    double estimate = 0;
    double standard_error = 0;  ///< above 0
    double observations = 0;
};
struct NormalPool {
    double mean = 0, mean_error = 0;
    double between = 0;          ///< standard deviation between the groups; 0: alike
    std::vector<Shrunk> groups;  ///< own, shrunk, low, high on the scale of the estimates
};
NormalPool pool_estimates(std::span<const GroupEstimate> groups);

/// Lives of like machines under Weibull's law: one shape for all (fitted with a scale per group),
/// scales pooled as rates of failures per exposure^shape.
struct LifePool {
    double shape = 1, log_shape_error = 0;
    RatePool rates;              ///< failures per unit^shape
    std::vector<double> scales;  ///< per group, unit of the lives
    std::vector<double> log_scale_deviation;
};
LifePool pool_lives(const std::vector<Lifetime>& lives);

}  // namespace foretwin::calibration
