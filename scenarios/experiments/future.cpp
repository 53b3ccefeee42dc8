#include "scenarios/experiments/future.hpp"

#include <algorithm>
#include <cfenv>
#include <chrono>
#include <limits>
#include <optional>
#include <thread>

#include "engine/core/error.hpp"
#include "engine/executors/optimistic.hpp"
#include "engine/executors/parallel.hpp"
#include "engine/executors/reference.hpp"
#include "engine/executors/sequential.hpp"
#include "models/flow/deadlock.hpp"
#include "scenarios/experiments/checkpoint.hpp"

namespace foretwin::experiments {
namespace {

/// One future on its way, with the bookmark that follows it, if any, and who watches.
struct Way {
    const StudyPlan& plan;
    kernel::Simulation simulation;
    executors::Observer observer;
    executors::ParallelReport parallel = {};
    bool measuring = false;
    Bookmark* bookmark = nullptr;
    Pace* pace = nullptr;  ///< events per ns of the futures before; without a bookmark
};

void run_to(Way& way, Time until) {
    executors::Observer* observer = way.plan.clock == nullptr ? nullptr : &way.observer;
    const executors::Trace trace = way.plan.trace ? executors::Trace::on : executors::Trace::off;
    // More threads than processors would only take turns. Asking for them reads a file.
    static const int processors =
        static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
    const int threads = std::min(threads_of(way.plan), processors);
    switch (way.plan.executor) {
        case Executor::reference:
            executors::run_reference(way.simulation, until, observer);
            break;
        case Executor::sequential:
            executors::run_sequential(way.simulation, until, trace, observer);
            break;
        case Executor::parallel:
            way.parallel.add(
                executors::run_parallel(way.simulation, until, threads, trace, observer));
            break;
        case Executor::optimistic:
            way.parallel.add(
                executors::run_optimistic(way.simulation, until, threads, trace, observer)
                    .as_parallel());
            break;
    }
}

Way begin(const StudyPlan& plan, const assembly::Plant& plant, executors::Row row,
          Bookmark* bookmark) {
    const kernel::Model& model = plant.model;
    const executors::Observer observer{plan.clock, plan.timeline.get(), row, {}};
    if (bookmark != nullptr) {
        if (std::optional<UnderWay> left = bookmark->where_it_lies()) {
            kernel::Simulation simulation = snapshot::restore(model, left->bytes);
            if (simulation.key() != random::Key{plan.seed, row.number} ||
                simulation.now() > plant.clock.end()) {
                throw InputError({},
                                 "the checkpoint is damaged: it has a snapshot of another future",
                                 "remove it and begin anew, without --resume");
            }
            return {plan, std::move(simulation), observer, {}, left->measuring, bookmark};
        }
    }
    Way way{plan,    kernel::Simulation(model, {plan.seed, row.number}), observer, {}, false,
            bookmark};
    way.simulation.start();
    return way;
}

/// How long the stretches of a future are, so that a stop from outside is heard soon. Told in
/// events, which cost nothing to count; the clock is asked only between stretches of many.
class Stretch {
  public:
    static constexpr std::uint64_t few_events = 4000;

    /// `pace`: events per ns of futures before; 0 unknown.
    Stretch(Time whole, double pace) {
        constexpr double first_share = 1024;
        const double wanted = pace > 0 ? static_cast<double>(few_events) / pace
                                       : static_cast<double>(whole) / first_share;
        length_ = wanted < static_cast<double>(whole) ? std::max<Time>(1, static_cast<Time>(wanted))
                                                      : std::max<Time>(1, whole);
    }
    Time length() const { return length_; }

    /// After a stretch of this length in which so many events were handled.
    void adapt(std::uint64_t events) {
        constexpr double longest_s = 0.02;
        constexpr Time longest = std::numeric_limits<Time>::max() / 2;
        if (events < few_events) {
            length_ = std::min(length_, longest / 2) * 2;
            since_.reset();
            return;
        }
        const auto now = std::chrono::steady_clock::now();
        if (since_) {
            const double took_s = std::chrono::duration<double>(now - *since_).count();
            if (took_s > longest_s) length_ = std::max<Time>(1, length_ / 2);
            if (took_s < longest_s / 4) length_ = std::min(length_, longest / 2) * 2;
        }
        since_ = now;
    }

  private:
    Time length_ = 1;
    std::optional<std::chrono::steady_clock::time_point> since_;
};

/// Runs to an instant in stretches that are short to who waits for the end.
void run_in_stretches(Way& way, Time until) {
    const Time whole = until - way.simulation.now();
    const std::uint64_t before = way.simulation.events_handled();
    Stretch stretch(whole, way.pace == nullptr ? 0 : way.pace->load(std::memory_order_relaxed));
    for (;;) {
        const Time left = until - way.simulation.now();
        const std::uint64_t handled = way.simulation.events_handled();
        run_to(way, stretch.length() < left ? way.simulation.now() + stretch.length() : until);
        stop_if_cancelled(way.plan);
        if (way.simulation.now() >= until) break;
        stretch.adapt(way.simulation.events_handled() - handled);
    }
    const std::uint64_t events = way.simulation.events_handled() - before;
    if (way.pace != nullptr && events > 0 && whole > 0)
        way.pace->store(static_cast<double>(events) / static_cast<double>(whole),
                        std::memory_order_relaxed);
}

/// Runs to an instant, with pauses where a bookmark wants them.
void run_with_pauses(Way& way, Time until) {
    if (way.bookmark == nullptr && way.plan.cancelled != nullptr)
        return run_in_stretches(way, until);
    if (way.bookmark == nullptr) return run_to(way, until);
    do {
        run_to(way, way.bookmark->next_pause(way.simulation.now(), until));
        const bool stopped = way.plan.cancelled != nullptr && way.plan.cancelled->load();
        way.bookmark->pause(way.simulation, way.measuring, stopped);
        stop_if_cancelled(way.plan);
    } while (way.simulation.now() < until);
}

/// The same, and tells who watches how it went.
void advance(Way& way, Time until, const char* phase) {
    const std::uint64_t begin = way.observer.now();
    const std::uint64_t before = way.simulation.events_handled();
    run_with_pauses(way, until);
    if (way.plan.timeline == nullptr) return;
    const std::uint64_t end =
        way.observer.phase(phase, begin, way.simulation.events_handled() - before);
    way.plan.timeline->value(way.observer.row, "pending events", end,
                             way.simulation.pending_events());
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
                   const std::vector<std::string>& types, executors::Row row, Bookmark* bookmark,
                   Pace* pace) {
    std::fesetenv(FE_DFL_ENV);
    const std::uint32_t replication = row.number;
    const std::size_t draw = replication % prepared.plants.size();
    const assembly::Plant& plant = prepared.plants[draw];
    Way way = begin(plan, plant, row, bookmark);
    way.pace = pace;
    const std::uint64_t began = way.observer.now();
    if (!way.measuring) {
        advance(way, plant.clock.warm_up(), "warm-up");
        way.simulation.begin_measuring();
        way.measuring = true;
    }
    advance(way, plant.clock.end(), "measured");
    Outcome outcome;
    outcome.counters = way.observer.counters;
    outcome.parallel = way.parallel;
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
    if (plan.timeline != nullptr) {
        const std::uint64_t end = way.observer.phase("replication", began, outcome.events);
        plan.timeline->span(executors::Row::of_thread(), row, "replication", began, end,
                            outcome.events);
    }
    return outcome;
}

}  // namespace foretwin::experiments
