#include "engine/core/math_exponential.hpp"

namespace foretwin::math {
namespace {

constexpr double smallest_normal = 0x1p-1022;

struct Reduced {
    double scale;      // 2^(i / 128), from 1 to 2
    double tail;       // its relative correction
    double remainder;  // x - k ln 2 / 128
    int exponent;      // whole powers of two
};

/// x = (128 exponent + i) ln 2 / 128 + remainder, for |x| < 800.
Reduced reduce(double x) {
    const double shifted = x * detail::steps_per_one + detail::round_to_integer;
    const std::uint64_t steps = std::bit_cast<std::uint64_t>(shifted);
    const double k = shifted - detail::round_to_integer;
    const std::uint64_t index = steps & 127;
    const detail::ExpStep& step = detail::exp_table[index];
    return {std::bit_cast<double>(step.power_bits + (index << 45)), step.tail,
            (x - k * detail::step_high) - k * detail::step_low,
            (static_cast<int>(k) - static_cast<int>(index)) / 128};
}

/// 2^n for -1022 <= n <= 1023.
double power_of_two(int n) {
    return std::bit_cast<double>(static_cast<std::uint64_t>(n + 1023) << 52);
}

/// exp(x + low) over the whole range, with one rounding where the result is denormal.
double exp_full(double x, double low) {
    if (x != x) return x;
    if (x > 710.0) return infinity;
    if (x < -746.0) return 0.0;
    const Reduced reduced = reduce(x);
    const double power = detail::exp_polynomial(reduced.remainder + low) + reduced.tail;
    const double value = reduced.scale + reduced.scale * power;
    const int half = reduced.exponent / 2;
    return value * power_of_two(half) * power_of_two(reduced.exponent - half);
}

/// (log(1 + r) - r + r^2 / 2) / r^3 to 2^-66 of r, |r| <= 2^-7.
double log_polynomial_long(double r) {
    const double r2 = r * r;
    const double tail = 1.0 / 9 - r * (1.0 / 10) + r2 * (1.0 / 11);
    return detail::log_polynomial(r) + r2 * r2 * r2 * tail;
}

/// The error of the rounded product a * b (Dekker 1971), as fma is not to be had everywhere.
double product_error(double a, double b, double product) {
    const double splitter = 0x1p27 + 1;
    const double a_big = a * splitter;
    const double b_big = b * splitter;
    const double a_high = a_big - (a_big - a);
    const double b_high = b_big - (b_big - b);
    const double a_low = a - a_high;
    const double b_low = b - b_high;
    return ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low;
}

}  // namespace

namespace detail {

double log_special(double x) {
    if (x == 0.0) return -infinity;
    if (x != x || x == infinity) return x;
    if (x < 0.0) return not_a_number;
    // Denormal: exact scaling, then the exponent is taken back in the bits.
    return log_plain(std::bit_cast<std::uint64_t>(x * 0x1p52) - (std::uint64_t{52} << 52));
}

double exp_special(double x) {
    return exp_full(x, 0.0);
}

}  // namespace detail

double expm1(double x) {
    if (x != x) return x;
    if (x > 709.0) return exp(x);
    if (x < -40.0) return -1.0;
    if (x > -0x1p-6 && x < 0x1p-6) {
        const double x3 = x * x * x;
        const double rest = 1.0 / 720 + x * (1.0 / 5040) + x * x * (1.0 / 40320);
        return detail::exp_polynomial(x) + x3 * x3 * rest;
    }
    const Reduced reduced = reduce(x);
    const double scale = reduced.scale * power_of_two(reduced.exponent);
    const double r = reduced.remainder;
    const double r3 = r * r * r;
    const double power = reduced.tail + (detail::exp_polynomial(r) + r3 * r3 * (1.0 / 720));
    return (scale - 1.0) + scale * power;
}

double log1p(double x) {
    if (x != x || x == infinity) return x;
    if (x > -0x1p-54 && x < 0x1p-54) return x;
    if (x <= -1.0) return x == -1.0 ? -infinity : not_a_number;
    const double sum = 1.0 + x;
    // What the rounding of 1 + x lost, given back to first order.
    const double lost = x > 1.0 ? 1.0 - (sum - x) : x - (sum - 1.0);
    return log(sum) + lost / sum;
}

Pair log_pair(double x) {
    double shift = 0;
    if (x < smallest_normal) {
        x *= 0x1p52;
        shift = -52;
    }
    const std::uint64_t bits = std::bit_cast<std::uint64_t>(x);
    const std::uint64_t offset = bits - 0x3fe6000000000000ULL;
    const detail::LogStep& step = detail::log_table[(offset >> 45) & 127];
    const double k = static_cast<double>(static_cast<std::int64_t>(offset) >> 52) + shift;
    const std::uint64_t z_bits = bits - (offset & 0xfff0000000000000ULL);
    const double z_high = std::bit_cast<double>(z_bits & 0xffffffffff000000ULL);
    const double r_high = z_high * step.inverse - 1.0;
    const double r_low = (std::bit_cast<double>(z_bits) - z_high) * step.inverse;
    const double r = r_high + r_low;
    const double r_lost = (r_high - r) + r_low;
    // r^2 / 2 with its leading part exact: 26 bits of r squared.
    const double r_short =
        std::bit_cast<double>(std::bit_cast<std::uint64_t>(r) & 0xfffffffff8000000ULL);
    const double square = -0.5 * r_short * r_short;
    const double square_rest = -0.5 * (r - r_short) * (r + r_short);
    const double base = k * detail::ln2_high + step.log_high;
    const double first = base + r;
    const double second = first + square;
    const double low = (((base - first) + r) + ((first - second) + square)) +
                       (r_lost * (1.0 - r) + square_rest + r * r * r * log_polynomial_long(r)) +
                       (k * detail::ln2_low + step.log_low);
    const double high = second + low;
    return {high, (second - high) + low};
}

double pow(double x, double y) {
    if (x != x || y != y) return not_a_number;
    if (y == 0.0 || x == 1.0) return 1.0;
    if (x < 0.0) return not_a_number;
    if (x == 0.0 || x == infinity) return (x == 0.0) == (y > 0.0) ? 0.0 : infinity;
    // The logarithm of the nearest neighbours of 1 is 1e-16, so beyond 2^66 nothing is finite.
    if (y > 0x1p66 || y < -0x1p66) return (x > 1.0) == (y > 0.0) ? infinity : 0.0;
    const Pair logarithm = log_pair(x);
    const double product = y * logarithm.high;
    if (product > 710.0) return infinity;
    if (product < -746.0) return 0.0;
    const double low = product_error(y, logarithm.high, product) + y * logarithm.low;
    return exp_full(product, low);
}

}  // namespace foretwin::math
