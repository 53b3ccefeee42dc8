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

/// One future on its way, with those who look on: the observer of a plan with a clock, and the
/// bookmark of one with a checkpoint.
struct Way {
    const StudyPlan& plan;
    kernel::Simulation simulation;
    bool measuring = false;
    Bookmark* bookmark = nullptr;
    executors::Observer& watching;
    executors::ParallelReport parallel;
};

/// Runs to an instant, and tells the observer, if any, how it went.
void run_to(Way& way, Time until) {
    const StudyPlan& plan = way.plan;
    executors::Observer* observer = plan.clock == nullptr ? nullptr : &way.watching;
    const std::uint64_t begin = way.watching.now();
    const std::uint64_t before = way.simulation.events_handled();
    const executors::Trace trace = plan.trace ? executors::Trace::on : executors::Trace::off;
    switch (plan.executor) {
        case Executor::reference:
            executors::run_reference(way.simulation, until, observer);
            break;
        case Executor::sequential:
            executors::run_sequential(way.simulation, until, trace, observer);
            break;
        case Executor::parallel:
            // More threads than processors would only take turns.
            way.parallel.add(executors::run_parallel(
                way.simulation, until,
                std::min(threads_of(plan),
                         static_cast<int>(std::max(1U, std::thread::hardware_concurrency()))),
                trace, observer));
            break;
    }
    if (plan.timeline == nullptr) return;
    const std::uint64_t end = way.watching.phase(way.measuring ? "measured" : "warm-up", begin,
                                                 way.simulation.events_handled() - before);
    plan.timeline->value(way.watching.row, "pending events", end, way.simulation.pending_events());
}

Way begin_way(const StudyPlan& plan, const kernel::Model& model, executors::Observer& watching,
              Bookmark* bookmark) {
    if (bookmark != nullptr) {
        if (std::optional<UnderWay> left = bookmark->where_it_lies()) {
            return {
                plan, snapshot::restore(model, left->bytes), left->measuring, bookmark, watching,
                {}};
        }
    }
    Way way{plan,     kernel::Simulation(model, {plan.seed, watching.row.number}),
            false,    bookmark,
            watching, {}};
    way.simulation.start();
    return way;
}

void advance(Way& way, Time until) {
    if (way.bookmark == nullptr) return run_to(way, until);
    do {
        run_to(way, way.bookmark->next_pause(way.simulation.now(), until));
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

void stop_if_cancelled(const StudyPlan& plan) {
    if (plan.cancelled != nullptr && plan.cancelled->load()) throw Cancelled();
}

Outcome run_future(const StudyPlan& plan, const PreparedAlternative& prepared,
                   const std::vector<std::string>& types, executors::Row row, Bookmark* bookmark) {
    std::fesetenv(FE_DFL_ENV);
    executors::Observer observer{plan.clock, plan.timeline.get(), row, {}};
    const std::uint64_t begin = observer.now();
    const std::size_t draw = row.number % prepared.plants.size();
    const assembly::Plant& plant = prepared.plants[draw];
    Way way = begin_way(plan, plant.model, observer, bookmark);
    if (!way.measuring) {
        advance(way, plant.clock.warm_up());
        way.simulation.begin_measuring();
        way.measuring = true;
    }
    advance(way, plant.clock.end());
    Outcome outcome;
    outcome.counters = observer.counters;
    outcome.parallel = way.parallel;
    if (!prepared.loops.empty()) {
        outcome.deadlocks = deadlocks_of(plant, way.simulation, row.number);
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
    if (plan.timeline != nullptr) {
        const std::uint64_t end = observer.phase("replication", begin, outcome.events);
        plan.timeline->span(executors::Row::of_thread(), row, "replication", begin, end,
                            outcome.events);
    }
    return outcome;
}

}  // namespace foretwin::experiments
