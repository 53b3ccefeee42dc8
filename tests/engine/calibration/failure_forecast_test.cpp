#include "engine/calibration/failure_forecast.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "machine_park.hpp"

using namespace foretwin;
using namespace foretwin::calibration;

namespace {

constexpr LocalSeconds one_day = 86400;

LocalSeconds at_time(const char* text) {
    return *telemetry::parse_local_time(text);
}

const LocalSeconds cut = at_time("2015-07-01 06:00");

HazardDesign design_for_six_o_clock(bool codes) {
    HazardDesign design;
    design.codes = codes;
    design.origin_phase = 6 * 3600;
    return design;
}

double surely(const FailureForecast& forecast) {
    double sum = 0;
    for (const double mass : forecast.total.mass) sum += mass;
    return sum;
}

}  // namespace

TEST_CASE("a logistic fit without features tells the share") {
    std::vector<Trial> trials(100);
    for (std::size_t i = 0; i < 20; ++i) trials[i].happened = true;
    const LogisticFit fit = fit_logistic(trials, 0, 1);
    CHECK(fit.chance({}) == doctest::Approx(0.2).epsilon(1e-4));
}

TEST_CASE("a logistic fit solves its equation, and nothing is ever certain") {
    // 40 trials with the feature, 30 happened; 60 without, 6 happened. At the top of the penalised
    // likelihood: sum over feature trials of (happened - p) = penalty * coefficient.
    std::vector<Trial> trials;
    trials.reserve(100);
    for (int i = 0; i < 40; ++i) trials.push_back({{0}, i < 30});
    for (int i = 0; i < 60; ++i) trials.push_back({{}, i < 6});
    for (const double penalty : {0.001, 1.0, 20.0}) {
        const LogisticFit fit = fit_logistic(trials, 1, penalty);
        const std::vector<std::uint32_t> feature{0};
        CHECK(30 - 40 * fit.chance(feature) ==
              doctest::Approx(penalty * fit.coefficients[0]).epsilon(1e-4));
    }
    for (Trial& trial : trials) trial.happened = !trial.features.empty();  // tells everything
    const LogisticFit fit = fit_logistic(trials, 1, 0.1);
    CHECK(fit.chance(std::vector<std::uint32_t>{0}) > 0.95);
    CHECK(fit.chance(std::vector<std::uint32_t>{0}) < 1);
    CHECK(fit.chance({}) > 0);
    CHECK_THROWS(fit_logistic(trials, 1, 0));
}

TEST_CASE("the penalty is the one that foretells best") {
    // The feature means nothing: whatever holds it back most wins.
    std::vector<Trial> noise;
    for (int i = 0; i < 200; ++i) {
        Trial trial;
        if (i % 7 == 0) trial.features = {0};
        trial.happened = i % 2 == 0;
        noise.push_back(trial);
    }
    CHECK(fit_logistic_over_time(noise, 1, std::vector<double>{0.01, 100}).penalty == 100);
    // It means everything: whatever lets it speak.
    for (Trial& trial : noise) trial.happened = !trial.features.empty();
    CHECK(fit_logistic_over_time(noise, 1, std::vector<double>{0.01, 100}).penalty == 0.01);
}

TEST_CASE("forecasts of independent components and of futures agree") {
    Records records;
    records.devices = {"A", "B"};
    records.models = {"small", "large"};
    records.model_of = {0, 1};
    records.causes = {"belt", "seal"};
    using statistics::bernoulli;
    const std::vector<CountDistribution> parts{bernoulli(0.5), bernoulli(0), bernoulli(0.5),
                                               bernoulli(0.5)};
    const FailureForecast exact = of_independent(records, parts);
    CHECK(exact.total.mass[3] == doctest::Approx(0.125));
    CHECK(exact.stop == std::vector<double>{0.5, 0.75});
    std::vector<std::vector<std::int64_t>> futures;  // all eight, equally likely
    futures.reserve(8);
    for (int i = 0; i < 8; ++i) futures.push_back({i & 1, 0, i >> 1 & 1, i >> 2 & 1});
    const FailureForecast counted = of_futures(records, futures);
    for (std::int64_t k = 0; k < 4; ++k)
        CHECK(counted.total.at_most(k) == doctest::Approx(exact.total.at_most(k)));
    CHECK(counted.stop == exact.stop);
    CHECK(counted.by_class[1 * 2 + 1].mean() == 0.5);  // seal, large
    CHECK(exact.by_class[1 * 2 + 1].mean() == 0.5);
    CHECK(exact.by_class[1 * 2 + 0].mean() == 0);  // seal, small
    CHECK_THROWS(of_futures(records, {}));
}

TEST_CASE("the memoryless rate is failures over time") {
    const Records known = known_at(machine_park().records, cut);
    const MemorylessForecaster forecaster(known, machine_park().mapping);
    double failures = 0;
    for (const auto& failure : known.failures)
        failures += is_excluded(machine_park().mapping, failure) ? 0 : 1;
    failures += 2 * std::log(2.0);  // comp3 never failed on model3 and model4
    const double days = static_cast<double>(cut - known.observed_from) / one_day;
    CHECK(forecaster.at(cut, one_day).total.mean() == doctest::Approx(failures / days));
    CHECK(forecaster.at(cut, 7 * one_day).total.mean() == doctest::Approx(7 * failures / days));
}

TEST_CASE("a forecast looks at nothing later than its origin") {
    const Records& all = machine_park().records;
    const RecordMapping& mapping = machine_park().mapping;
    const LocalSeconds origin = at_time("2015-08-01 06:00");
    const HazardDesign design = design_for_six_o_clock(true);
    const Records known = known_at(all, cut);
    CHECK(known.failures.back().at <= cut);
    const VisitForecaster full(known, all, mapping, design);
    const VisitForecaster blind(known, known_at(all, origin), mapping, design);
    const VisitForecaster blinder(known, known_at(all, origin - 1), mapping, design);
    for (const LocalSeconds horizon : {one_day, 15 * one_day, 40 * one_day}) {
        CHECK(full.at(origin, horizon).total.mass == blind.at(origin, horizon).total.mass);
        CHECK(surely(full.at(origin, horizon)) == doctest::Approx(1));
    }
    // What was recorded at the origin itself counts.
    CHECK(full.at(origin, one_day).total.mass != blinder.at(origin, one_day).total.mass);
}

TEST_CASE("errors a day before a visit tell what it will find; young components never fail") {
    const Records& all = machine_park().records;
    const RecordMapping& mapping = machine_park().mapping;
    const Records known = known_at(all, cut);
    const VisitGrid grid = find_visit_grid(known, mapping);
    const VisitHazard hazard(known, mapping, grid, design_for_six_o_clock(true));
    const auto code = [&](const char* name) {
        const auto found = std::find(all.codes.begin(), all.codes.end(), name);
        return std::vector<std::uint32_t>{static_cast<std::uint32_t>(found - all.codes.begin())};
    };
    const Met old_comp1{0, 0, 4}, young_comp1{0, 0, 1};
    CHECK(hazard.chance(old_comp1, code("error1")) > 0.9);
    CHECK(hazard.chance(old_comp1, {}) < 0.02);
    CHECK(hazard.chance(old_comp1) > 0.1);  // nothing known yet: about one in seven
    CHECK(hazard.chance(old_comp1) < 0.2);
    CHECK(hazard.chance(young_comp1) < 0.01);
}

TEST_CASE("over several visits, renewals are gone through one after the other") {
    // Without codes one visit lies in each period, so the mean count of n periods grows by less
    // than the hazard of old components: what failed is new, and does not fail soon again.
    const Records& all = machine_park().records;
    const Records known = known_at(all, cut);
    const VisitForecaster forecaster(known, all, machine_park().mapping,
                                     design_for_six_o_clock(false));
    const double one = forecaster.at(cut, 15 * one_day).total.mean();
    const double eight = forecaster.at(cut, 120 * one_day).total.mean();
    CHECK(eight > 6 * one);
    CHECK(eight < 10 * one);
    // In the long run about as many as were recorded: 2.1 a day, 2.0 in the months before.
    const MemorylessForecaster rate(known, machine_park().mapping);
    CHECK(eight == doctest::Approx(rate.at(cut, 120 * one_day).total.mean()).epsilon(0.15));
    const FailureForecast days = forecaster.at(cut, one_day);
    CHECK(days.total.variance() < days.total.mean());  // few are due, so less than Poisson
}

TEST_CASE("records without visits are refused with a way out") {
    Records records;
    records.devices = {"A"};
    records.models = {"m"};
    records.model_of = {0};
    records.causes = {"belt"};
    records.observed_to = 100 * one_day;
    records.failures = {{5 * one_day, 0, 0}, {17 * one_day, 0, 0}, {54 * one_day, 0, 0}};
    CHECK_THROWS_AS(VisitForecaster(records, records, {}, {}), InputError);
}
