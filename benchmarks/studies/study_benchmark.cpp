// Runs one scenario the whole product way (file, check, assembly, replications, figures) and prints
// what it cost, one "name value" per line. Arguments: FILE REPLICATIONS THREADS [all | parallel |
// KPI]: all alternatives; each replication on all threads; the mean of a KPI.
#include <cstdlib>
#include <iostream>
#include <string>

#include "benchmarks/clock.hpp"
#include "scenarios/study.hpp"

namespace {

using namespace foretwin;

experiments::StudyPlan plan_of(const std::string& file, std::int64_t replications, int threads,
                               const std::string& asked) {
    experiments::StudyPlan plan;
    loader::Problems problems;
    plan.file = loader::read_scenario(file, problems);
    loader::throw_if_any(problems);
    plan.alternatives = {experiments::Alternative{}};
    if (asked == "all") plan.alternatives = experiments::all_alternatives(plan.file.tree);
    if (asked == "parallel") plan.executor = experiments::Executor::parallel;
    plan.replications = replications;
    plan.threads = threads;
    return plan;
}

}  // namespace

int main(int count, char** arguments) {
    if (count < 4) {
        std::cerr << "usage: study_benchmark FILE REPLICATIONS THREADS [all | parallel | KPI]\n";
        return 2;
    }
    const std::int64_t replications = std::atoll(arguments[2]);
    const std::string asked = count > 4 ? arguments[4] : "";
    try {
        const double cpu = benchmarks::cpu_seconds();
        const double wall = benchmarks::wall_seconds();
        const experiments::StudyPlan plan =
            plan_of(arguments[1], replications, std::atoi(arguments[3]), asked);
        const experiments::StudyResult result = run_study(plan);
        const auto runs =
            static_cast<double>(replications) * static_cast<double>(plan.alternatives.size());
        std::cout.precision(9);
        std::cout << "cpu_seconds " << (benchmarks::cpu_seconds() - cpu) / runs << '\n'
                  << "wall_seconds " << benchmarks::wall_seconds() - wall << '\n'
                  << "peak_memory_mb " << benchmarks::peak_memory_mb() << '\n';
        for (const experiments::KpiResult& kpi : result.alternatives.front().kpis) {
            if (kpi.value.name == asked) std::cout << "result " << kpi.value.mean << '\n';
        }
        std::cout << "fingerprint " << result.fingerprint << '\n';
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
        return 2;
    }
}
