// Published fits of published lives, and the known answers of the oracle library.
#include <doctest/doctest.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/calibration/life_fit.hpp"

using namespace foretwin::calibration;

namespace {

Sample exact_sample(const std::vector<double>& times, const std::vector<int>& events) {
    std::vector<Observation> observations;
    for (std::size_t i = 0; i < times.size(); ++i)
        observations.push_back({0, times[i], times[i], events[i] == 1, 1});
    return make_sample(observations, Treatment::exact, 0);
}

nlohmann::json oracle(const std::string& id) {
    std::ifstream stream(FORETWIN_SOURCE_DIR "/tests/known_answers/statistics.json");
    const auto all = nlohmann::json::parse(stream);
    for (const auto& one : all["cases"])
        if (one["id"] == id) return one;
    FAIL("no case " << id);
    return {};
}

void check_near(double got, const nlohmann::json& answer) {
    const double value = answer.get<double>();
    CHECK_MESSAGE(std::abs(got - value) <= 1e-12 + 1e-6 * std::abs(value), got, " for ", value);
}

void check_weibull(const Sample& sample, const nlohmann::json& answers) {
    const LifeFit fit = fit_life(sample, LifeFamily::weibull, false);
    REQUIRE(fit.converged);
    const double shape = std::exp(fit.law.theta[0]), scale = std::exp(fit.law.theta[1]);
    check_near(shape, answers["shape"]);
    check_near(scale, answers["scale"]);
    check_near(fit.log_likelihood, answers["loglik"]);
    // Standard errors on the log scale times the value: the gradient is zero at the top.
    check_near(shape * fit.standard_error(0), answers["se_shape"]);
    check_near(scale * fit.standard_error(1), answers["se_scale"]);
    check_near(shape * scale * fit.covariance[0][1], answers["cov"]);
    const LifeFit constant = fit_life(sample, LifeFamily::exponential, false);
    check_near(std::exp(-constant.law.theta[0]), answers["exp_rate_mle"]);
}

}  // namespace

TEST_CASE("S-WM-1: ball bearings (Lieblein & Zelen 1956), all failed") {
    const auto known = oracle("S-WM-1");
    check_weibull(exact_sample(known["params"]["times"], known["params"]["event"]),
                  known["answers"]);
}

TEST_CASE("S-KM-1: leukaemia remissions (Freireich 1963), right-censored") {
    const auto known = oracle("S-KM-1");
    check_weibull(exact_sample(known["params"]["times"], known["params"]["event"]),
                  known["answers"]["weibull"]);
}

TEST_CASE("diesel fans (Nelson 1982): mean 28 701 h; Weibull shape 1.06, scale 26 300 h") {
    const std::vector<double> hours{
        450,  460,  1150, 1150, 1560, 1600, 1660, 1850, 1850, 1850, 1850,  1850,  2030,  2030,
        2030, 2070, 2070, 2080, 2200, 3000, 3000, 3000, 3000, 3100, 3200,  3450,  3750,  3750,
        4150, 4150, 4150, 4150, 4300, 4300, 4300, 4300, 4600, 4850, 4850,  4850,  4850,  5000,
        5000, 5000, 6100, 6100, 6100, 6100, 6300, 6450, 6450, 6700, 7450,  7800,  7800,  8100,
        8100, 8200, 8500, 8500, 8500, 8750, 8750, 8750, 9400, 9900, 10100, 10100, 10100, 11500};
    const std::vector<int> failed{1, 0, 1, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1,
                                  0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                                  1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0,
                                  0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0};
    const auto sample = exact_sample(hours, failed);
    CHECK(sample.failures == 12);
    CHECK(sample.exposure == 344440);  // total hours of 70 fans
    const auto constant = fit_life(sample, LifeFamily::exponential, false);
    CHECK(std::exp(constant.law.theta[0]) == doctest::Approx(344440.0 / 12).epsilon(1e-8));
    // Meeker & Escobar (1998): log scale 10.177, 1 / shape 0.9446.
    const auto fit = fit_life(sample, LifeFamily::weibull, false);
    CHECK(fit.law.theta[1] == doctest::Approx(10.177).epsilon(1e-4));
    CHECK(std::exp(-fit.law.theta[0]) == doctest::Approx(0.9446).epsilon(1e-3));
}

TEST_CASE("shock absorbers (O'Connor): Weibull shape 3.16, scale 27 719 km, 11 of 38 failed") {
    const std::vector<double> km{
        6700,  6950,  7820,  8790,  9120,  9660,  9820,  11310, 11690, 11850, 11880, 12140, 12200,
        12870, 13150, 13330, 13470, 14040, 14300, 17520, 17540, 17890, 18450, 18960, 18980, 19410,
        20100, 20100, 20150, 20320, 20900, 22700, 23490, 26510, 27410, 27490, 27890, 28100};
    const std::vector<int> failed{1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 1,
                                  1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 1, 0, 1, 0, 1, 0, 0};
    const auto sample = exact_sample(km, failed);
    CHECK(sample.failures == 11);
    const auto fit = fit_life(sample, LifeFamily::weibull, false);
    // Meeker & Escobar (1998), table of the shock absorber data: 3.16 and 27 719.
    CHECK(std::exp(fit.law.theta[0]) == doctest::Approx(3.16).epsilon(0.005));
    CHECK(std::exp(fit.law.theta[1]) == doctest::Approx(27719).epsilon(0.005));
}

TEST_CASE("an exponential mean is exposure over failures, its log error one over their root") {
    const auto sample = exact_sample({2, 4, 6, 8}, {1, 1, 0, 1});
    const auto fit = fit_life(sample, LifeFamily::exponential, false);
    CHECK(std::exp(fit.law.theta[0]) == doctest::Approx(20.0 / 3).epsilon(1e-9));
    CHECK(fit.standard_error(0) == doctest::Approx(1 / std::sqrt(3.0)).epsilon(1e-6));
    // -3 log(20/3) - 3, from log L = -d log m - T / m at its top.
    CHECK(fit.log_likelihood == doctest::Approx(-3 * std::log(20.0 / 3) - 3).epsilon(1e-12));
    CHECK(fit.aic == doctest::Approx(2 - 2 * fit.log_likelihood));
}

TEST_CASE("an uncensored lognormal fit is the mean and spread of the logarithms") {
    const std::vector<double> times{1.0, 2.0, 4.0, 8.0, 16.0};
    const auto fit = fit_life(exact_sample(times, {1, 1, 1, 1, 1}), LifeFamily::lognormal, false);
    const double log2 = std::log(2.0);  // logs are 0 .. 4 log 2: mean 2, variance 2 in these units
    CHECK(fit.law.theta[0] == doctest::Approx(2 * log2).epsilon(1e-8));
    CHECK(std::exp(fit.law.theta[1]) == doctest::Approx(std::sqrt(2.0) * log2).epsilon(1e-8));
    CHECK(fit.standard_error(0) == doctest::Approx(std::sqrt(2.0 / 5) * log2).epsilon(1e-5));
    CHECK(fit.standard_error(1) == doctest::Approx(1 / std::sqrt(10.0)).epsilon(1e-5));
}

TEST_CASE("a gamma fit solves log shape - digamma(shape) = log mean - mean log") {
    const std::vector<double> times{0.5, 1.0, 1.5, 2.5, 4.5};
    const auto fit = fit_life(exact_sample(times, {1, 1, 1, 1, 1}), LifeFamily::gamma, false);
    double mean = 0, mean_log = 0;
    for (const double t : times) mean += t / 5, mean_log += std::log(t) / 5;
    const double shape = std::exp(fit.law.theta[0]);
    CHECK(std::exp(fit.law.theta[1]) == doctest::Approx(mean).epsilon(1e-8));
    const double h = 1e-5;  // digamma by central difference of lgamma
    const double digamma = (std::lgamma(shape + h) - std::lgamma(shape - h)) / (2 * h);
    CHECK(std::log(shape) - digamma == doctest::Approx(std::log(mean) - mean_log).epsilon(1e-6));
}
