// All internal rates of return, with a status: never a root missed, never one invented.
#include "models/economics/internal_rate.hpp"

#include <doctest/doctest.h>

#include <vector>

#include "engine/core/error.hpp"
#include "models/economics/polynomial.hpp"

using namespace foretwin::economics;
using doctest::Approx;

namespace {

struct Golden {
    std::vector<double> flows;
    std::vector<double> rates;
};

/// Published cases in which solvers that start from a guess fail; roots by bisection on (-1, 10].
const std::vector<Golden> golden{
    {{-504, 2862, -6070, 5700, -2000}, {0.25, 1.0 / 3, 3.0 / 7, 2.0 / 3}},
    {{-50, -100, 600, 300, -100}, {-0.76889547, 1.85441783}},
    {{-28, 53, -8}, {-0.83460456, 0.72746170}},
    {{-100, 230, -132}, {0.10, 0.20}},
    {{-1000, 3000, -2500}, {}},
    {{-1678.87, 771.96, 1814.05, 3520.30, 3552.95, 3584.99, 4789.91, -1},
     {-0.99979126, 1.00426985}},
    {{-1000, 300, 400, 500, 200}, {0.15322138}},
};

}  // namespace

TEST_CASE("golden vectors: every root is found") {
    for (const auto& [flows, rates] : golden) {
        CAPTURE(flows);
        const InternalRate got = irr(flows);
        REQUIRE(got.rates.size() == rates.size());
        for (std::size_t i = 0; i < rates.size(); ++i) {
            CHECK(got.rates[i] == Approx(rates[i]).epsilon(1e-7));
        }
        CHECK(irr_status(flows) == got.status);
    }
}

TEST_CASE("golden figures beside the roots") {
    CHECK(npv(std::vector<double>{-504, 2862, -6070, 5700, -2000}, 0.1) ==
          Approx(-2.243289).epsilon(1e-6));
    CHECK(*mirr(std::vector<double>{-504, 2862, -6070, 5700, -2000}, 0.1, 0.1) ==
          Approx(0.09991041).epsilon(1e-6));
    CHECK(npv(std::vector<double>{-50, -100, 600, 300, -100}, 0.1) == Approx(512.051772));
    CHECK(npv(std::vector<double>{-1000, 3000, -2500}, 0.1) == Approx(-338.842975));
    CHECK(npv(std::vector<double>{-100, 230, -132}, 0.1) == Approx(0).epsilon(1e-9));
}

TEST_CASE("a long even stream that never returns its investment has a negative rate") {
    std::vector<double> flows(17, 327.24625);
    flows[0] = -10000;
    CHECK(irr(flows).rates.at(0) == Approx(-0.06765411).epsilon(1e-7));
}

TEST_CASE("status and type") {
    CHECK(irr(std::vector<double>{-1, 2}).status == RateStatus::unique);
    CHECK(irr(std::vector<double>{-1, 2}).type == FlowType::investing);
    CHECK(irr(std::vector<double>{1, -2}).type == FlowType::borrowing);
    CHECK(irr(std::vector<double>{-100, 230, -132}).type == FlowType::mixed);
    CHECK(irr(std::vector<double>{-100, 230, -132}).status == RateStatus::multiple);
    CHECK(irr(std::vector<double>{100, -200, 150}).status == RateStatus::no_real_root);
    CHECK(irr(std::vector<double>{0, 0, 0}).status == RateStatus::no_sign_change);
    CHECK(irr(std::vector<double>{}).status == RateStatus::no_sign_change);
    CHECK(to_text(RateStatus::no_real_root) == "no_real_root");
    CHECK(to_text(FlowType::borrowing) == "borrowing");
}

TEST_CASE("flipping all signs keeps the roots and turns investing into borrowing") {
    for (const auto& [flows, rates] : golden) {
        std::vector<double> flipped;
        for (const double flow : flows) flipped.push_back(-flow);
        CHECK(irr(flipped).rates == irr(flows).rates);
    }
}

TEST_CASE("multiple roots are found once, with their multiplicity") {
    // In x = 1/(1+r): (x - 1)^2, (x - 1)^3 and (2x - 1)^2 (x - 2), so r = 0, 0 and {-1/2, 1}.
    CHECK(irr(std::vector<double>{1, -2, 1}).multiplicities == std::vector<int>{2});
    CHECK(irr(std::vector<double>{1, -2, 1}).rates == std::vector<double>{0});
    CHECK(irr(std::vector<double>{1, -2, 1}).type == FlowType::mixed);
    CHECK(irr(std::vector<double>{-1, 3, -3, 1}).multiplicities == std::vector<int>{3});
    CHECK(irr(std::vector<double>{-1, 3, -3, 1}).type == FlowType::investing);
    const InternalRate both = irr(std::vector<double>{-2, 9, -12, 4});
    REQUIRE(both.rates.size() == 2);
    CHECK(both.rates[0] == Approx(-0.5));
    CHECK(both.rates[1] == Approx(1));
    CHECK(both.multiplicities == std::vector<int>{1, 2});
    CHECK(irr_status(std::vector<double>{-2, 9, -12, 4}) == RateStatus::multiple);
}

TEST_CASE("roots at and around dyadic points, where bisection cuts") {
    // (x - 1)(x - 2)(2x - 1)(x - 3)(4x - 3): rates 0, -1/2, 1, -2/3, 1/3.
    // Expanded: (x-1)(x-2) = x^2-3x+2; times (2x-1): 2x^3-7x^2+7x-2; times (x-3):
    // 2x^4-13x^3+28x^2-23x+6; times (4x-3): 8x^5-58x^4+151x^3-176x^2+93x-18.
    const std::vector<double> flows{-18, 93, -176, 151, -58, 8};
    const InternalRate got = irr(flows);
    REQUIRE(got.rates.size() == 5);
    const std::vector<double> rates{-2.0 / 3, -0.5, 0, 1.0 / 3, 1};
    for (std::size_t i = 0; i < 5; ++i) CHECK(got.rates[i] == Approx(rates[i]).epsilon(1e-14));
}

TEST_CASE("two rates that differ by a hundred-millionth stay two") {
    // (1 + r - a)(1 + r - b) in powers of 1/(1+r); sums and products are exact in binary.
    const double a = 1.125;
    const double b = 1.125 + 0x1p-27;
    const InternalRate got = irr(std::vector<double>{1, -(a + b), a * b});
    REQUIRE(got.rates.size() == 2);
    CHECK(got.rates[0] == Approx(0.125).epsilon(1e-15));
    CHECK(got.rates[1] == Approx(0.125 + 0x1p-27).epsilon(1e-15));
    // And equal ones are one double root.
    CHECK(irr(std::vector<double>{1, -2.25, 1.265625}).multiplicities == std::vector<int>{2});
}

TEST_CASE("both ways of isolating roots agree") {
    for (const auto& [flows, rates] : golden) {
        const Polynomial polynomial = exact_polynomial(flows);
        CHECK(isolate_by_sturm(polynomial).size() == rates.size());
        CHECK(isolate_simple_positive_roots(polynomial)->size() == rates.size());
    }
}

TEST_CASE("a flow of another size by 300 orders does not overwhelm the count") {
    CHECK(irr(std::vector<double>{-1e300, 1e-300, 1e300}).status == RateStatus::unique);
    CHECK_THROWS_AS(irr(std::vector<double>(401, 1.0)), foretwin::InputError);
}
