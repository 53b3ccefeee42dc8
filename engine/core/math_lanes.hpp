#pragma once

#include <cstdint>

#include "engine/core/math_exponential.hpp"

/// Two doubles at once, in the registers that every x86-64 processor has. Each lane goes through
/// the operations of the plain function in their order, so the bits are the same.
namespace foretwin::math {

using Two = double __attribute__((vector_size(16)));
using TwoBits = std::uint64_t __attribute__((vector_size(16)));

namespace detail {

inline Two as_numbers(TwoBits bits) {
    return reinterpret_cast<Two>(bits);
}
inline TwoBits as_bits(Two numbers) {
    return reinterpret_cast<TwoBits>(numbers);
}
/// Whole numbers below 2^52 as doubles: put into the mantissa of 2^52, which is taken off again.
inline Two small_whole(TwoBits whole) {
    return as_numbers(whole | 0x4330000000000000ULL) - 0x1p52;
}

}  // namespace detail

/// Whole numbers below 2^53 as doubles; exact.
inline Two whole_numbers(TwoBits whole) {
    const Two high = detail::as_numbers(whole >> 32 | 0x4530000000000000ULL) - 0x1p84;
    return high + detail::small_whole(whole & 0xffffffffULL);
}

/// math::log of two positive normal numbers.
inline Two log_of_normal(Two x) {
    using namespace detail;
    const TwoBits bits = as_bits(x);
    const TwoBits offset = bits - 0x3fe6000000000000ULL;
    const TwoBits index = offset >> 45 & 127;
    const LogStep& first = log_table[index[0]];
    const LogStep& second = log_table[index[1]];
    const Two inverse{first.inverse, second.inverse};
    const Two log_high{first.log_high, second.log_high};
    const Two log_low{first.log_low, second.log_low};
    const Two k = small_whole((offset + 0x4000000000000000ULL) >> 52) - 1024.0;
    const TwoBits z_bits = bits - (offset & 0xfff0000000000000ULL);
    const Two z_high = as_numbers(z_bits & 0xffffffffff000000ULL);
    const Two r_high = z_high * inverse - 1.0;
    const Two r_low = (as_numbers(z_bits) - z_high) * inverse;
    const Two r = r_high + r_low;
    const Two base = k * ln2_high + log_high;
    const Two high = base + r;
    const Two low = ((base - high) + r) + (((r_high - r) + r_low) + (k * ln2_low + log_low));
    const Two r2 = r * r;
    const Two polynomial = (1.0 / 3 - r * (1.0 / 4)) +
                           r2 * ((1.0 / 5 - r * (1.0 / 6)) + r2 * (1.0 / 7 - r * (1.0 / 8)));
    return high + (low + (r * r2 * polynomial - 0.5 * r2));
}

}  // namespace foretwin::math
