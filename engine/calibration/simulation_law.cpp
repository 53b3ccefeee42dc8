#include <cmath>

#include "engine/calibration/life_family.hpp"
#include "engine/core/rule.hpp"

namespace foretwin::calibration {

random::Distribution to_distribution(const LifeLaw& law) {
    constexpr double day = 86400.0;
    const auto parameter = [&](std::size_t i) { return std::exp(law.theta[i]); };
    switch (law.family) {
        case LifeFamily::exponential:
            return random::shifted(random::exponential(parameter(0) * day), law.shift * day);
        case LifeFamily::weibull:
            return random::shifted(random::weibull(parameter(0), parameter(1) * day),
                                   law.shift * day);
        case LifeFamily::gamma:
            return random::shifted(random::gamma(parameter(0), parameter(1) * day),
                                   law.shift * day);
        case LifeFamily::lognormal:
            return random::shifted(
                random::lognormal_of_log(law.theta[0] + std::log(day), parameter(1)),
                law.shift * day);
        case LifeFamily::piecewise: {
            std::vector<double> edges, rates;
            for (std::size_t i = 0; i < law.edges.size(); ++i) {
                if (i > 0) edges.push_back(law.edges[i] * day);
                const int free = law.free[i];
                rates.push_back(free < 0 ? 0 : parameter(static_cast<std::size_t>(free)) / day);
            }
            return random::piecewise(edges, rates);
        }
    }
    FORETWIN_RULE(false, "every family can be simulated");
    return {};
}

}  // namespace foretwin::calibration
