#include "engine/statistics/goodness_of_fit.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "engine/core/rule.hpp"

namespace foretwin::statistics {
namespace {

/// A square matrix whose elements are understood times 10^exponent.
struct Scaled {
    std::vector<double> elements;
    int exponent = 0;
};

Scaled multiply(const Scaled& a, const Scaled& b, std::size_t size) {
    Scaled product{std::vector<double>(size * size, 0.0), a.exponent + b.exponent};
    for (std::size_t i = 0; i < size; ++i) {
        for (std::size_t k = 0; k < size; ++k) {
            const double factor = a.elements[i * size + k];
            for (std::size_t j = 0; j < size; ++j) {
                product.elements[i * size + j] += factor * b.elements[k * size + j];
            }
        }
    }
    // The middle element is the one that will be read: keep it within reach of a double.
    if (product.elements[(size / 2) * size + size / 2] > 1e140) {
        for (double& element : product.elements) element *= 1e-140;
        product.exponent += 140;
    }
    return product;
}

Scaled power(const Scaled& base, std::size_t size, std::int64_t exponent) {
    if (exponent == 1) return base;
    const Scaled half = power(base, size, exponent / 2);
    const Scaled square = multiply(half, half, size);
    return exponent % 2 == 0 ? square : multiply(base, square, size);
}

/// The matrix H of Marsaglia, Tsang & Wang (2003), section 3, for d = (k - h) / n, size 2 k - 1.
Scaled transition(std::size_t size, double h) {
    Scaled matrix{std::vector<double>(size * size, 0.0), 0};
    const auto at = [&](std::size_t i, std::size_t j) -> double& {
        return matrix.elements[i * size + j];
    };
    for (std::size_t i = 0; i < size; ++i) {
        for (std::size_t j = 0; j < size && j <= i + 1; ++j) at(i, j) = 1.0;
    }
    for (std::size_t i = 0; i < size; ++i) {
        at(i, 0) -= std::pow(h, static_cast<double>(i + 1));
        at(size - 1, i) -= std::pow(h, static_cast<double>(size - i));
    }
    at(size - 1, 0) += 2 * h > 1 ? std::pow(2 * h - 1, static_cast<double>(size)) : 0.0;
    for (std::size_t i = 0; i < size; ++i) {
        for (std::size_t j = 0; j < size && j <= i; ++j) {
            for (std::size_t g = 1; g <= i - j + 1; ++g) at(i, j) /= static_cast<double>(g);
        }
    }
    return matrix;
}

}  // namespace

double kolmogorov_p_exact(std::int64_t n, double d) {
    FORETWIN_RULE(n >= 1, "a sample has at least one value");
    const auto count = static_cast<double>(n);
    if (d <= 0.5 / count) return 1.0;
    if (d >= 1.0) return 0.0;
    const auto k = static_cast<std::size_t>(count * d) + 1;
    const std::size_t size = 2 * k - 1;
    const Scaled result = power(transition(size, static_cast<double>(k) - count * d), size, n);
    double value = result.elements[(k - 1) * size + k - 1];
    int exponent = result.exponent;
    for (std::int64_t i = 1; i <= n; ++i) {
        value *= static_cast<double>(i) / count;
        if (value < 1e-140) {
            value *= 1e140;
            exponent -= 140;
        }
    }
    value *= std::pow(10.0, exponent);
    return std::clamp(1.0 - value, 0.0, 1.0);
}

double kolmogorov_p_asymptotic(std::int64_t n, double d) {
    const double x = std::sqrt(static_cast<double>(n)) * d;
    if (x < 0.2) return 1.0;  // within 1e-12
    double sum = 0;
    for (int k = 1; k < 200; ++k) {
        const double term = std::exp(-2.0 * k * k * x * x);
        sum += k % 2 == 1 ? term : -term;
        if (term < 1e-18) break;
    }
    return std::clamp(2.0 * sum, 0.0, 1.0);
}

GoodnessOfFit goodness_of_fit(std::span<const double> probabilities) {
    FORETWIN_RULE(!probabilities.empty(), "a sample has at least one value");
    std::vector<double> u(probabilities.begin(), probabilities.end());
    std::sort(u.begin(), u.end());
    const auto n = static_cast<double>(u.size());
    GoodnessOfFit result;
    double weighted = 0;
    result.cramer_von_mises = 1.0 / (12.0 * n);
    for (std::size_t i = 0; i < u.size(); ++i) {
        const auto rank = static_cast<double>(i + 1);
        result.d_plus = std::max(result.d_plus, rank / n - u[i]);
        result.d_minus = std::max(result.d_minus, u[i] - (rank - 1) / n);
        const double middle = u[i] - (2 * rank - 1) / (2 * n);
        result.cramer_von_mises += middle * middle;
        weighted += (2 * rank - 1) * (std::log(u[i]) + std::log1p(-u[u.size() - 1 - i]));
    }
    result.d = std::max(result.d_plus, result.d_minus);
    result.anderson_darling = -n - weighted / n;
    const auto size = static_cast<std::int64_t>(u.size());
    result.p_asymptotic = kolmogorov_p_asymptotic(size, result.d);
    // The exact way costs (n d)^3 log n; far out it agrees with the limit.
    const double reach = n * result.d;
    result.p_exact = reach < 150.0 ? kolmogorov_p_exact(size, result.d) : result.p_asymptotic;
    return result;
}

}  // namespace foretwin::statistics
