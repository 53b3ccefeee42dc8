#include "scenarios/study.hpp"

#include <doctest/doctest.h>

#include <atomic>

#include "tests/support/plant.hpp"

/// The spine: what a study promises beyond its parts.

using namespace foretwin;
using namespace foretwin::experiments;

namespace {

const std::string uncertain_queue =
    "foretwin: 1\nname: s\ntime: {horizon: 20 h}\n"
    "devices:\n"
    "  In: {type: source, every: {exponential: {mean: 60 s}}, when_full: lost, next: A}\n"
    "  A: {type: station, buffer: 3, cycle: {exponential: {mean: {assumption: cycle}}}, next: "
    "Out}\n"
    "  Out: {type: sink}\n"
    "assumptions: {cycle: {value: 50 s, low: 40 s, high: 70 s, why: a test}}\n";

StudyPlan plan_of(std::int64_t replications) {
    StudyPlan plan;
    plan.file = test::read_text(uncertain_queue);
    plan.alternatives = all_alternatives(plan.file.tree);
    plan.replications = replications;
    plan.threads = 2;
    return plan;
}

const FigureResult& throughput(const StudyResult& result) {
    for (const KpiResult& kpi : result.alternatives.front().kpis)
        if (kpi.value.name == "throughput") return kpi.value;
    throw std::runtime_error("no throughput");
}

}  // namespace

TEST_CASE("precision with uncertain parameters: what stops early equals what asked for no more") {
    StudyPlan plan = plan_of(200);
    plan.precision = 0.5;
    const StudyResult early = run_study(plan);
    // 32 draws with two futures each are the fewest that 200 futures can stop at.
    REQUIRE(early.replications == 64);
    const StudyResult asked = run_study(plan_of(64));
    CHECK(early.parameter_draws == asked.parameter_draws);
    CHECK(throughput(early).mean == throughput(asked).mean);
    CHECK(throughput(early).low == throughput(asked).low);
    CHECK(throughput(early).high == throughput(asked).high);
    CHECK(early.fingerprint == asked.fingerprint);
}

TEST_CASE("precision: the interval that decides is the one that is told") {
    // The draws' means differ by far more than 1 %: no number of futures within the limit helps.
    StudyPlan plan = plan_of(96);
    plan.precision = 0.01;
    const StudyResult result = run_study(plan);
    CHECK(result.replications == 96);
    REQUIRE(result.warnings.size() == 1);
    CHECK(result.warnings[0].find("draws of the uncertain parameters") != std::string::npos);
}

TEST_CASE("a single future has no precision to watch") {
    StudyPlan plan = plan_of(1);
    plan.precision = 0.01;
    CHECK(run_study(plan).replications == 1);
}

namespace {

/// Stopped from outside as soon as so many runs of an alternative are over.
StudyResult stopped_after(StudyPlan plan, std::int64_t runs) {
    std::atomic<bool> cancelled{false};
    plan.cancelled = &cancelled;
    plan.keep_finished = true;
    plan.progress = [&](std::int64_t done, std::int64_t) {
        if (done == runs) cancelled = true;
    };
    return run_study(plan);
}

std::vector<double> futures(const StudyResult& result) {
    for (const KpiResult& kpi : result.alternatives.front().kpis)
        if (kpi.value.name == "throughput") return kpi.by_replication;
    return {};
}

}  // namespace

TEST_CASE("a study that is stopped answers with the futures that were finished, and says so") {
    StudyPlan plan = plan_of(200);
    plan.threads = 1;
    const StudyResult result = stopped_after(plan, 70);  // in the second wave of 64
    CHECK(result.stopped);
    CHECK(result.replications == 70);
    CHECK(result.parameter_draws == 32);  // those of 200 futures
    REQUIRE(result.warnings.size() == 1);
    CHECK(result.warnings[0].find("stopped after 70 of 200 replications") == 0);
    const std::vector<double> all = futures(run_study(plan_of(200)));
    CHECK(futures(result) == std::vector<double>(all.begin(), all.begin() + 70));
}

TEST_CASE("a stopped study keeps whole futures only: every alternative has them, in order") {
    StudyPlan plan = plan_of(64);
    plan.file = test::read_text(uncertain_queue + "changes: {faster: {scale: {A/cycle: 0.9}}}\n");
    plan.alternatives = all_alternatives(plan.file.tree);
    plan.threads = 3;
    const StudyResult whole = run_study(plan);
    const StudyResult result = stopped_after(plan, 21);
    // 21 runs are over when it is stopped, of up to three threads; a future is two runs.
    CHECK(result.replications >= 9);
    CHECK(result.replications <= 12);
    const std::vector<double> all = futures(whole);
    CHECK(futures(result) == std::vector<double>(all.begin(), all.begin() + result.replications));
    CHECK(result.alternatives[1].kpis[0].by_replication.size() ==
          static_cast<std::size_t>(result.replications));
}

TEST_CASE("a study that is stopped before its first future gives nothing") {
    StudyPlan plan = plan_of(8);
    const std::atomic<bool> cancelled{true};
    plan.cancelled = &cancelled;
    plan.keep_finished = true;
    CHECK_THROWS_AS(run_study(plan), Cancelled);
}

TEST_CASE("who may be stopped runs in stretches, which changes no event") {
    StudyPlan plan = plan_of(6);
    plan.trace = true;
    const StudyResult at_once = run_study(plan);
    const std::atomic<bool> cancelled{false};
    plan.cancelled = &cancelled;
    CHECK(run_study(plan).trace_fingerprint == at_once.trace_fingerprint);
    CHECK(run_study(plan).fingerprint == at_once.fingerprint);
}

TEST_CASE("an assumed investment takes part in the uncertainty of the money") {
    const std::string text =
        "foretwin: 1\nname: s\ntime: {horizon: 365 days}\n"
        "devices: {M: {type: machine, rate: 1 part/h}}\n"
        "economics: {currency: EUR, margin: {part: 1 EUR/part}, life: 1 years,\n"
        "            discount_rate: 0 %/year}\n"
        "assumptions:\n"
        "  price: {value: 500 EUR, low: 200 EUR, high: 1400 EUR, why: a test}\n"
        "  nothing: {value: 2, low: 1, high: 3, why: a test}\n"
        "changes: {more: {scale: {M/rate: 1.1}, invest: {assumption: price}}}\n";
    StudyPlan plan;
    plan.file = test::read_text(text);
    plan.alternatives = all_alternatives(plan.file.tree);
    plan.replications = 16;
    const StudyResult result = run_study(plan);
    // A tenth more of 8760 parts, less the price: a straight line, so the fit is exact.
    const AlternativeResult& more = result.alternatives.at(1);
    REQUIRE(more.tornado.swings.size() == 2);
    CHECK(more.tornado.swings[0].name == "price");
    CHECK(more.tornado.swings[0].slope == doctest::Approx(-1));
    CHECK(*more.tornado.swings[0].break_even == doctest::Approx(876));
    CHECK_FALSE(more.tornado.swings[1].break_even);
    CHECK(*more.money->npv.low < *more.money->npv.high);
    CHECK(more.investment == 500);
}

TEST_CASE("a life of the study that has a range is refused: it is one for all futures") {
    const auto plan_with = [](const std::string& life, const std::string& range) {
        StudyPlan plan;
        plan.file = test::read_text(
            "foretwin: 1\nname: s\ntime: {horizon: 365 days}\n"
            "devices: {M: {type: machine, rate: 1 part/h}}\n"
            "economics: {margin: {part: 1 EUR/part}, life: " +
            life + "}\nassumptions: {years: {value: 4 years, " + range +
            "why: a test}}\nchanges: {more: {scale: {M/rate: 1.1}}}\n");
        plan.alternatives = all_alternatives(plan.file.tree);
        plan.replications = 2;
        return plan;
    };
    const std::string reference = "{assumption: years}";
    try {
        run_study(plan_with(reference, "low: 2 years, high: 9 years, "));
        FAIL("accepted");
    } catch (const InputError& error) {
        REQUIRE(error.problems().size() == 1);
        CHECK(error.problems()[0].place.line == 5);
        CHECK(error.problems()[0].what.find("economics/life") == 0);
    }
    // Where the range is a point, the reference is as good as the value itself.
    CHECK(run_study(plan_with(reference, "low: 4 years, high: 4 years, ")).study_years == 4);
    CHECK(run_study(plan_with("4 years", "low: 2 years, high: 9 years, ")).study_years == 4);
}
