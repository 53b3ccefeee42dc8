#include "engine/statistics/sequential_stopping.hpp"

#include <doctest/doctest.h>

#include "engine/core/rule.hpp"

using namespace foretwin;
using namespace foretwin::statistics;

namespace {

/// Figures 90, 110, 90, 110, ...: mean 100, standard deviation about 10.
double figure(std::int64_t replication) {
    return replication % 2 == 0 ? 90.0 : 110.0;
}

std::int64_t replications_until_done(PrecisionTarget target) {
    SequentialStopping stopping(target);
    for (std::int64_t i = 0; !stopping.finished(); ++i) stopping.add(figure(i));
    return stopping.replications();
}

}  // namespace

TEST_CASE("it stops at the first complete batch of 16 that meets the target") {
    // Half-width about 2 * 10 / sqrt(n): 2 needs about 100 replications. t(0.975, 95) = 1.9853:
    // n = 96 gives 2.037, n = 112 gives 1.881.
    CHECK(replications_until_done({.relative_half_width = 0.02}) == 112);
    CHECK(replications_until_done({.absolute_half_width = 2.0}) == 112);
    CHECK(replications_until_done({.relative_half_width = 0.001, .absolute_half_width = 2.0}) ==
          112);
    CHECK(replications_until_done({.absolute_half_width = 2.05}) == 96);
}

TEST_CASE("it respects the fewest and the most replications") {
    CHECK(replications_until_done({.absolute_half_width = 1000, .lowest_replications = 40}) == 48);
    CHECK(replications_until_done({.absolute_half_width = 1000, .lowest_replications = 2}) == 16);
    CHECK(replications_until_done({.absolute_half_width = 0.001, .highest_replications = 100}) ==
          100);
    SequentialStopping stopping({.absolute_half_width = 0.001, .highest_replications = 100});
    for (std::int64_t i = 0; i < 100; ++i) stopping.add(figure(i));
    CHECK(stopping.finished());
    CHECK_FALSE(stopping.reached());
}

TEST_CASE("surplus replications change nothing") {
    SequentialStopping stopping({.absolute_half_width = 2.0});
    for (std::int64_t i = 0; i < 112; ++i) stopping.add(figure(i));
    CHECK(stopping.reached());
    const Interval interval = stopping.interval();
    stopping.add(1e9);
    CHECK(stopping.replications() == 112);
    CHECK(stopping.interval().high == interval.high);
}

TEST_CASE("it foretells how many replications are needed") {
    SequentialStopping stopping({.absolute_half_width = 2.0});
    CHECK(stopping.expected_replications() == 32);
    for (std::int64_t i = 0; i < 32; ++i) stopping.add(figure(i));
    CHECK(stopping.expected_replications() == 112);
    SequentialStopping endless({.highest_replications = 64});
    for (std::int64_t i = 0; i < 20; ++i) endless.add(figure(i));
    CHECK(endless.expected_replications() == 64);
}

TEST_CASE("targets that make no sense are refused") {
    CHECK_THROWS_AS(SequentialStopping({.relative_half_width = -1}), RuleBroken);
    CHECK_THROWS_AS(SequentialStopping({.lowest_replications = 1}), RuleBroken);
    CHECK_THROWS_AS(SequentialStopping({.lowest_replications = 50, .highest_replications = 20}),
                    RuleBroken);
}

TEST_CASE("where replications share parameter draws, the means of the draws decide") {
    // Two draws, 90 and 110, without chance inside: however many replications, the interval is
    // that of two values, 100 +- t(0.975, 1) x 10 = 127. As 32 values it would be 100 +- 3.7.
    SequentialStopping stopping(
        {.relative_half_width = 0.05, .highest_replications = 64, .draws = 2});
    for (std::int64_t i = 0; i < 64; ++i) stopping.add(figure(i));
    CHECK(stopping.replications() == 64);
    CHECK_FALSE(stopping.reached());
    CHECK(stopping.interval().half_width() == doctest::Approx(127.062));
}
