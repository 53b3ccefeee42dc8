#include "engine/calibration/candidates.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>

#include "engine/calibration/maximise.hpp"
#include "engine/core/name_hash.hpp"
#include "engine/random/stream.hpp"
#include "engine/statistics/kaplan_meier.hpp"

namespace foretwin::calibration {

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double normal_975 = 1.959963984540054;
constexpr int few_failures = 5;
constexpr double bootstrap_at_most = 2000;  // observations: beyond, every law misses a little

NaturalParameter positive(std::string name, double estimate, double log_error) {
    return {std::move(name), estimate, estimate * log_error,
            estimate * std::exp(-normal_975 * log_error),
            estimate * std::exp(normal_975 * log_error)};
}

/// Standard error of a linear function of theta.
double error_of(const LifeFit& fit, double first, double second) {
    if (fit.covariance.empty()) return nan;
    const auto& c = fit.covariance;
    if (fit.held[0] && fit.held[1]) return nan;
    return std::sqrt(first * first * c[0][0] + 2 * first * second * c[0][1] +
                     second * second * c[1][1]);
}

void add_two_parameters(const LifeFit& fit, std::vector<NaturalParameter>& list) {
    const auto& theta = fit.law.theta;
    const double first_error = fit.standard_error(0), second_error = fit.standard_error(1);
    if (fit.law.family == LifeFamily::lognormal) {
        list.push_back({"mu", theta[0], first_error, theta[0] - normal_975 * first_error,
                        theta[0] + normal_975 * first_error});
        list.push_back(positive("sigma", std::exp(theta[1]), second_error));
        const double variance = std::exp(2 * theta[1]);
        list.push_back(positive("mean", lognormal_moments(theta[0], theta[1]).mean,
                                error_of(fit, 1, variance)));
    } else if (fit.law.family == LifeFamily::gamma) {
        list.push_back(positive("shape", std::exp(theta[0]), first_error));
        list.push_back(positive("scale", std::exp(theta[1] - theta[0]), error_of(fit, -1, 1)));
        list.push_back(positive("mean", std::exp(theta[1]), second_error));
    } else {
        list.push_back(positive("shape", std::exp(theta[0]), first_error));
        list.push_back(positive("scale", std::exp(theta[1]), second_error));
    }
}

/// The product-limit steps as positions in probability: (F(age), F_n just after it).
struct Step {
    double z = 0;
    double empirical = 0;
};

/// One piece of n * integral (c - z)^2 / (z (1 - z)) dz: its antiderivative is
/// c^2 log z - (1 - c)^2 log(1 - z) - z.
double piece(double c, double from, double to) {
    double sum = -(to - from);
    if (c > 0) sum += c * c * (std::log(to) - std::log(from));
    if (c < 1) sum -= (1 - c) * (1 - c) * (std::log1p(-to) - std::log1p(-from));
    return sum;
}

double distance(const std::vector<Step>& steps, double end, double n) {
    double sum = 0, from = 0, c = 0;
    for (const Step& step : steps) {
        sum += piece(c, from, step.z);
        from = step.z, c = step.empirical;
    }
    return n * (sum + (end > from ? piece(c, from, end) : 0));
}

double probability(const LifeLaw& law, double age) {
    constexpr double tiny = 1e-15;
    return std::clamp(-std::expm1(-cumulative_hazard(law, age)), tiny, 1 - tiny);
}

struct Ended {
    double age = 0;
    bool failed = false;
};

/// Lives one by one in order of age, failures first where ages are equal.
std::vector<Ended> one_by_one(std::span<const Observation> observations) {
    std::vector<Ended> ended;
    for (const Observation& seen : observations)
        for (double k = 0; k < seen.weight; ++k) ended.push_back({seen.upper, seen.failed});
    std::stable_sort(ended.begin(), ended.end(), [](const Ended& a, const Ended& b) {
        return a.age != b.age ? a.age < b.age : a.failed && !b.failed;
    });
    return ended;
}

/// Product-limit positions; with `median_ranks`, Johnson's as (j - 0.3) / (n + 0.4) carried on over
/// censored lives (Modarres 1993).
std::vector<Step> positions(const LifeLaw& law, const std::vector<Ended>& ended,
                            bool median_ranks) {
    const auto n = static_cast<double>(ended.size());
    double survival = median_ranks ? (n + 0.7) / (n + 0.4) : 1;
    std::vector<Step> steps;
    for (std::size_t i = 0; i < ended.size(); ++i) {
        if (!ended[i].failed) continue;
        const double left = n - static_cast<double>(i);  // at risk
        survival *= median_ranks ? (left - 0.3) / (left + 0.7) : (left - 1) / left;
        const double z = probability(law, ended[i].age);
        if (!steps.empty() && steps.back().z == z)
            steps.back().empirical = 1 - survival;
        else
            steps.push_back({z, 1 - survival});
    }
    return steps;
}

bool has_distance(std::span<const Observation> observations) {
    return std::none_of(observations.begin(), observations.end(), [](const Observation& seen) {
        return seen.interval || seen.checked > 0 || seen.weight != std::floor(seen.weight);
    });
}

std::string why_not_chosen(const LifeFit& fit, const Sample& sample) {
    if (fit.shifted && fit.law.shift >= largest_shift(sample, fit.law.family) * (1 - 1e-9))
        return "its failure-free time sits at the youngest failure, where likelihoods do not "
               "compare";
    if (fit.law.theta.size() > 1 && !fit.held.empty() && (fit.held[0] || fit.held[1]))
        return "a parameter sits at the end of its range: the records do not bound it";
    return "";
}

Candidate judged(LifeFit fit, std::span<const Observation> observations, const Sample& sample) {
    Candidate own;
    own.fit = std::move(fit);
    add_shift_interval(own.fit, sample);
    own.parameters = natural_parameters(own.fit);
    const double n = sample.failures, k = own.fit.parameters;
    own.bic = k * std::log(n) - 2 * own.fit.log_likelihood;
    own.aicc = n > k + 1 ? own.fit.aic + 2 * k * (k + 1) / (n - k - 1) : nan;
    const Distances distances = anderson_darling(own.fit.law, observations);
    own.anderson_darling = distances.plain;
    own.adjusted_anderson_darling = distances.adjusted;
    own.not_chosen = why_not_chosen(own.fit, sample);
    return own;
}

bool complete(const LawChoice& choice) {
    return choice.censored == 0 && choice.intervals == 0 && choice.late == 0;
}

/// Chance of a larger distance among samples of the law itself, refitted each time.
std::optional<double> bootstrap_p(const LawChoice& choice, const ChoiceRules& rules) {
    const Candidate& best = choice.candidates[choice.best];
    if (rules.bootstrap <= 0 || !complete(choice) || !best.anderson_darling || best.fit.shifted ||
        choice.observations > bootstrap_at_most)
        return std::nullopt;
    const random::Distribution law = random::scaled(to_distribution(best.fit.law), 1 / 86400.0);
    const auto n = static_cast<std::size_t>(choice.observations);
    int larger = 0;
    for (int b = 0; b < rules.bootstrap; ++b) {
        auto draws = random::draws({rules.seed, static_cast<std::uint32_t>(b)},
                                   name_hash("calibration/goodness/" + rules.name), 0);
        std::vector<Observation> again;
        for (std::size_t i = 0; i < n; ++i) {
            const double age = random::sample(law, draws);
            again.push_back({0, age, age, true, 1, false});
        }
        const Sample sample = make_sample(again, Treatment::exact, 0);
        const LifeFit fit = fit_life(sample, best.fit.law.family, false);
        larger += anderson_darling(fit.law, again).plain >= best.anderson_darling ? 1 : 0;
    }
    return (larger + 1.0) / (rules.bootstrap + 1.0);
}

void add_identifiability(const Candidate& best, double failures,
                         std::vector<std::string>& warnings) {
    char text[200];
    const std::string law = describe(best.fit, "");
    if (failures < few_failures) {
        std::snprintf(text, sizeof text,
                      "only %g failures: the family cannot be told from them, and intervals by "
                      "the normal approximation are too narrow",
                      failures);
        warnings.push_back(text);
    }
    if (best.fit.covariance.empty())
        warnings.push_back("the information is singular: the likelihood of the " + law +
                           " law has no proper top, so there are no standard errors");
    if (!best.fit.converged) warnings.push_back("the fit of the " + law + " law did not converge");
    for (std::size_t i = 0; i < best.fit.held.size(); ++i)
        if (best.fit.held[i])
            warnings.push_back("a parameter of the " + law +
                               " law sits at the end of its range: the records do not bound it");
    for (const NaturalParameter& own : best.parameters)
        if (own.name != "mu" && own.standard_error > own.estimate) {
            std::snprintf(text, sizeof text,
                          "the likelihood is flat in %s: %.4g with a standard error of %.4g",
                          own.name.c_str(), own.estimate, own.standard_error);
            warnings.push_back(text);
        }
}

void add_counts(std::span<const Observation> observations, LawChoice& choice) {
    for (const Observation& seen : observations) {
        choice.observations += seen.weight;
        (seen.failed ? choice.failures : choice.censored) += seen.weight;
        if (seen.failed && seen.interval) choice.intervals += seen.weight;
        if (seen.checked > 0) choice.late += seen.weight;
    }
}

/// Exact failures put a pole where a shift meets them; a sample of intervals has none.
Treatment treatment_of(std::span<const Observation> observations) {
    for (const Observation& seen : observations)
        if (seen.failed && !seen.interval) return Treatment::exact;
    return Treatment::inspected;
}

}  // namespace

std::vector<NaturalParameter> natural_parameters(const LifeFit& fit) {
    std::vector<NaturalParameter> list;
    if (fit.law.family == LifeFamily::exponential) {
        const double error = fit.standard_error(0);
        list.push_back(positive("mean", std::exp(fit.law.theta[0]), error));
        list.push_back(positive("rate", std::exp(-fit.law.theta[0]), error));
    } else if (fit.law.family != LifeFamily::piecewise) {
        add_two_parameters(fit, list);
    }
    if (fit.shifted) {
        NaturalParameter shift{"shift", fit.law.shift, nan, nan, nan};
        if (fit.shift_interval) shift.low = fit.shift_interval->first;
        if (fit.shift_interval) shift.high = fit.shift_interval->second;
        list.push_back(std::move(shift));
    }
    return list;
}

Distances anderson_darling(const LifeLaw& law, std::span<const Observation> observations) {
    if (observations.empty() || !has_distance(observations)) return {};
    const std::vector<Ended> ended = one_by_one(observations);
    const auto n = static_cast<double>(ended.size());
    const bool whole = ended.back().failed;
    const double end = whole ? 1 - 1e-15 : probability(law, ended.back().age);
    std::vector<Step> steps = positions(law, ended, false);
    if (steps.empty()) return {};
    if (whole) steps.back().empirical = 1;
    return {distance(steps, end, n), distance(positions(law, ended, true), 1 - 1e-12, n)};
}

LifeFit fit_erlang(const Sample& sample) {
    const LifeFit gamma = fit_life(sample, LifeFamily::gamma, false);
    const double free_shape = std::exp(gamma.law.theta[0]);
    LifeFit best;
    best.log_likelihood = -std::numeric_limits<double>::infinity();
    for (const double shape : {std::max(1.0, std::floor(free_shape)), std::ceil(free_shape)}) {
        const Objective objective = [&](const std::vector<double>& theta) {
            LifeLaw law = gamma.law;
            law.theta[1] = theta[0], law.theta[0] = std::log(shape);
            return log_likelihood(law, sample);
        };
        const double near = gamma.law.theta[1];
        const Box box{{near - 10}, {near + 10}};
        const Maximum top = climb(objective, {near}, box);
        if (!(top.value > best.log_likelihood)) continue;
        best = gamma;
        best.law.theta = {std::log(shape), top.at[0]};
        best.log_likelihood = top.value;
        best.converged = top.converged;
        best.aic = 2 * best.parameters - 2 * top.value;
        const Covariance mean = covariance_at(objective, top.at, box);
        best.held = {true, mean.matrix.empty()};
        best.covariance.assign(2, std::vector<double>(2, 0.0));
        best.covariance[1][1] = mean.matrix.empty() ? 0 : mean.matrix[0][0];
        best.note = "Erlang, " + std::to_string(static_cast<int>(shape)) + " stages";
    }
    return best;
}

LawChoice choose_law(std::span<const Observation> observations, const ChoiceRules& rules) {
    LawChoice choice;
    add_counts(observations, choice);
    const Sample sample = make_sample(observations, treatment_of(observations), 0);
    choice.exposure = sample.exposure;
    if (sample.failures == 0) {
        Candidate only;
        only.fit = fit_without_failures(sample);
        only.parameters = natural_parameters(only.fit);
        choice.candidates.push_back(std::move(only));
        choice.warnings.push_back("nothing failed: the records only bound the rate from above");
        return choice;
    }
    for (LifeFit& fit : fit_families(sample, rules.shifts && sample.failures >= few_failures))
        choice.candidates.push_back(judged(std::move(fit), observations, sample));
    while (choice.best + 1 < choice.candidates.size() &&
           !choice.candidates[choice.best].not_chosen.empty())
        ++choice.best;
    choice.p_value = bootstrap_p(choice, rules);
    add_identifiability(choice.candidates[choice.best], choice.failures, choice.warnings);
    if (choice.p_value && *choice.p_value < 0.05)
        choice.warnings.push_back("even the best law misses: p of its Anderson-Darling distance " +
                                  std::to_string(*choice.p_value).substr(0, 5));
    return choice;
}

}  // namespace foretwin::calibration
