#pragma once

#include <array>
#include <cstddef>

#include "engine/core/math_coefficients.hpp"

namespace foretwin::math {

/// c0 / 2 + sum of ci Ti(t) for -1 <= t <= 1, by the recurrence of Clenshaw (1955).
template <std::size_t Count>
double chebyshev(const std::array<double, Count>& coefficients, double t) {
    const double twice = 2.0 * t;
    double next = 0;
    double after = 0;
    for (std::size_t i = Count - 1; i > 0; --i) {
        const double current = coefficients[i] + (twice * next - after);
        after = next;
        next = current;
    }
    return 0.5 * coefficients[0] + (t * next - after);
}

}  // namespace foretwin::math
