#include "engine/statistics/log_linear_histogram.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <vector>

#include "engine/core/rule.hpp"

using namespace foretwin;
using doctest::Approx;
using foretwin::statistics::LogLinearHistogram;

TEST_CASE("buckets are contiguous and no wider than a 64th of their start") {
    std::size_t last = 0;
    for (std::int64_t value = 0; value < 100'000; ++value) {
        const std::size_t bucket = LogLinearHistogram::bucket_of(value);
        REQUIRE((bucket == last || bucket == last + 1));
        REQUIRE(LogLinearHistogram::bucket_start(bucket) <= static_cast<double>(value));
        REQUIRE(LogLinearHistogram::bucket_start(bucket + 1) > static_cast<double>(value));
        last = bucket;
    }
    for (std::size_t i = 64; i < LogLinearHistogram::buckets; ++i) {
        const double start = LogLinearHistogram::bucket_start(i);
        REQUIRE(LogLinearHistogram::bucket_start(i + 1) - start <= start / 64);
    }
    CHECK(LogLinearHistogram::bucket_of(std::numeric_limits<std::int64_t>::max()) ==
          LogLinearHistogram::buckets - 1);
    CHECK(LogLinearHistogram::bucket_start(LogLinearHistogram::buckets) == 0x1p63);
}

TEST_CASE("quantiles are within 1 % of the order statistic, over eight orders of magnitude") {
    auto histogram = std::make_unique<LogLinearHistogram>();
    std::vector<std::int64_t> values;
    for (int i = 0; i < 20'001; ++i) {
        values.push_back(static_cast<std::int64_t>(std::exp2(28.0 * i / 20'000 + 12)));
        histogram->add(values.back());
    }
    for (const double p : {0.001, 0.05, 0.25, 0.5, 0.9, 0.99, 0.999}) {
        CAPTURE(p);
        const auto exact = static_cast<double>(values[static_cast<std::size_t>(20'000 * p)]);
        CHECK(histogram->quantile(p) == Approx(exact).epsilon(0.01));
        CHECK(histogram->share_at_most(static_cast<std::int64_t>(exact)) ==
              Approx(p).epsilon(0.001).scale(0.1));
    }
    CHECK(histogram->quantile(0.0) == 4096.0);
    CHECK(histogram->quantile(1.0) == static_cast<double>(values.back()));
}

TEST_CASE("small whole numbers and single values are exact") {
    LogLinearHistogram histogram;
    for (const std::int64_t value : {3, 1, 2, 2, 100}) histogram.add(value);
    CHECK(histogram.quantile(0.0) == 1.0);
    CHECK(histogram.quantile(0.5) == 2.0);
    CHECK(histogram.quantile(1.0) == 100.0);
    LogLinearHistogram one;
    one.add(987'654'321);
    CHECK(one.quantile(0.3) == 987'654'321.0);
    CHECK(one.share_at_most(987'654'320) == 0.0);
    CHECK(one.share_at_most(987'654'321) == 1.0);
}

TEST_CASE("values spread within one bucket are told apart by the line through it") {
    LogLinearHistogram
        histogram;  // 64000 to 64999 lie in one bucket of width 1024 or its neighbour
    for (std::int64_t value = 64'000; value < 65'000; ++value) histogram.add(value);
    CHECK(histogram.quantile(0.5) == Approx(64'500).epsilon(0.002));
}

TEST_CASE("merging is adding, in any order") {
    LogLinearHistogram left;
    LogLinearHistogram right;
    LogLinearHistogram whole;
    for (std::int64_t i = 0; i < 1000; ++i) {
        (i % 3 == 0 ? left : right).add(i * i * i);
        whole.add((999 - i) * (999 - i) * (999 - i));
    }
    LogLinearHistogram merged = left;
    merged.merge(right);
    CHECK(merged == whole);
    right.merge(left);
    CHECK(right == whole);
    CHECK(whole.count() == 1000);
    CHECK(whole.highest() == 999LL * 999 * 999);
}

TEST_CASE("nothing, negative values and levels out of range") {
    LogLinearHistogram histogram;
    CHECK(std::isnan(histogram.quantile(0.5)));
    CHECK(std::isnan(histogram.share_at_most(3)));
    histogram.add(-5);
    CHECK(histogram.quantile(0.5) == 0.0);
    CHECK_THROWS_AS(histogram.quantile(1.5), RuleBroken);
}
