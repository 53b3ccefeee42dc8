#include "engine/core/math_chebyshev.hpp"
#include "engine/core/math_exponential.hpp"
#include "engine/core/math_special.hpp"

namespace foretwin::math {
namespace {

constexpr double half_log_two_pi = 0x1.d67f1c864beb5p-1;
constexpr double two_pi = 0x1.921fb54442d18p2;
constexpr int most_terms = 200'000;  // reached only for shapes beyond 10^9

/// Stirling's series: lgamma(x) - (x - 1/2) log x + x - log(2 pi) / 2, for x >= 10.
double stirling_series(double x) {
    const double s = 1.0 / (x * x);
    const double sum =
        1.0 / 12 -
        s * (1.0 / 360 -
             s * (1.0 / 1260 -
                  s * (1.0 / 1680 - s * (1.0 / 1188 - s * (691.0 / 360360 - s * (1.0 / 156))))));
    return sum / x;
}

/// lgamma(a + 1) - (a + 1/2) log a + a - log(2 pi) / 2.
double stirling_error(double a) {
    if (a >= 10.0) return stirling_series(a);
    return lgamma(a + 1.0) - (a + 0.5) * log(a) + a - half_log_two_pi;
}

/// a log(a / x) + x - a without cancellation near x = a (Loader 2000).
double deviance(double a, double x) {
    const double difference = a - x;
    if (difference > 0.1 * (a + x) || difference < -0.1 * (a + x)) {
        return a * log(a / x) + x - a;
    }
    const double v = difference / (a + x);
    double sum = difference * v;
    double power = 2.0 * a * v;
    for (int odd = 3; odd < 100; odd += 2) {
        power *= v * v;
        const double next = sum + power / odd;
        if (next == sum) break;
        sum = next;
    }
    return sum;
}

/// log of x^a e^-x / gamma(a + 1).
double log_leading_factor(double a, double x) {
    if (a < 1.0) return a * log(x) - x - lgamma(a + 1.0);
    return -stirling_error(a) - deviance(a, x) - 0.5 * log(two_pi * a);
}

double leading_factor(double a, double x) {
    if (a < 1.0) return exp(log_leading_factor(a, x));
    return exp(-stirling_error(a) - deviance(a, x)) / sqrt(two_pi * a);
}

/// P(a, x) over the leading factor: 1 + x / (a + 1) + x^2 / ((a + 1)(a + 2)) + ...
double series(double a, double x) {
    double term = 1.0;
    double sum = 1.0;
    for (int n = 1; n < most_terms; ++n) {
        term *= x / (a + n);
        sum += term;
        if (term < sum * 0x1p-55) break;
    }
    return sum;
}

/// Q(a, x) over the leading factor: Legendre's continued fraction, evaluated by the method of Lentz
/// (1976) as modified by Thompson and Barnett (1986).
double continued_fraction(double a, double x) {
    constexpr double tiny = 1e-290;
    double b = x + 1.0 - a;
    double c = 1.0 / tiny;
    double d = 1.0 / b;
    double value = d;
    for (int n = 1; n < most_terms; ++n) {
        const double coefficient = -n * (n - a);
        b += 2.0;
        d = coefficient * d + b;
        if (d < tiny && d > -tiny) d = tiny;
        c = b + coefficient / c;
        if (c < tiny && c > -tiny) c = tiny;
        d = 1.0 / d;
        const double factor = d * c;
        value *= factor;
        if (factor > 1.0 - 0x1p-52 && factor < 1.0 + 0x1p-52) break;
    }
    return a * value;
}

/// Where the series is the better way; below it Q is 1 - P.
bool by_series(double a, double x) {
    return x < a + 1.0 && !(a < 1.0 && x >= 1.0);
}

double first_guess(double a, double p, double q) {
    // Wilson & Hilferty (1931) where it is positive, else the first term of the series.
    const double z = p <= q ? normal_quantile(p) : -normal_quantile(q);
    const double t = 1.0 - 1.0 / (9.0 * a) + z / (3.0 * sqrt(a));
    if (a > 0.5 && t > 0.2) return a * t * t * t;
    if (p <= q) return exp((log(p) + lgamma(a + 1.0)) / a);
    return a < 1.0 ? -log(q * a) + 0.1 : a + 1.0;
}

/// Newton's method on the logarithm of the smaller tail, kept inside a shrinking bracket.
double invert(double a, double p, double q) {
    if (!(a > 0.0) || !(p >= 0.0) || !(q >= 0.0)) return not_a_number;
    if (p == 0.0) return 0.0;
    if (q == 0.0) return infinity;
    const bool lower = p <= q;
    double low = 0.0;
    double high = infinity;
    double x = first_guess(a, p, q);
    if (!(x < infinity)) x = a + 1.0;
    if (x == 0.0) return 0.0;
    for (int turn = 0; turn < 200; ++turn) {
        const double tail = lower ? gamma_p(a, x) : gamma_q(a, x);
        const double excess = lower ? log(tail / p) : log(q / tail);
        if (excess == 0.0) return x;
        (excess > 0.0 ? high : low) = x;
        const double slope = gamma_density(a, x) / tail;
        // In log x for the lower tail, which is nearly a power of x; in x for the upper one.
        double next = lower ? x * exp(-excess / (x * slope)) : x - excess / slope;
        const double step = next > x ? next - x : x - next;
        if (step <= 1e-9 * x) return next;  // the step after this would be below 1e-17
        if (!(next > low && next < high)) next = high < infinity ? 0.5 * (low + high) : 2.0 * x;
        x = next;
    }
    return x;
}

}  // namespace

double lgamma(double x) {
    if (x != x || x == infinity) return x;
    if (x <= 0.0) return x == 0.0 ? infinity : not_a_number;
    if (x >= 10.0) return (x - 0.5) * (log(x) - 1.0) + (half_log_two_pi - 0.5) + stirling_series(x);
    if (x < 0.5) return lgamma(1.0 + x) - log(x);
    if (x <= 1.5) return (x - 1.0) * chebyshev(detail::lgamma_one_series, 2.0 * (x - 1.0));
    double product = 1.0;
    while (x > 3.0) {
        x -= 1.0;
        product *= x;
    }
    const double near = (x - 2.0) * chebyshev(detail::lgamma_two_series, (x - 2.25) / 0.75);
    return product == 1.0 ? near : near + log(product);
}

double gamma_p(double a, double x) {
    if (!(a > 0.0) || !(x >= 0.0)) return not_a_number;
    if (x == 0.0) return 0.0;
    if (x == infinity) return 1.0;
    if (!by_series(a, x)) return 1.0 - leading_factor(a, x) * continued_fraction(a, x);
    const double p = leading_factor(a, x) * series(a, x);
    return p < 1.0 ? p : 1.0;
}

double gamma_q(double a, double x) {
    if (!(a > 0.0) || !(x >= 0.0)) return not_a_number;
    if (x == 0.0) return 1.0;
    if (x == infinity) return 0.0;
    if (!by_series(a, x)) return leading_factor(a, x) * continued_fraction(a, x);
    const double p = leading_factor(a, x) * series(a, x);
    return p < 1.0 ? 1.0 - p : 0.0;
}

double log_gamma_q(double a, double x) {
    if (!(a > 0.0) || !(x >= 0.0)) return not_a_number;
    if (x == 0.0) return 0.0;
    if (x == infinity) return -infinity;
    if (!by_series(a, x)) return log_leading_factor(a, x) + log(continued_fraction(a, x));
    return log1p(-gamma_p(a, x));
}

double gamma_density(double a, double x) {
    if (!(a > 0.0) || !(x >= 0.0)) return not_a_number;
    if (x == 0.0) return a > 1.0 ? 0.0 : (a == 1.0 ? 1.0 : infinity);
    if (x == infinity) return 0.0;
    return leading_factor(a, x) * (a / x);
}

double gamma_p_inverse(double a, double p) {
    return invert(a, p, 1.0 - p);
}

double gamma_q_inverse(double a, double q) {
    return invert(a, 1.0 - q, q);
}

}  // namespace foretwin::math
