// Fits of simulated lives whose law is known, and what a fit must refuse to claim.
#include "engine/calibration/life_fit.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "engine/core/name_hash.hpp"
#include "engine/random/stream.hpp"

using namespace foretwin;
using namespace foretwin::calibration;

namespace {

/// Lives of one law in the steady course of a plant: replaced at failure or at `censor` days.
/// Observation begins at day `from` and ends `length` days later; visits come every `period` days.
struct Plan {
    double from = 0;
    double length = 1e9;
    double censor = 1e9;
    double period = 0;
};

std::vector<Observation> simulate(const random::Distribution& law_in_days, int lives, Plan plan) {
    std::vector<Observation> observations;
    auto draws = random::draws({7, 0}, name_hash("life_fit_test"), 0);
    while (static_cast<int>(observations.size()) < lives) {
        const double begin = plan.from > 0 ? -plan.from * draws.uniform() : 0;
        const double life = random::sample(law_in_days, draws);
        const double entry = std::max(0.0, -begin);
        if (life <= entry) continue;  // failed before anybody watched: never recorded
        const double last = std::min(plan.censor, plan.length - begin);
        if (last <= entry) continue;
        Observation seen{entry, entry, std::min(life, last), life <= last, 1};
        if (plan.period > 0) {
            seen.checked = std::floor(entry / plan.period) * plan.period;
            if (life <= seen.checked) continue;
            const double visit = std::ceil(life / plan.period) * plan.period;
            const double last_visit = std::floor(last / plan.period) * plan.period;
            if (last_visit <= seen.checked) continue;
            seen.failed = visit <= last_visit;
            seen.upper = std::min(visit, last_visit);
            seen.lower = seen.upper - plan.period;
        }
        observations.push_back(seen);
    }
    return observations;
}

Sample exact(const std::vector<Observation>& observations) {
    return make_sample(observations, Treatment::exact, 0);
}

/// |estimate - truth| in standard errors, on the log scale.
double errors_off(const LifeFit& fit, std::size_t i, double truth) {
    return std::abs(fit.law.theta[i] - std::log(truth)) / fit.standard_error(i);
}

}  // namespace

TEST_CASE("every family finds its own parameters again, within three standard errors") {
    const Plan plan{.censor = 120};
    const auto weibull =
        fit_life(exact(simulate(random::weibull(2.2, 80), 2000, plan)), LifeFamily::weibull, false);
    CHECK(errors_off(weibull, 0, 2.2) < 3);
    CHECK(errors_off(weibull, 1, 80) < 3);
    const auto gamma =
        fit_life(exact(simulate(random::gamma(3, 70), 2000, plan)), LifeFamily::gamma, false);
    CHECK(errors_off(gamma, 0, 3) < 3);
    CHECK(errors_off(gamma, 1, 70) < 3);
    const auto lognormal = fit_life(exact(simulate(random::lognormal_of_log(4, 0.6), 2000, plan)),
                                    LifeFamily::lognormal, false);
    CHECK(std::abs(lognormal.law.theta[0] - 4) < 3 * lognormal.standard_error(0));
    CHECK(errors_off(lognormal, 1, 0.6) < 3);
}

TEST_CASE("the true family wins by AIC when there are enough lives") {
    const auto best = [](const random::Distribution& law) {
        return fit_candidates(exact(simulate(law, 1500, {.censor = 200})))[0];
    };
    CHECK(best(random::lognormal_of_log(4, 0.7)).law.family == LifeFamily::lognormal);
    CHECK(best(random::weibull(3, 90)).law.family == LifeFamily::weibull);
    CHECK(best(random::shifted(random::exponential(50), 30)).law.family == LifeFamily::exponential);
}

TEST_CASE("delayed entry: ignoring it overstates life, respecting it does not") {
    // Lives begun up to 150 days before the records; the short ones among them were never seen.
    auto seen = simulate(random::weibull(1.8, 80), 3000, {.from = 150, .length = 400});
    const auto right = fit_life(exact(seen), LifeFamily::weibull, false);
    CHECK(errors_off(right, 1, 80) < 3);
    for (Observation& one : seen) one.checked = one.lower = 0;
    const auto wrong = fit_life(exact(seen), LifeFamily::weibull, false);
    CHECK(std::exp(wrong.law.theta[1]) > 1.2 * 80);
}

TEST_CASE(
    "lives found at visits: the interval likelihood finds the law, the recorded age does not") {
    const auto seen = simulate(random::weibull(2.5, 60), 3000, {.censor = 150, .period = 15});
    const auto inspected =
        fit_life(make_sample(seen, Treatment::inspected, 15), LifeFamily::weibull, false);
    CHECK(errors_off(inspected, 0, 2.5) < 3);
    CHECK(errors_off(inspected, 1, 60) < 3);
    const auto recorded = fit_life(exact(seen), LifeFamily::weibull, false);
    CHECK(errors_off(recorded, 1, 60) > 10);  // half a period too old
}

TEST_CASE("the failure-free time is found, and its interval holds it") {
    const auto law = random::shifted(random::exponential(60), 30);
    const Sample found =
        make_sample(simulate(law, 600, {.censor = 200, .period = 15}), Treatment::inspected, 15);
    auto fit = fit_life(found, LifeFamily::exponential, true);
    add_shift_interval(fit, found);
    REQUIRE(fit.shift_interval);
    CHECK(fit.shift_interval->first <= 30);
    CHECK(fit.shift_interval->second >= 30);
    CHECK(fit.shift_interval->second - fit.shift_interval->first < 6);
    CHECK(fit.parameters == 2);
    CHECK(errors_off(fit, 0, 60) < 3);
}

TEST_CASE(
    "with exact ages a shift never leaves the youngest failure, and no shape runs to a pole") {
    const Sample sample = exact(simulate(random::shifted(random::weibull(0.7, 50), 20), 300, {}));
    for (const auto family :
         {LifeFamily::exponential, LifeFamily::weibull, LifeFamily::gamma, LifeFamily::lognormal}) {
        const auto fit = fit_life(sample, family, true);
        CAPTURE(describe(fit));
        CHECK(fit.law.shift <= sample.youngest_failure);
        CHECK(std::isfinite(fit.log_likelihood));
        if (family == LifeFamily::weibull || family == LifeFamily::gamma) {
            CHECK(fit.law.theta[0] == 0);  // shape 1: at its bound, so without standard error
            CHECK(fit.held[0]);
            CHECK(std::isnan(fit.standard_error(0)));
            CHECK(fit.standard_error(1) > 0);
        }
    }
}

TEST_CASE("several starts lead to one top: the likelihood falls on every side of it") {
    const Sample sample = exact(simulate(random::gamma(2, 60), 200, {.censor = 90}));
    for (const auto family : {LifeFamily::weibull, LifeFamily::gamma, LifeFamily::lognormal}) {
        const auto fit = fit_life(sample, family, false);
        CHECK(fit.converged);
        for (const double a : {-0.01, 0.0, 0.01})
            for (const double b : {-0.01, 0.0, 0.01}) {
                LifeLaw near = fit.law;
                near.theta[0] += a, near.theta[1] += b;
                CHECK(log_likelihood(near, sample) <= fit.log_likelihood + 1e-9);
            }
    }
}

TEST_CASE("a piecewise-constant hazard is failures over exposure, class by class") {
    // Fifty lives: twenty fail at 40 and twenty at 80 days, ten run to 100.
    std::vector<Observation> seen;
    for (const double age : {40., 40., 40., 40., 80., 80., 80., 80.})
        for (int copies = 0; copies < 5; ++copies) seen.push_back({0, age, age, true, 1});
    for (int copies = 0; copies < 10; ++copies) seen.push_back({0, 100, 100, false, 1});
    const auto fit = fit_piecewise(make_sample(seen, Treatment::exact, 30));
    REQUIRE(fit.law.edges == std::vector<double>{0, 30, 60});
    CHECK(fit.law.free == std::vector<int>{-1, 0, 1});
    // In [30, 60): 20 failures; 20 lives of 10 days and 30 lives of 30 days.
    CHECK(std::exp(fit.law.theta[0]) == doctest::Approx(20.0 / (20 * 10 + 30 * 30)).epsilon(1e-8));
    // From 60: 20 failures; 20 lives of 20 days, 10 of 40.
    CHECK(std::exp(fit.law.theta[1]) == doctest::Approx(20.0 / (20 * 20 + 10 * 40)).epsilon(1e-8));
    CHECK(fit.standard_error(0) == doctest::Approx(1 / std::sqrt(20.0)).epsilon(1e-5));
    CHECK(fit.parameters == 3);
}

TEST_CASE("no failures: a bound and a median, never infinity") {
    std::vector<Observation> seen(10, Observation{0, 100, 100, false, 1});
    const Sample sample = exact(seen);
    const auto fits = fit_candidates(sample);
    REQUIRE(fits.size() == 1);
    CHECK(*fits[0].rate_at_most == doctest::Approx(-std::log(0.05) / 1000));
    CHECK(std::exp(-fits[0].law.theta[0]) == doctest::Approx(std::log(2.0) / 1000));
    // The 95 % quantile of the rate under the stated spread is the bound.
    const double quantile = std::exp(-fits[0].law.theta[0] + 1.6448536 * fits[0].standard_error(0));
    CHECK(quantile == doctest::Approx(*fits[0].rate_at_most).epsilon(1e-6));
}

TEST_CASE("a law for simulation survives exactly as the fitted one") {
    const auto law = [](LifeFamily family, std::vector<double> theta, double shift) {
        LifeLaw made;
        made.family = family, made.theta = std::move(theta), made.shift = shift;
        return made;
    };
    LifeLaw steps = law(LifeFamily::piecewise, {std::log(0.01), std::log(0.02)}, 0);
    steps.edges = {0, 30, 60};
    steps.free = {-1, 0, 1};
    for (const LifeLaw& one :
         {law(LifeFamily::exponential, {4.0}, 30), law(LifeFamily::weibull, {0.5, 4.2}, 0),
          law(LifeFamily::gamma, {0.8, 4.0}, 12), law(LifeFamily::lognormal, {4.0, -0.4}, 5),
          steps}) {
        const auto simulated = to_distribution(one);
        for (const double age : {1.0, 29.0, 31.0, 45.0, 75.0, 200.0, 900.0}) {
            CAPTURE(name(one.family));
            CAPTURE(age);
            CHECK(random::cumulative_hazard(simulated, age * 86400) ==
                  doctest::Approx(cumulative_hazard(one, age)).epsilon(1e-9));
        }
    }
}

TEST_CASE("hazard is the slope of the cumulative hazard, in every family and far in the tail") {
    for (const auto family :
         {LifeFamily::exponential, LifeFamily::weibull, LifeFamily::gamma, LifeFamily::lognormal}) {
        LifeLaw law;
        law.family = family;
        law.theta = family == LifeFamily::exponential ? std::vector<double>{4.0}
                                                      : std::vector<double>{0.7, 3.0};
        if (family == LifeFamily::lognormal) law.theta = {3.0, -0.5};
        law.shift = 10;
        for (const double age : {12.0, 30.0, 90.0, 400.0}) {
            const double h = 1e-4 * age;
            const double slope =
                (cumulative_hazard(law, age + h) - cumulative_hazard(law, age - h)) / (2 * h);
            CAPTURE(name(family));
            CAPTURE(age);
            CHECK(std::exp(log_hazard(law, age)) == doctest::Approx(slope).epsilon(1e-6));
        }
        CHECK(cumulative_hazard(law, 10) == 0);
        CHECK(std::isfinite(cumulative_hazard(law, 1e5)));
    }
}

TEST_CASE("nested families are no second opinion") {
    const auto fit = [](LifeFamily family, bool shifted) {
        LifeFit made;
        made.law.family = family, made.shifted = shifted;
        return made;
    };
    const auto constant = fit(LifeFamily::exponential, true);
    CHECK(nested(constant, fit(LifeFamily::weibull, true)));
    CHECK(nested(fit(LifeFamily::gamma, true), constant));
    CHECK(nested(constant, fit(LifeFamily::piecewise, false)));
    CHECK(nested(constant, fit(LifeFamily::exponential, false)));
    CHECK_FALSE(nested(constant, fit(LifeFamily::weibull, false)));
    CHECK_FALSE(nested(constant, fit(LifeFamily::lognormal, true)));
}
