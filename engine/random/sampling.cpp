#include "engine/core/rule.hpp"
#include "engine/random/law.hpp"

namespace foretwin::random {
namespace {

constexpr int stages_by_product =
    12;  // beyond, rejection is faster; the product stays above 1e-192
constexpr double smallest_tail = 1e-290;

/// Gamma with scale 1 (Marsaglia & Tsang 2000).
double standard_gamma(double shape, Draws& draws) {
    if (shape < 1.0) {
        const double boost = math::exp(math::log(draws.uniform()) / shape);
        return boost * standard_gamma(shape + 1.0, draws);
    }
    const double d = shape - 1.0 / 3.0;
    const double c = 1.0 / math::sqrt(9.0 * d);
    for (;;) {
        const double z = math::normal_quantile(draws.uniform());
        const double u = draws.uniform();
        const double root = 1.0 + c * z;
        if (!(root > 0.0)) continue;
        const double v = root * root * root;
        if (math::log(u) < 0.5 * z * z + d * (1.0 - v + math::log(v))) return d * v;
    }
}

double sample_phases(const Distribution& distribution, Draws& draws) {
    const std::vector<double>& levels = *distribution.first;
    const double u = draws.uniform();
    std::size_t phase = 0;
    while (phase + 1 < levels.size() && u >= levels[phase]) ++phase;
    return -(*distribution.second)[phase] * math::log(1.0 - draws.uniform());
}

double sample_stages(const Distribution& distribution, Draws& draws) {
    if (distribution.stages > stages_by_product) {
        return distribution.a * standard_gamma(distribution.c, draws);
    }
    double product = 1.0;
    for (int stage = 0; stage < distribution.stages; ++stage) product *= 1.0 - draws.uniform();
    return -distribution.a * math::log(product);
}

/// Weibull: with H = (age / scale)^shape the total is scale (H + E)^(1 / shape).
double residual_weibull(const Distribution& d, double age, double hazard) {
    const double ratio = hazard / math::pow(age / d.a, d.c);
    if (ratio < 1.0) return age * math::expm1(d.b * math::log1p(ratio));
    return d.a * math::exp(d.b * math::log(math::pow(age / d.a, d.c) + hazard)) - age;
}

double residual_phases(const Distribution& d, double age, double hazard, Draws& draws) {
    const std::vector<double>& means = *d.second;
    double longest = 0;
    for (const double mean : means) longest = mean > longest ? mean : longest;
    // The chance of each phase, given that it lasted so long; exp(-age / longest) is taken out.
    const auto weight = [&](std::size_t i) {
        const double before = i > 0 ? (*d.first)[i - 1] : 0.0;
        return ((*d.first)[i] - before) * math::exp(age / longest - age / means[i]);
    };
    double total = 0;
    for (std::size_t i = 0; i < means.size(); ++i) total += weight(i);
    double rest = draws.uniform() * total;
    std::size_t phase = 0;
    while (phase + 1 < means.size() && rest >= weight(phase)) rest -= weight(phase++);
    return means[phase] * hazard;
}

/// Observed values above the age, in proportion to their weights.
double residual_observed(const Distribution& d, double age, double u) {
    if (age >= d.first->back()) return 0.0;
    const double done = 1.0 - detail::survival_unshifted(d, age);
    return detail::empirical_quantile(d, done + u * (1.0 - done)) - age;
}

double residual_gamma(const Distribution& d, double age, double u, double hazard) {
    const double tail = math::gamma_q(d.c, age / d.a) * (1.0 - u);
    if (tail > smallest_tail) return d.a * math::gamma_q_inverse(d.c, tail) - age;
    const double target = detail::hazard_sum_unshifted(d, age) + hazard;
    return detail::solve_hazard_sum(d, target, age) - age;
}

double residual_lognormal(const Distribution& d, double age, double u, double hazard) {
    const double tail = detail::survival_unshifted(d, age) * (1.0 - u);
    if (tail > smallest_tail) return math::exp(d.a - d.b * math::normal_quantile(tail)) - age;
    const double target = detail::hazard_sum_unshifted(d, age) + hazard;
    return detail::solve_hazard_sum(d, target, age) - age;
}

/// What remains of Y, given Y > age > 0; `u` is the first uniform.
double residual(const Distribution& d, double age, double u, Draws& draws) {
    const double hazard = -math::log(1.0 - u);
    switch (d.family) {
        case Family::exponential:
            return d.a * hazard;
        case Family::weibull:
            return residual_weibull(d, age, hazard);
        case Family::piecewise:
            return detail::piecewise_inverse(d, detail::hazard_sum_unshifted(d, age) + hazard) -
                   age;
        case Family::lognormal:
            return residual_lognormal(d, age, u, hazard);
        case Family::gamma:
        case Family::erlang:
            return residual_gamma(d, age, u, hazard);
        case Family::hyperexponential:
            return residual_phases(d, age, hazard, draws);
        case Family::empirical:
            return residual_observed(d, age, u);
        case Family::deterministic:
            return d.a - age;
        case Family::uniform:
            return age <= d.a ? d.a + (d.b - d.a) * u - age : (d.b - age) * u;
    }
    return 0.0;
}

}  // namespace

namespace detail {

double sample_other(const Distribution& d, Draws& draws) {
    switch (d.family) {
        case Family::lognormal:
            return d.shift + math::exp(d.a + d.b * math::normal_quantile(draws.uniform()));
        case Family::gamma:
            return d.shift + d.a * standard_gamma(d.c, draws);
        case Family::erlang:
            return d.shift + sample_stages(d, draws);
        case Family::hyperexponential:
            return d.shift + sample_phases(d, draws);
        case Family::empirical:
            return d.shift + empirical_quantile(d, draws.uniform());
        case Family::piecewise:
            return d.shift + piecewise_inverse(d, -math::log(1.0 - draws.uniform()));
        default:
            break;
    }
    FORETWIN_RULE(false, "every family is sampled somewhere");
    return 0.0;
}

}  // namespace detail

double sample_residual(const Distribution& distribution, double age, Draws& draws) {
    FORETWIN_RULE(age >= 0.0, "an age is 0 or more");
    const double lived = age - distribution.shift;
    // Before the failure-free time is over, a fresh value tells all.
    if (!(lived > 0.0)) return sample(distribution, draws) - age;
    const double rest = residual(distribution, lived, draws.uniform(), draws);
    return rest > 0.0 ? rest : 0.0;
}

}  // namespace foretwin::random
