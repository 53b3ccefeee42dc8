#include "engine/statistics/batch_means.hpp"
#include "engine/statistics/goodness_of_fit.hpp"
#include "engine/statistics/interval.hpp"
#include "engine/statistics/kaplan_meier.hpp"
#include "engine/statistics/quantile.hpp"
#include "tests/engine/statistics/oracle.hpp"

// The statistics family of the oracle library, every answer within the tolerance of the file.
// Left for later: ranking and selection (KN, OC, RS), bootstrap (BC), two-sample
// tests (K2). Elsewhere: scores (CR, CN: scores_test.cpp), Weibull fits (WM and part of KM:
// engine/calibration), Philox (PX) and Weibull, lognormal and gamma laws (DI: engine/random).
using namespace foretwin::statistics;
using foretwin::test::Oracle;
using foretwin::test::oracles;

TEST_CASE("S-MS: MSER-5 truncation") {
    for (const Oracle& oracle : oracles("S-MS")) {
        const Truncation found = mser5(oracle.values("data"));
        oracle.check(static_cast<double>(found.batches), "n_batches");
        oracle.check(static_cast<double>(found.batches_cut), "d_star");
        oracle.check(static_cast<double>(found.observations_cut), "truncate_first_n_obs");
        oracle.check(found.criterion, "mser");
        oracle.check(found.criterion_uncut, "mser_at_0");
        oracle.check(found.truncated_mean, "truncated_mean");
        oracle.check(found.full_mean, "full_mean");
        CHECK(found.at_limit == oracle.answers().at("minimum_at_search_limit").get<bool>());
    }
}

TEST_CASE("S-BM: batch means") {
    for (const Oracle& oracle : oracles("S-BM")) {
        const auto batches = oracle.parameters().at("batches").get<std::int64_t>();
        const BatchMeans found = batch_means(oracle.values("data"), batches, 0.95);
        oracle.check(found.mean.estimate, "mean");
        oracle.check(found.mean.half_width(), "hw95");
        oracle.check(found.batch_variance, "batch_var");
        oracle.check(found.lag1_autocorrelation, "lag1_autocorr");
        oracle.check(found.overlapping_variance_of_mean, "obm_var_of_mean");
        oracle.check(found.von_neumann_ratio, "von_neumann_ratio_batches");
    }
}

TEST_CASE("S-TT: t, Welch, paired and chi-square intervals") {
    for (const Oracle& oracle : oracles("S-TT")) {
        const auto x = oracle.values("x");
        const auto y = oracle.values("y");
        oracle.check(mean_interval(x, 0.95).estimate, "mean_x");
        oracle.check(mean_interval(x, 0.95).half_width(), "t95_x");
        oracle.check(mean_interval(x, 0.99).half_width(), "t99_x");
        oracle.check(mean_interval(x, 0.999).half_width(), "t999_x");
        const WelchComparison welch = compare_independent(x, y, 0.95);
        oracle.check(welch.difference.estimate, "welch_diff");
        oracle.check(welch.degrees, "welch_df");
        oracle.check(welch.difference.half_width(), "welch_hw95");
        oracle.check(welch.t, "welch_t");
        oracle.check(welch.p_value, "welch_p");
        const PairedComparison paired = compare_paired(x, y, 0.95);
        oracle.check(paired.difference.estimate, "paired_diff");
        oracle.check(paired.difference.half_width(), "paired_hw95");
        oracle.check(paired.correlation, "paired_corr");
        const Interval spread = standard_deviation_interval(x, 0.95);
        oracle.check(spread.low, oracle.answers().at("chi2_ci95_sd").at(0));
        oracle.check(spread.high, oracle.answers().at("chi2_ci95_sd").at(1));
    }
}

TEST_CASE("S-Q7: type-7 quantiles") {
    for (const Oracle& oracle : oracles("S-Q7")) {
        const auto data = oracle.values("data");
        for (const auto& [level, answer] : oracle.answers().items()) {
            oracle.check(quantile(data, std::stod(level)), answer);
        }
    }
}

TEST_CASE("S-KM: Kaplan-Meier with Greenwood's standard error") {
    for (const Oracle& oracle : oracles("S-KM")) {
        const auto times = oracle.values("times");
        const auto events = oracle.parameters().at("event").get<std::vector<int>>();
        std::vector<ObservedLife> lives;
        for (std::size_t i = 0; i < times.size(); ++i) lives.push_back({times[i], events[i] == 1});
        const auto steps = kaplan_meier(lives);
        CHECK(steps.size() == oracle.answers().at("km").size());
        for (const SurvivalStep& step : steps) {
            const auto& answer =
                oracle.answers().at("km").at(std::to_string(static_cast<int>(step.age)));
            CHECK(step.at_risk == answer.at("at_risk").get<std::int64_t>());
            CHECK(step.failures == answer.at("deaths").get<std::int64_t>());
            oracle.check(step.survival, answer.at("S"));
            oracle.check(step.standard_error, answer.at("greenwood_se"));
        }
    }
}

TEST_CASE("S-GF: Kolmogorov-Smirnov, Anderson-Darling, Cramer-von Mises") {
    for (const Oracle& oracle : oracles("S-GF")) {
        auto probabilities = oracle.values("data");
        const auto law = oracle.parameters().at("law").get<std::string>();
        REQUIRE((law == "uniform" || law == "exponential1"));
        if (law == "exponential1") {
            for (double& value : probabilities) value = -std::expm1(-value);
        }
        const GoodnessOfFit found = goodness_of_fit(probabilities);
        oracle.check(found.d_plus, "D_plus");
        oracle.check(found.d_minus, "D_minus");
        oracle.check(found.d, "D");
        oracle.check(found.p_exact, "ks_p_exact");
        oracle.check(found.p_asymptotic, "ks_p_asymptotic");
        oracle.check(found.anderson_darling, "A2");
        oracle.check(found.cramer_von_mises, "W2");
    }
}

TEST_CASE("S-DI: Student-t and chi-square tables") {
    for (const Oracle& oracle : oracles("S-DI")) {
        int seen = 0;
        for (const auto& row : oracle.answers().at("table")) {
            const auto family = row.at("dist").get<std::string>();
            if (family != "student_t" && family != "chi2") continue;
            ++seen;
            const auto degrees = row.at("params").at(0).get<double>();
            const bool student = family == "student_t";
            for (const auto& [x, p] : row.at("cdf").items()) {
                const double at = std::stod(x);
                oracle.check(student ? student_t_cdf(at, degrees) : chi_square_cdf(at, degrees), p);
            }
            for (const auto& [p, x] : row.at("quantile").items()) {
                const double at = std::stod(p);
                oracle.check(
                    student ? student_t_quantile(at, degrees) : chi_square_quantile(at, degrees),
                    x);
            }
        }
        CHECK(seen == 2);
    }
}
