#include <doctest/doctest.h>

#include <boost/math/distributions/normal.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>

#include "engine/core/math.hpp"
#include "tests/engine/core/numbers.hpp"

// Truth is Boost.Math and the C library in long double.
using namespace foretwin;
using foretwin::test::largest_relative_error;
using foretwin::test::Numbers;

namespace {
constexpr double inf = math::infinity;
}

TEST_CASE("erf and erfc agree with the library to 1e-15, far into the tail") {
    Numbers numbers;
    const auto erf = [](double x) { return math::erf(x); };
    const auto true_erf = [](long double x) { return std::erf(x); };
    const auto erfc = [](double x) { return math::erfc(x); };
    const auto true_erfc = [](long double x) { return std::erfc(x); };
    const auto middle = [&] { return numbers.between(-7, 7); };
    CHECK(largest_relative_error(erf, true_erf, 100'000, middle) < 1e-15);
    CHECK(largest_relative_error(erf, true_erf, 100'000,
                                 [&] { return numbers.spread(1e-200, 1); }) < 1e-15);
    CHECK(largest_relative_error(erfc, true_erfc, 100'000, middle) < 1e-15);
    CHECK(largest_relative_error(erfc, true_erfc, 100'000, [&] { return numbers.between(5, 26); }) <
          1e-15);
    CHECK(math::erf(inf) == 1.0);
    CHECK(math::erf(-inf) == -1.0);
    CHECK(math::erfc(-inf) == 2.0);
    CHECK(math::erfc(inf) == 0.0);
}

TEST_CASE("the normal distribution keeps its relative accuracy in both tails") {
    Numbers numbers;
    const auto truth = [](long double z) { return 0.5L * std::erfc(-z / std::sqrt(2.0L)); };
    CHECK(largest_relative_error([](double z) { return math::normal_cdf(z); }, truth, 100'000,
                                 [&] { return numbers.between(-37, 9); }) < 2e-15);
    const auto ours = [](double z) { return math::log_normal_survival(z); };
    const auto log_survival = [](long double z) {
        const long double far = 0.5L * std::erfc(std::abs(z) / std::sqrt(2.0L));
        return z < 0 ? std::log1p(-far) : std::log(far);
    };
    CHECK(largest_relative_error(ours, log_survival, 100'000,
                                 [&] { return numbers.between(-5, 37); }) < 3e-15);
    // Beyond the reach of P(Z > z): -z^2 / 2 - log(z sqrt(2 pi)) + log(1 - 1 / z^2 + ...).
    const double z = 1e4;
    CHECK(math::log_normal_survival(z) ==
          doctest::Approx(-0.5e8 - std::log(z * std::sqrt(2 * M_PI)) - 1e-8).epsilon(1e-15));
    CHECK(math::log_normal_survival(1e10) == -0.5e20);
}

TEST_CASE("the normal quantile is that of Wichura (1988): 1e-15 from 1e-300 to 1") {
    Numbers numbers;
    const auto ours = [](double p) { return math::normal_quantile(p); };
    const auto truth = [](long double p) {
        return boost::math::quantile(boost::math::normal_distribution<long double>(), p);
    };
    CHECK(largest_relative_error(ours, truth, 20'000, [&] { return numbers.unit(); }) < 1e-15);
    CHECK(largest_relative_error(ours, truth, 20'000, [&] { return numbers.spread(1e-300, 1); }) <
          1e-15);
    // Wichura's own test values.
    CHECK(math::normal_quantile(0.25) == doctest::Approx(-0.6744897501960817).epsilon(1e-15));
    CHECK(math::normal_quantile(0.001) == doctest::Approx(-3.090232306167814).epsilon(1e-15));
    CHECK(math::normal_quantile(1e-20) == doctest::Approx(-9.262340089798408).epsilon(1e-15));
    CHECK(math::normal_quantile(0.5) == 0.0);
    CHECK(math::normal_quantile(0.0) == -inf);
    CHECK(math::normal_quantile(1.0) == inf);
    CHECK(std::isnan(math::normal_quantile(1.1)));
    CHECK(std::isnan(math::normal_quantile(-0.1)));
}

TEST_CASE("lgamma agrees with the library, also beside its zeros at 1 and 2") {
    Numbers numbers;
    const auto ours = [](double x) { return math::lgamma(x); };
    const auto truth = [](long double x) { return boost::math::lgamma(x); };
    CHECK(largest_relative_error(ours, truth, 50'000, [&] { return numbers.between(0, 20); }) <
          5e-15);
    CHECK(largest_relative_error(ours, truth, 50'000, [&] { return numbers.spread(1e-20, 1e20); }) <
          5e-15);
    for (const double zero : {1.0, 2.0}) {
        CHECK(largest_relative_error(ours, truth, 10'000, [&] {
                  return zero + numbers.sign() * numbers.spread(1e-14, 1e-2);
              }) < 5e-15);
        CHECK(math::lgamma(zero) == 0.0);
    }
    CHECK(math::lgamma(0.0) == inf);
    CHECK(math::lgamma(inf) == inf);
    CHECK(std::isnan(math::lgamma(-0.5)));
}

TEST_CASE("the incomplete gamma functions agree with Boost in both tails") {
    Numbers numbers;
    for (const double a : {0.01, 0.3, 1.0, 2.5, 17.0, 300.0, 1e5}) {
        CAPTURE(a);
        const double root = std::sqrt(a);
        const int tries = a > 1e4 ? 100 : 2000;
        const auto around = [&] {
            return numbers.between(std::fmax(0, a - 8 * root), a + 8 * root + 1);
        };
        CHECK(
            largest_relative_error(
                [a](double x) { return math::gamma_p(a, x); },
                [a](long double x) { return boost::math::gamma_p(static_cast<long double>(a), x); },
                tries, around) < 2e-13);
        const auto above = [&] { return numbers.between(std::fmax(a, 1), a + 8 * root + 9); };
        CHECK(
            largest_relative_error(
                [a](double x) { return math::gamma_q(a, x); },
                [a](long double x) { return boost::math::gamma_q(static_cast<long double>(a), x); },
                tries, above) < 2e-13);
    }
}

TEST_CASE("their inverses return the argument, from either tail") {
    Numbers numbers;
    for (const double a : {0.01, 0.3, 1.0, 2.5, 17.0, 300.0, 1e5}) {
        CAPTURE(a);
        const int tries = a > 1e4 ? 50 : 1000;
        const auto shape = static_cast<long double>(a);
        CHECK(largest_relative_error(
                  [a](double p) { return math::gamma_p_inverse(a, p); },
                  [shape](long double p) { return boost::math::gamma_p_inv(shape, p); }, tries,
                  [&] { return numbers.spread(1e-200, 1); }) < 2e-13);
        CHECK(largest_relative_error(
                  [a](double q) { return math::gamma_q_inverse(a, q); },
                  [shape](long double q) { return boost::math::gamma_q_inv(shape, q); }, tries,
                  [&] { return numbers.spread(1e-200, 1); }) < 2e-13);
        CHECK(math::gamma_p_inverse(a, 0.0) == 0.0);
        CHECK(math::gamma_p_inverse(a, 1.0) == inf);
        CHECK(math::gamma_q_inverse(a, 0.0) == inf);
        CHECK(std::isnan(math::gamma_p_inverse(a, 1.5)));
    }
}

TEST_CASE("log Q goes on where Q underflows") {
    // Shape 2: Q(2, x) = (1 + x) exp(-x).
    for (const double x : {0.5, 5.0, 500.0, 5e4, 5e9}) {
        CHECK(math::log_gamma_q(2, x) == doctest::Approx(std::log1p(x) - x).epsilon(1e-13));
    }
    CHECK(math::gamma_q(2, 5e4) == 0.0);
    CHECK(math::gamma_density(2, 3) == doctest::Approx(3 * std::exp(-3.0)).epsilon(1e-14));
    CHECK(math::gamma_density(1, 0) == 1.0);
    CHECK(math::gamma_density(3, 0) == 0.0);
    CHECK(math::gamma_density(0.5, 0) == inf);
}
