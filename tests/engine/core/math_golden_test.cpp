#include <doctest/doctest.h>

#include "engine/core/fingerprint.hpp"
#include "engine/core/math.hpp"
#include "tests/engine/core/numbers.hpp"

// The promise "same answer everywhere": these hashes hold for every compiler, optimisation level
// and x86-64 processor. A change here changes every result ever published.
using namespace foretwin;
using foretwin::test::Numbers;

namespace {

constexpr int count = 100'000;

template <class Function>
std::string hash_of(Function function) {
    Numbers numbers(7);
    Fingerprint fingerprint;
    for (int i = 0; i < count; ++i) fingerprint.add(function(numbers));
    return fingerprint.text();
}

/// Positive numbers of all sizes, made from bits only.
double any_size(Numbers& numbers) {
    return std::bit_cast<double>(numbers.bits() % 0x7ff0000000000000ULL);
}

}  // namespace

TEST_CASE("exp, log and pow give the same bits everywhere") {
    CHECK(hash_of([](Numbers& n) { return math::log(any_size(n)); }) == "b75dd8989536ee52");
    CHECK(hash_of([](Numbers& n) { return math::log(n.unit()); }) == "f3fd17fa535dc6fd");
    CHECK(hash_of([](Numbers& n) { return math::exp(n.between(-750, 712)); }) ==
          "bd949dec7656e03a");
    CHECK(hash_of([](Numbers& n) { return math::expm1(n.between(-2, 2)); }) == "2c0aeb243a18c384");
    CHECK(hash_of([](Numbers& n) { return math::log1p(n.between(-1, 3)); }) == "0379aacf79036e1d");
    CHECK(hash_of([](Numbers& n) {
              const double x = n.between(0, 20);
              return math::pow(x, n.between(-9, 9));
          }) == "7d028031c846dc0e");
}

TEST_CASE("the special functions give the same bits everywhere") {
    CHECK(hash_of([](Numbers& n) { return math::erf(n.between(-7, 7)); }) == "4956393b852ab302");
    CHECK(hash_of([](Numbers& n) { return math::erfc(n.between(-7, 28)); }) == "9f5c8ccab0f117a0");
    CHECK(hash_of([](Numbers& n) { return math::normal_cdf(n.between(-39, 9)); }) ==
          "4fb21318136eec5f");
    CHECK(hash_of([](Numbers& n) { return math::normal_quantile(n.unit()); }) ==
          "c03d53a1d304e4e7");
    CHECK(hash_of([](Numbers& n) { return math::lgamma(n.between(0, 30)); }) == "b6a332286078dcd1");
    CHECK(hash_of([](Numbers& n) {
              const double a = n.between(0, 9);
              return math::gamma_p(a, n.between(0, 20));
          }) == "80fec9e084a1fa65");
    CHECK(hash_of([](Numbers& n) {
              const double a = n.between(0, 9);
              return math::gamma_q_inverse(a, n.unit());
          }) == "6602137d526c8431");
}
