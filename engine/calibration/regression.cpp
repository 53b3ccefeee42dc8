#include "engine/calibration/regression.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "engine/calibration/maximise.hpp"
#include "engine/core/rule.hpp"
#include "engine/statistics/interval.hpp"

namespace foretwin::calibration {

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double far = 20;  // in standard deviations of a covariate: an effect without bound

/// Mean and spread of each covariate; Newton's steps want them all of one size.
struct Scaling {
    std::vector<double> centre, spread;
};

Scaling scaling_of(std::span<const RegressionRow> rows) {
    const std::size_t n = rows.front().covariates.size();
    Scaling scaling{std::vector<double>(n, 0.0), std::vector<double>(n, 0.0)};
    double weight = 0;
    for (const RegressionRow& row : rows) {
        weight += row.seen.weight;
        for (std::size_t k = 0; k < n; ++k)
            scaling.centre[k] += row.seen.weight * row.covariates[k];
    }
    for (double& centre : scaling.centre) centre /= weight;
    for (const RegressionRow& row : rows)
        for (std::size_t k = 0; k < n; ++k)
            scaling.spread[k] +=
                row.seen.weight * std::pow(row.covariates[k] - scaling.centre[k], 2);
    for (double& spread : scaling.spread) spread = spread > 0 ? std::sqrt(spread / weight) : 1;
    return scaling;
}

std::vector<RegressionRow> scaled_rows(std::span<const RegressionRow> rows,
                                       const Scaling& scaling) {
    std::vector<RegressionRow> list(rows.begin(), rows.end());
    for (RegressionRow& row : list)
        for (std::size_t k = 0; k < row.covariates.size(); ++k)
            row.covariates[k] = (row.covariates[k] - scaling.centre[k]) / scaling.spread[k];
    return list;
}

double linear(const RegressionRow& row, const std::vector<double>& beta, std::size_t from = 0) {
    double sum = 0;
    for (std::size_t k = 0; k < row.covariates.size(); ++k)
        sum += beta[from + k] * row.covariates[k];
    return sum;
}

Effect effect(std::string name, double coefficient, double error) {
    Effect own{std::move(name), coefficient, error, 0, 1};
    own.z = coefficient / error;
    own.p_value = std::erfc(std::abs(own.z) * M_SQRT1_2);
    return own;
}

std::vector<Effect> effects_of(const std::vector<double>& at, std::size_t from,
                               const Covariance& covariance, const Scaling& scaling,
                               const std::vector<std::string>& names) {
    std::vector<Effect> effects;
    for (std::size_t k = 0; k < names.size(); ++k) {
        const std::size_t i = from + k;
        const bool known = !covariance.matrix.empty() && !covariance.held[i];
        const double error = known ? std::sqrt(covariance.matrix[i][i]) : nan;
        effects.push_back(effect(names[k], at[i] / scaling.spread[k], error / scaling.spread[k]));
    }
    return effects;
}

void warn(const Covariance& covariance, bool converged, std::size_t from, double failures,
          const std::vector<std::string>& names, std::vector<std::string>& warnings) {
    if (covariance.matrix.empty() && !covariance.held.empty())
        warnings.push_back(
            "the information is singular: covariates that say the same, or none "
            "that varies, cannot be told apart");
    for (std::size_t k = 0; k < names.size(); ++k)
        if (covariance.held[from + k])
            warnings.push_back("the effect of " + names[k] +
                               " has no bound: it separates the failures from the rest");
    if (!converged) warnings.push_back("the fit did not converge");
    if (failures < 10 * static_cast<double>(names.size()))
        warnings.push_back("fewer than ten failures per covariate: effects are rough");
}

double failures_of(std::span<const RegressionRow> rows) {
    double failures = 0;
    for (const RegressionRow& row : rows) failures += row.seen.failed ? row.seen.weight : 0;
    return failures;
}

/// log-likelihood of one life under Weibull's law.
double weibull_term(const Observation& seen, double log_shape, double log_scale) {
    const double shape = std::exp(log_shape);
    const auto hazard = [&](double age) {
        return age > 0 ? std::exp(shape * (std::log(age) - log_scale)) : 0;
    };
    if (!seen.failed) return hazard(seen.checked) - hazard(seen.upper);
    if (seen.interval) {
        const double lower = hazard(seen.lower);
        return hazard(seen.checked) - lower + std::log(-std::expm1(lower - hazard(seen.upper)));
    }
    const double log_hazard =
        log_shape - log_scale + (shape - 1) * (std::log(seen.upper) - log_scale);
    return hazard(seen.checked) - hazard(seen.upper) + log_hazard;
}

Objective weibull_objective(const std::vector<RegressionRow>& rows, bool with_effects) {
    return [&rows, with_effects](const std::vector<double>& at) {
        double sum = 0;
        for (const RegressionRow& row : rows) {
            const double shift = with_effects ? linear(row, at, 2) : 0;
            sum += row.seen.weight * weibull_term(row.seen, at[0], at[1] + shift);
        }
        return std::isnan(sum) ? -infinity : sum;
    };
}

Box weibull_box(double log_scale, std::size_t covariates) {
    Box box{{-5, log_scale - 30}, {6, log_scale + 30}};
    box.lower.resize(2 + covariates, -far);
    box.upper.resize(2 + covariates, far);
    return box;
}

}  // namespace

double cox_log_likelihood(std::span<const RegressionRow> rows,
                          const std::vector<double>& coefficients) {
    std::vector<std::size_t> order(rows.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::vector<std::size_t> by_entry = order;
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return rows[a].seen.upper > rows[b].seen.upper;
    });
    std::sort(by_entry.begin(), by_entry.end(), [&](std::size_t a, std::size_t b) {
        return rows[a].seen.checked > rows[b].seen.checked;
    });
    double at_risk = 0, sum = 0;
    std::size_t entered = 0;
    for (std::size_t i = 0; i < order.size();) {
        const double age = rows[order[i]].seen.upper;
        double failed = 0, failed_risk = 0;
        for (; i < order.size() && rows[order[i]].seen.upper == age; ++i) {
            const RegressionRow& row = rows[order[i]];
            const double score = linear(row, coefficients);
            at_risk += row.seen.weight * std::exp(score);
            if (!row.seen.failed) continue;
            failed += row.seen.weight;
            failed_risk += row.seen.weight * std::exp(score);
            sum += row.seen.weight * score;
        }
        // Who entered at this age or later is not yet at risk.
        for (; entered < by_entry.size() && rows[by_entry[entered]].seen.checked >= age;
             ++entered) {
            const RegressionRow& row = rows[by_entry[entered]];
            at_risk -= row.seen.weight * std::exp(linear(row, coefficients));
        }
        for (double k = 0; k < failed; ++k) sum -= std::log(at_risk - k / failed * failed_risk);
    }
    return std::isnan(sum) ? -infinity : sum;
}

CoxFit fit_cox(std::span<const RegressionRow> rows, const std::vector<std::string>& names) {
    FORETWIN_RULE(!rows.empty() && !names.empty(), "a regression has rows and covariates");
    const Scaling scaling = scaling_of(rows);
    const std::vector<RegressionRow> scaled = scaled_rows(rows, scaling);
    const Objective objective = [&](const std::vector<double>& beta) {
        return cox_log_likelihood(scaled, beta);
    };
    const std::size_t n = names.size();
    const Box box{std::vector<double>(n, -far), std::vector<double>(n, far)};
    const std::vector<double> zero(n, 0.0);
    const Maximum top = climb(objective, zero, box);
    const Covariance covariance = covariance_at(objective, top.at, box);
    CoxFit fit;
    fit.effects = effects_of(top.at, 0, covariance, scaling, names);
    fit.log_likelihood = top.value;
    fit.null_log_likelihood = objective(zero);
    fit.likelihood_ratio = 2 * (fit.log_likelihood - fit.null_log_likelihood);
    fit.p_value =
        1 - statistics::chi_square_cdf(std::max(fit.likelihood_ratio, 0.0), static_cast<double>(n));
    fit.converged = top.converged;
    for (const RegressionRow& row : rows)
        if (row.seen.interval) {
            fit.warnings.push_back("failures known to an interval enter by its upper end");
            break;
        }
    warn(covariance, fit.converged, 0, failures_of(rows), names, fit.warnings);
    return fit;
}

WeibullRegression fit_weibull_regression(std::span<const RegressionRow> rows,
                                         const std::vector<std::string>& names) {
    FORETWIN_RULE(!rows.empty() && !names.empty(), "a regression has rows and covariates");
    const Scaling scaling = scaling_of(rows);
    const std::vector<RegressionRow> scaled = scaled_rows(rows, scaling);
    double exposure = 0;
    for (const RegressionRow& row : rows) exposure += row.seen.weight * row.seen.upper;
    const double log_mean = std::log(exposure / std::max(failures_of(rows), 0.5));
    const Objective null = weibull_objective(scaled, false);
    const Maximum without =
        maximise(null, {{0.1, log_mean}, {1, log_mean - 0.3}}, weibull_box(log_mean, 0));
    const Objective objective = weibull_objective(scaled, true);
    const Box box = weibull_box(log_mean, names.size());
    std::vector<double> start = without.at;
    start.resize(2 + names.size(), 0.0);
    const Maximum top = climb(objective, start, box);
    const Covariance covariance = covariance_at(objective, top.at, box);
    WeibullRegression fit;
    fit.effects = effects_of(top.at, 2, covariance, scaling, names);
    // Back from centred covariates: the intercept moves, and its error with the others.
    double intercept = top.at[1], variance = nan;
    std::vector<double> weights(top.at.size(), 0.0);
    weights[1] = 1;
    for (std::size_t k = 0; k < names.size(); ++k) {
        weights[2 + k] = -scaling.centre[k] / scaling.spread[k];
        intercept += weights[2 + k] * top.at[2 + k];
    }
    if (!covariance.matrix.empty()) {
        variance = 0;
        for (std::size_t a = 0; a < weights.size(); ++a)
            for (std::size_t b = 0; b < weights.size(); ++b)
                variance += weights[a] * covariance.matrix[a][b] * weights[b];
    }
    fit.intercept = effect("intercept", intercept, std::sqrt(variance));
    fit.shape = std::exp(top.at[0]);
    fit.shape_error =
        covariance.matrix.empty() ? nan : fit.shape * std::sqrt(covariance.matrix[0][0]);
    fit.log_likelihood = top.value;
    fit.null_log_likelihood = without.value;
    fit.likelihood_ratio = 2 * (top.value - without.value);
    fit.p_value = 1 - statistics::chi_square_cdf(std::max(fit.likelihood_ratio, 0.0),
                                                 static_cast<double>(names.size()));
    fit.aic = 2 * static_cast<double>(2 + names.size()) - 2 * top.value;
    fit.converged = top.converged;
    warn(covariance, fit.converged, 2, failures_of(rows), names, fit.warnings);
    return fit;
}

}  // namespace foretwin::calibration
