#include "engine/random/distribution.hpp"

namespace foretwin::random {
namespace {

struct Moments {
    double mean;
    double variance;
};

Moments of_weibull(const Distribution& d) {
    const double first = math::lgamma(1.0 + d.b);
    const double mean = d.a * math::exp(first);
    return {mean, mean * mean * math::expm1(math::lgamma(1.0 + 2.0 * d.b) - 2.0 * first)};
}

Moments of_lognormal(const Distribution& d) {
    const double mean = math::exp(d.a + 0.5 * d.b * d.b);
    return {mean, mean * mean * math::expm1(d.b * d.b)};
}

Moments of_phases(const Distribution& d) {
    double mean = 0;
    double square = 0;
    double before = 0;
    for (std::size_t i = 0; i < d.first->size(); ++i) {
        const double probability = (*d.first)[i] - before;
        const double phase_mean = (*d.second)[i];
        mean += probability * phase_mean;
        square += 2.0 * probability * phase_mean * phase_mean;
        before = (*d.first)[i];
    }
    return {mean, square - mean * mean};
}

/// Deviations from the first value keep the digits where all values lie close together.
Moments of_observed(const Distribution& d) {
    const std::vector<double>& values = *d.first;
    const std::vector<double>& levels = *d.second;
    const double origin = values.front();
    double mean = 0;
    double square = 0;
    for (std::size_t i = d.interpolated ? 1 : 0; i < values.size(); ++i) {
        const double weight = levels[i] - (i > 0 ? levels[i - 1] : 0.0);
        const double high = values[i] - origin;
        const double low = d.interpolated ? values[i - 1] - origin : high;
        mean += weight * 0.5 * (low + high);
        square += weight * (low * low + low * high + high * high) / 3.0;
    }
    return {origin + mean, square - mean * mean};
}

/// (1 - exp(-h)(1 + h)) / h^2 = integral of t exp(-h t) from 0 to 1.
double first_moment_factor(double h) {
    if (h < 1e-2) {
        return 0.5 - h * (1.0 / 3 - h * (1.0 / 8 - h * (1.0 / 30 - h * (1.0 / 144 - h / 840))));
    }
    return (-math::expm1(-h) - h * math::exp(-h)) / (h * h);
}

/// E[Y] = integral of the survival function, E[Y^2] = integral of 2 y times it, per interval.
Moments of_piecewise(const Distribution& d) {
    const std::size_t count = d.first->size();
    double mean = 0;
    double square = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const double start = (*d.first)[i];
        const double rate = (*d.second)[i];
        const double alive = math::exp(-(*d.third)[i]);
        double area = 0;    // integral of exp(-rate t)
        double moment = 0;  // integral of t exp(-rate t)
        if (i + 1 < count) {
            const double width = (*d.first)[i + 1] - start;
            area = rate > 0.0 ? -math::expm1(-rate * width) / rate : width;
            moment = width * width * first_moment_factor(rate * width);
        } else {
            if (!(rate > 0.0)) return {math::infinity, math::infinity};
            area = 1.0 / rate;
            moment = area / rate;
        }
        mean += alive * area;
        square += 2.0 * alive * (start * area + moment);
    }
    return {mean, square - mean * mean};
}

Moments moments(const Distribution& d) {
    switch (d.family) {
        case Family::deterministic:
            return {d.a, 0.0};
        case Family::exponential:
            return {d.a, d.a * d.a};
        case Family::weibull:
            return of_weibull(d);
        case Family::lognormal:
            return of_lognormal(d);
        case Family::gamma:
        case Family::erlang:
            return {d.a * d.c, d.a * d.a * d.c};
        case Family::uniform:
            return {0.5 * (d.a + d.b), (d.b - d.a) * (d.b - d.a) / 12.0};
        case Family::hyperexponential:
            return of_phases(d);
        case Family::empirical:
            return of_observed(d);
        case Family::piecewise:
            return of_piecewise(d);
    }
    return {math::not_a_number, math::not_a_number};
}

}  // namespace

double mean(const Distribution& distribution) {
    return distribution.shift + moments(distribution).mean;
}

double variance(const Distribution& distribution) {
    const double value = moments(distribution).variance;
    return value > 0.0 ? value : (value == value ? 0.0 : value);
}

double standard_deviation(const Distribution& distribution) {
    return math::sqrt(variance(distribution));
}

}  // namespace foretwin::random
