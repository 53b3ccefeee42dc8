#include "engine/random/distribution.hpp"

#include <algorithm>
#include <cstdio>
#include <numeric>
#include <utility>

#include "engine/core/rule.hpp"

namespace foretwin::random {
namespace {

bool positive(double value) {
    return value > 0.0 && value < math::infinity;
}
bool not_negative(double value) {
    return value >= 0.0 && value < math::infinity;
}

std::shared_ptr<const std::vector<double>> table(std::vector<double> values) {
    return std::make_shared<const std::vector<double>>(std::move(values));
}

Distribution make(Family family, double a, double b = 0, double c = 0) {
    Distribution distribution;
    distribution.family = family;
    distribution.a = a;
    distribution.b = b;
    distribution.c = c;
    return distribution;
}

struct Weighted {
    double value;
    double weight;
};

/// Ascending, without those that weigh nothing.
std::vector<Weighted> sorted_points(std::span<const double> values,
                                    std::span<const double> weights) {
    std::vector<Weighted> points;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const double weight = weights.empty() ? 1.0 : weights[i];
        FORETWIN_RULE(not_negative(values[i]), "an observed value is 0 or more");
        FORETWIN_RULE(not_negative(weight), "the weight of an observed value is 0 or more");
        if (weight > 0.0) points.push_back({values[i], weight});
    }
    std::stable_sort(points.begin(), points.end(),
                     [](const Weighted& x, const Weighted& y) { return x.value < y.value; });
    return points;
}

std::string number(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.6g", value);
    return text;
}

std::string list(const std::vector<double>& values) {
    std::string text = "[";
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (i > 0) text += ", ";
        text += number(values[i]);
    }
    return text + "]";
}

std::string parameters(const Distribution& d) {
    switch (d.family) {
        case Family::deterministic:
            return "value " + number(d.a);
        case Family::exponential:
            return "mean " + number(d.a);
        case Family::weibull:
            return "shape " + number(d.c) + ", scale " + number(d.a);
        case Family::lognormal:
            return "mean " + number(math::exp(d.a + 0.5 * d.b * d.b)) + ", sd " +
                   number(standard_deviation(d));
        case Family::gamma:
            return "shape " + number(d.c) + ", mean " + number(d.a * d.c);
        case Family::erlang:
            return "stages " + std::to_string(d.stages) + ", mean " + number(d.a * d.c);
        case Family::uniform:
            return "lowest " + number(d.a) + ", highest " + number(d.b);
        case Family::hyperexponential:
            return "means " + list(*d.second) + ", cumulated probabilities " + list(*d.first);
        case Family::empirical:
            return std::to_string(d.first->size()) + " values, from " + number(d.first->front()) +
                   " to " + number(d.first->back());
        case Family::piecewise:
            return "rates " + list(*d.second) + " from " + list(*d.first);
    }
    return "";
}

}  // namespace

Distribution deterministic(double value) {
    FORETWIN_RULE(not_negative(value), "a deterministic value is 0 or more");
    return make(Family::deterministic, value);
}

Distribution exponential(double mean) {
    FORETWIN_RULE(positive(mean), "the mean of an exponential distribution is positive");
    return make(Family::exponential, mean);
}

Distribution weibull(double shape, double scale) {
    FORETWIN_RULE(positive(shape), "the shape of a Weibull distribution is positive");
    FORETWIN_RULE(positive(scale), "the scale of a Weibull distribution is positive");
    return make(Family::weibull, scale, 1.0 / shape, shape);
}

Distribution lognormal(double mean, double sd) {
    FORETWIN_RULE(positive(mean), "the mean of a lognormal distribution is positive");
    FORETWIN_RULE(positive(sd), "the standard deviation of a lognormal distribution is positive");
    const double ratio = sd / mean;
    const double variance_of_log = math::log1p(ratio * ratio);
    return lognormal_of_log(math::log(mean) - 0.5 * variance_of_log, math::sqrt(variance_of_log));
}

Distribution lognormal_of_log(double mu, double sigma) {
    FORETWIN_RULE(mu - mu == 0.0, "mu of a lognormal distribution is finite");
    FORETWIN_RULE(positive(sigma), "sigma of a lognormal distribution is positive");
    return make(Family::lognormal, mu, sigma);
}

Distribution gamma(double shape, double mean) {
    FORETWIN_RULE(positive(shape), "the shape of a gamma distribution is positive");
    FORETWIN_RULE(positive(mean), "the mean of a gamma distribution is positive");
    return make(Family::gamma, mean / shape, 0, shape);
}

Distribution erlang(int stages, double mean) {
    FORETWIN_RULE(stages >= 1 && stages <= 1'000'000, "Erlang stages number 1 to 10^6");
    FORETWIN_RULE(positive(mean), "the mean of an Erlang distribution is positive");
    Distribution distribution = make(Family::erlang, mean / stages, 0, stages);
    distribution.stages = stages;
    return distribution;
}

Distribution uniform(double lowest, double highest) {
    FORETWIN_RULE(not_negative(lowest), "a uniform distribution starts at 0 or later");
    FORETWIN_RULE(not_negative(highest) && lowest <= highest, "lowest is not above highest");
    return make(Family::uniform, lowest, highest);
}

Distribution hyperexponential(std::span<const double> probabilities,
                              std::span<const double> means) {
    FORETWIN_RULE(!means.empty() && probabilities.size() == means.size(),
                  "a hyperexponential distribution has one probability per mean");
    std::vector<double> cumulated;
    double sum = 0;
    for (std::size_t i = 0; i < means.size(); ++i) {
        FORETWIN_RULE(not_negative(probabilities[i]), "a phase's probability is 0 or more");
        FORETWIN_RULE(positive(means[i]), "a phase's mean is positive");
        cumulated.push_back(sum += probabilities[i]);
    }
    FORETWIN_RULE(sum > 1.0 - 1e-9 && sum < 1.0 + 1e-9, "the phases' probabilities sum to 1");
    for (double& level : cumulated) level /= sum;  // the last one becomes exactly 1
    Distribution distribution = make(Family::hyperexponential, 0);
    distribution.first = table(std::move(cumulated));
    distribution.second = table({means.begin(), means.end()});
    return distribution;
}

Distribution empirical(std::span<const double> values, std::span<const double> weights,
                       bool interpolated) {
    FORETWIN_RULE(weights.empty() || weights.size() == values.size(),
                  "an empirical distribution has one weight per value");
    const std::vector<Weighted> points = sorted_points(values, weights);
    FORETWIN_RULE(!points.empty(), "an empirical distribution has a value with positive weight");
    interpolated = interpolated && points.size() > 1;
    std::vector<double> sorted;
    std::vector<double> levels;
    double sum = 0;
    for (const Weighted& point : points) {
        sorted.push_back(point.value);
        // Interpolated: the weight before the point. Else: the weight up to and with it.
        if (interpolated) levels.push_back(sum);
        sum += point.weight;
        if (!interpolated) levels.push_back(sum);
    }
    const double all = levels.back();
    for (double& level : levels) level /= all;
    Distribution distribution = make(Family::empirical, 0);
    distribution.interpolated = interpolated;
    distribution.first = table(std::move(sorted));
    distribution.second = table(std::move(levels));
    return distribution;
}

Distribution piecewise(std::span<const double> edges, std::span<const double> rates) {
    FORETWIN_RULE(rates.size() == edges.size() + 1, "there is one rate more than inner edges");
    std::vector<double> starts{0.0};
    std::vector<double> cumulated{0.0};
    for (std::size_t i = 0; i < edges.size(); ++i) {
        FORETWIN_RULE(edges[i] > starts[i] && positive(edges[i]), "edges ascend from above 0");
        cumulated.push_back(cumulated[i] + rates[i] * (edges[i] - starts[i]));
        starts.push_back(edges[i]);
    }
    for (const double rate : rates) FORETWIN_RULE(not_negative(rate), "a rate is 0 or more");
    FORETWIN_RULE(std::any_of(rates.begin(), rates.end(), positive), "some rate is positive");
    Distribution distribution = make(Family::piecewise, 0);
    distribution.first = table(std::move(starts));
    distribution.second = table({rates.begin(), rates.end()});
    distribution.third = table(std::move(cumulated));
    return distribution;
}

Distribution shifted(Distribution distribution, double shift) {
    FORETWIN_RULE(not_negative(shift), "a failure-free time is 0 or more");
    distribution.shift += shift;
    return distribution;
}

Distribution scaled(const Distribution& d, double factor) {
    FORETWIN_RULE(positive(factor), "a distribution is scaled by a positive factor");
    const auto times = [](const std::shared_ptr<const std::vector<double>>& values, double by) {
        std::vector<double> result = *values;
        for (double& value : result) value *= by;
        return table(std::move(result));
    };
    Distribution result = d;
    result.shift *= factor;
    if (d.family == Family::lognormal) {
        result.a += math::log(factor);
        return result;
    }
    result.a *= factor;
    if (d.family == Family::uniform) result.b *= factor;
    if (d.family == Family::hyperexponential) result.second = times(d.second, factor);
    if (d.family == Family::empirical) result.first = times(d.first, factor);
    if (d.family == Family::piecewise) {
        result.first = times(d.first, factor);
        result.second = times(d.second, 1.0 / factor);
    }
    return result;
}

std::string_view name(Family family) {
    switch (family) {
        case Family::deterministic:
            return "deterministic";
        case Family::exponential:
            return "exponential";
        case Family::weibull:
            return "weibull";
        case Family::lognormal:
            return "lognormal";
        case Family::gamma:
            return "gamma";
        case Family::erlang:
            return "erlang";
        case Family::uniform:
            return "uniform";
        case Family::hyperexponential:
            return "hyperexponential";
        case Family::empirical:
            return "empirical";
        case Family::piecewise:
            return "piecewise";
    }
    return "unknown";
}

std::string describe(const Distribution& distribution) {
    Distribution unshifted = distribution;
    unshifted.shift = 0;
    std::string text = std::string(name(distribution.family)) + "(" + parameters(unshifted) + ")";
    if (distribution.shift > 0.0) text += " + " + number(distribution.shift);
    return text;
}

}  // namespace foretwin::random
