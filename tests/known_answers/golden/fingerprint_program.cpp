#include <cstdio>
#include <cstdlib>
#include <map>
#include <stdexcept>
#include <string>

#include "engine/statistics/variance_components.hpp"
#include "scenarios/experiments/describe_study.hpp"
#include "scenarios/experiments/parameter_draws.hpp"
#include "scenarios/experiments/summarise.hpp"

/// What a compiler makes of the engine: `run SCENARIO [--replications N] [--seed N] [--threads N]
/// [--executor E] [--life-model second]` prints the study's fingerprint, as the command line does
/// with --json, without all that only reads, draws and reports. So other compilers and levels of
/// optimisation need to build no more than what may make a difference.

using namespace foretwin;
using namespace foretwin::experiments;

namespace {

std::string fingerprint(const StudyPlan& plan) {
    const bool uncertain = ParameterDraws::uncertain(plan.file);
    const std::uint32_t draw_count =
        uncertain ? statistics::parameter_draws(plan.replications, true) : 0;
    const ParameterDraws draws(plan.file, plan.seed, draw_count, plan.life_model);
    const std::vector<PreparedAlternative> prepared = prepare(plan, draws);
    const std::vector<Replications> futures = replicate(plan, prepared);
    StudyResult result;
    result.alternatives =
        summarise(design_of(plan, plan.replications, uncertain), prepared, futures, draws);
    return study_fingerprint(result);
}

StudyPlan plan_of(int count, char** arguments) {
    if (count < 3 || std::string(arguments[1]) != "run")
        throw std::runtime_error("usage: run SCENARIO [--OPTION VALUE]...");
    StudyPlan plan;
    loader::Problems problems;
    plan.file = loader::read_scenario(arguments[2], problems);
    loader::throw_if_any(std::move(problems));
    plan.alternatives.push_back({});
    const std::map<std::string, Executor> executors{{"sequential", Executor::sequential},
                                                    {"parallel", Executor::parallel},
                                                    {"optimistic", Executor::optimistic},
                                                    {"reference", Executor::reference}};
    for (int i = 3; i < count; ++i) {
        const std::string option = arguments[i];
        if (option == "--json") continue;
        if (i + 1 == count) throw std::runtime_error(option + " needs a value");
        const std::string value = arguments[++i];
        if (option == "--replications")
            plan.replications = std::stol(value);
        else if (option == "--seed")
            plan.seed = static_cast<std::uint32_t>(std::stoul(value));
        else if (option == "--threads")
            plan.threads = std::stoi(value);
        else if (option == "--executor")
            plan.executor = executors.at(value);
        else if (option == "--life-model" && value == "second")
            plan.life_model = LifeModel::second;
        else
            throw std::runtime_error("unknown: " + option + " " + value);
    }
    return plan;
}

}  // namespace

int main(int count, char** arguments) {
    try {
        std::printf("{\"fingerprint\": \"%s\"}\n", fingerprint(plan_of(count, arguments)).c_str());
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return EXIT_FAILURE + 1;
    }
    return EXIT_SUCCESS;
}
