#include "engine/statistics/scores.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "engine/statistics/quantile.hpp"
#include "engine/statistics/verification.hpp"
#include "tests/engine/statistics/oracle.hpp"

using namespace foretwin::statistics;
using foretwin::test::Oracle;
using foretwin::test::oracles;

TEST_CASE("S-CR: scores of ensembles") {
    for (const Oracle& oracle : oracles("S-CR")) {
        const auto ensembles =
            oracle.parameters().at("ensembles").get<std::vector<std::vector<double>>>();
        const auto truths = oracle.values("observations");
        double sum = 0;
        for (std::size_t i = 0; i < truths.size(); ++i) {
            const auto& expected = oracle.answers().at("per_case").at(i);
            std::vector<double> sorted = ensembles[i];
            std::sort(sorted.begin(), sorted.end());
            const double truth = truths[i];
            const double low = quantile(sorted, 0.05), high = quantile(sorted, 0.95);
            oracle.check(crps(ensembles[i], truth), expected.at("crps"));
            oracle.check(crps_fair(ensembles[i], truth), expected.at("crps_fair"));
            oracle.check(interval_score(low, high, 0.9, truth), expected.at("interval_score90"));
            oracle.check(pinball(low, 0.05, truth), expected.at("pinball").at("0.05"));
            oracle.check(pinball(quantile(sorted, 0.5), 0.5, truth),
                         expected.at("pinball").at("0.5"));
            oracle.check(pinball(high, 0.95, truth), expected.at("pinball").at("0.95"));
            CHECK((low <= truth && truth <= high) == expected.at("covered90").get<bool>());
            CHECK(rank(ensembles[i], truth) == expected.at("rank").get<std::int64_t>());
            oracle.check(pit(ensembles[i], truth), oracle.answers().at("pit").at(i));
            sum += crps(ensembles[i], truth);
        }
        oracle.check(sum / static_cast<double>(truths.size()), "mean_crps");
    }
}

TEST_CASE("S-CN: scores in closed form") {
    for (const Oracle& oracle : oracles("S-CN")) {
        const auto normal =
            oracle.parameters().at("normal").get<std::vector<std::vector<double>>>();
        for (std::size_t i = 0; i < normal.size(); ++i)
            oracle.check(crps_normal(normal[i][0], normal[i][1], normal[i][2]),
                         oracle.answers().at("normal").at(i));
        const auto laws =
            oracle.parameters().at("exponential").get<std::vector<std::vector<double>>>();
        for (std::size_t i = 0; i < laws.size(); ++i)
            oracle.check(crps_exponential(laws[i][0], laws[i][1]),
                         oracle.answers().at("exponential").at(i));
    }
}

TEST_CASE("CRPS of a count is exact") {
    // Bernoulli p: sum over k of (F(k) - [truth <= k])^2 has one term at k = 0.
    CHECK(crps(bernoulli(0.3), 0) == doctest::Approx(0.3 * 0.3));
    CHECK(crps(bernoulli(0.3), 1) == doctest::Approx(0.7 * 0.7));
    // Surely 0, truth 4: the absolute error. Truth beyond the table: 0.7^2 + 1 + 1.
    CHECK(crps(CountDistribution{}, 4) == 4);
    CHECK(crps(bernoulli(0.3), 3) == doctest::Approx(2.49));
    // Equal to the form for ensembles, of the same equal shares.
    const std::vector<std::int64_t> counts{0, 2, 2, 5, 1, 9};
    const std::vector<double> values(counts.begin(), counts.end());
    for (const std::int64_t truth : {0, 1, 3, 9, 12})
        CHECK(crps(of_ensemble(counts), truth) ==
              doctest::Approx(crps(values, static_cast<double>(truth))).epsilon(1e-12));
    CHECK_THROWS(crps(bernoulli(0.3), -1));
}

TEST_CASE("CRPS of a Poisson count agrees with its closed form") {
    // Wei & Held (2014): (y - m)(2 F(y) - 1) + 2 m f(floor y) - m exp(-2 m)(I0(2 m) + I1(2 m)).
    for (const double mean : {0.02, 0.7, 2.1, 31.5})
        for (const std::int64_t truth : {0, 1, 5, 40}) {
            const CountDistribution law = poisson(mean);
            const auto y = static_cast<double>(truth);
            const double mass = std::exp(y * std::log(mean) - mean - std::lgamma(y + 1));
            const double bessel = std::cyl_bessel_i(0, 2 * mean) + std::cyl_bessel_i(1, 2 * mean);
            const double expected = (y - mean) * (2 * law.at_most(truth) - 1) + 2 * mean * mass -
                                    mean * std::exp(-2 * mean) * bessel;
            CHECK(crps(law, truth) == doctest::Approx(expected).epsilon(1e-9));
        }
}

TEST_CASE("sums of independent counts are exact") {
    const CountDistribution two = sum_of(bernoulli(0.5), bernoulli(0.25));
    CHECK(two.mass == std::vector<double>{0.375, 0.5, 0.125});
    CHECK(two.mean() == 0.75);
    CHECK(two.variance() == doctest::Approx(0.5 * 0.5 + 0.25 * 0.75));
    CHECK(two.quantile(0.375) == 0);
    CHECK(two.quantile(0.376) == 1);
    CHECK(two.quantile(1) == 2);
    // Poisson counts add up to a Poisson count.
    const CountDistribution sum = sum_of(poisson(1.5), poisson(2.5));
    for (std::int64_t k = 0; k < 15; ++k)
        CHECK(sum.at_most(k) == doctest::Approx(poisson(4).at_most(k)).epsilon(1e-10));
    CHECK_THROWS(bernoulli(1.5));
    CHECK_THROWS(of_ensemble({}));
}

TEST_CASE("Brier score and skill") {
    const std::vector<double> told{0.9, 0.2, 0.5};
    const double score = brier_score(told, {true, false, true});
    CHECK(score == doctest::Approx((0.01 + 0.04 + 0.25) / 3));
    CHECK(skill(score, 0.2) == doctest::Approx(0.5));
    CHECK(std::isnan(skill(0.1, 0)));
    CHECK_THROWS(brier_score(told, {true}));
}

TEST_CASE("the randomised PIT of a right forecast is uniform") {
    // Over all truths, weighted by their mass, the intervals [F(y - 1), F(y)] tile (0, 1).
    const CountDistribution law = poisson(2);
    double end = 0;
    for (std::int64_t truth = 0; truth < 10; ++truth) {
        CHECK(pit(law, truth, 0) == doctest::Approx(end));
        end = pit(law, truth, 1);
    }
    CHECK(pit(bernoulli(0.3), 1, 0.5) == doctest::Approx(0.85));
    CHECK(pit(bernoulli(0.3), 7, 0.5) == 1);  // what was held impossible
}

TEST_CASE("the binomial test gives the values of the textbooks") {
    // Conover (1971), p. 97: 682 of 925 at 3/4 has p = 0.3825; R: binom.test(682, 925, p = 0.75).
    CHECK(binomial_test(682, 925, 0.75) == doctest::Approx(0.3825).epsilon(2e-4));
    // 9 or 1 of 10 at 1/2 and beyond: 2 (1 + 10) / 1024.
    CHECK(binomial_test(9, 10, 0.5) == doctest::Approx(22.0 / 1024));
    CHECK(binomial_test(0, 0, 0.5) == 1);
    CHECK(binomial_test(3, 3, 1) == 1);
}

TEST_CASE("standard errors of differences know overlapping targets") {
    // Differences 1, -1, 1, -1 ...: without lags the variance of the mean is s^2 / n.
    const std::vector<double> zero(6, 0.0);
    const std::vector<double> alternating{1, -1, 1, -1, 1, -1};
    const auto plain = paired_difference(alternating, zero, 1);
    CHECK(plain.mean == doctest::Approx(0).epsilon(1e-12));
    CHECK(plain.standard_error == doctest::Approx(std::sqrt(6.0 / 5 / 6)));
    // With overlap 2: 6 + 2 * (1/2) * (-5) = 1 instead of 6.
    CHECK(paired_difference(alternating, zero, 2).standard_error ==
          doctest::Approx(std::sqrt(1.0 / 5 / 6)));
    // Blocks of equal values: neighbours tell the same, so 6 + 2 (2/3) 3 + 2 (1/3) 0 = 10.
    const std::vector<double> blocks{1, 1, 1, -1, -1, -1};
    CHECK(paired_difference(blocks, zero, 3).standard_error ==
          doctest::Approx(std::sqrt(10.0 / 5 / 6)));
    CHECK_THROWS(paired_difference(blocks, zero, 0));
}

TEST_CASE("coverage counts targets that do not overlap") {
    const std::vector<double> pits{0.5, 0.01, 0.2, 0.99, 0.05, 0.96};
    const Coverage all = coverage(pits, 0.9, 1);
    CHECK(all.inside == 3);  // 0.5, 0.2 and 0.05, which is on the edge
    CHECK(all.trials == 6);
    CHECK(all.p_value == doctest::Approx(binomial_test(3, 6, 0.9)));
    CHECK(coverage(pits, 0.9, 2).inside == 3);
    CHECK(coverage(pits, 0.9, 2).trials == 3);
}

TEST_CASE("reliability tells what was foretold and what came, bin by bin") {
    const std::vector<double> edges{0, 0.5, 1};
    const auto bins =
        reliability(std::vector<double>{0.1, 0.3, 0.5, 1.0}, {false, true, true, true}, edges);
    REQUIRE(bins.size() == 2);
    CHECK(bins[0].foretold == doctest::Approx(0.2));
    CHECK(bins[0].observed.estimate == 0.5);
    CHECK(bins[1].forecasts == 2);
    CHECK(pit_histogram(std::vector<double>{0, 0.05, 0.95, 1}, 10) ==
          std::vector<std::int64_t>{2, 0, 0, 0, 0, 0, 0, 0, 0, 2});
}
