#include <doctest/doctest.h>

#include <cmath>

#include "engine/statistics/variance_components.hpp"
#include "scenarios/experiments/parameter_draws.hpp"
#include "scenarios/experiments/replicate.hpp"
#include "scenarios/experiments/summarise.hpp"
#include "tests/scenarios/experiments/one_station.hpp"

using namespace foretwin;
using namespace foretwin::test;
using namespace foretwin::experiments;

namespace {

const std::string plant = one_station(2, 20,
                                      "  nothing: {scale: {A/cycle: 1}}\n"
                                      "  faster: {scale: {A/cycle: 0.5}}\n"
                                      "  both: {combine: [nothing, faster]}\n");

struct Study {
    std::vector<PreparedAlternative> prepared;
    std::vector<Replications> futures;
    std::vector<AlternativeResult> results;
};

Study run(const StudyPlan& plan) {
    const bool uncertain = ParameterDraws::uncertain(plan.file);
    const ParameterDraws draws(plan.file, plan.seed,
                               uncertain ? statistics::parameter_draws(plan.replications, true) : 0,
                               plan.life_model);
    Study study;
    study.prepared = prepare(plan, draws);
    study.futures = replicate(plan, study.prepared);
    const auto count = static_cast<std::int64_t>(study.futures.front().fingerprints.size());
    study.results =
        summarise(design_of(plan, count, uncertain), study.prepared, study.futures, draws);
    return study;
}

const KpiResult& kpi(const AlternativeResult& result, const std::string& name) {
    for (const KpiResult& one : result.kpis) {
        if (one.value.name == name) return one;
    }
    throw std::out_of_range(name);
}

}  // namespace

TEST_CASE("the alternatives of a scenario: the baseline, then every change in file order") {
    const StudyPlan plan = plan_of(plant);
    REQUIRE(plan.alternatives.size() == 4);
    CHECK(plan.alternatives[0].name == "baseline");
    CHECK(plan.alternatives[0].changes.empty());
    CHECK(plan.alternatives[1].name == "nothing");
    CHECK(plan.alternatives[2].name == "faster");
    CHECK(plan.alternatives[3].name == "both");
}

TEST_CASE("a change that changes nothing differs by exactly nothing, in every future") {
    const Study study = run(plan_of(plant));
    CHECK(study.futures[1].fingerprints == study.futures[0].fingerprints);
    const FigureResult difference = *kpi(study.results[1], "throughput").difference;
    CHECK(difference.mean == 0);
    CHECK(difference.low == 0);
    CHECK(difference.high == 0);
    // And what does change something is seen.
    CHECK(kpi(study.results[2], "throughput").difference->low > 0);
    // A combination is what its members do together.
    CHECK(study.futures[3].fingerprints == study.futures[2].fingerprints);
}

TEST_CASE("differences are paired: mean of the differences, replication by replication") {
    const Study study = run(plan_of(plant));
    const KpiResult& base = kpi(study.results[0], "production");
    const KpiResult& faster = kpi(study.results[2], "production");
    double sum = 0;
    for (std::size_t r = 0; r < 16; ++r) {
        sum += faster.by_replication[r] - base.by_replication[r];
    }
    CHECK(faster.difference->mean == doctest::Approx(sum / 16));
    CHECK(faster.difference->mean == doctest::Approx(faster.value.mean - base.value.mean));
    CHECK(faster.difference->replications == 16);
}

TEST_CASE("futures are told by their number: more of them, or fewer alternatives, change none") {
    const Study few = run(plan_of(plant, 8));
    const Study many = run(plan_of(plant, 24));
    for (std::size_t r = 0; r < 8; ++r) {
        CHECK(few.futures[0].fingerprints[r] == many.futures[0].fingerprints[r]);
    }
    StudyPlan alone = plan_of(plant, 8);
    alone.alternatives = {alone.alternatives[0]};
    CHECK(run(alone).futures[0].fingerprints == few.futures[0].fingerprints);
    StudyPlan other = plan_of(plant, 8);
    other.seed = 2;
    CHECK(run(other).futures[0].fingerprints != few.futures[0].fingerprints);
}

TEST_CASE("threads and executor change no future") {
    StudyPlan plan = plan_of(plant, 12);
    plan.trace = true;
    const Study expected = run(plan);
    for (const int threads : {1, 3, 8}) {
        plan.threads = threads;
        CHECK(run(plan).futures[2].fingerprints == expected.futures[2].fingerprints);
    }
    plan.executor = Executor::optimistic;
    CHECK(run(plan).futures[2].fingerprints == expected.futures[2].fingerprints);
    plan.executor = Executor::reference;
    const Study plain = run(plan);
    CHECK(plain.futures[2].fingerprints == expected.futures[2].fingerprints);
    CHECK(plain.futures[2].traces == expected.futures[2].traces);
}

TEST_CASE("precision: stops after whole batches of 16, once the interval is narrow enough") {
    StudyPlan plan = plan_of(plant, 400);
    plan.alternatives = {plan.alternatives[0]};
    plan.precision = 0.01;
    const Study study = run(plan);
    const std::size_t count = study.futures[0].fingerprints.size();
    CHECK(count % 16 == 0);
    CHECK(count >= 32);
    CHECK(count < 400);
    const FigureResult& throughput = kpi(study.results[0], "throughput").value;
    CHECK((throughput.high - throughput.low) / 2 <= 0.01 * throughput.mean);
    // The surplus of the last wave is discarded: the same futures as if asked for by number.
    CHECK(run(plan_of(plant, static_cast<std::int64_t>(count))).futures[0].fingerprints ==
          study.futures[0].fingerprints);
}

TEST_CASE("a study that is stopped from outside says so and gives nothing") {
    const std::atomic<bool> stop{true};
    StudyPlan plan = plan_of(plant);
    plan.cancelled = &stop;
    CHECK_THROWS_AS(run(plan), Cancelled);
}

TEST_CASE("progress is told once per replication and alternative") {
    StudyPlan plan = plan_of(plant, 5);
    std::int64_t calls = 0;
    std::int64_t last = 0;
    plan.progress = [&](std::int64_t done, std::int64_t expected) {
        ++calls;
        last = done;
        CHECK(expected == 20);
    };
    run(plan);
    CHECK(calls == 20);
    CHECK(last == 20);
}

TEST_CASE("one future has a mean and no interval, with the reason") {
    const Study study = run(plan_of(plant, 1));
    const FigureResult& throughput = kpi(study.results[0], "throughput").value;
    CHECK(throughput.mean > 0);
    CHECK(std::isnan(throughput.low));
    CHECK(std::isnan(throughput.high));
    CHECK(!throughput.reason.empty());
}

TEST_CASE("assumptions are drawn from their range, the central value being the mode") {
    const std::string text = plant +
                             "assumptions:\n"
                             "  repair time: {value: 10 min, low: 5 min, high: 0.5 h}\n"
                             "  fixed: {value: 3 h}\n";
    const loader::ScenarioFile file = read_text(text);
    CHECK(ParameterDraws::uncertain(file));
    CHECK(!ParameterDraws::uncertain(read_text(plant)));
    const ParameterDraws draws(file, 1, 400, LifeModel::best);
    REQUIRE(draws.size() == 400);
    const loader::Reader central(draws.central());
    CHECK(central.duration(*draws.central().assumption("repair time")) == 10 * minute);
    double sum = 0;
    for (std::size_t k = 0; k < draws.size(); ++k) {
        const loader::Reader reader(draws[k]);
        const double drawn = to_seconds(reader.duration(*draws[k].assumption("repair time")));
        CHECK(drawn >= 5 * 60);
        CHECK(drawn <= 30 * 60);
        CHECK(reader.duration(*draws[k].assumption("fixed")) == 3 * hour);
        sum += drawn;
    }
    // Triangular: mean (5 + 10 + 30) / 3 = 15 min, standard deviation 5.4 min, error 0.27 min.
    CHECK(std::abs(sum / 400 / 60 - 15) < 5 * 0.27);
}

TEST_CASE("a draw depends on seed, number and name alone: another assumption moves none") {
    const std::string one =
        plant + "assumptions:\n  b: {value: 10 min, low: 5 min, high: 30 min}\n";
    const std::string two = plant +
                            "assumptions:\n  a: {value: 1 h, low: 0.5 h, high: 2 h}\n"
                            "  b: {value: 10 min, low: 5 min, high: 30 min}\n";
    const ParameterDraws first(read_text(one), 3, 20, LifeModel::best);
    const ParameterDraws second(read_text(two), 3, 20, LifeModel::best);
    const ParameterDraws other(read_text(one), 4, 20, LifeModel::best);
    int equal_to_other_seed = 0;
    for (std::size_t k = 0; k < 20; ++k) {
        CHECK(first[k].assumption("b")->text() == second[k].assumption("b")->text());
        equal_to_other_seed += first[k].assumption("b")->text() == other[k].assumption("b")->text();
    }
    CHECK(equal_to_other_seed == 0);
}

TEST_CASE("with uncertain parameters future r uses draw r mod K, K = min(32, N div 2)") {
    const std::string text =
        plant + "assumptions: {x: {value: 10 min, low: 5 min, high: 30 min}}\n";
    const StudyPlan plan = plan_of(text, 10);
    const Design design = design_of(plan, 10, true);
    CHECK(design.draw_of_future == std::vector<std::uint32_t>{0, 1, 2, 3, 4, 0, 1, 2, 3, 4});
    CHECK(design_of(plan_of(text, 100), 100, true).draw_of_future[99] == 99 % 32);
    // A study that was stopped keeps the draws of the futures that were asked for.
    CHECK(design_of(plan_of(text, 100), 40, true).draw_of_future[39] == 39 % 32);
    CHECK(design_of(plan, 10, false).draw_of_future[9] == 9);
    CHECK(run(plan).prepared.front().plants.size() == 5);
}
