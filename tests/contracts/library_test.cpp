#include <doctest/doctest.h>

#include <filesystem>

#include "scenarios/study.hpp"
#include "tests/contracts/properties.hpp"

/// Every scenario of the library, found by looking: the same answer for any number of threads and
/// by either executor, and the properties that hold for every plant.

using namespace foretwin;
using namespace foretwin::test;

namespace {

constexpr bool shortened = FORETWIN_ORACLE_LENGTH < 1;

std::vector<std::string> library() {
    std::vector<std::string> files;
    for (const auto& folder :
         std::filesystem::directory_iterator(FORETWIN_SOURCE_DIR "/scenarios/library")) {
        const std::filesystem::path file = folder.path() / "scenario.yaml";
        if (std::filesystem::exists(file)) files.push_back(file.string());
    }
    return files;
}

experiments::StudyPlan plan_of(const std::string& path) {
    experiments::StudyPlan plan;
    plan.file = read_file(path);
    // A tenth of the time tells as much about threads as the whole.
    if (plan.file.tree.find("time") != nullptr) {
        plan.file.tree.find("time")->set("horizon", loader::Value::scalar("3 days"));
        plan.file.tree.find("time")->set("warm_up", loader::Value::scalar("1 day"));
    }
    plan.alternatives = experiments::all_alternatives(plan.file.tree);
    plan.replications = shortened ? 2 : 5;
    plan.trace = true;
    return plan;
}

}  // namespace

TEST_CASE("the library has scenarios") {
    CHECK(library().size() >= 2);
}

TEST_CASE("every scenario of the library: the same fingerprints for 1, 2, 3 and 8 threads") {
    for (const std::string& path : library()) {
        experiments::StudyPlan plan = plan_of(path);
        plan.threads = 1;
        const experiments::StudyResult one = run_study(plan);
        for (const int threads : {2, 3, 8}) {
            INFO(path, " with ", threads, " threads");
            plan.threads = threads;
            const experiments::StudyResult many = run_study(plan);
            CHECK(many.fingerprint == one.fingerprint);
            REQUIRE(many.alternatives.size() == one.alternatives.size());
            for (std::size_t i = 0; i < one.alternatives.size(); ++i) {
                CHECK(many.alternatives[i].fingerprint == one.alternatives[i].fingerprint);
            }
        }
    }
}

TEST_CASE("every scenario of the library: reference and sequential give equal fingerprints") {
    for (const std::string& path : library()) {
        INFO(path);
        experiments::StudyPlan plan = plan_of(path);
        plan.replications = 2;
        const std::string fast = run_study(plan).fingerprint;
        plan.executor = experiments::Executor::reference;
        CHECK(run_study(plan).fingerprint == fast);
    }
}

TEST_CASE("every scenario of the library, with each of its changes: the properties of a plant") {
    for (const std::string& path : library()) {
        const experiments::StudyPlan plan = plan_of(path);
        for (const experiments::Alternative& alternative : plan.alternatives) {
            const PlantPointer plant = assembled(plan.file, alternative.changes);
            for (const auto property : {executors_agree, splitting_changes_nothing,
                                        stretches_add_up, nothing_is_lost, presence_is_summed}) {
                const Faults faults = property(plant, random::Key{1, 3});
                INFO(path, ", ", alternative.name, ": ",
                     faults.empty() ? std::string() : faults.front());
                CHECK(faults.empty());
            }
        }
    }
}
