#include "engine/calibration/shrinkage.hpp"

#include <algorithm>
#include <boost/math/distributions/gamma.hpp>
#include <boost/math/special_functions/trigamma.hpp>
#include <cmath>
#include <limits>
#include <map>

#include "engine/calibration/maximise.hpp"
#include "engine/core/rule.hpp"

namespace foretwin::calibration {

namespace {

constexpr double normal_975 = 1.959963984540054;
constexpr double largest_log_shape = 9;  // a spread of 1 % between machines: nobody sees less

/// Negative binomial likelihood of the counts, without what does not depend on the parameters.
double count_likelihood(std::span<const GroupCount> groups, double log_shape, double log_mean) {
    const double shape = std::exp(log_shape);
    const double rate = std::exp(log_shape - log_mean);
    double sum = 0;
    for (const GroupCount& group : groups)
        sum += std::lgamma(shape + group.count) - std::lgamma(shape) + shape * std::log(rate) -
               (shape + group.count) * std::log(rate + group.exposure);
    return sum;
}

Shrunk posterior(const GroupCount& group, double shape, double rate) {
    Shrunk own;
    own.name = group.name, own.count = group.count, own.exposure = group.exposure;
    own.own = group.exposure > 0 ? group.count / group.exposure : 0;
    const double a = shape + group.count, b = rate + group.exposure;
    const boost::math::gamma_distribution<double> law(a, 1 / b);
    own.shrunk = a / b;
    own.low = boost::math::quantile(law, 0.025);
    own.high = boost::math::quantile(law, 0.975);
    own.log_deviation = std::sqrt(boost::math::trigamma(a));
    own.own_weight = group.exposure / b;
    return own;
}

using Groups = std::map<std::string, std::vector<const Lifetime*>>;

/// Weibull log-likelihood with the best scale of every group put in: a function of the shape alone.
/// With transformed exposure T = sum of upper^k - checked^k the best rate is failures / T.
double shape_likelihood(const Groups& groups, double log_shape) {
    const double shape = std::exp(log_shape);
    double sum = 0;
    for (const auto& [name, lives] : groups) {
        double failures = 0, exposure = 0, logs = 0;
        for (const Lifetime* life : lives) {
            const Observation& seen = life->seen;
            exposure += seen.weight * (std::pow(seen.upper, shape) - std::pow(seen.checked, shape));
            if (!seen.failed) continue;
            failures += seen.weight;
            logs += seen.weight * std::log(seen.upper);
        }
        if (failures == 0) continue;
        sum += failures * (log_shape + std::log(failures / exposure) - 1) + (shape - 1) * logs;
    }
    return sum;
}

double spread_of(std::span<const GroupEstimate> groups, double variance, double& mean) {
    double weights = 0, sum = 0;
    for (const GroupEstimate& group : groups) {
        const double weight = 1 / (variance + group.standard_error * group.standard_error);
        weights += weight, sum += weight * group.estimate;
    }
    mean = sum / weights;
    double square = 0;
    for (const GroupEstimate& group : groups)
        square += std::pow(group.estimate - mean, 2) /
                  (variance + group.standard_error * group.standard_error);
    return square;
}

}  // namespace

RatePool pool_rates(std::span<const GroupCount> groups) {
    double count = 0, exposure = 0;
    for (const GroupCount& group : groups) count += group.count, exposure += group.exposure;
    FORETWIN_RULE(count > 0 && exposure > 0, "rates are pooled where something happened");
    const double log_mean = std::log(count / exposure);
    const Objective objective = [&](const std::vector<double>& at) {
        return count_likelihood(groups, at[0], at[1]);
    };
    const Box box{{-4, log_mean - 10}, {largest_log_shape, log_mean + 10}};
    const Maximum top = maximise(objective, {{0, log_mean}, {3, log_mean}}, box);
    RatePool pool;
    pool.alike = top.at[0] > largest_log_shape - 0.01;
    pool.shape = std::exp(top.at[0]);
    pool.mean = std::exp(top.at[1]);
    for (const GroupCount& group : groups)
        pool.groups.push_back(posterior(group, pool.shape, pool.shape / pool.mean));
    return pool;
}

NormalPool pool_estimates(std::span<const GroupEstimate> groups) {
    FORETWIN_RULE(!groups.empty(), "there is something to pool");
    NormalPool pool;
    const double degrees = static_cast<double>(groups.size()) - 1;
    double low = 0, high = 1, mean = 0;
    if (spread_of(groups, 0, mean) > degrees) {
        while (spread_of(groups, high, mean) > degrees) high *= 4;
        for (int i = 0; i < 200; ++i) {
            const double middle = (low + high) / 2;
            (spread_of(groups, middle, mean) > degrees ? low : high) = middle;
        }
    } else {
        high = 0;
    }
    spread_of(groups, high, pool.mean);
    pool.between = std::sqrt(high);
    double weights = 0;
    for (const GroupEstimate& group : groups)
        weights += 1 / (high + group.standard_error * group.standard_error);
    pool.mean_error = 1 / std::sqrt(weights);
    for (const GroupEstimate& group : groups) {
        const double noise = group.standard_error * group.standard_error;
        Shrunk own;
        own.name = group.name, own.count = group.observations, own.own = group.estimate;
        own.own_weight = high / (high + noise);
        own.shrunk = pool.mean + own.own_weight * (group.estimate - pool.mean);
        const double rest = 1 - own.own_weight;
        own.log_deviation =
            std::sqrt(own.own_weight * noise + rest * rest * pool.mean_error * pool.mean_error);
        own.low = own.shrunk - normal_975 * own.log_deviation;
        own.high = own.shrunk + normal_975 * own.log_deviation;
        pool.groups.push_back(std::move(own));
    }
    return pool;
}

LifePool pool_lives(const std::vector<Lifetime>& lives) {
    Groups groups;
    for (const Lifetime& life : lives) groups[life.group].push_back(&life);
    const Objective objective = [&](const std::vector<double>& at) {
        return shape_likelihood(groups, at[0]);
    };
    const Box box{{-3}, {4}};
    const Maximum top = maximise(objective, {{0.1}, {0.9}}, box);
    LifePool pool;
    pool.shape = std::exp(top.at[0]);
    const Covariance covariance = covariance_at(objective, top.at, box);
    pool.log_shape_error = covariance.matrix.empty() ? 0 : std::sqrt(covariance.matrix[0][0]);
    // In units of a typical life: exposures to a high power would leave the range of a double.
    double typical = 0, total = 0;
    for (const Lifetime& life : lives) {
        typical += life.seen.weight * life.seen.upper;
        total += life.seen.weight;
    }
    typical /= total;
    std::vector<GroupCount> counts;
    for (const auto& [name, own] : groups) {
        GroupCount count{name, 0, 0};
        for (const Lifetime* life : own) {
            const Observation& seen = life->seen;
            count.exposure += seen.weight * (std::pow(seen.upper / typical, pool.shape) -
                                             std::pow(seen.checked / typical, pool.shape));
            count.count += seen.failed ? seen.weight : 0;
        }
        counts.push_back(std::move(count));
    }
    pool.rates = pool_rates(counts);
    for (const Shrunk& own : pool.rates.groups) {
        pool.scales.push_back(typical * std::pow(own.shrunk, -1 / pool.shape));
        pool.log_scale_deviation.push_back(own.log_deviation / pool.shape);
    }
    return pool;
}

}  // namespace foretwin::calibration
