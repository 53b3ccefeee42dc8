#include "engine/statistics/variance_components.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "engine/core/rule.hpp"

using namespace foretwin;
using namespace foretwin::statistics;
using doctest::Approx;

TEST_CASE("equal groups: the classical analysis of variance") {
    // Groups 1 2 3 | 5 6 7 | 9 10 11: within 1; means 2, 6, 10 have variance 16 = between + 1 / 3.
    const std::vector<double> values{1, 5, 9, 2, 6, 10, 3, 7, 11};
    const std::vector<std::uint32_t> group_of{0, 1, 2, 0, 1, 2, 0, 1, 2};
    const VarianceComponents found = variance_components(values, group_of);
    CHECK(found.values == 9);
    CHECK(found.groups == 3);
    CHECK(found.mean == Approx(6.0));
    CHECK(found.chance == Approx(1.0));
    CHECK(found.between == Approx(16.0 - 1.0 / 3));
    CHECK(group_means(values, group_of) == std::vector<double>{2, 6, 10});
}

TEST_CASE("unequal groups: sizes enter by n0 = (n - sum n_i^2 / n) / (K - 1)") {
    // Groups 1 3 | 6 | 8 10 12. Within: (2 + 0 + 8) / 3 = 10 / 3. Grand mean 40 / 6; between sum
    // 2 (2 - 20/3)^2 + (6 - 20/3)^2 + 3 (10 - 20/3)^2 = 232 / 3; n0 = (6 - 14/6) / 2 = 11 / 6.
    const std::vector<double> values{1, 3, 6, 8, 10, 12};
    const std::vector<std::uint32_t> group_of{0, 0, 4, 7, 7, 7};
    const VarianceComponents found = variance_components(values, group_of);
    CHECK(found.groups == 3);
    CHECK(found.chance == Approx(10.0 / 3));
    CHECK(found.between == Approx((232.0 / 6 - 10.0 / 3) / (11.0 / 6)));
}

TEST_CASE("groups that differ by chance only have no variance between them") {
    const std::vector<double> values{1, 5, 1, 5};
    const std::vector<std::uint32_t> group_of{0, 0, 1, 1};
    CHECK(variance_components(values, group_of).between == 0.0);
}

TEST_CASE("what cannot be told apart is unknown") {
    const std::vector<double> values{1, 2, 3};
    const std::vector<std::uint32_t> alone{0, 1, 2};
    CHECK(std::isnan(variance_components(values, alone).chance));
    CHECK(std::isnan(variance_components(values, alone).between));
    const std::vector<std::uint32_t> together{0, 0, 0};
    CHECK(variance_components(values, together).chance == Approx(1.0));
    CHECK(std::isnan(variance_components(values, together).between));
    CHECK_THROWS_AS(variance_components(values, std::vector<std::uint32_t>{0}), RuleBroken);
}

TEST_CASE("under uncertain parameters the interval counts draws, not futures") {
    const std::vector<double> values{1, 5, 9, 2, 6, 10, 3, 7, 11};
    const std::vector<std::uint32_t> group_of{0, 1, 2, 0, 1, 2, 0, 1, 2};
    const Interval by_draw = mean_interval_by_group(values, group_of, 0.95);
    // t(0.975, 2) = 4.30265272974946; means 2, 6, 10: standard error sqrt(16 / 3).
    CHECK(by_draw.half_width() == Approx(4.30265272974946 * std::sqrt(16.0 / 3)));
    CHECK(by_draw.half_width() > mean_interval(values, 0.95).half_width());
    const std::vector<std::uint32_t> own{0, 1, 2, 3, 4, 5, 6, 7, 8};
    CHECK(mean_interval_by_group(values, own, 0.95).low == mean_interval(values, 0.95).low);
    const std::vector<std::uint32_t> one(9, 0);
    CHECK_FALSE(mean_interval_by_group(values, one, 0.95).known());
    CHECK(mean_interval_by_group(values, one, 0.95).why_unknown ==
          "an interval needs at least two independent parameter draws");
}

TEST_CASE("K = min(32, max(1, N div 2)) parameter draws; future r uses draw r mod K") {
    CHECK(parameter_draws(1, true) == 1);
    CHECK(parameter_draws(3, true) == 1);
    CHECK(parameter_draws(9, true) == 4);
    CHECK(parameter_draws(64, true) == 32);
    CHECK(parameter_draws(1000, true) == 32);
    CHECK(parameter_draws(9, false) == 9);
    CHECK(draw_of_future(9, true) == std::vector<std::uint32_t>{0, 1, 2, 3, 0, 1, 2, 3, 0});
    CHECK(draw_of_future(3, false) == std::vector<std::uint32_t>{0, 1, 2});
    CHECK_THROWS_AS(parameter_draws(0, true), RuleBroken);
}
