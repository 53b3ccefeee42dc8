#include "scenarios/experiments/future.hpp"

#include <algorithm>
#include <cfenv>
#include <thread>

#include "engine/executors/parallel.hpp"
#include "engine/executors/reference.hpp"
#include "engine/executors/sequential.hpp"
#include "models/flow/deadlock.hpp"
#include "scenarios/experiments/checkpoint.hpp"

namespace foretwin::experiments {
namespace {

void run_to(const StudyPlan& plan, kernel::Simulation& simulation, Time until) {
    const executors::Trace trace = plan.trace ? executors::Trace::on : executors::Trace::off;
    switch (plan.executor) {
        case Executor::reference:
            executors::run_reference(simulation, until);
            break;
        case Executor::sequential:
            executors::run_sequential(simulation, until, trace);
            break;
        case Executor::parallel:
            // More threads than processors would only take turns.
            executors::run_parallel(
                simulation, until,
                std::min(threads_of(plan),
                         static_cast<int>(std::max(1U, std::thread::hardware_concurrency()))),
                trace);
            break;
    }
}

/// One future on its way, with the bookmark that follows it, if any.
struct Way {
    const StudyPlan& plan;
    kernel::Simulation simulation;
    bool measuring = false;
    Bookmark* bookmark = nullptr;
};

Way begin(const StudyPlan& plan, const kernel::Model& model, std::uint32_t replication,
          Bookmark* bookmark) {
    if (bookmark != nullptr) {
        if (std::optional<UnderWay> left = bookmark->where_it_lies()) {
            return {plan, snapshot::restore(model, left->bytes), left->measuring, bookmark};
        }
    }
    Way way{plan, kernel::Simulation(model, {plan.seed, replication}), false, bookmark};
    way.simulation.start();
    return way;
}

void advance(Way& way, Time until) {
    if (way.bookmark == nullptr) return run_to(way.plan, way.simulation, until);
    do {
        run_to(way.plan, way.simulation, way.bookmark->next_pause(way.simulation.now(), until));
        const bool stopped = way.plan.cancelled != nullptr && way.plan.cancelled->load();
        way.bookmark->pause(way.simulation, way.measuring, stopped);
        stop_if_cancelled(way.plan);
    } while (way.simulation.now() < until);
}

std::vector<double> part_counts(const std::vector<kernel::FigureSpec>& specs,
                                const std::vector<double>& figures,
                                const std::vector<std::string>& types) {
    std::vector<double> counts(types.size(), 0.0);
    for (std::size_t i = 0; i < specs.size(); ++i) {
        if (!specs[i].name.starts_with("parts/")) continue;
        const auto type = std::find(types.begin(), types.end(), specs[i].name.substr(6));
        counts[static_cast<std::size_t>(type - types.begin())] += figures[i];
    }
    return counts;
}

std::vector<DeadlockFound> deadlocks_of(const assembly::Plant& plant,
                                        const kernel::Simulation& simulation,
                                        std::uint32_t replication) {
    std::vector<DeadlockFound> all;
    for (const flow::Deadlock& deadlock : flow::find_deadlocks(simulation)) {
        DeadlockFound found;
        found.replication = replication;
        found.since = plant.clock.to_text(deadlock.since);
        found.standstill_h =
            to_hours(plant.clock.end() - std::max(deadlock.since, plant.clock.warm_up()));
        for (const kernel::DeviceIndex device : deadlock.devices) {
            found.devices.push_back(plant.model.devices[device].name);
        }
        all.push_back(std::move(found));
    }
    return all;
}

}  // namespace

int threads_of(const StudyPlan& plan) {
    if (plan.threads > 0) return plan.threads;
    return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

void stop_if_cancelled(const StudyPlan& plan) {
    if (plan.cancelled != nullptr && plan.cancelled->load()) throw Cancelled();
}

Outcome run_future(const StudyPlan& plan, const PreparedAlternative& prepared,
                   const std::vector<std::string>& types, std::uint32_t replication,
                   Bookmark* bookmark) {
    std::fesetenv(FE_DFL_ENV);
    const std::size_t draw = replication % prepared.plants.size();
    const assembly::Plant& plant = prepared.plants[draw];
    Way way = begin(plan, plant.model, replication, bookmark);
    if (!way.measuring) {
        advance(way, plant.clock.warm_up());
        way.simulation.begin_measuring();
        way.measuring = true;
    }
    advance(way, plant.clock.end());
    Outcome outcome;
    if (!prepared.loops.empty()) {
        outcome.deadlocks = deadlocks_of(plant, way.simulation, replication);
    }
    const kernel::FigureSink sink = way.simulation.report(false);
    outcome.fingerprint = result_fingerprint(prepared.specs[draw], sink.values);
    if (plan.trace) outcome.trace = way.simulation.trace_fingerprint();
    outcome.events = way.simulation.events_handled();
    const std::vector<double> figures = kpis::in_units(prepared.specs[draw], sink.values);
    for (const kpis::Formula& kpi : prepared.kpis) {
        outcome.kpis.push_back(kpis::evaluate(kpi, figures));
    }
    for (const kpis::Formula& figure : prepared.devices) {
        outcome.devices.push_back(kpis::evaluate(figure, figures));
    }
    outcome.parts = part_counts(prepared.specs[draw], figures, types);
    return outcome;
}

}  // namespace foretwin::experiments
