#include "scenarios/experiments/replicate.hpp"

#include <tbb/global_control.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <cfenv>
#include <mutex>
#include <thread>

#include "engine/core/fingerprint.hpp"
#include "engine/core/suggestion.hpp"
#include "engine/executors/optimistic.hpp"
#include "engine/executors/parallel.hpp"
#include "engine/executors/reference.hpp"
#include "engine/executors/sequential.hpp"
#include "engine/statistics/sequential_stopping.hpp"
#include "engine/statistics/variance_components.hpp"
#include "models/catalogue/catalogue.hpp"
#include "models/flow/deadlock.hpp"
#include "scenarios/assembly/event_estimate.hpp"
#include "scenarios/changes/changes.hpp"
#include "scenarios/experiments/money.hpp"
#include "scenarios/experiments/parameter_draws.hpp"
#include "scenarios/loader/check.hpp"

namespace foretwin::experiments {
namespace {

/// How many replications are in flight at once: bounds memory, and is a whole number of the
/// batches after which sequential stopping may decide.
constexpr std::int64_t wave = 4 * statistics::SequentialStopping::batch;

struct Outcome {
    std::vector<double> kpis;
    std::vector<double> devices;
    std::vector<double> parts;
    std::uint64_t fingerprint = 0;
    std::uint64_t trace = 0;
    std::uint64_t events = 0;
    std::vector<DeadlockFound> deadlocks;
    executors::Counters counters;
    executors::ParallelReport parallel;
};

/// Of one replication: more threads than processors would only take turns.
int threads_inside(const StudyPlan& plan) {
    const auto processors = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
    return std::min(threads_of(plan), processors);
}

/// Runs to an instant, and tells the observer, if any, how it went.
void advance(const StudyPlan& plan, kernel::Simulation& simulation, Time until, const char* phase,
             executors::Observer& watching, executors::ParallelReport& parallel) {
    executors::Observer* observer = plan.clock == nullptr ? nullptr : &watching;
    const std::uint64_t begin = watching.now();
    const std::uint64_t before = simulation.events_handled();
    const executors::Trace trace = plan.trace ? executors::Trace::on : executors::Trace::off;
    switch (plan.executor) {
        case Executor::reference:
            executors::run_reference(simulation, until, observer);
            break;
        case Executor::sequential:
            executors::run_sequential(simulation, until, trace, observer);
            break;
        case Executor::parallel:
            parallel.add(
                executors::run_parallel(simulation, until, threads_inside(plan), trace, observer));
            break;
        case Executor::optimistic:
            parallel.add(
                executors::run_optimistic(simulation, until, threads_inside(plan), trace, observer)
                    .as_parallel());
            break;
    }
    if (plan.timeline == nullptr) return;
    const std::uint64_t end = watching.phase(phase, begin, simulation.events_handled() - before);
    plan.timeline->value(watching.row, "pending events", end, simulation.pending_events());
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

Outcome run_one(const StudyPlan& plan, const PreparedAlternative& prepared,
                const std::vector<std::string>& types, executors::Row row) {
    std::fesetenv(FE_DFL_ENV);
    const std::uint32_t replication = row.number;
    executors::Observer observer{plan.clock, plan.timeline.get(), row, {}};
    const std::uint64_t begin = observer.now();
    const std::size_t draw = replication % prepared.plants.size();
    const assembly::Plant& plant = prepared.plants[draw];
    kernel::Simulation simulation(plant.model, {plan.seed, replication});
    simulation.start();
    Outcome outcome;
    advance(plan, simulation, plant.clock.warm_up(), "warm-up", observer, outcome.parallel);
    simulation.begin_measuring();
    advance(plan, simulation, plant.clock.end(), "measured", observer, outcome.parallel);
    outcome.counters = observer.counters;
    if (!prepared.loops.empty()) outcome.deadlocks = deadlocks_of(plant, simulation, replication);
    const kernel::FigureSink sink = simulation.report(false);
    outcome.fingerprint = result_fingerprint(prepared.specs[draw], sink.values);
    if (plan.trace) outcome.trace = simulation.trace_fingerprint();
    outcome.events = simulation.events_handled();
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

/// Folds one replication in; called in replication order only.
void fold(Replications& all, const Outcome& outcome, std::size_t draw, std::size_t draws) {
    all.kpis.resize(outcome.kpis.size());
    all.devices.resize(outcome.devices.size(), std::vector<statistics::Summary>(draws));
    all.part_counts.resize(outcome.parts.size());
    for (std::size_t i = 0; i < outcome.kpis.size(); ++i) all.kpis[i].push_back(outcome.kpis[i]);
    for (std::size_t i = 0; i < outcome.devices.size(); ++i) {
        // An undefined figure (0/0) is left out; its count tells.
        if (outcome.devices[i] == outcome.devices[i]) all.devices[i][draw].add(outcome.devices[i]);
    }
    for (std::size_t i = 0; i < outcome.parts.size(); ++i) {
        all.part_counts[i].push_back(outcome.parts[i]);
    }
    all.fingerprints.push_back(outcome.fingerprint);
    all.traces.push_back(outcome.trace);
    all.events += outcome.events;
    all.counters.add(outcome.counters);
    all.parallel.add(outcome.parallel);
    all.deadlocks.insert(all.deadlocks.end(), outcome.deadlocks.begin(), outcome.deadlocks.end());
}

std::optional<statistics::SequentialStopping> stopping_rule(const StudyPlan& plan) {
    if (!plan.precision || plan.replications < 2) return std::nullopt;
    const bool uncertain = ParameterDraws::uncertain(plan.file);
    const std::uint32_t draws = statistics::parameter_draws(plan.replications, uncertain);
    statistics::PrecisionTarget target;
    target.relative_half_width = *plan.precision;
    target.level = plan.level;
    target.highest_replications = plan.replications;
    // A study of fewer futures would have fewer parameter draws (DESIGN, section 7): one that stops
    // must equal one that was asked for no more. Twice the most draws is where their number stays.
    const std::int64_t fewest = uncertain ? 2 * std::int64_t{draws} : 32;
    target.lowest_replications = std::min(fewest, plan.replications);
    if (uncertain) target.draws = draws;
    return statistics::SequentialStopping(target);
}

std::size_t kpi_index(const PreparedAlternative& prepared, const std::string& name) {
    std::vector<std::string> known;
    for (std::size_t i = 0; i < prepared.kpis.size(); ++i) {
        if (prepared.kpis[i].name == name) return i;
        known.push_back(prepared.kpis[i].name);
    }
    throw InputError({}, "the plant has no KPI '" + name + "' whose precision could be watched",
                     suggestion(name, known));
}

/// Runs `body` with exactly the threads that the plan asks for.
template <class Body>
void in_arena(const StudyPlan& plan, Body body) {
    const int threads = threads_of(plan);
    const tbb::global_control workers(tbb::global_control::max_allowed_parallelism,
                                      static_cast<std::size_t>(threads));
    tbb::task_arena arena(threads);
    arena.execute(body);
}

/// Counts finished replications and passes them on, one caller at a time.
class Counter {
  public:
    Counter(const Progress& progress, std::int64_t expected)
        : progress_(progress), expected_(expected) {}
    void one_done() {
        const std::lock_guard<std::mutex> lock(mutex_);
        ++done_;
        if (progress_) progress_(done_, expected_);
    }

  private:
    const Progress& progress_;
    std::int64_t expected_;
    std::int64_t done_ = 0;
    std::mutex mutex_;
};

void stop_if_cancelled(const StudyPlan& plan) {
    if (plan.cancelled != nullptr && plan.cancelled->load()) throw Cancelled();
}

/// The KPIs that the scenario asks for on some devices only, and those it gives a target that the
/// plant cannot answer: they are refused rather than forgotten.
void add_asked_kpis(const loader::Reader& reader, PreparedAlternative& prepared) {
    const loader::Value* section = prepared.tree.find("kpis");
    if (section == nullptr) return;
    loader::Problems problems;
    for (const loader::Value::Entry& entry : section->entries()) {
        const std::vector<std::string> of = reader.names_of(entry.value, "of");
        const bool known = std::any_of(prepared.kpis.begin(), prepared.kpis.end(),
                                       [&](const auto& kpi) { return kpi.name == entry.key; });
        std::optional<kpis::Formula> own;
        if (!of.empty()) {
            own = kpis::kpi_of(prepared.specs.front(), prepared.plants.front(), entry.key, of);
            if (own) prepared.kpis.push_back(std::move(*own));
        }
        if (of.empty() ? known || !entry.value.has("target") : own.has_value()) continue;
        problems.push_back({section->place_of_key(entry.key),
                            "kpis/" + entry.key + ": " +
                                (of.empty() ? "this plant has no such figure"
                                            : "these devices have no such figure"),
                            "leave it out, or measure it on what has it"});
    }
    loader::throw_if_any(std::move(problems));
}

PreparedAlternative prepare_one(const StudyPlan& plan, const ParameterDraws& draws,
                                const Alternative& alternative, assembly::SharedTariffs& tariffs) {
    PreparedAlternative prepared;
    prepared.alternative = alternative;
    const schema::Schema schema{catalogue::device_types()};
    prepared.tree = changes::alternative(plan.file, alternative.changes, schema);
    const std::string currency = loader::currency_of(prepared.tree);
    prepared.loops = loader::loop_warnings(prepared.tree);
    prepared.plants.resize(draws.size());
    prepared.specs.resize(draws.size());
    tbb::parallel_for(std::size_t{0}, draws.size(), [&](std::size_t draw) {
        stop_if_cancelled(plan);
        const loader::Reader reader(draws[draw], currency);
        prepared.plants[draw] =
            assembly::assemble(prepared.tree, reader, plan.file.folder, &tariffs);
        kernel::Simulation simulation(prepared.plants[draw].model, {plan.seed, 0});
        prepared.specs[draw] = simulation.report(true).specs;
    });
    assembly::refuse_endless_run(prepared.tree, loader::Reader(draws[0], currency),
                                 prepared.plants.front().clock);
    prepared.kpis = kpis::plant_kpis(prepared.specs.front(), prepared.plants.front());
    add_asked_kpis(loader::Reader(draws[0], currency), prepared);
    prepared.devices = kpis::device_figures(prepared.specs.front(), prepared.plants.front());
    return prepared;
}

}  // namespace

int threads_of(const StudyPlan& plan) {
    if (plan.threads > 0) return plan.threads;
    return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

std::vector<std::string> part_types(const PreparedAlternative& prepared) {
    std::vector<std::string> types;
    for (const kernel::FigureSpec& spec : prepared.specs.front()) {
        if (spec.name.starts_with("parts/")) types.push_back(spec.name.substr(6));
    }
    std::sort(types.begin(), types.end());
    types.erase(std::unique(types.begin(), types.end()), types.end());
    return types;
}

std::uint64_t result_fingerprint(const std::vector<kernel::FigureSpec>& specs,
                                 const std::vector<Wide>& values) {
    Fingerprint fingerprint;
    for (std::size_t i = 0; i < values.size(); ++i) {
        fingerprint.add(std::string_view(specs[i].device));
        fingerprint.add(std::string_view(specs[i].name));
        fingerprint.add(values[i]);
    }
    return fingerprint.value();
}

std::vector<PreparedAlternative> prepare(const StudyPlan& plan, const ParameterDraws& draws) {
    refuse_uncertain_life(plan, draws);
    std::vector<PreparedAlternative> prepared(plan.alternatives.size());
    assembly::SharedTariffs tariffs;
    in_arena(plan, [&] {
        for (std::size_t i = 0; i < prepared.size(); ++i) {
            prepared[i] = prepare_one(plan, draws, plan.alternatives[i], tariffs);
        }
    });
    return prepared;
}

std::vector<Replications> replicate(const StudyPlan& plan,
                                    const std::vector<PreparedAlternative>& prepared) {
    std::vector<Replications> all(prepared.size());
    std::vector<std::vector<std::string>> types;
    types.reserve(prepared.size());
    for (const PreparedAlternative& one : prepared) types.push_back(part_types(one));
    std::optional<statistics::SequentialStopping> stopping = stopping_rule(plan);
    const std::size_t watched =
        plan.precision ? kpi_index(prepared.front(), plan.precision_kpi) : 0;
    const auto alternatives = static_cast<std::int64_t>(prepared.size());
    Counter counter(plan.progress, plan.replications * alternatives);

    for (std::int64_t first = 0; first < plan.replications;) {
        const std::int64_t count = std::min(wave, plan.replications - first);
        std::vector<Outcome> outcomes(static_cast<std::size_t>(count * alternatives));
        in_arena(plan, [&] {
            tbb::parallel_for(
                std::int64_t{0}, count * alternatives,
                [&](std::int64_t task) {
                    stop_if_cancelled(plan);
                    const auto which = static_cast<std::size_t>(task % alternatives);
                    const executors::Row row{
                        static_cast<std::uint32_t>(1 + which),
                        static_cast<std::uint32_t>(first + task / alternatives)};
                    outcomes[static_cast<std::size_t>(task)] =
                        run_one(plan, prepared[which], types[which], row);
                    counter.one_done();
                },
                tbb::simple_partitioner());
        });
        for (std::int64_t r = 0; r < count; ++r) {
            if (stopping && stopping->finished()) return all;
            for (std::size_t which = 0; which < prepared.size(); ++which) {
                const std::size_t draws = prepared[which].plants.size();
                fold(all[which], outcomes[static_cast<std::size_t>(r * alternatives) + which],
                     static_cast<std::size_t>(first + r) % draws, draws);
            }
            if (stopping) stopping->add(all.front().kpis[watched].back());
        }
        first += count;
        if (stopping && stopping->finished()) break;
    }
    return all;
}

}  // namespace foretwin::experiments
