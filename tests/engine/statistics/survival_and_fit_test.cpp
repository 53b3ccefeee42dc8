#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "engine/core/rule.hpp"
#include "engine/statistics/batch_means.hpp"
#include "engine/statistics/goodness_of_fit.hpp"
#include "engine/statistics/kaplan_meier.hpp"

using namespace foretwin;
using namespace foretwin::statistics;
using doctest::Approx;

TEST_CASE("lives that enter late are at risk only after their entry") {
    // At 2: lives 0-2, 0-5 and 1-3 at risk (3-6 not yet): 1 of 3. At 3: 0-5, 1-3: 1 of 2 (3-6
    // enters at 3, so not at risk there). At 6: 3-6 alone.
    const std::vector<ObservedLife> lives{
        {2, true, 0}, {5, false, 0}, {3, true, 1}, {6, true, 3}, {4, true, 4}};
    const auto steps = kaplan_meier(lives);
    REQUIRE(steps.size() == 3);
    CHECK(steps[0].at_risk == 3);
    CHECK(steps[1].at_risk == 2);
    CHECK(steps[2].at_risk == 1);
    CHECK(steps[1].survival == Approx(2.0 / 3 / 2));
    CHECK(steps[1].cumulative_hazard == Approx(1.0 / 3 + 1.0 / 2));
    CHECK(steps[2].survival == 0.0);
    CHECK(steps[2].standard_error == 0.0);
    CHECK(survival_at(steps, 1.9) == 1.0);
    CHECK(survival_at(steps, 2.0) == Approx(2.0 / 3));
    CHECK(survival_at(steps, 5.9) == Approx(1.0 / 3));
    CHECK(kaplan_meier(std::vector<ObservedLife>{}).empty());
}

TEST_CASE("without censoring the curve is one minus the sample's distribution function") {
    const std::vector<ObservedLife> lives{{1, true}, {2, true}, {2, true}, {4, true}};
    const auto steps = kaplan_meier(lives);
    CHECK(survival_at(steps, 1) == Approx(0.75));
    CHECK(survival_at(steps, 3) == Approx(0.25));
    // Greenwood without censoring is the binomial standard error.
    CHECK(steps[1].standard_error == Approx(std::sqrt(0.25 * 0.75 / 4)));
}

TEST_CASE("exact Kolmogorov probabilities against closed forms") {
    // n = 1: P(D >= d) = 2 (1 - d) for d >= 1/2. n = 2, d from 1/2 to 1: 2 (1 - d)^2.
    CHECK(kolmogorov_p_exact(1, 0.7) == Approx(0.6));
    CHECK(kolmogorov_p_exact(2, 0.8) == Approx(0.08));
    // Published: P(D_10 < 0.274) = 0.6284796154565 (Marsaglia, Tsang & Wang 2003).
    CHECK(kolmogorov_p_exact(10, 0.274) == Approx(1 - 0.6284796154565).epsilon(1e-10));
    CHECK(kolmogorov_p_exact(5, 0.05) == 1.0);
    CHECK(kolmogorov_p_exact(5, 1.0) == 0.0);
    // The limit: P(sqrt(n) D >= 1.3581) = 5 %.
    CHECK(kolmogorov_p_asymptotic(1'000'000, 1.3581e-3) == Approx(0.05).epsilon(1e-4));
    CHECK(kolmogorov_p_exact(2000, 0.03) ==
          Approx(kolmogorov_p_asymptotic(2000, 0.03)).epsilon(0.05));
    CHECK_THROWS_AS(goodness_of_fit(std::vector<double>{}), RuleBroken);
}

TEST_CASE("batch means of independent values, and too short series") {
    std::vector<double> series;
    for (int i = 0; i < 100; ++i) series.push_back(i % 10);
    const BatchMeans found = batch_means(series, 10, 0.95);
    CHECK(found.mean.estimate == 4.5);
    CHECK(found.batch_variance == 0.0);
    CHECK_THROWS_AS(batch_means(series, 1, 0.95), RuleBroken);
    CHECK_THROWS_AS(batch_means(series, 101, 0.95), RuleBroken);
    CHECK_THROWS_AS(mser5(std::vector<double>{1, 2, 3}), RuleBroken);
}

TEST_CASE("a series that climbs to its end is too short to truncate") {
    std::vector<double> series;
    for (int i = 0; i < 100; ++i) series.push_back(i);
    CHECK(mser5(series).at_limit);
}
