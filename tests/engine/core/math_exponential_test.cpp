#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "engine/core/math.hpp"
#include "tests/engine/core/numbers.hpp"

// Truth is the long double library function: 64 bits of mantissa, 11 more than what is tested.
using namespace foretwin;
using foretwin::test::largest_error_ulp;
using foretwin::test::Numbers;

namespace {
constexpr double inf = math::infinity;
constexpr int tries = 200'000;
}  // namespace

TEST_CASE("log is within 0.52 ulp, from the smallest to the largest number and around 1") {
    const auto ours = [](double x) { return math::log(x); };
    const auto truth = [](long double x) { return std::log(x); };
    Numbers numbers;
    CHECK(largest_error_ulp(ours, truth, tries, [&] { return numbers.spread(1e-307, 1e308); }) <
          0.52);
    CHECK(largest_error_ulp(ours, truth, tries, [&] { return numbers.between(0.4, 2.5); }) < 0.52);
    CHECK(largest_error_ulp(ours, truth, tries, [&] { return numbers.between(0.99, 1.01); }) <
          0.52);
    CHECK(largest_error_ulp(ours, truth, tries, [&] { return numbers.between(0, 2.2e-308); }) <
          0.52);
}

TEST_CASE("exp is within 0.52 ulp, and 1 unit where the result is denormal") {
    const auto ours = [](double x) { return math::exp(x); };
    const auto truth = [](long double x) { return std::exp(x); };
    Numbers numbers;
    CHECK(largest_error_ulp(ours, truth, tries, [&] { return numbers.between(-708, 709.7); }) <
          0.52);
    CHECK(largest_error_ulp(ours, truth, tries, [&] { return numbers.between(-1, 1); }) < 0.52);
    CHECK(largest_error_ulp(ours, truth, tries, [&] { return numbers.between(-745, -708); }) <
          1.01);
}

TEST_CASE("expm1 and log1p keep their digits near 0") {
    Numbers numbers;
    const auto expm1 = [](double x) { return math::expm1(x); };
    const auto true_expm1 = [](long double x) { return std::expm1(x); };
    const auto log1p = [](double x) { return math::log1p(x); };
    const auto true_log1p = [](long double x) { return std::log1p(x); };
    const auto tiny = [&] { return numbers.sign() * numbers.spread(1e-300, 0.9); };
    CHECK(largest_error_ulp(expm1, true_expm1, tries, tiny) < 1.5);
    CHECK(largest_error_ulp(log1p, true_log1p, tries, tiny) < 1.5);
    const auto wide = [&] { return numbers.between(-45, 709); };
    CHECK(largest_error_ulp(expm1, true_expm1, tries, wide) < 1.5);
    const auto large = [&] { return numbers.spread(1, 1e300); };
    CHECK(largest_error_ulp(log1p, true_log1p, tries, large) < 1.5);
}

TEST_CASE("pow is within 1 ulp, large exponents of bases near 1 included") {
    Numbers numbers;
    for (const double y : {2.0, 0.5, -3.3, 77.7, 1 / 1.4, 1e-5}) {
        CAPTURE(y);
        const auto ours = [y](double x) { return math::pow(x, y); };
        const auto truth = [y](long double x) { return std::pow(x, static_cast<long double>(y)); };
        CHECK(largest_error_ulp(ours, truth, tries / 10,
                                [&] { return numbers.spread(1e-4, 1e4); }) < 1.0);
    }
    const auto ours = [](double x) { return math::pow(x, -30000.5); };
    const auto truth = [](long double x) { return std::pow(x, -30000.5L); };
    CHECK(largest_error_ulp(ours, truth, tries / 10, [&] { return numbers.between(0.99, 1.01); }) <
          1.0);
}

TEST_CASE("the ends: 0, 1, infinity, NaN, overflow and underflow") {
    CHECK(math::log(0.0) == -inf);
    CHECK(math::log(-0.0) == -inf);
    CHECK(std::isnan(math::log(-1.0)));
    CHECK(math::log(inf) == inf);
    CHECK(math::log(1.0) == 0.0);
    CHECK(std::isnan(math::log(math::not_a_number)));
    CHECK(math::exp(0.0) == 1.0);
    CHECK(math::exp(inf) == inf);
    CHECK(math::exp(-inf) == 0.0);
    CHECK(math::exp(709.79) == inf);
    CHECK(math::exp(-745.2) == 0.0);
    CHECK(math::exp(-745.1) == std::numeric_limits<double>::denorm_min());
    CHECK(std::isnan(math::exp(math::not_a_number)));
    CHECK(math::expm1(-inf) == -1.0);
    CHECK(math::expm1(inf) == inf);
    CHECK(math::expm1(0.0) == 0.0);
    CHECK(math::log1p(-1.0) == -inf);
    CHECK(std::isnan(math::log1p(-1.5)));
    CHECK(math::log1p(inf) == inf);
    CHECK(math::log1p(1e-300) == 1e-300);
}

TEST_CASE("the ends of pow") {
    CHECK(math::pow(2.0, 10.0) == 1024.0);
    CHECK(math::pow(5.0, 0.0) == 1.0);
    CHECK(math::pow(1.0, 1e300) == 1.0);
    CHECK(math::pow(0.0, 0.5) == 0.0);
    CHECK(math::pow(0.0, -0.5) == inf);
    CHECK(math::pow(inf, 2.0) == inf);
    CHECK(math::pow(inf, -2.0) == 0.0);
    CHECK(math::pow(0.5, inf) == 0.0);
    CHECK(math::pow(0.5, -inf) == inf);
    CHECK(math::pow(1.1, 1e300) == inf);
    CHECK(math::pow(10.0, 400.0) == inf);
    CHECK(math::pow(10.0, -400.0) == 0.0);
    CHECK(std::isnan(math::pow(-1.0, 2.0)));
}

TEST_CASE("log and exp never fall where they must rise, also across the edges of their tables") {
    int falls = 0;
    for (int i = 0; i < 128; ++i) {
        for (const double edge : {0.6875 + i / 256.0, 1 + i / 128.0, std::ldexp(1.0, i)}) {
            double x = edge;
            for (int k = 0; k < 40; ++k) x = std::nextafter(x, 0.0);
            for (int k = 0; k < 80; ++k) {
                const double next = std::nextafter(x, inf);
                falls += math::log(next) < math::log(x);
                x = next;
            }
        }
        double x = (i - 64 + 0.5) * std::log(2.0) / 128;
        for (int k = 0; k < 40; ++k) x = std::nextafter(x, -inf);
        for (int k = 0; k < 80; ++k) {
            const double next = std::nextafter(x, inf);
            falls += math::exp(next) < math::exp(x);
            x = next;
        }
    }
    CHECK(falls == 0);
}
