// Fits of published records against published numbers. Every number names where it stands.
#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "engine/calibration/candidates.hpp"
#include "engine/calibration/fit_plan.hpp"
#include "engine/calibration/recurrence.hpp"
#include "engine/calibration/regression.hpp"

using namespace foretwin::calibration;

namespace {

using Ages = std::vector<double>;

std::vector<Observation> lives(const Ages& failed, const Ages& running) {
    std::vector<Observation> list;
    for (const double age : failed) list.push_back({0, age, age, true, 1});
    for (const double age : running) list.push_back({0, age, age, false, 1});
    return list;
}

const Candidate& of(const LawChoice& choice, LifeFamily family, bool shifted = false) {
    for (const Candidate& own : choice.candidates)
        if (own.fit.law.family == family && own.fit.shifted == shifted) return own;
    FAIL("no such candidate");
    return choice.candidates.front();
}

double value(const Candidate& own, const std::string& name) {
    for (const NaturalParameter& parameter : own.parameters)
        if (parameter.name == name) return parameter.estimate;
    FAIL("no parameter " << name);
    return 0;
}

double error(const Candidate& own, const std::string& name) {
    for (const NaturalParameter& parameter : own.parameters)
        if (parameter.name == name) return parameter.standard_error;
    FAIL("no parameter " << name);
    return 0;
}

void near(double got, double published, double half_a_digit) {
    CHECK_MESSAGE(std::abs(got - published) <= half_a_digit, got, " for ", published);
}

// Lieblein & Zelen (1956), millions of revolutions; the seventh as Lawless prints it.
const Ages bearings{17.88, 28.92, 33.00,  41.52,  42.12,  45.60,  48.48, 51.84,
                    51.96, 54.12, 55.56,  67.80,  68.64,  68.64,  68.88, 84.12,
                    93.12, 98.64, 105.12, 105.84, 127.92, 128.04, 173.40};

// Nelson (1982), hours of diesel generator fans.
const Ages fans_failed{450, 1150, 1150, 1600, 2070, 2070, 2080, 3100, 3450, 4600, 6100, 8750};
const Ages fans_running{460,  1560, 1660, 1850, 1850, 1850, 1850,  1850,  2030,  2030, 2030, 2200,
                        3000, 3000, 3000, 3000, 3200, 3750, 3750,  4150,  4150,  4150, 4150, 4300,
                        4300, 4300, 4300, 4850, 4850, 4850, 4850,  5000,  5000,  5000, 6100, 6100,
                        6100, 6300, 6450, 6450, 6700, 7450, 7800,  7800,  8100,  8100, 8200, 8500,
                        8500, 8500, 8750, 8750, 9400, 9900, 10100, 10100, 10100, 11500};

// Meeker & Escobar (1998), thousands of cycles of alloy T7987; five ran on at 300.
const Ages alloy{94,  96,  99,  99,  104, 108, 112, 114, 117, 117, 118, 121, 121, 123,
                 129, 131, 133, 135, 136, 139, 139, 140, 141, 141, 143, 144, 149, 149,
                 152, 153, 159, 159, 159, 159, 162, 168, 168, 169, 170, 170, 171, 172,
                 173, 176, 177, 180, 180, 184, 187, 188, 189, 190, 196, 197, 203, 205,
                 211, 213, 224, 226, 227, 256, 257, 269, 271, 274, 291};

// Freireich et al. (1963), weeks of remission: 6-MP and control.
const Ages treated_failed{6, 6, 6, 7, 10, 13, 16, 22, 23};
const Ages treated_running{6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35};
const Ages control_failed{1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23};

// O'Connor (1985), kilometres of shock absorbers, both modes of failure.
const Ages shocks_failed{6700, 9120, 12200, 13150, 14300, 17520, 20100, 20900, 22700, 26510, 27490};
const Ages shocks_running{6950,  7820,  8790,  9660,  9820,  11310, 11690, 11850, 11880,
                          12140, 12870, 13330, 13470, 14040, 17540, 17890, 18450, 18960,
                          18980, 19410, 20100, 20150, 20320, 23490, 27410, 27890, 28100};

std::vector<RegressionRow> leukaemia() {
    std::vector<RegressionRow> rows;
    for (const Observation& seen : lives(treated_failed, treated_running))
        rows.push_back({seen, {0}});
    for (const Observation& seen : lives(control_failed, {})) rows.push_back({seen, {1}});
    return rows;
}

const ChoiceRules without_shifts{.shifts = false, .bootstrap = 0, .seed = 1, .name = ""};

}  // namespace

TEST_CASE("ball bearings: Weibull, lognormal and gamma as Lawless has them") {
    const LawChoice choice = choose_law(
        lives(bearings, {}), {.shifts = true, .bootstrap = 99, .seed = 1, .name = "bearings"});
    const Candidate& weibull = of(choice, LifeFamily::weibull);
    // Lawless (2003), example 5.2.1 and the oracle S-WM-1: 2.102, 81.88, log-likelihood -113.69.
    near(value(weibull, "shape"), 2.102, 5e-4);
    near(value(weibull, "scale"), 81.88, 5e-3);
    near(weibull.fit.log_likelihood, -113.6913, 5e-5);
    near(error(weibull, "shape"), 0.3287, 5e-5);
    near(error(weibull, "scale"), 8.6004, 5e-5);
    CHECK(weibull.fit.aic == doctest::Approx(4 - 2 * weibull.fit.log_likelihood));
    // Lognormal in closed form: mean and deviation (divisor n) of the logarithms; Lawless prints
    // 4.150 and 0.522. Standard errors sigma / sqrt(n) and sigma / sqrt(2 n).
    double mean = 0, square = 0;
    for (const double age : bearings) mean += std::log(age) / 23;
    for (const double age : bearings) square += std::pow(std::log(age) - mean, 2) / 23;
    const Candidate& lognormal = of(choice, LifeFamily::lognormal);
    near(value(lognormal, "mu"), mean, 1e-7);
    near(value(lognormal, "mu"), 4.150, 5e-4);
    near(value(lognormal, "sigma"), std::sqrt(square), 1e-7);
    near(value(lognormal, "sigma"), 0.522, 5e-4);
    near(error(lognormal, "mu"), std::sqrt(square / 23), 1e-6);
    near(error(lognormal, "sigma"), std::sqrt(square / 46), 1e-6);
    // Gamma: the mean is the sample's; log shape - digamma(shape) = log mean - mean log
    // gives 4.0246 (Lawless, section 5.1: 4.025), scale = mean / shape = 17.9456.
    const Candidate& gamma = of(choice, LifeFamily::gamma);
    near(value(gamma, "mean"), 72.2243, 5e-5);
    near(value(gamma, "shape"), 4.025415, 5e-6);
    near(value(gamma, "scale"), 17.94209, 5e-5);
    CHECK(choice.p_value.value() > 0.05);
    CHECK(!choice.candidates[choice.best].fit.shifted);
}

TEST_CASE("Anderson-Darling: the distance of a whole sample is the textbook sum") {
    // A^2 = -n - sum (2 i - 1) / n * (log F(i) + log(1 - F(n + 1 - i))), ages in order.
    const LawChoice choice = choose_law(lives(bearings, {}), {});
    for (const LifeFamily family : {LifeFamily::weibull, LifeFamily::exponential}) {
        const Candidate& own = of(choice, family);
        const auto chance = [&](std::size_t i) {
            return -std::expm1(-cumulative_hazard(own.fit.law, bearings[i]));
        };
        double sum = 0;
        for (std::size_t i = 0; i < 23; ++i)
            sum += (2.0 * static_cast<double>(i) + 1) / 23 *
                   (std::log(chance(i)) + std::log1p(-chance(22 - i)));
        CHECK(own.anderson_darling.value() == doctest::Approx(-23 - sum).epsilon(1e-9));
    }
    // With lives that ran on the integral ends there: it is smaller, and defined.
    const LawChoice cut = choose_law(lives(fans_failed, fans_running), {});
    CHECK(of(cut, LifeFamily::weibull).anderson_darling.value() > 0);
    CHECK(of(cut, LifeFamily::weibull).adjusted_anderson_darling.value() >
          of(cut, LifeFamily::weibull).anderson_darling.value());
}

TEST_CASE("diesel fans: heavy censoring") {
    const LawChoice choice = choose_law(lives(fans_failed, fans_running), without_shifts);
    CHECK(choice.failures == 12);
    CHECK(choice.censored == 58);
    // Meeker & Escobar (1998), chapter 7, and Nelson (1982): the exponential mean is the exposure
    // 344440 h over 12 failures = 28703 h, standard error mean / sqrt(12) = 8286.
    const Candidate& exponential = of(choice, LifeFamily::exponential);
    near(value(exponential, "mean"), 344440.0 / 12, 1e-3);
    near(error(exponential, "mean"), 344440.0 / 12 / std::sqrt(12.0), 1e-2);
    // SAS/QC, RELIABILITY procedure, "Analysis of Right-Censored Data from a Single Population", in
    // thousands of hours: Weibull scale 26.2968 (12.2514), shape 1.0584 (0.2683).
    const Candidate& weibull = of(choice, LifeFamily::weibull);
    near(value(weibull, "scale"), 26296.8, 0.05);
    near(error(weibull, "scale"), 12251.4, 0.05);
    near(value(weibull, "shape"), 1.0584, 5e-5);
    near(error(weibull, "shape"), 0.2683, 5e-5);
}

TEST_CASE("shock absorbers: a published location and scale") {
    // Meeker & Escobar (1998), chapter 8: mu 10.23, sigma 0.3164, so scale exp(mu), shape 1 /
    // sigma.
    const LawChoice choice = choose_law(lives(shocks_failed, shocks_running), without_shifts);
    const Candidate& weibull = of(choice, LifeFamily::weibull);
    near(std::log(value(weibull, "scale")), 10.23, 5e-3);
    near(1 / value(weibull, "shape"), 0.3164, 5e-5);
    CHECK(choice.candidates[choice.best].fit.law.family == LifeFamily::weibull);
}

TEST_CASE("valve seats: the library's records give the published power law") {
    FitTask task;
    task.name = "valve seat";
    task.kind = FitKind::recurrent;
    task.records.file = "valve_seats.csv";
    task.records.columns = {{"unit", "engine"}, {"age", "days"}, {"status", "replaced"}};
    task.unit = "days";
    task.in_seconds = 86400;
    FitPlan plan;
    plan.folder = FORETWIN_SOURCE_DIR "/scenarios/library/reliability_textbook/data";
    plan.tasks.push_back(task);
    const Recurrence found = run_fit_plan(plan).tasks[0].recurrence.value();
    CHECK(found.units == 41);
    CHECK(found.events == 48);
    // Meeker & Escobar (1998), chapter 16: shape 1.40, scale 553.64 days.
    near(found.power_law->shape, 1.40, 5e-3);
    near(found.power_law->scale, 553.64, 5e-3);
    // All 41 engines run at the first replacement: 1 / 41, and its deviation over engines,
    // sqrt(40 / 41) / 41 (Nelson 1995 prints 0.024 for both).
    near(found.mean_cumulative[0].mean, 1.0 / 41, 1e-12);
    near(found.mean_cumulative[0].standard_error, std::sqrt(40.0 / 41) / 41, 1e-12);
    CHECK(found.laplace.p_value < 0.05);
    CHECK(found.mean_cumulative.back().age == 653);
}

TEST_CASE("alloy T7987: the three-parameter Weibull law of the SAS/QC manual") {
    // SAS/QC 12.1, RELIABILITY procedure, "Three-Parameter Weibull", figure 16.45: threshold
    // 92.9928, shape 1.3202, scale 93.2642. Its errors hold the threshold's own, ours are given it.
    const LawChoice choice = choose_law(lives(alloy, Ages(5, 300)), {});
    const Candidate& weibull = of(choice, LifeFamily::weibull, true);
    near(value(weibull, "shift"), 92.9928, 2e-3);
    near(value(weibull, "shape"), 1.3202, 2e-4);
    near(value(weibull, "scale"), 93.2642, 5e-3);
    CHECK(weibull.not_chosen.empty());
}

TEST_CASE("turbine wheels and cracks: each looked at once, or again and again") {
    // Nelson (1982), chapter 9: 432 wheels, each inspected once. Age (100 h), inspected, cracked.
    const double wheels[11][3] = {{4, 39, 0},   {10, 53, 4},  {14, 33, 2}, {18, 73, 7},
                                  {22, 30, 5},  {26, 39, 9},  {30, 42, 9}, {34, 13, 6},
                                  {38, 34, 22}, {42, 40, 21}, {46, 36, 21}};
    std::vector<Observation> once;
    for (const auto& row : wheels) {
        if (row[2] > 0) once.push_back({0, 0, row[0], true, row[2], true});
        once.push_back({0, row[0], row[0], false, row[1] - row[2]});
    }
    const LawChoice choice = choose_law(once, without_shifts);
    CHECK(choice.failures == 106);
    const Candidate& weibull = of(choice, LifeFamily::weibull);
    CHECK(weibull.fit.converged);
    CHECK(!weibull.anderson_darling);
    // The score equations at the maximum, by an independent derivative: sums over rows of
    // (cracked - inspected F) / (F (1 - F)) * dF vanish for both parameters.
    const double shape = value(weibull, "shape"), scale = value(weibull, "scale");
    double by_scale = 0, by_shape = 0;
    for (const auto& row : wheels) {
        const double u = std::pow(row[0] / scale, shape);
        const double chance = -std::expm1(-u);
        const double weight = (row[2] - row[1] * chance) / chance;  // dF = (1 - F) du
        by_scale += weight * u;
        by_shape += weight * u * std::log(row[0] / scale);
    }
    CHECK(std::abs(by_scale) < 1e-4);
    CHECK(std::abs(by_shape) < 1e-4);
    // Exponential, found again and again: equal steps make a geometric law; 60 of 100 fail in the
    // first step, 24 of 40 in the next: each with chance 0.6, so mean = step / -log(0.4).
    const std::vector<Observation> found{
        {0, 0, 10, true, 60, true}, {0, 10, 20, true, 24, true}, {0, 20, 20, false, 16}};
    near(value(of(choose_law(found, {}), LifeFamily::exponential), "mean"), -10 / std::log(0.4),
         1e-6);
}

TEST_CASE("Cox: Efron's ties by hand, and the remissions of Freireich") {
    // Therneau & Grambsch (2000), appendix E.1 (survival, tests/book2.R): with r = exp(beta) the
    // log-likelihood is 2 beta - log(3 r + 3) - log((r + 5) / 2) - log(r + 3), at its top where
    // 30 + 23 r - r^3 = 0: r = 5.348721, beta = 1.676857.
    const double times[6] = {1, 1, 6, 6, 8, 9}, x[6] = {1, 1, 1, 0, 0, 0};
    const bool failed[6] = {true, false, true, true, false, true};
    std::vector<RegressionRow> rows;
    for (int i = 0; i < 6; ++i) rows.push_back({{0, times[i], times[i], failed[i], 1}, {x[i]}});
    for (const double beta : {0.0, 0.5, 1.6}) {
        const double r = std::exp(beta);
        CHECK(cox_log_likelihood(rows, {beta}) ==
              doctest::Approx(2 * beta - std::log(3 * r + 3) - std::log((r + 5) / 2) -
                              std::log(r + 3)));
    }
    near(fit_cox(rows, {"x"}).effects[0].coefficient, 1.676857, 5e-7);
    // R survival, coxph(Surv(time, cens) ~ treat, MASS::gehan): 1.5721 (0.4124), likelihood ratio
    // 16.35 on one degree of freedom. Without treatment it is a sum over the failures by hand: less
    // the logarithms of those at risk, which fall by one within a tie.
    const CoxFit cox = fit_cox(leukaemia(), {"control"});
    near(cox.effects[0].coefficient, 1.5721, 5e-5);
    near(cox.effects[0].standard_error, 0.4124, 5e-5);
    near(cox.null_log_likelihood, -93.18427, 5e-6);
    near(2 * (cox.log_likelihood - cox.null_log_likelihood), 16.35, 5e-3);
    // Delayed entry: a life that enters after every failure changes nothing.
    std::vector<RegressionRow> more = leukaemia();
    more.push_back({{50, 60, 60, false, 1}, {1}});
    near(fit_cox(more, {"control"}).effects[0].coefficient, cox.effects[0].coefficient, 1e-7);
}

TEST_CASE("Weibull regression of the remissions") {
    // R survival, survreg(Surv(time, cens) ~ treat, MASS::gehan) (Venables & Ripley 2002, section
    // 13.2, control as the base): intercept 2.248 (0.166), 6-MP 1.267 (0.311), scale 0.732, so
    // shape 1 / 0.732; log-likelihoods -106.6 and, without treatment, -116.4.
    std::vector<RegressionRow> rows = leukaemia();
    for (RegressionRow& row : rows) row.covariates[0] = 1 - row.covariates[0];
    const WeibullRegression fit = fit_weibull_regression(rows, {"6-MP"});
    near(fit.intercept.coefficient, 2.248, 5e-4);
    near(fit.intercept.standard_error, 0.166, 5e-4);
    near(fit.effects[0].coefficient, 1.267, 5e-4);
    near(fit.effects[0].standard_error, 0.311, 5e-4);
    near(1 / fit.shape, 0.732, 5e-4);
    near(fit.log_likelihood, -106.6, 0.05);
    near(fit.null_log_likelihood, -116.4, 0.05);
    // A covariate in grams instead of tonnes changes its coefficient by the factor, nothing else.
    for (RegressionRow& row : rows) row.covariates[0] = 1e6 * row.covariates[0] + 5e6;
    const WeibullRegression scaled = fit_weibull_regression(rows, {"6-MP"});
    CHECK(scaled.effects[0].coefficient * 1e6 == doctest::Approx(fit.effects[0].coefficient));
    CHECK(scaled.log_likelihood == doctest::Approx(fit.log_likelihood));
}

TEST_CASE("recurrent events: mean cumulative function, power law, trend") {
    // Two units by hand. At 2 both run: 1/2. At 5 both: 1. At 8 only b: 2.
    const std::vector<RecurrentUnit> two{{"a", {2}, 6}, {"b", {5, 8}, 10}};
    const auto steps = mean_cumulative_function(two);
    REQUIRE(steps.size() == 3);
    CHECK(steps[0].mean == 0.5);
    CHECK(steps[1].mean == 1);
    CHECK(steps[2].mean == 2);
    // Lawless & Nadeau: deviations per unit at risk. a: (1 - 1/2) / 2 = 1/4, b: -1/4.
    CHECK(steps[0].standard_error == doctest::Approx(std::sqrt(2.0 / 16)));
    // At 5: a has 1/4 - 1/4 = 0, b 0; at 8 only b is at risk, and is its own mean.
    CHECK(steps[1].standard_error == doctest::Approx(0).epsilon(1e-12));
    // One unit until T: shape = n / sum log(T / t), scale = T / n^(1 / shape) (Crow 1974).
    const std::vector<RecurrentUnit> one{
        {"x", {4.3, 4.4, 10.2, 23.5, 23.8, 26.4, 74.0, 77.1, 92.1, 197.2}, 200}};
    double logs = 0, sum = 0;
    for (const double t : one[0].events) logs += std::log(200 / t), sum += t;
    const Recurrence crow = fit_recurrence(one);
    CHECK(crow.power_law->shape == doctest::Approx(10 / logs).epsilon(1e-7));
    CHECK(crow.power_law->scale == doctest::Approx(200 / std::pow(10, logs / 10)).epsilon(1e-6));
    CHECK(crow.mil_hdbk_189.statistic == doctest::Approx(2 * logs));
    // Laplace: (sum - n T / 2) / (T sqrt(n / 12)).
    CHECK(crow.laplace.statistic == doctest::Approx((sum - 1000) / (200 * std::sqrt(10.0 / 12))));
    // The standard error of log shape is 1 / sqrt(n) at the maximum.
    CHECK(crow.power_law->shape_error ==
          doctest::Approx(crow.power_law->shape / std::sqrt(10.0)).epsilon(1e-5));
}
