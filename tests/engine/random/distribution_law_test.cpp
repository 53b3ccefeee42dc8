#include <doctest/doctest.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/core/rule.hpp"
#include "tests/engine/random/families.hpp"

using namespace foretwin;
using namespace foretwin::random;
using doctest::Approx;
using foretwin::test::every_continuous_family;

namespace {

/// Integral of a function of the value, over all probability: midpoints in u, refined to both ends.
template <class Function>
double expectation(const Distribution& law, Function function) {
    double sum = 0;
    const int count = 200'000;
    // u = 3 s^2 - 2 s^3 puts many points where quantiles change fast.
    for (int i = 0; i < count; ++i) {
        const double s = (i + 0.5) / count;
        const double u = s * s * (3 - 2 * s);
        sum += 6 * s * (1 - s) * function(quantile(law, u)) / count;
    }
    return sum;
}

}  // namespace

TEST_CASE("cdf, quantile, mean and variance agree with the reference tables (oracle S-DI)") {
    std::ifstream file(FORETWIN_SOURCE_DIR "/tests/known_answers/statistics.json");
    const auto document = nlohmann::json::parse(file);
    int seen = 0;
    for (const auto& oracle : document.at("cases")) {
        if (!oracle.at("id").get<std::string>().starts_with("S-DI")) continue;
        for (const auto& row : oracle.at("answers").at("table")) {
            const auto family = row.at("dist").get<std::string>();
            const auto parameters = row.at("params").get<std::vector<double>>();
            Distribution law;
            if (family == "weibull") {
                law = weibull(parameters[0], parameters[1]);
            } else if (family == "lognormal_mean_cv") {
                law = lognormal(parameters[0], parameters[0] * parameters[1]);
            } else if (family == "gamma_shape_mean") {
                law = gamma(parameters[0], parameters[1]);
            } else {
                continue;  // normal, student_t and chi2: tests/engine/statistics
            }
            CAPTURE(family);
            ++seen;
            CHECK(mean(law) == Approx(row.at("mean").get<double>()).epsilon(1e-9));
            CHECK(variance(law) == Approx(row.at("var").get<double>()).epsilon(1e-9));
            for (const auto& [x, p] : row.at("cdf").items()) {
                CHECK(std::abs(cdf(law, std::stod(x)) - p.get<double>()) <=
                      1e-12 + 1e-9 * p.get<double>());
            }
            for (const auto& [p, x] : row.at("quantile").items()) {
                CHECK(std::abs(quantile(law, std::stod(p)) - x.get<double>()) <=
                      1e-12 + 1e-9 * x.get<double>());
            }
        }
    }
    CHECK(seen == 3);
}

TEST_CASE("quantile undoes cdf, and cdf, survival and cumulative hazard are one thing") {
    for (const Distribution& law : every_continuous_family()) {
        CAPTURE(describe(law));
        for (const double u : {1e-6, 0.01, 0.2, 0.5, 0.8, 0.99, 1 - 1e-6}) {
            CAPTURE(u);
            const double x = quantile(law, u);
            CHECK(cdf(law, x) == Approx(u).epsilon(1e-9));
            CHECK(survival(law, x) == Approx(1 - u).epsilon(1e-9));
            CHECK(cumulative_hazard(law, x) == Approx(-std::log(1 - u)).epsilon(1e-8));
            CHECK(hazard(law, x) * survival(law, x) == Approx(density(law, x)).epsilon(1e-9));
        }
        CHECK(quantile(law, 0.0) >= law.shift);
        CHECK(survival(law, 0.0) == 1.0);
        CHECK(cdf(law, -1.0) == 0.0);
        CHECK(survival(law, -1.0) == 1.0);
        CHECK(std::isnan(quantile(law, 1.1)));
    }
}

TEST_CASE("the density is the slope of the distribution function") {
    for (const Distribution& law : every_continuous_family()) {
        if (law.family == Family::empirical || law.family == Family::piecewise) continue;  // kinks
        CAPTURE(describe(law));
        for (const double u : {0.05, 0.3, 0.6, 0.9}) {
            const double x = quantile(law, u);
            const double step = 1e-5 * (x - law.shift);
            const double slope = (cdf(law, x + step) - cdf(law, x - step)) / (2 * step);
            CHECK(density(law, x) == Approx(slope).epsilon(1e-6));
        }
    }
}

TEST_CASE("mean and standard deviation are the integrals over the quantile function") {
    for (const Distribution& law : every_continuous_family()) {
        CAPTURE(describe(law));
        const double average = mean(law);
        // A coefficient of variation of 7 converges slowly.
        const double epsilon = standard_deviation(law) > 5 * average ? 0.02 : 1e-4;
        CHECK(expectation(law, [](double x) { return x; }) == Approx(average).epsilon(epsilon));
        if (epsilon > 1e-3) continue;
        CHECK(expectation(law, [&](double x) { return (x - average) * (x - average); }) ==
              Approx(variance(law)).epsilon(1e-3));
    }
}

TEST_CASE("closed moments: exponential, Erlang, uniform, two phases, piecewise") {
    CHECK(mean(exponential(7)) == 7.0);
    CHECK(standard_deviation(exponential(7)) == 7.0);
    CHECK(variance(erlang(4, 8)) == Approx(16.0));  // mean^2 / k
    CHECK(variance(uniform(2, 8)) == Approx(3.0));  // 6^2 / 12
    // E = 0.4 * 10 + 0.6 * 5 = 7; E[X^2] = 2 (0.4 * 100 + 0.6 * 25) = 110.
    const auto phases = hyperexponential(std::vector<double>{0.4, 0.6}, std::vector<double>{10, 5});
    CHECK(mean(phases) == Approx(7.0));
    CHECK(variance(phases) == Approx(110.0 - 49.0));
    // One rate throughout, cut in three, is exponential; also with a rate that is tiny per
    // interval.
    const auto cut = piecewise(std::vector<double>{1e-4, 3}, std::vector<double>{0.5, 0.5, 0.5});
    CHECK(mean(cut) == Approx(2.0));
    CHECK(variance(cut) == Approx(4.0));
    // Nothing for 10, then rate 1: a shifted exponential.
    const auto late = piecewise(std::vector<double>{10}, std::vector<double>{0, 1});
    CHECK(mean(late) == Approx(11.0));
    CHECK(variance(late) == Approx(1.0));
    CHECK(mean(piecewise(std::vector<double>{10}, std::vector<double>{1, 0})) == math::infinity);
    CHECK(standard_deviation(deterministic(5)) == 0.0);
    CHECK(mean(shifted(exponential(7), 3)) == 10.0);
}

TEST_CASE("observed values: one of them, or the type-7 line between them") {
    const std::vector<double> values{5, 1, 3};
    const auto steps = empirical(values);
    CHECK(cdf(steps, 0.9) == 0.0);
    CHECK(cdf(steps, 1) == Approx(1.0 / 3));
    CHECK(cdf(steps, 4.9) == Approx(2.0 / 3));
    CHECK(cdf(steps, 5) == 1.0);
    CHECK(quantile(steps, 0.3) == 1.0);
    CHECK(quantile(steps, 0.34) == 3.0);
    CHECK(mean(steps) == Approx(3.0));
    CHECK(variance(steps) == Approx(8.0 / 3));
    const auto line = empirical(values, {}, true);
    CHECK(quantile(line, 0.25) == Approx(2.0));
    CHECK(quantile(line, 0.75) == Approx(4.0));
    CHECK(mean(line) == Approx(3.0));
    CHECK(variance(line) == Approx(4.0 / 3));  // uniform from 1 to 5
    const auto weighted = empirical(values, std::vector<double>{1, 0, 3});
    CHECK(mean(weighted) == Approx((5 * 1 + 3 * 3) / 4.0));
    CHECK(quantile(weighted, 0.0) == 3.0);
    CHECK(quantile(empirical(std::vector<double>{4}, {}, true), 0.7) == 4.0);
}

TEST_CASE("a tail that underflows still has a hazard") {
    // Weibull: H = (x / scale)^shape.
    CHECK(cumulative_hazard(weibull(2, 1), 1000) == Approx(1e6));
    // Gamma, shape 2, scale 1: H = x - log(1 + x), h = x / (1 + x).
    CHECK(cumulative_hazard(gamma(2, 2), 5000) == Approx(5000 - std::log(5001.0)));
    CHECK(hazard(gamma(2, 2), 5000) == Approx(5000.0 / 5001));
    // Two phases: only the longer one is left; H = x / 10 - log 0.4.
    const auto phases = hyperexponential(std::vector<double>{0.4, 0.6}, std::vector<double>{10, 5});
    CHECK(cumulative_hazard(phases, 1e5) == Approx(1e4 - std::log(0.4)));
    CHECK(hazard(phases, 1e5) == Approx(0.1));
    // Lognormal, far out: h about z / (sigma x).
    const auto wide = lognormal_of_log(0, 0.01);
    CHECK(hazard(wide, std::exp(1.0)) == Approx(100.01 / (0.01 * std::exp(1.0))).epsilon(1e-4));
}

TEST_CASE("scaled() is the same law in another unit") {
    for (const Distribution& law : every_continuous_family()) {
        CAPTURE(describe(law));
        const Distribution hours = scaled(law, 1.0 / 3600);
        CHECK(mean(hours) == Approx(mean(law) / 3600));
        for (const double u : {0.1, 0.5, 0.95}) {
            CHECK(quantile(hours, u) == Approx(quantile(law, u) / 3600));
        }
    }
}

TEST_CASE("a description names the family and its parameters as they were given") {
    CHECK(describe(weibull(1.4, 34200)) == "weibull(shape 1.4, scale 34200)");
    CHECK(describe(shifted(gamma(2, 6), 3600)) == "gamma(shape 2, mean 6) + 3600");
    CHECK(describe(lognormal(18, 12)) == "lognormal(mean 18, sd 12)");
    CHECK(describe(erlang(3, 9)) == "erlang(stages 3, mean 9)");
    CHECK(describe(piecewise(std::vector<double>{10}, std::vector<double>{0.5, 1})) ==
          "piecewise(rates [0.5, 1] from [0, 10])");
}

TEST_CASE("parameters out of range are refused") {
    CHECK_THROWS_AS(exponential(0), RuleBroken);
    CHECK_THROWS_AS(exponential(math::infinity), RuleBroken);
    CHECK_THROWS_AS(exponential(math::not_a_number), RuleBroken);
    CHECK_THROWS_AS(deterministic(-1), RuleBroken);
    CHECK_THROWS_AS(weibull(-1, 5), RuleBroken);
    CHECK_THROWS_AS(weibull(1, 0), RuleBroken);
    CHECK_THROWS_AS(lognormal(5, 0), RuleBroken);
    CHECK_THROWS_AS(gamma(0, 1), RuleBroken);
    CHECK_THROWS_AS(erlang(0, 1), RuleBroken);
    CHECK_THROWS_AS(uniform(5, 4), RuleBroken);
    CHECK_THROWS_AS(uniform(-1, 4), RuleBroken);
    CHECK_THROWS_AS(empirical({}), RuleBroken);
    CHECK_THROWS_AS(empirical(std::vector<double>{1, -1}), RuleBroken);
    CHECK_THROWS_AS(empirical(std::vector<double>{1}, std::vector<double>{0}), RuleBroken);
    CHECK_THROWS_AS(hyperexponential(std::vector<double>{0.5}, std::vector<double>{1}), RuleBroken);
    CHECK_THROWS_AS(piecewise(std::vector<double>{2, 1}, std::vector<double>{1, 1, 1}), RuleBroken);
    CHECK_THROWS_AS(piecewise(std::vector<double>{2}, std::vector<double>{0, 0}), RuleBroken);
    CHECK_THROWS_AS(shifted(exponential(1), -1), RuleBroken);
    CHECK_THROWS_AS(scaled(exponential(1), 0), RuleBroken);
}
