#pragma once

#include <boost/multiprecision/cpp_int.hpp>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace foretwin::economics {

using Integer = boost::multiprecision::cpp_int;

/// Polynomial with whole coefficients, lowest power first, no zero at the top; empty is zero.
/// Everything here is exact, which is what lets a root count be a proof.
using Polynomial = std::vector<Integer>;

/// The point numerator / 2^shift.
struct Dyadic {
    Integer numerator = 0;
    unsigned shift = 0;
};

/// Coefficients times the power of two that makes them all whole, powers of x divided out.
Polynomial exact_polynomial(std::span<const double> coefficients);

int sign_at(const Polynomial& polynomial, const Dyadic& point);

void trim(Polynomial& polynomial);  ///< takes zeros off the top
Polynomial derivative(const Polynomial& polynomial);
/// Divided by the greatest common divisor of the coefficients; signs stay.
Polynomial primitive(Polynomial polynomial);
/// Remainder of a / b times a positive number, so that its sign is that of the true remainder.
Polynomial signed_remainder(Polynomial a, const Polynomial& b);

struct SquareFreeFactor {
    Polynomial factor;
    int multiplicity = 1;
};
/// Square-free factors, multiplicity ascending, constants left out (Yun 1976).
std::vector<SquareFreeFactor> square_free_factors(const Polynomial& polynomial);

/// Number of distinct roots in (0, infinity) by Sturm's theorem. The constant coefficient must not
/// be zero.
int count_positive_roots(const Polynomial& polynomial);

/// An open interval (low, high) that holds exactly one root, or the root itself where low == high.
struct RootInterval {
    Dyadic low, high;
};

/// One interval per positive root by bisection and Descartes' rule of signs (Collins and Akritas
/// 1976), ascending. Fast, and a proof that all roots are simple; empty optional when some root is
/// multiple, or several lie closer than 2^-60 of the root bound. Constant coefficient not zero.
std::optional<std::vector<RootInterval>> isolate_simple_positive_roots(
    const Polynomial& polynomial);

/// The same for any square-free polynomial by Sturm's theorem (1829): slower, never gives up.
std::vector<RootInterval> isolate_by_sturm(const Polynomial& polynomial);

/// Sign of a polynomial immediately to the right of a point that is at most a simple root.
int sign_right_of(const Polynomial& polynomial, const Dyadic& point);

}  // namespace foretwin::economics
