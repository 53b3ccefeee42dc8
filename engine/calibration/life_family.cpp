#include "engine/calibration/life_family.hpp"

#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <limits>

namespace foretwin::calibration {

namespace {

// Twelve digits more than the data hold; long double would triple the time of a fit.
using Fast = boost::math::policies::policy<boost::math::policies::promote_double<false>,
                                           boost::math::policies::digits10<14>>;

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double log_sqrt_2pi = 0.91893853320467274178;

/// -log Q(shape, x), Q the upper regularised incomplete gamma function.
double gamma_hazard(double shape, double x) {
    if (x > 600 && x > 2 * shape)  // Q underflows: leading term of its asymptotic series
        return x - (shape - 1) * std::log(x) + std::lgamma(shape);
    const double upper = boost::math::gamma_q(shape, x, Fast());
    if (upper > 0.5) return -std::log1p(-boost::math::gamma_p(shape, x, Fast()));
    return upper > 0 ? -std::log(upper) : infinity;
}

/// -log of the upper tail of the standard normal law.
double normal_hazard(double z) {
    if (z > 35)  // erfc underflows; Mills' ratio
        return 0.5 * z * z + log_sqrt_2pi + std::log(z) - std::log1p(-1 / (z * z));
    return -std::log(0.5 * std::erfc(z * M_SQRT1_2));
}

double piecewise_rate(const LifeLaw& law, std::size_t i) {
    return law.free[i] < 0 ? 0.0 : std::exp(law.theta[static_cast<std::size_t>(law.free[i])]);
}

double piecewise_hazard(const LifeLaw& law, double age) {
    double total = 0;
    for (std::size_t i = 0; i < law.edges.size() && law.edges[i] < age; ++i) {
        const double end = i + 1 < law.edges.size() ? law.edges[i + 1] : infinity;
        total += piecewise_rate(law, i) * (std::min(age, end) - law.edges[i]);
    }
    return total;
}

double piecewise_log_rate(const LifeLaw& law, double age) {
    std::size_t i = law.edges.size() - 1;
    while (i > 0 && law.edges[i] >= age) --i;
    return std::log(piecewise_rate(law, i));
}

}  // namespace

std::string_view name(LifeFamily family) {
    switch (family) {
        case LifeFamily::exponential:
            return "exponential";
        case LifeFamily::weibull:
            return "weibull";
        case LifeFamily::lognormal:
            return "lognormal";
        case LifeFamily::gamma:
            return "gamma";
        case LifeFamily::piecewise:
            return "piecewise";
    }
    return "";
}

double cumulative_hazard(const LifeLaw& law, double age) {
    const double x = age - law.shift;
    if (x <= 0) return 0;
    const auto& theta = law.theta;
    switch (law.family) {
        case LifeFamily::exponential:
            return x * std::exp(-theta[0]);
        case LifeFamily::weibull:
            return std::exp(std::exp(theta[0]) * (std::log(x) - theta[1]));
        case LifeFamily::gamma: {
            const double shape = std::exp(theta[0]);
            return gamma_hazard(shape, x * shape * std::exp(-theta[1]));
        }
        case LifeFamily::lognormal:
            return normal_hazard((std::log(x) - theta[0]) * std::exp(-theta[1]));
        case LifeFamily::piecewise:
            return piecewise_hazard(law, age);
    }
    return 0;
}

double log_hazard(const LifeLaw& law, double age) {
    const double x = age - law.shift;
    if (law.family == LifeFamily::piecewise) return piecewise_log_rate(law, age);
    if (x < 0) return -infinity;
    const auto& theta = law.theta;
    switch (law.family) {
        case LifeFamily::exponential:
            return -theta[0];
        case LifeFamily::weibull: {
            const double shape = std::exp(theta[0]);
            // At the shift itself the hazard is 0, or 1 / scale when the shape is 1.
            const double power = shape == 1 ? 0 : (shape - 1) * (std::log(x) - theta[1]);
            return theta[0] - theta[1] + power;
        }
        case LifeFamily::gamma: {
            const double shape = std::exp(theta[0]);
            const double log_rate = theta[0] - theta[1];
            const double power = shape == 1 ? 0 : (shape - 1) * (std::log(x) + log_rate);
            const double log_density = log_rate + power - x * std::exp(log_rate);
            return log_density - std::lgamma(shape) + cumulative_hazard(law, age);
        }
        case LifeFamily::lognormal: {
            if (x == 0) return -infinity;
            const double z = (std::log(x) - theta[0]) * std::exp(-theta[1]);
            return -log_sqrt_2pi - 0.5 * z * z - theta[1] - std::log(x) + normal_hazard(z);
        }
        case LifeFamily::piecewise:
            break;
    }
    return -infinity;
}

double chance_between(const LifeLaw& law, double from, double to) {
    return -std::expm1(cumulative_hazard(law, from) - cumulative_hazard(law, to));
}

MeanAndDeviation lognormal_moments(double mu, double log_sigma) {
    const double variance = std::exp(2 * log_sigma);
    const double mean = std::exp(mu + variance / 2);
    return {mean, mean * std::sqrt(std::expm1(variance))};
}

}  // namespace foretwin::calibration
