// How much narrower the interval of a difference gets because alternatives share their futures:
// per change and KPI, half the width of the paired interval beside that of independent runs, one
// line "change,KPI,unit,paired,independent,ratio" each. Arguments: FILE REPLICATIONS THREADS.
#include <cstdlib>
#include <iostream>

#include "engine/statistics/interval.hpp"
#include "scenarios/study.hpp"

namespace {

using namespace foretwin;

constexpr double level = 0.95;

experiments::StudyPlan plan_of(const std::string& file, std::int64_t replications, int threads) {
    experiments::StudyPlan plan;
    loader::Problems problems;
    plan.file = loader::read_scenario(file, problems);
    loader::throw_if_any(problems);
    plan.alternatives = experiments::all_alternatives(plan.file.tree);
    plan.replications = replications;
    plan.threads = threads;
    return plan;
}

std::vector<double> differences(const std::vector<double>& a, const std::vector<double>& b) {
    std::vector<double> result(a.size());
    for (std::size_t i = 0; i < a.size(); ++i) result[i] = a[i] - b[i];
    return result;
}

/// The values of a KPI per replication; nullptr where the baseline does not have it (a change may
/// bring KPIs of its own, so places in the lists differ).
const std::vector<double>* values_of(const experiments::StudyResult& study,
                                     const std::string& name) {
    for (const experiments::KpiResult& kpi : study.alternatives.front().kpis) {
        if (kpi.value.name == name) return &kpi.by_replication;
    }
    return nullptr;
}

/// Half the width of the interval of the mean of `values`.
double half_width(const std::vector<double>& values) {
    return statistics::mean_interval(values, level).half_width();
}

}  // namespace

int main(int count, char** arguments) {
    if (count < 4) {
        std::cerr << "usage: common_random_numbers_benchmark FILE REPLICATIONS THREADS\n";
        return 2;
    }
    try {
        experiments::StudyPlan plan =
            plan_of(arguments[1], std::atoll(arguments[2]), std::atoi(arguments[3]));
        const experiments::StudyResult shared = run_study(plan);
        plan.seed = 2;
        plan.alternatives.resize(1);
        const experiments::StudyResult other = run_study(plan);
        for (std::size_t i = 1; i < shared.alternatives.size(); ++i) {
            const experiments::AlternativeResult& changed = shared.alternatives[i];
            for (const experiments::KpiResult& kpi : changed.kpis) {
                const std::vector<double>* same = values_of(shared, kpi.value.name);
                const std::vector<double>* apart = values_of(other, kpi.value.name);
                if (same == nullptr || apart == nullptr) continue;
                const double paired = half_width(differences(kpi.by_replication, *same));
                const double independent = half_width(differences(kpi.by_replication, *apart));
                if (!(paired > 0) || !(independent > 0)) continue;
                std::cout << changed.name << ',' << kpi.value.name << ',' << kpi.value.unit << ','
                          << paired << ',' << independent << ',' << independent / paired << '\n';
            }
        }
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
        return 2;
    }
}
