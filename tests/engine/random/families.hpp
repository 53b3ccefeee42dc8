#pragma once

#include <vector>

#include "engine/random/distribution.hpp"

namespace foretwin::test {

/// One or more of every family, ordinary and awkward, about one unit of mean to a few hundred.
inline std::vector<random::Distribution> every_continuous_family() {
    using namespace random;
    const std::vector<double> observed{3, 1, 4, 1.5, 9, 2.6, 5, 3.5};
    const std::vector<double> weights{1, 2, 1, 0, 3, 1, 1, 0.5};
    return {
        exponential(12),
        weibull(1.4, 9.5),
        weibull(0.6, 100),
        weibull(8, 50),
        lognormal(18, 12),
        lognormal(5, 0.2),
        lognormal_of_log(-1, 2),
        gamma(2.5, 10),
        gamma(0.4, 3),
        gamma(120, 60),
        erlang(3, 9),
        erlang(12, 5),
        erlang(40, 100),
        uniform(2, 5),
        hyperexponential(std::vector<double>{0.3, 0.7}, std::vector<double>{20, 1}),
        hyperexponential(std::vector<double>{0.2, 0.5, 0.3}, std::vector<double>{1, 5, 50}),
        empirical(observed, {}, true),
        empirical(observed, weights, true),
        piecewise(std::vector<double>{10, 20, 40}, std::vector<double>{0.01, 0, 0.2, 0.05}),
        piecewise({}, std::vector<double>{0.25}),
        shifted(weibull(2, 30), 25),
        shifted(gamma(3, 6), 4),
        shifted(exponential(5), 100),
    };
}

}  // namespace foretwin::test
