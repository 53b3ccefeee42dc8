#include "engine/random/law.hpp"

#include <algorithm>

namespace foretwin::random {
namespace {

constexpr double inverse_sqrt_two_pi = 0x1.9884533d43651p-2;

double standardised(const Distribution& d, double y) {
    return (math::log(y) - d.a) / d.b;
}

/// Index of the interval that holds y: the last edge at or before it.
std::size_t interval_of(const std::vector<double>& edges, double y) {
    const auto after = std::upper_bound(edges.begin(), edges.end(), y);
    return static_cast<std::size_t>(after - edges.begin()) - 1;
}

double phases_survival(const Distribution& d, double y) {
    double sum = 0;
    double before = 0;
    for (std::size_t i = 0; i < d.first->size(); ++i) {
        sum += ((*d.first)[i] - before) * math::exp(-y / (*d.second)[i]);
        before = (*d.first)[i];
    }
    return sum;
}

double phases_density(const Distribution& d, double y) {
    double sum = 0;
    double before = 0;
    for (std::size_t i = 0; i < d.first->size(); ++i) {
        const double mean = (*d.second)[i];
        sum += ((*d.first)[i] - before) * math::exp(-y / mean) / mean;
        before = (*d.first)[i];
    }
    return sum;
}

double empirical_cdf(const Distribution& d, double y) {
    const std::vector<double>& values = *d.first;
    const std::vector<double>& levels = *d.second;
    if (y < values.front()) return 0.0;
    const std::size_t i = interval_of(values, y);
    if (!d.interpolated || i + 1 == values.size()) return levels[i];
    const double share = (y - values[i]) / (values[i + 1] - values[i]);
    return levels[i] + share * (levels[i + 1] - levels[i]);
}

double empirical_density(const Distribution& d, double y) {
    if (!d.interpolated || y < d.first->front() || y >= d.first->back()) return 0.0;
    const std::size_t i = interval_of(*d.first, y);
    return ((*d.second)[i + 1] - (*d.second)[i]) / ((*d.first)[i + 1] - (*d.first)[i]);
}

double piecewise_hazard_sum(const Distribution& d, double y) {
    const std::size_t i = interval_of(*d.first, y);
    return (*d.third)[i] + (*d.second)[i] * (y - (*d.first)[i]);
}

/// P(Y <= y) for y > 0, accurate where it is small.
double cdf_unshifted(const Distribution& d, double y) {
    switch (d.family) {
        case Family::exponential:
        case Family::weibull:
        case Family::piecewise:
            return -math::expm1(-detail::hazard_sum_unshifted(d, y));
        case Family::lognormal:
            return math::normal_cdf(standardised(d, y));
        case Family::gamma:
        case Family::erlang:
            return math::gamma_p(d.c, y / d.a);
        case Family::empirical:
            return empirical_cdf(d, y);
        case Family::uniform:
            return y >= d.b ? 1.0 : (y <= d.a ? 0.0 : (y - d.a) / (d.b - d.a));
        case Family::deterministic:
        case Family::hyperexponential:
            break;
    }
    return 1.0 - detail::survival_unshifted(d, y);
}

}  // namespace

namespace detail {

double survival_unshifted(const Distribution& d, double y) {
    switch (d.family) {
        case Family::deterministic:
            return y < d.a ? 1.0 : 0.0;
        case Family::exponential:
        case Family::weibull:
        case Family::piecewise:
            return y > 0.0 ? math::exp(-hazard_sum_unshifted(d, y)) : 1.0;
        case Family::lognormal:
            return y > 0.0 ? math::normal_survival(standardised(d, y)) : 1.0;
        case Family::gamma:
        case Family::erlang:
            return y > 0.0 ? math::gamma_q(d.c, y / d.a) : 1.0;
        case Family::uniform:
            return y < d.a ? 1.0 : (y >= d.b ? 0.0 : (d.b - y) / (d.b - d.a));
        case Family::hyperexponential:
            return y > 0.0 ? phases_survival(d, y) : 1.0;
        case Family::empirical:
            return 1.0 - empirical_cdf(d, y);
    }
    return 0.0;
}

double hazard_sum_unshifted(const Distribution& d, double y) {
    if (!(y > 0.0)) return 0.0 - math::log(survival_unshifted(d, y));
    switch (d.family) {
        case Family::exponential:
            return y / d.a;
        case Family::weibull:
            return math::pow(y / d.a, d.c);
        case Family::piecewise:
            return piecewise_hazard_sum(d, y);
        case Family::lognormal:
            return -math::log_normal_survival(standardised(d, y));
        case Family::gamma:
        case Family::erlang:
            return -math::log_gamma_q(d.c, y / d.a);
        case Family::hyperexponential: {
            // exp(-y / longest) is taken out, so that nothing underflows.
            const double longest = *std::max_element(d.second->begin(), d.second->end());
            double sum = 0;
            double before = 0;
            for (std::size_t i = 0; i < d.first->size(); ++i) {
                sum += ((*d.first)[i] - before) * math::exp(y / longest - y / (*d.second)[i]);
                before = (*d.first)[i];
            }
            return y / longest - math::log(sum);
        }
        default:
            return -math::log(survival_unshifted(d, y));
    }
}

double hazard_unshifted(const Distribution& d, double y) {
    if (y < 0.0) return 0.0;
    switch (d.family) {
        case Family::exponential:
            return 1.0 / d.a;
        case Family::weibull:
            if (y == 0.0) return d.c > 1.0 ? 0.0 : (d.c == 1.0 ? 1.0 / d.a : math::infinity);
            return d.c / d.a * math::pow(y / d.a, d.c - 1.0);
        case Family::piecewise:
            return (*d.second)[interval_of(*d.first, y)];
        case Family::lognormal: {
            if (y == 0.0) return 0.0;
            const double z = standardised(d, y);
            const double log_ratio = -0.5 * z * z - math::log_normal_survival(z);
            return inverse_sqrt_two_pi * math::exp(log_ratio) / (d.b * y);
        }
        case Family::gamma:
        case Family::erlang: {
            const double t = y / d.a;
            const double tail = math::gamma_q(d.c, t);
            if (tail > 1e-290) return math::gamma_density(d.c, t) / tail / d.a;
            const double log_density = (d.c - 1.0) * math::log(t) - t - math::lgamma(d.c);
            return math::exp(log_density - math::log_gamma_q(d.c, t)) / d.a;
        }
        case Family::hyperexponential: {
            const double tail = phases_survival(d, y);
            if (tail > 1e-290) return phases_density(d, y) / tail;
            return 1.0 / *std::max_element(d.second->begin(), d.second->end());
        }
        default: {
            const double tail = detail::survival_unshifted(d, y);
            return tail > 0.0 ? density(d, y + d.shift) / tail : 0.0;
        }
    }
}

double piecewise_inverse(const Distribution& d, double target) {
    const std::size_t i = interval_of(*d.third, target);
    const double rate = (*d.second)[i];
    if (!(rate > 0.0)) return math::infinity;
    return (*d.first)[i] + (target - (*d.third)[i]) / rate;
}

double empirical_quantile(const Distribution& d, double level) {
    const std::vector<double>& values = *d.first;
    const std::vector<double>& levels = *d.second;
    const auto found = std::lower_bound(levels.begin(), levels.end(), level);
    if (found == levels.end()) return values.back();
    const auto i = static_cast<std::size_t>(found - levels.begin());
    if (!d.interpolated || i == 0) return values[i];
    const double share = (level - levels[i - 1]) / (levels[i] - levels[i - 1]);
    return values[i - 1] + share * (values[i] - values[i - 1]);
}

double solve_hazard_sum(const Distribution& d, double target, double low) {
    double high = math::infinity;
    double y = low > 0.0 ? low : 0x1p-40 * mean(d);
    for (int turn = 0; turn < 200; ++turn) {
        const double excess = hazard_sum_unshifted(d, y) - target;
        (excess > 0.0 ? high : low) = y;
        const double next = y - excess / hazard_unshifted(d, y);
        const double step = next > y ? next - y : y - next;
        if (step <= 1e-9 * y) return next;  // converges quadratically: the next step is lost in y
        const bool inside = next > low && next < high;
        y = inside ? next : (high < math::infinity ? 0.5 * (low + high) : 2.0 * y);
    }
    return y;
}

}  // namespace detail

double cdf(const Distribution& distribution, double x) {
    const double y = x - distribution.shift;
    if (y > 0.0) return cdf_unshifted(distribution, y);
    return 1.0 - detail::survival_unshifted(distribution, y);
}

double survival(const Distribution& distribution, double x) {
    const double y = x - distribution.shift;
    return y < 0.0 ? 1.0 : detail::survival_unshifted(distribution, y);
}

double cumulative_hazard(const Distribution& distribution, double x) {
    return detail::hazard_sum_unshifted(distribution, x - distribution.shift);
}

double density(const Distribution& d, double x) {
    const double y = x - d.shift;
    if (y < 0.0) return 0.0;
    switch (d.family) {
        case Family::exponential:
            return math::exp(-y / d.a) / d.a;
        case Family::weibull:
            if (y == 0.0) return d.c > 1.0 ? 0.0 : (d.c == 1.0 ? 1.0 / d.a : math::infinity);
            return detail::hazard_unshifted(d, y) * math::exp(-math::pow(y / d.a, d.c));
        case Family::lognormal: {
            if (y == 0.0) return 0.0;
            const double z = standardised(d, y);
            return inverse_sqrt_two_pi * math::exp(-0.5 * z * z) / (d.b * y);
        }
        case Family::gamma:
        case Family::erlang:
            return math::gamma_density(d.c, y / d.a) / d.a;
        case Family::uniform:
            return y >= d.a && y < d.b ? 1.0 / (d.b - d.a) : 0.0;
        case Family::hyperexponential:
            return phases_density(d, y);
        case Family::piecewise:
            return detail::hazard_unshifted(d, y) * math::exp(-piecewise_hazard_sum(d, y));
        case Family::empirical:
            return empirical_density(d, y);
        case Family::deterministic:
            break;
    }
    return 0.0;
}

double hazard(const Distribution& distribution, double x) {
    return detail::hazard_unshifted(distribution, x - distribution.shift);
}

double quantile(const Distribution& d, double u) {
    if (!(u >= 0.0 && u <= 1.0)) return math::not_a_number;
    switch (d.family) {
        case Family::deterministic:
            return d.shift + d.a;
        case Family::exponential:
            return d.shift - d.a * math::log1p(-u);
        case Family::weibull:
            return d.shift + d.a * math::exp(d.b * math::log(-math::log1p(-u)));
        case Family::lognormal:
            return d.shift + math::exp(d.a + d.b * math::normal_quantile(u));
        case Family::gamma:
        case Family::erlang:
            return d.shift + d.a * math::gamma_p_inverse(d.c, u);
        case Family::uniform:
            return d.shift + d.a + (d.b - d.a) * u;
        case Family::hyperexponential:
            if (u == 0.0 || u == 1.0) return u == 0.0 ? d.shift : math::infinity;
            return d.shift + detail::solve_hazard_sum(d, -math::log1p(-u), 0.0);
        case Family::empirical:
            return d.shift + detail::empirical_quantile(d, u);
        case Family::piecewise:
            return d.shift + detail::piecewise_inverse(d, -math::log1p(-u));
    }
    return math::not_a_number;
}

}  // namespace foretwin::random
