#pragma once

#include <span>
#include <string>
#include <vector>

#include "engine/calibration/life_fit.hpp"

namespace foretwin::calibration {

/// One life with what may explain it.
struct RegressionRow {
    Observation seen;
    std::vector<double> covariates;
};

/// Effect of one covariate.
struct Effect {
    std::string name;
    double coefficient = 0;
    double standard_error = 0;  ///< NaN where there is none
    double z = 0, p_value = 1;  ///< Wald
};

/// Cox's proportional hazards: hazard = h0(age) * exp(sum of coefficient * covariate). Maximum of
/// the partial likelihood (Cox 1972) with Efron's treatment of ties (1977) and delayed entry.
/// exp(coefficient) is the hazard ratio.
struct CoxFit {
    std::vector<Effect> effects;
    double log_likelihood = 0, null_log_likelihood = 0;
    double likelihood_ratio = 0, p_value = 1;  ///< against no effect
    bool converged = false;
    std::vector<std::string> warnings;
};

/// Weibull's law with its logarithmic scale linear in the covariates: log scale = intercept + sum
/// of coefficient * covariate, one shape. A coefficient b multiplies life by exp(b) and the hazard
/// by exp(-b * shape).
struct WeibullRegression {
    Effect intercept;
    std::vector<Effect> effects;
    double shape = 1, shape_error = 0;
    double log_likelihood = 0, null_log_likelihood = 0;
    double likelihood_ratio = 0, p_value = 1;
    double aic = 0;
    bool converged = false;
    std::vector<std::string> warnings;
};

/// Both need failures and covariates that vary; exact failures for Cox (intervals enter by their
/// upper end, with a warning). Covariates are centred and scaled inside.
CoxFit fit_cox(std::span<const RegressionRow> rows, const std::vector<std::string>& names);
WeibullRegression fit_weibull_regression(std::span<const RegressionRow> rows,
                                         const std::vector<std::string>& names);

/// The partial log-likelihood itself.
double cox_log_likelihood(std::span<const RegressionRow> rows,
                          const std::vector<double>& coefficients);

}  // namespace foretwin::calibration
