#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "engine/core/fingerprint.hpp"
#include "engine/core/name_hash.hpp"
#include "engine/core/rule.hpp"
#include "tests/engine/random/families.hpp"

using namespace foretwin;
using namespace foretwin::random;
using doctest::Approx;
using foretwin::test::every_continuous_family;

namespace {

constexpr Key key{1, 0};
constexpr std::uint64_t stream = name_hash("Filler/cycle");
constexpr std::uint32_t count = 20'000;

/// sqrt(n) times the Kolmogorov-Smirnov distance of values u from uniform. Above 1.95 with
/// probability 0.1 %; the seed is fixed, so it is either always or never above.
double distance_from_uniform(std::vector<double> u) {
    std::sort(u.begin(), u.end());
    const auto n = static_cast<double>(u.size());
    double distance = 0;
    for (std::size_t i = 0; i < u.size(); ++i) {
        const auto rank = static_cast<double>(i);
        distance = std::max({distance, (rank + 1) / n - u[i], u[i] - rank / n});
    }
    return distance * std::sqrt(n);
}

}  // namespace

TEST_CASE("samples follow their law") {
    for (const Distribution& law : every_continuous_family()) {
        CAPTURE(describe(law));
        std::vector<double> u;
        for (std::uint32_t i = 0; i < count; ++i) {
            Draws cursor = draws(key, stream, i);
            const double x = sample(law, cursor);
            REQUIRE(x >= law.shift);
            u.push_back(cdf(law, x));
        }
        CHECK(distance_from_uniform(u) < 1.95);
    }
}

TEST_CASE("one uniform makes one sample: it is the quantile at that uniform, to the bit") {
    for (const Distribution& law : every_continuous_family()) {
        const bool by_inversion =
            law.family == Family::exponential || law.family == Family::weibull ||
            law.family == Family::lognormal || law.family == Family::uniform ||
            law.family == Family::empirical || law.family == Family::piecewise;
        if (!by_inversion) continue;
        CAPTURE(describe(law));
        for (std::uint32_t i = 0; i < 1000; ++i) {
            Draws cursor = draws(key, stream, i);
            Draws copy = cursor;
            REQUIRE(sample(law, cursor) == quantile(law, copy.uniform()));
            REQUIRE(cursor.bits() == copy.bits());
        }
    }
}

TEST_CASE("on equal draws a longer law gives longer values") {
    const auto pairs = std::vector<std::pair<Distribution, Distribution>>{
        {exponential(5), exponential(6)},
        {weibull(2, 5), weibull(2, 6)},
        {lognormal(5, 2), lognormal(6, 2.4)},
        {erlang(3, 5), erlang(3, 6)},
        {hyperexponential(std::vector<double>{0.5, 0.5}, std::vector<double>{1, 9}),
         hyperexponential(std::vector<double>{0.5, 0.5}, std::vector<double>{2, 10})},
        {gamma(2.5, 5), gamma(2.5, 6)},
        {exponential(5), shifted(exponential(5), 1)},
    };
    for (const auto& pair : pairs) {
        const Distribution& shorter = pair.first;
        const Distribution& longer = pair.second;
        CAPTURE(describe(shorter));
        for (std::uint32_t i = 0; i < 1000; ++i) {
            Draws one = draws(key, stream, i);
            Draws other = one;
            REQUIRE(sample(shorter, one) < sample(longer, other));
        }
    }
}

TEST_CASE("residual lives follow the law given survival to the age") {
    for (const Distribution& law : every_continuous_family()) {
        CAPTURE(describe(law));
        for (const double level : {0.0, 0.05, 0.6, 0.999}) {
            CAPTURE(level);
            const double age = level == 0.0 ? 0.0 : quantile(law, level);
            std::vector<double> u;
            for (std::uint32_t i = 0; i < count / 10; ++i) {
                Draws cursor = draws(key, stream, i);
                const double rest = sample_residual(law, age, cursor);
                REQUIRE(rest >= 0.0);
                u.push_back(survival(law, age + rest) / survival(law, age));
            }
            CHECK(distance_from_uniform(u) < 1.95);
        }
    }
}

TEST_CASE("a residual life within the failure-free time is the rest of a fresh life") {
    const Distribution law = shifted(weibull(2, 30), 25);
    Draws cursor = draws(key, stream, 1);
    Draws copy = cursor;
    CHECK(sample_residual(law, 10, cursor) == Approx(sample(law, copy) - 10));
}

TEST_CASE("residual lives beyond the underflow of the survival function") {
    // Far out a law with hazard h at the age has residual lives of about 1 / h.
    const auto cases = std::vector<std::pair<Distribution, double>>{
        {weibull(3, 1), 100},
        {gamma(2.5, 2.5), 2000},
        {erlang(5, 5), 1500},
        {lognormal_of_log(0, 0.05), 10},
        {exponential(1), 1e5},
        {hyperexponential(std::vector<double>{0.5, 0.5}, std::vector<double>{1, 9}), 1e5},
    };
    for (const auto& far : cases) {
        const Distribution& law = far.first;
        const double age = far.second;
        CAPTURE(describe(law));
        CHECK(survival(law, age) == 0.0);
        double sum = 0;
        for (std::uint32_t i = 0; i < 4000; ++i) {
            Draws cursor = draws(key, stream, i);
            sum += sample_residual(law, age, cursor);
        }
        // Standard error 1.6 %; the hazard itself changes little over such a life.
        CHECK(sum / 4000 * hazard(law, age) == Approx(1.0).epsilon(0.06));
    }
}

TEST_CASE("nothing remains where no value exceeds the age") {
    Draws cursor = draws(key, stream, 0);
    CHECK(sample_residual(deterministic(5), 7, cursor) == 0.0);
    CHECK(sample_residual(deterministic(5), 3, cursor) == 2.0);
    CHECK(sample_residual(uniform(1, 2), 2, cursor) == 0.0);
    const auto observed = empirical(std::vector<double>{1, 2, 3});
    CHECK(sample_residual(observed, 3, cursor) == 0.0);
    CHECK(sample_residual(observed, 2, cursor) == 1.0);
    CHECK_THROWS_AS(sample_residual(observed, -1, cursor), RuleBroken);
}

TEST_CASE("values are drawn with their weights") {
    const auto law = empirical(std::vector<double>{1, 2, 3}, std::vector<double>{1, 0, 3});
    int threes = 0;
    for (std::uint32_t i = 0; i < count; ++i) {
        Draws cursor = draws(key, stream, i);
        const double x = sample(law, cursor);
        REQUIRE((x == 1.0 || x == 3.0));
        threes += x == 3.0;
    }
    CHECK(std::abs(threes - 0.75 * count) < 4 * std::sqrt(0.75 * 0.25 * count));
}

TEST_CASE("durations are whole nanoseconds, and never when the value is infinite") {
    Draws cursor = draws(key, stream, 0);
    CHECK(sample_time(deterministic(1.5e-9 + 3), cursor) == 3 * second + 2);
    const auto mortal = piecewise(std::vector<double>{1}, std::vector<double>{1e-9, 0});
    CHECK(sample_time(mortal, cursor) == never);
    CHECK(sample_time(deterministic(1e12), cursor) == never);
}

TEST_CASE("samples are the same bits everywhere") {
    Fingerprint fingerprint;
    for (const Distribution& law : every_continuous_family()) {
        for (std::uint32_t i = 0; i < 1000; ++i) {
            Draws cursor = draws(key, stream, i);
            fingerprint.add(sample(law, cursor));
            fingerprint.add(sample_residual(law, 3.0, cursor));
        }
    }
    CHECK(fingerprint.text() == "ab1168da77917c95");
}
