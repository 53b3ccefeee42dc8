#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

#include "engine/core/math_tables.hpp"

/// Exponential, logarithm and power. Method: table-driven reduction and a short polynomial (Tang
/// 1989, 1990); tables hold each value as the sum of two doubles, so that results are within
/// 0.6 ulp (exp, log) or 1.5 ulp (expm1, log1p, pow) of the true value.
namespace foretwin::math {

inline constexpr double infinity = std::numeric_limits<double>::infinity();
inline constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

/// Square root: one correctly rounded instruction, the same everywhere.
inline double sqrt(double x) {
    return __builtin_sqrt(x);
}

/// A value as the unevaluated sum of two doubles.
struct Pair {
    double high;
    double low;
};

namespace detail {

inline constexpr double round_to_integer = 0x1.8p52;  // adding it leaves the integer in low bits
inline constexpr double steps_per_one = 0x1.71547652b82fep7;  // 128 / ln 2
inline constexpr double step_high = 0x1.62e42fefa0000p-8;     // ln 2 / 128, 32 bits, so that
inline constexpr double step_low = 0x1.cf79abc9e3b3ap-47;     // steps * step_high is exact
inline constexpr double ln2_high = 0x1.62e42fefa3800p-1;      // 42 bits: k * ln2_high is exact
inline constexpr double ln2_low = 0x1.ef35793c76730p-45;

/// Outside the plain range: 0, negative, infinite, NaN and denormal arguments.
double log_special(double x);
double exp_special(double x);

/// exp(r) - 1 for |r| <= ln 2 / 256; the first dropped term, r^6 / 720, is below 2^-60.
inline double exp_polynomial(double r) {
    const double r2 = r * r;
    return r + r2 * (0.5 + r * (1.0 / 6) + r2 * (1.0 / 24 + r * (1.0 / 120)));
}

/// log(1 + r) - r + r^2 / 2 over r^3, for |r| <= 2^-7.
inline double log_polynomial(double r) {
    const double r2 = r * r;
    return (1.0 / 3 - r * (1.0 / 4)) +
           r2 * ((1.0 / 5 - r * (1.0 / 6)) + r2 * (1.0 / 7 - r * (1.0 / 8)));
}

/// log of a positive normal number.
inline double log_plain(std::uint64_t bits) {
    // x = 2^k z, z from 0.6875 up to 1.375, so that numbers near 1 have k = 0.
    const std::uint64_t offset = bits - 0x3fe6000000000000ULL;
    const LogStep& step = log_table[(offset >> 45) & 127];
    const double k = static_cast<double>(static_cast<std::int64_t>(offset) >> 52);
    const std::uint64_t z_bits = bits - (offset & 0xfff0000000000000ULL);
    const double z = std::bit_cast<double>(z_bits);
    const double z_high = std::bit_cast<double>(z_bits & 0xffffffffff000000ULL);
    // `inverse` has 12 bits, so both products are exact.
    const double r_high = z_high * step.inverse - 1.0;
    const double r_low = (z - z_high) * step.inverse;
    const double r = r_high + r_low;
    const double base = k * ln2_high + step.log_high;
    const double high = base + r;
    const double low =
        ((base - high) + r) + (((r_high - r) + r_low) + (k * ln2_low + step.log_low));
    const double r2 = r * r;
    return high + (low + (r * r2 * log_polynomial(r) - 0.5 * r2));
}

}  // namespace detail

/// Natural logarithm. log(0) = -infinity, log(x < 0) = NaN. About 5 ns.
inline double log(double x) {
    const std::uint64_t bits = std::bit_cast<std::uint64_t>(x);
    if (bits - 0x0010000000000000ULL >= 0x7fe0000000000000ULL) [[unlikely]]
        return detail::log_special(x);
    return detail::log_plain(bits);
}

/// e to the x. Overflows to infinity above 709.78, is denormal below -708.4, 0 below -745.13.
inline double exp(double x) {
    // Below -700 the correction would be denormal before the sum is.
    if (!(x > -700.0 && x < 709.0)) [[unlikely]]
        return detail::exp_special(x);
    const double shifted = x * detail::steps_per_one + detail::round_to_integer;
    const std::uint64_t steps = std::bit_cast<std::uint64_t>(shifted);
    const double k = shifted - detail::round_to_integer;
    const double r = (x - k * detail::step_high) - k * detail::step_low;
    const detail::ExpStep& step = detail::exp_table[steps & 127];
    // Whole powers of two go straight into the exponent bits.
    const double scale = std::bit_cast<double>(step.power_bits + (steps << 45));
    return scale + scale * (step.tail + detail::exp_polynomial(r));
}

/// exp(x) - 1 without cancellation near 0.
double expm1(double x);

/// log(1 + x) without cancellation near 0. -infinity at -1, NaN below.
double log1p(double x);

/// log(x) to about 66 bits, for x > 0 and finite.
Pair log_pair(double x);

/// x to the power y, for x > 0 (x = 0 gives 0, 1 or infinity by the sign of y; x < 0 gives NaN).
double pow(double x, double y);

}  // namespace foretwin::math
