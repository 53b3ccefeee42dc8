#include "engine/core/math_chebyshev.hpp"
#include "engine/core/math_exponential.hpp"
#include "engine/core/math_special.hpp"

namespace foretwin::math {
namespace {

constexpr double sqrt_half = 0x1.6a09e667f3bcdp-1;

/// The number cut to 26 bits, so that its square is exact.
double shortened(double x) {
    return std::bit_cast<double>(std::bit_cast<std::uint64_t>(x) & 0xfffffffff8000000ULL);
}

/// exp(-factor x^2), x^2 in two parts: rounding x^2 would cost all digits far out. factor: 1 or
/// 1/2.
double exp_minus_square(double x, double factor) {
    const double head = shortened(x);
    return exp(-factor * head * head) * exp(-factor * (x - head) * (x + head));
}

/// exp(x^2) erfc(x) for x >= 0.
double scaled_erfc(double x) {
    if (x > 1e15) return 0x1.20dd750429b6dp-1 / x;  // 1 / sqrt(pi)
    return chebyshev(detail::erfc_series, (x - 3.75) / (x + 3.75)) / (1.0 + 2.0 * x);
}

/// a polynomial by Horner's rule, constant first
template <std::size_t Count>
double polynomial(const double (&coefficients)[Count], double x) {
    double sum = coefficients[Count - 1];
    for (std::size_t i = Count - 1; i-- > 0;) sum = sum * x + coefficients[i];
    return sum;
}

// Wichura (1988), algorithm AS 241, routine PPND16.
constexpr double central_top[] = {3.3871328727963666080e0, 1.3314166789178437745e2,
                                  1.9715909503065514427e3, 1.3731693765509461125e4,
                                  4.5921953931549871457e4, 6.7265770927008700853e4,
                                  3.3430575583588128105e4, 2.5090809287301226727e3};
constexpr double central_bottom[] = {1.0,
                                     4.2313330701600911252e1,
                                     6.8718700749205790830e2,
                                     5.3941960214247511077e3,
                                     2.1213794301586595867e4,
                                     3.9307895800092710610e4,
                                     2.8729085735721942674e4,
                                     5.2264952788528545610e3};
constexpr double middle_top[] = {1.42343711074968357734e0,  4.63033784615654529590e0,
                                 5.76949722146069140550e0,  3.64784832476320460504e0,
                                 1.27045825245236838258e0,  2.41780725177450611770e-1,
                                 2.27238449892691845833e-2, 7.74545014278341407640e-4};
constexpr double middle_bottom[] = {1.0,
                                    2.05319162663775882187e0,
                                    1.67638483018380384940e0,
                                    6.89767334985100004550e-1,
                                    1.48103976427480074590e-1,
                                    1.51986665636164571966e-2,
                                    5.47593808499534494600e-4,
                                    1.05075007164441684324e-9};
constexpr double far_top[] = {6.65790464350110377720e0,  5.46378491116411436990e0,
                              1.78482653991729133580e0,  2.96560571828504891230e-1,
                              2.65321895265761230930e-2, 1.24266094738807843860e-3,
                              2.71155556874348757815e-5, 2.01033439929228813265e-7};
constexpr double far_bottom[] = {1.0,
                                 5.99832206555887937690e-1,
                                 1.36929880922735805310e-1,
                                 1.48753612908506148525e-2,
                                 7.86869131145613259100e-4,
                                 1.84631831751005468180e-5,
                                 1.42151175831644588870e-7,
                                 2.04426310338993978564e-15};

}  // namespace

double erf(double x) {
    if (x != x) return x;
    if (x > 6.0) return 1.0;
    if (x < -6.0) return -1.0;
    if (x > 1.0) return 1.0 - exp_minus_square(x, 1.0) * scaled_erfc(x);
    if (x < -1.0) return exp_minus_square(x, 1.0) * scaled_erfc(-x) - 1.0;
    return x * chebyshev(detail::erf_series, 2.0 * x * x - 1.0);
}

double erfc(double x) {
    if (x != x) return x;
    if (x > 28.0) return 0.0;
    if (x >= 0.5) return exp_minus_square(x, 1.0) * scaled_erfc(x);
    if (x > -0.5) return 1.0 - erf(x);
    return x < -6.0 ? 2.0 : 2.0 - exp_minus_square(x, 1.0) * scaled_erfc(-x);
}

double normal_survival(double z) {
    const double x = z * sqrt_half;
    if (!(x >= 0.5)) return 0.5 * erfc(x);
    if (x > 28.0) return 0.0;
    return 0.5 * exp_minus_square(z, 0.5) * scaled_erfc(x);
}

double normal_cdf(double z) {
    return normal_survival(-z);
}

double log_normal_survival(double z) {
    if (z < -1.0) return log1p(-normal_survival(-z));
    if (z < 5.0) return log(normal_survival(z));
    return -0.5 * z * z + log(0.5 * scaled_erfc(z * sqrt_half));
}

double normal_quantile(double p) {
    if (!(p >= 0.0 && p <= 1.0)) return not_a_number;
    const double centred = p - 0.5;
    if (centred >= -0.425 && centred <= 0.425) {
        const double r = 0.180625 - centred * centred;
        return centred * polynomial(central_top, r) / polynomial(central_bottom, r);
    }
    const double outer = centred < 0.0 ? p : 1.0 - p;
    if (outer == 0.0) return centred < 0.0 ? -infinity : infinity;
    const double r = sqrt(-log(outer));
    const double size = r <= 5.0
                            ? polynomial(middle_top, r - 1.6) / polynomial(middle_bottom, r - 1.6)
                            : polynomial(far_top, r - 5.0) / polynomial(far_bottom, r - 5.0);
    return centred < 0.0 ? -size : size;
}

}  // namespace foretwin::math
