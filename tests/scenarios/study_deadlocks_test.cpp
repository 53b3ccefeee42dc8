#include <doctest/doctest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "scenarios/report/json.hpp"
#include "scenarios/study.hpp"
#include "tests/support/plant.hpp"

using namespace foretwin;
using namespace foretwin::test;
using namespace foretwin::experiments;

namespace {

/// A rework loop of four places: some futures lock within two hours, some do not.
const std::string plant =
    "foretwin: 1\nname: d\n"
    "time: {start: 2026-01-05T06:00, warm_up: 10 min, horizon: 2 h}\n"
    "devices:\n"
    "  In: {type: source, every: {exponential: {mean: 120 s}}, when_full: lost, next: A}\n"
    "  A: {type: station, buffer: 1, cycle: {exponential: {mean: 60 s}}, next: B}\n"
    "  B: {type: station, buffer: 1, cycle: {exponential: {mean: 60 s}},\n"
    "      next: {Out: 85 %, A: 15 %}}\n"
    "  Out: {type: sink}\n"
    "changes:\n"
    "  room: {set: {A/buffer: unlimited}}\n"
    "  tighter: {set: {B/buffer: 0}}\n";

StudyResult study_of(const std::string& text, int threads = 2) {
    StudyPlan plan;
    plan.file = read_text(text);
    plan.alternatives = all_alternatives(plan.file.tree);
    plan.replications = 40;
    plan.threads = threads;
    return run_study(plan);
}

std::size_t count(const std::vector<std::string>& warnings, const std::string& part) {
    return static_cast<std::size_t>(
        std::count_if(warnings.begin(), warnings.end(),
                      [&](const auto& text) { return text.find(part) != std::string::npos; }));
}

}  // namespace

TEST_CASE("a study tells which futures locked, since when, and for how long") {
    const StudyResult result = study_of(plant);
    const AlternativeResult& baseline = result.alternatives.at(0);
    REQUIRE(baseline.deadlocks.size() == 1);
    const DeadlockResult& found = baseline.deadlocks.front();
    CHECK(found.devices == std::vector<std::string>{"A", "B"});
    CHECK(found.replications > 0);
    CHECK(found.replications < 40);
    CHECK(found.first_replication < 40);
    CHECK(found.standstill_h > 0);
    CHECK(found.standstill_h < 2);
    // The same futures, one by one: in those that locked nothing moves for ten more hours.
    const auto model = assembled(read_text(plant));
    std::int64_t locked = 0;
    for (std::uint32_t future = 0; future < 40; ++future) {
        Run run(model, {1, future});
        const auto moved = [&](Time until) {
            run.to(until);
            return run.count("A/entered") + run.count("A/completed") + run.count("B/completed");
        };
        const std::int64_t before = moved(model->clock.end());
        const bool stands_still = moved(model->clock.end() + 10 * hour) == before;
        if (stands_still && locked == 0) CHECK(found.first_replication == future);
        locked += stands_still ? 1 : 0;
    }
    CHECK(found.replications == locked);
    CHECK(result.alternatives.at(1).deadlocks.empty());
    CHECK(result.alternatives.at(2).deadlocks.size() == 1);
}

TEST_CASE("deadlocks stand before all other warnings, loops after them, each loop once") {
    const StudyResult result = study_of(plant);
    CHECK(result.warnings.front().find("baseline: deadlock in ") == 0);
    CHECK(result.warnings.front().find("A waits for B, B for A") != std::string::npos);
    // The loop of the baseline (4 places) and, with another number of places, that of `tighter`.
    CHECK(count(result.warnings, "the loop A -> B -> A has 4 places") == 1);
    CHECK(count(result.warnings, "tighter: ") == 2);
    CHECK(count(result.warnings, "the loop A -> B -> A has 3 places") == 1);
    CHECK(count(result.warnings, "room: ") == 0);
    // No folder of this computer in an answer that may travel.
    CHECK(count(result.warnings, "/") == 0);
}

TEST_CASE("what is told of deadlocks does not depend on threads, and the JSON carries it") {
    const auto one = report::to_json(study_of(plant, 1));
    const auto three = report::to_json(study_of(plant, 3));
    const auto& told = one["alternatives"]["baseline"]["deadlocks"];
    CHECK(told == three["alternatives"]["baseline"]["deadlocks"]);
    CHECK(told.at(0)["devices"] == std::vector<std::string>{"A", "B"});
    CHECK(told.at(0)["first"]["since"].get<std::string>().substr(0, 10) == "2026-01-05");
    CHECK(one["alternatives"]["room"]["deadlocks"].empty());
}

TEST_CASE("a loop that may lock but does not is warned of, and no deadlock is told") {
    std::string mild = plant;
    mild.replace(mild.find("mean: 120 s"), 11, "mean: 100 h");
    const StudyResult result = study_of(mild);
    CHECK(result.alternatives.at(0).deadlocks.empty());
    CHECK(count(result.warnings, "deadlock in ") == 0);
    CHECK(count(result.warnings, "the loop A -> B -> A has 4 places") == 1);
}
