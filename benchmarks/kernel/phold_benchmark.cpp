// PHOLD through the full product path (devices, named streams, sequential executor) beside a
// minimal engine on std::priority_queue, in turn, in one process. Prints one "name value" per line.
// Arguments: PROCESSES EVENTS REMOTE LOOKAHEAD ROUNDS [MILLION_EVENTS [product]]; with `product`
// the product runs alone, so that the peak of memory is its own.
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "benchmarks/clock.hpp"
#include "benchmarks/kernel/minimal_engine.hpp"
#include "benchmarks/median.hpp"
#include "engine/executors/sequential.hpp"
#include "models/reference/phold.hpp"

namespace {

using namespace foretwin;

struct Plan {
    reference::Phold model;
    int rounds = 5;
    double events = 0;  ///< per round
    bool product_only = false;
};

Plan plan_of(int count, char** arguments) {
    Plan plan;
    plan.model.processes = static_cast<std::uint32_t>(std::atoll(arguments[1]));
    plan.model.events = static_cast<std::uint32_t>(std::atoll(arguments[2]));
    plan.model.remote = std::atof(arguments[3]);
    plan.model.lookahead = std::atof(arguments[4]);
    plan.rounds = std::atoi(arguments[5]);
    plan.events = (count > 6 ? std::atof(arguments[6]) : 4) * 1e6;
    plan.product_only = count > 7 && std::string(arguments[7]) == "product";
    return plan;
}

/// CPU seconds per event of a stretch of simulated time.
template <class Run>
double cost(Run run) {
    const double begin = benchmarks::cpu_seconds();
    const std::uint64_t events = run();
    return (benchmarks::cpu_seconds() - begin) / static_cast<double>(events);
}

void measure(const Plan& plan) {
    const kernel::Model model = reference::phold(plan.model);
    kernel::Simulation simulation(model, {1, 0});
    simulation.start();
    const double per_second = plan.model.processes * plan.model.events / (1 + plan.model.lookahead);
    const Time stretch = from_seconds(plan.events / per_second);
    std::vector<double> product;
    std::vector<double> minimal;
    std::vector<double> times;
    const auto run_product = [&](Time until) {
        const std::uint64_t before = simulation.events_handled();
        executors::run_sequential(simulation, until);
        return simulation.events_handled() - before;
    };
    if (plan.product_only) {
        std::cout << "events " << run_product(stretch) << "\npeak_memory_mb "
                  << benchmarks::peak_memory_mb() << '\n';
        return;
    }
    benchmarks::MinimalEngine engine(plan.model);
    run_product(stretch);
    engine.run(stretch);
    for (int round = 2; round < plan.rounds + 2; ++round) {
        minimal.push_back(cost([&] { return engine.run(round * stretch); }));
        product.push_back(cost([&] { return run_product(round * stretch); }));
        times.push_back(minimal.back() / product.back());
    }
    std::cout << "product_ns_per_event " << benchmarks::median(product) * 1e9 << '\n'
              << "minimal_ns_per_event " << benchmarks::median(minimal) * 1e9 << '\n'
              << "times_faster " << benchmarks::median(times) << '\n';
}

}  // namespace

int main(int count, char** arguments) {
    if (count < 6) {
        std::cerr << "usage: phold_benchmark PROCESSES EVENTS REMOTE LOOKAHEAD ROUNDS "
                     "[MILLION_EVENTS [product]]\n";
        return 2;
    }
    measure(plan_of(count, arguments));
}
