#include "engine/statistics/interval.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "engine/core/rule.hpp"
#include "engine/statistics/quantile.hpp"

using namespace foretwin;
using namespace foretwin::statistics;
using doctest::Approx;

TEST_CASE("a summary knows mean, variance and range, and merges as if all had been added") {
    const std::vector<double> values{4, 7, 13, 16};  // mean 10, squares 36 + 9 + 9 + 36
    const Summary whole = summarise(values);
    CHECK(whole.mean == 10.0);
    CHECK(whole.variance() == Approx(30.0));
    CHECK(whole.standard_error() == Approx(std::sqrt(30.0 / 4)));
    CHECK(whole.lowest == 4.0);
    CHECK(whole.highest == 16.0);
    Summary merged = summarise(std::span(values).first(1));
    merged.merge(summarise(std::span(values).last(3)));
    merged.merge(Summary{});
    CHECK(merged.count == 4);
    CHECK(merged.mean == Approx(10.0));
    CHECK(merged.variance() == Approx(30.0));
    CHECK(merged.highest == 16.0);
    Summary empty;
    empty.merge(whole);
    CHECK(empty.mean == 10.0);
}

TEST_CASE("a large mean does not swallow the variance") {
    Summary summary;
    for (const double value : {1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16}) summary.add(value);
    CHECK(summary.variance() == Approx(30.0));
}

TEST_CASE("the interval of a mean: t quantile times standard error") {
    const std::vector<double> values{4, 7, 13, 16};
    const Interval interval = mean_interval(values, 0.95);
    // t(0.975, 3) = 3.18244630528371.
    CHECK(interval.half_width() == Approx(3.18244630528371 * std::sqrt(7.5)));
    CHECK(interval.estimate == 10.0);
    CHECK(interval.level == 0.95);
    CHECK(interval.known());
    CHECK(interval.contains(10.0));
    CHECK_FALSE(interval.contains(30.0));
}

TEST_CASE("fewer than two values have no interval, and the reason is told") {
    const std::vector<double> one{5};
    const Interval interval = mean_interval(one, 0.95);
    CHECK_FALSE(interval.known());
    CHECK(interval.estimate == 5.0);
    CHECK(interval.why_unknown == "an interval needs at least two independent values");
    CHECK_FALSE(mean_interval(std::vector<double>{}, 0.95).known());
    CHECK_FALSE(standard_deviation_interval(one, 0.95).known());
    CHECK_FALSE(compare_independent(one, one, 0.95).difference.known());
    CHECK_FALSE(compare_paired(one, one, 0.95).difference.known());
    CHECK_FALSE(share_interval(0, 0, 0.95).known());
}

TEST_CASE("Wilson intervals stay within 0 and 1, and are not empty at the ends") {
    // Newcombe (1998), table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29.
    CHECK(share_interval(81, 263, 0.95).low == Approx(0.2553).epsilon(2e-4));
    CHECK(share_interval(81, 263, 0.95).high == Approx(0.3662).epsilon(2e-4));
    CHECK(share_interval(15, 148, 0.95).low == Approx(0.0624).epsilon(1e-3));
    CHECK(share_interval(15, 148, 0.95).high == Approx(0.1605).epsilon(1e-3));
    CHECK(share_interval(0, 20, 0.95).low == 0.0);
    CHECK(share_interval(0, 20, 0.95).high == Approx(0.1611).epsilon(1e-3));
    CHECK(share_interval(1, 29, 0.95).low == Approx(0.0061).epsilon(1e-2));
    CHECK(share_interval(29, 29, 0.95).high == 1.0);
    CHECK(share_interval(29, 29, 0.95).low < 1.0);
    CHECK_THROWS_AS(share_interval(3, 2, 0.95), RuleBroken);
}

TEST_CASE("pairing removes what both sides share") {
    const std::vector<double> after{11, 22, 33, 44};
    const std::vector<double> before{10, 20, 30, 40};
    const PairedComparison paired = compare_paired(after, before, 0.95);
    CHECK(paired.difference.estimate == 2.5);
    CHECK(paired.correlation == Approx(1.0));
    CHECK(paired.difference.half_width() <
          0.2 * compare_independent(after, before, 0.95).difference.half_width());
    const PairedComparison same = compare_paired(after, after, 0.95);
    CHECK(same.difference.half_width() == 0.0);
    CHECK(same.p_value == 1.0);
}

TEST_CASE("the interval of a single future is wider than that of the mean and does not shrink") {
    std::vector<double> values;
    for (int i = 0; i <= 1000; ++i) values.push_back(i);
    const Interval future = future_interval(values, 0.9);
    CHECK(future.estimate == 500.0);
    CHECK(future.low == Approx(50.0));
    CHECK(future.high == Approx(950.0));
    CHECK_FALSE(future_interval(std::vector<double>{3}, 0.9).known());
}

TEST_CASE("levels outside 0 to 1 are refused") {
    const std::vector<double> values{1, 2};
    CHECK_THROWS_AS(mean_interval(values, 0.0), RuleBroken);
    CHECK_THROWS_AS(mean_interval(values, 1.0), RuleBroken);
    CHECK_THROWS_AS(share_interval(1, 2, 95), RuleBroken);
    CHECK_THROWS_AS(quantile(values, 1.1), RuleBroken);
    CHECK_THROWS_AS(student_t_quantile(0.0, 3), RuleBroken);
    CHECK(std::isnan(quantile(std::vector<double>{}, 0.5)));
}
