#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/math.hpp"
#include "engine/core/time.hpp"
#include "engine/random/stream.hpp"

namespace foretwin::random {

enum class Family : std::uint8_t {
    deterministic,
    exponential,
    weibull,
    lognormal,
    gamma,
    erlang,
    uniform,
    hyperexponential,
    empirical,
    piecewise,
};

/// The law of a non-negative quantity in one unit (seconds for durations): X = shift + Y, where Y
/// follows the family. Made by the functions below, which state the parameters; immutable after.
/// Copying is cheap (tables are shared).
struct Distribution {
    Family family = Family::deterministic;
    bool interpolated = false;  ///< empirical only
    int stages = 0;             ///< erlang only
    double shift = 0;           ///< failure-free time: no value is below it
    /// By family: deterministic value; exponential mean; weibull scale, 1 / shape, shape;
    /// lognormal mu, sigma; gamma and erlang scale, -, shape; uniform lowest, highest.
    double a = 0;
    double b = 0;
    double c = 0;
    /// hyperexponential: cumulated probabilities, means; empirical: sorted values, cumulated
    /// weights; piecewise: edges (the first is 0), rates, cumulated hazard at each edge.
    std::shared_ptr<const std::vector<double>> first;
    std::shared_ptr<const std::vector<double>> second;
    std::shared_ptr<const std::vector<double>> third;
};

/// Factories. A parameter outside its range is a broken rule of ours: whoever reads input checks
/// first. All parameters are finite.
Distribution deterministic(double value);                ///< value >= 0
Distribution exponential(double mean);                   ///< mean > 0
Distribution weibull(double shape, double scale);        ///< both > 0
Distribution lognormal(double mean, double sd);          ///< of the variable itself; both > 0
Distribution lognormal_of_log(double mu, double sigma);  ///< of its logarithm; sigma > 0
Distribution gamma(double shape, double mean);           ///< both > 0 (scale = mean / shape)
Distribution erlang(int stages, double mean);            ///< stages 1 to 10^6; mean > 0
Distribution uniform(double lowest, double highest);     ///< 0 <= lowest <= highest
/// With chance probabilities[i] exponential with means[i]. Probabilities >= 0 sum to 1 (1e-9).
Distribution hyperexponential(std::span<const double> probabilities, std::span<const double> means);
/// Observed values >= 0, any order, with optional weights >= 0 (same length, positive sum).
/// Not interpolated: one of the values, each with its weight. Interpolated: the type-7 line through
/// the sorted values (weighted: value i at level (W_i - w_i) / (W - w_last), Hyndman & Fan 1996).
Distribution empirical(std::span<const double> values, std::span<const double> weights = {},
                       bool interpolated = false);
/// Piecewise-constant hazard: rates[0] until edges[0], rates[i] from edges[i-1] until edges[i], the
/// last rate for ever; edges > 0 ascend, rates.size() == edges.size() + 1, rates >= 0, one > 0. If
/// the last rate is 0, the value is infinite with positive probability.
Distribution piecewise(std::span<const double> edges, std::span<const double> rates);
/// X + shift, shift >= 0 (adds to a shift that is already there).
Distribution shifted(Distribution distribution, double shift);
/// factor * X, factor > 0: the same shape in another unit or speed.
Distribution scaled(const Distribution& distribution, double factor);

namespace detail {
double sample_other(const Distribution& distribution, Draws& draws);
}

/// Whether a value is sample_at() of the draw's first uniform.
constexpr bool takes_one_uniform(Family family) {
    return family == Family::exponential || family == Family::weibull || family == Family::uniform;
}
inline double sample_at(const Distribution& distribution, double uniform) {
    switch (distribution.family) {
        case Family::exponential:
            return distribution.shift - distribution.a * math::log(1.0 - uniform);
        case Family::weibull: {
            const double hazard = -math::log(1.0 - uniform);
            return distribution.shift +
                   distribution.a * math::exp(distribution.b * math::log(hazard));
        }
        default:
            return distribution.shift + distribution.a +
                   (distribution.b - distribution.a) * uniform;
    }
}

/// One value. By inversion of one uniform, and so increasing in it: deterministic (no draw),
/// exponential, weibull, lognormal, uniform, empirical, piecewise. Two uniforms (phase, then time):
/// hyperexponential. Erlang up to 12 stages: the product of `stages` uniforms. Gamma and longer
/// Erlang: rejection by Marsaglia & Tsang (2000), exact, some three uniforms.
inline double sample(const Distribution& distribution, Draws& draws) {
    switch (distribution.family) {
        case Family::deterministic:
            return distribution.shift + distribution.a;
        case Family::exponential:
        case Family::weibull:
        case Family::uniform:
            return sample_at(distribution, draws.uniform());
        default:
            return detail::sample_other(distribution, draws);
    }
}

/// sample() as a duration, the distribution being in seconds. Never negative; `never` when
/// infinite.
inline Time sample_time(const Distribution& distribution, Draws& draws) {
    return from_seconds(sample(distribution, draws));
}

/// What remains of X, given X > age (age >= 0): by inversion of the survival ratio, also where
/// survival(age) underflows. 0 where no value exceeds the age. One uniform (hyperexponential: two).
double sample_residual(const Distribution& distribution, double age, Draws& draws);

/// P(X <= x), P(X > x) (accurate in the tail), -log P(X > x) and its derivative (failures per
/// unit).
double cdf(const Distribution& distribution, double x);
double survival(const Distribution& distribution, double x);
double cumulative_hazard(const Distribution& distribution, double x);
double hazard(const Distribution& distribution, double x);
/// Density of the continuous families (of the part without atoms); 0 for deterministic and
/// empirical ones that are not interpolated.
double density(const Distribution& distribution, double x);

/// The smallest x with cdf(x) >= u, for 0 <= u <= 1.
double quantile(const Distribution& distribution, double u);

double mean(const Distribution& distribution);
double variance(const Distribution& distribution);
double standard_deviation(const Distribution& distribution);

/// "weibull", "lognormal", ... as a scenario file writes it.
std::string_view name(Family family);
/// For people, e.g. "weibull(shape 1.4, scale 34200) + 3600".
std::string describe(const Distribution& distribution);

}  // namespace foretwin::random
