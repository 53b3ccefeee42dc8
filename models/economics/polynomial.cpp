#include "models/economics/polynomial.hpp"

#include <algorithm>
#include <cmath>

namespace foretwin::economics {

void trim(Polynomial& polynomial) {
    while (!polynomial.empty() && polynomial.back() == 0) polynomial.pop_back();
}

Polynomial primitive(Polynomial polynomial) {
    trim(polynomial);
    Integer content = 0;
    for (const Integer& coefficient : polynomial) {
        content = gcd(content, coefficient);
        if (content == 1) return polynomial;
    }
    for (Integer& coefficient : polynomial) coefficient /= content;
    return polynomial;
}

Polynomial derivative(const Polynomial& polynomial) {
    Polynomial result;
    for (std::size_t power = 1; power < polynomial.size(); ++power)
        result.push_back(polynomial[power] * power);
    return result;
}

Polynomial signed_remainder(Polynomial a, const Polynomial& b) {
    const Integer lead = abs(b.back());
    const bool negative = b.back() < 0;
    while (a.size() >= b.size()) {
        const Integer top = negative ? Integer(-a.back()) : a.back();
        const std::size_t shift = a.size() - b.size();
        for (Integer& coefficient : a) coefficient *= lead;
        for (std::size_t i = 0; i < b.size(); ++i) a[i + shift] -= top * b[i];
        trim(a);
        a = primitive(std::move(a));
    }
    return a;
}

namespace {

Polynomial common_divisor(Polynomial a, Polynomial b) {
    while (!b.empty()) {
        Polynomial rest = signed_remainder(std::move(a), b);
        a = std::move(b);
        b = std::move(rest);
    }
    a = primitive(std::move(a));
    return a;
}

/// a / b where b divides a and is primitive, so that the quotient is whole (Gauss's lemma).
Polynomial exact_quotient(Polynomial a, const Polynomial& b) {
    if (a.size() < b.size()) return {};
    Polynomial quotient(a.size() - b.size() + 1);
    for (std::size_t shift = quotient.size(); shift-- > 0;) {
        quotient[shift] = a[shift + b.size() - 1] / b.back();
        for (std::size_t i = 0; i < b.size(); ++i) a[shift + i] -= quotient[shift] * b[i];
    }
    trim(quotient);
    return quotient;
}

Polynomial difference(Polynomial a, const Polynomial& b) {
    if (a.size() < b.size()) a.resize(b.size());
    for (std::size_t i = 0; i < b.size(); ++i) a[i] -= b[i];
    trim(a);
    return a;
}

}  // namespace

Polynomial exact_polynomial(std::span<const double> coefficients) {
    int lowest = 0;
    bool first = true;
    for (const double coefficient : coefficients) {
        if (coefficient == 0) continue;
        int exponent = 0;
        std::frexp(coefficient, &exponent);
        lowest = first ? exponent : std::min(lowest, exponent);
        first = false;
    }
    Polynomial result;
    for (const double coefficient : coefficients) {
        int exponent = 0;
        const double mantissa = std::frexp(coefficient, &exponent);
        Integer whole(static_cast<long long>(std::ldexp(mantissa, 53)));
        if (coefficient != 0) whole <<= static_cast<unsigned>(exponent - lowest);
        result.push_back(std::move(whole));
    }
    trim(result);
    const auto lowest_power =
        std::find_if(result.begin(), result.end(), [](const Integer& c) { return c != 0; });
    result.erase(result.begin(), lowest_power);
    return primitive(std::move(result));
}

int sign_at(const Polynomial& polynomial, const Dyadic& point) {
    Integer sum = 0;
    unsigned scale = 0;
    for (std::size_t power = polynomial.size(); power-- > 0;) {
        sum = sum * point.numerator + (polynomial[power] << scale);
        scale += point.shift;
    }
    return sum.sign();
}

std::vector<SquareFreeFactor> square_free_factors(const Polynomial& polynomial) {
    std::vector<SquareFreeFactor> factors;
    const Polynomial slope = derivative(polynomial);
    Polynomial common = common_divisor(polynomial, slope);
    Polynomial rest = exact_quotient(polynomial, common);
    Polynomial other = difference(exact_quotient(slope, common), derivative(rest));
    for (int multiplicity = 1; rest.size() > 1; ++multiplicity) {
        const Polynomial factor = other.empty() ? primitive(rest) : common_divisor(rest, other);
        if (factor.size() > 1) factors.push_back({factor, multiplicity});
        rest = exact_quotient(rest, factor);
        other = difference(exact_quotient(other, factor), derivative(rest));
    }
    return factors;
}

}  // namespace foretwin::economics
