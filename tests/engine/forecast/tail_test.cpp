#include <doctest/doctest.h>

#include <cmath>

#include "engine/core/name_hash.hpp"
#include "engine/forecast/day_distribution.hpp"
#include "engine/random/stream.hpp"

using namespace foretwin;
using namespace foretwin::forecast;
using doctest::Approx;

TEST_CASE("a generalised Pareto law answers in closed form") {
    // (1 + 0.5 * 4 / 2)^(-2) = 1/4; (1 - 0.5 * 2 / 2)^2 = 1/4, and nothing beyond 2 / 0.5.
    CHECK(GeneralisedPareto{0.5, 2}.survival(4) == Approx(0.25));
    CHECK(GeneralisedPareto{0.5, 2}.excess(0.25) == Approx(4));
    CHECK(GeneralisedPareto{-0.5, 2}.survival(2) == Approx(0.25));
    CHECK(GeneralisedPareto{-0.5, 2}.survival(4) == 0);
    CHECK(GeneralisedPareto{0, 3}.survival(3) == Approx(std::exp(-1)));
    CHECK(GeneralisedPareto{0, 3}.excess(1) == 0);
}

TEST_CASE("weighted moments of few excesses, by hand") {
    // Mean 3; of x (1 - F): (1 * 1 + 2 * 1/2 + 6 * 0) / 3 = 2/3; rest 3 - 4/3 = 5/3;
    // shape 2 - 3 / (5/3) = 0.2, scale 2 * 3 * (2/3) / (5/3) = 2.4.
    const auto law = fit_excesses(std::vector<double>{6, 1, 2});
    CHECK(law.shape == Approx(0.2));
    CHECK(law.scale == Approx(2.4));
    // Mean 2, 1/2, rest 1: shape 0, scale 2.
    CHECK(fit_excesses(std::vector<double>{1, 3}).shape == Approx(0));
    CHECK(fit_excesses(std::vector<double>{1, 3}).scale == Approx(2));
    // Equal excesses, one excess: no law fits; exponential with their mean.
    CHECK(fit_excesses(std::vector<double>{2, 2}).scale == 2);
    CHECK(fit_excesses(std::vector<double>{2, 2}).shape == 0);
    CHECK(fit_excesses(std::vector<double>{7}).scale == 7);
}

TEST_CASE("the law that excesses were drawn from is found again") {
    for (const double shape : {-0.3, 0.0, 0.2}) {
        const GeneralisedPareto truth{shape, 5};
        std::vector<double> drawn;
        for (std::uint32_t i = 0; i < 20000; ++i) {
            random::Draws draws({1, 0}, name_hash("tail test"), i, 0);
            drawn.push_back(truth.excess(draws.uniform()));
        }
        const auto found = fit_excesses(drawn);
        CAPTURE(shape);
        CHECK(std::abs(found.shape - shape) < 0.03);  // standard error about 0.01
        CHECK(found.scale == Approx(5).epsilon(0.03));
    }
}

TEST_CASE("a distribution of days, by hand") {
    // Four days: the highest is the tail above 30, exponential with mean 10. Beyond 30:
    // (1 + 1/4) / (4 + 1) = 1/4. The body has 3/4, its knots in the middle of three steps: 10 at
    // 1/8, 20 at 3/8, 30 at 5/8.
    const DayDistribution days(std::vector<double>{30, 10, 40, 20}, 1e12);
    CHECK(days.threshold() == 30);
    CHECK(days.excesses() == 1);
    CHECK(days.beyond() == Approx(0.25));
    CHECK(days.tail().shape == 0);
    CHECK(days.tail().scale == 10);
    CHECK(days.quantile(0.05) == 10);
    CHECK(days.quantile(0.25) == Approx(15));
    CHECK(days.quantile(0.7) == 30);
    CHECK(days.quantile(0.875) == Approx(30 + 10 * std::log(2)));
    CHECK(days.cumulative(9) == 0);
    CHECK(days.cumulative(10) == Approx(1.0 / 16));
    CHECK(days.cumulative(15) == Approx(0.25));
    CHECK(days.cumulative(30) == Approx(11.0 / 16));
    CHECK(days.cumulative(30 + 10 * std::log(2)) == Approx(0.875));
    // Weights 1/8, 1/4, 1/2, 1: tail 1/2 of 15/8, so (1/2 + 1/4) / (15/8 + 1) = 6/23.
    CHECK(DayDistribution(std::vector<double>{30, 10, 40, 20}, 1).beyond() == Approx(6.0 / 23));
}

TEST_CASE("days that are all alike foretell themselves") {
    const DayDistribution days(std::vector<double>(30, 7.0), 15);
    CHECK(days.beyond() == 0);
    CHECK(days.quantile(0.001) == 7);
    CHECK(days.quantile(0.999) == 7);
    CHECK(days.cumulative(7) == Approx(0.5));
    CHECK(days.cumulative(8) == 1);
}

TEST_CASE("more than ever before is possible") {
    std::vector<double> values;
    for (int i = 0; i < 60; ++i) values.push_back(100 + i % 20);
    const DayDistribution days(values, 15);
    CHECK(days.cumulative(119) < 1);
    CHECK(days.quantile(0.9999) > 119);
    for (double p = 0.001; p < 0.999; p += 0.001)
        CHECK(days.quantile(p) <= days.quantile(p + 0.001));
}
