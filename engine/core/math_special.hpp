#pragma once

/// Special functions from `foretwin::math::exp`, `log` and arithmetic only: portable to the bit.
/// Accuracy stated as relative error over the stated range.
namespace foretwin::math {

/// Error function and its complement, 1e-15. erfc keeps its relative accuracy until it underflows.
double erf(double x);
double erfc(double x);

/// Standard normal: P(Z <= z), P(Z > z), log P(Z > z) (no underflow: z may be 1e10), 2e-15.
double normal_cdf(double z);
double normal_survival(double z);
double log_normal_survival(double z);

/// Inverse of normal_cdf for 0 <= p <= 1, relative error 1e-15 (Wichura 1988, AS 241).
/// -infinity at 0, +infinity at 1, NaN outside.
double normal_quantile(double p);

/// log of the gamma function for x > 0, 5e-15 relative; NaN for x <= 0 but +infinity at 0.
double lgamma(double x);

/// Regularised incomplete gamma functions for a > 0, x >= 0: P(a, x) and Q(a, x) = 1 - P(a, x).
/// Series or continued fraction, with the leading factor by Loader (2000); 2e-13 for a <= 1e6,
/// but Q for a < 1 and x < 1 is accurate to 1e-15 in absolute terms only.
double gamma_p(double a, double x);
double gamma_q(double a, double x);

/// log Q(a, x): stays finite where Q underflows.
double log_gamma_q(double a, double x);

/// Density of the gamma distribution with shape a and scale 1.
double gamma_density(double a, double x);

/// The x with P(a, x) = p, or with Q(a, x) = q. 0 and +infinity at the ends, NaN outside [0, 1].
/// The one whose argument is small is accurate in relative terms.
double gamma_p_inverse(double a, double p);
double gamma_q_inverse(double a, double q);

}  // namespace foretwin::math
