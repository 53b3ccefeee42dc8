#include "scenarios/experiments/replicate.hpp"

#include <tbb/global_control.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>

#include "engine/core/fingerprint.hpp"
#include "engine/core/suggestion.hpp"
#include "engine/statistics/sequential_stopping.hpp"
#include "engine/statistics/variance_components.hpp"
#include "models/catalogue/catalogue.hpp"
#include "models/external/registry.hpp"
#include "scenarios/assembly/event_estimate.hpp"
#include "scenarios/changes/changes.hpp"
#include "scenarios/experiments/checkpoint.hpp"
#include "scenarios/experiments/future.hpp"
#include "scenarios/experiments/money.hpp"
#include "scenarios/experiments/parameter_draws.hpp"
#include "scenarios/loader/check.hpp"

namespace foretwin::experiments {
namespace {

/// How many replications are in flight at once: bounds memory, and is a whole number of the
/// batches after which sequential stopping may decide.
constexpr std::int64_t wave = 4 * statistics::SequentialStopping::batch;

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
    Counter(const Progress& progress, std::int64_t done, std::int64_t expected)
        : progress_(progress), expected_(expected), done_(done) {}
    void one_done() {
        const std::lock_guard<std::mutex> lock(mutex_);
        ++done_;
        if (progress_) progress_(done_, expected_);
    }

  private:
    const Progress& progress_;
    std::int64_t expected_;
    std::int64_t done_;
    std::mutex mutex_;
};

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

/// All futures of a study, wave by wave; with a checkpoint, from where they were left.
class Waves {
  public:
    Waves(const StudyPlan& plan, const std::vector<PreparedAlternative>& prepared)
        : plan_(plan),
          prepared_(prepared),
          alternatives_(static_cast<std::int64_t>(prepared.size())),
          stopping_(stopping_rule(plan)),
          watched_(plan.precision ? kpi_index(prepared.front(), plan.precision_kpi) : 0),
          state_(plan.checkpoint ? plan.checkpoint->enter(study_key(plan, prepared)) : own_state_),
          pace_(prepared.size()),
          counter_(plan.progress, take_up(), plan.replications * alternatives_) {}

    std::vector<Replications> run() {
        while (state_.folded < plan_.replications && !is_precise()) {
            const std::int64_t count = std::min(wave, plan_.replications - state_.folded);
            const bool whole = run_wave(static_cast<std::size_t>(count * alternatives_));
            for (std::int64_t r = 0; r < count && is_finished(r) && !is_precise(); ++r) fold_one(r);
            if (!whole) break;
            state_.outcomes.clear();
            state_.finished.clear();
            state_.under_way.clear();
        }
        if (state_.folded == 0) throw Cancelled();
        return state_.all;
    }

  private:
    bool is_precise() const { return stopping_ && stopping_->finished(); }

    /// Returns how many futures are there already.
    std::int64_t take_up() {
        for (const PreparedAlternative& one : prepared_) types_.push_back(part_types(one));
        if (state_.all.empty()) state_.all.resize(prepared_.size());
        if (!fits(state_, prepared_, types_, plan_.replications, wave)) {
            throw InputError({}, "the checkpoint is damaged: it does not fit the study",
                             "remove it and begin anew, without --resume");
        }
        for (std::int64_t r = 0; stopping_ && r < state_.folded; ++r) {
            stopping_->add(state_.all.front().kpis[watched_][static_cast<std::size_t>(r)]);
        }
        return state_.folded * alternatives_ +
               std::count(state_.finished.begin(), state_.finished.end(), std::uint8_t{1});
    }

    /// Whether all alternatives of this future of the wave are there.
    bool is_finished(std::int64_t of_wave) const {
        const auto first = state_.finished.begin() + of_wave * alternatives_;
        return std::all_of(first, first + alternatives_, [](std::uint8_t one) { return one != 0; });
    }

    /// False when it was stopped from outside, and what is finished is wanted.
    bool run_wave(std::size_t tasks) {
        state_.outcomes.resize(tasks);
        state_.finished.resize(tasks);
        try {
            // In order: of a study that is stopped, the first futures are finished.
            std::atomic<std::size_t> next{0};
            std::atomic<bool> failed{false};
            in_arena(plan_, [&] {
                tbb::parallel_for(0, threads_of(plan_), [&](int) {
                    for (std::size_t task = next++; task < tasks && !failed; task = next++) {
                        try {
                            run_one(task);
                        } catch (...) {
                            failed = true;
                            throw;
                        }
                    }
                });
            });
        } catch (const Cancelled&) {
            if (!plan_.keep_finished) throw;
            return false;
        }
        return true;
    }

    void run_one(std::size_t task) {
        if (state_.finished[task] != 0) return;
        stop_if_cancelled(plan_);
        run_task(task);
        counter_.one_done();
    }

    void run_task(std::size_t task) {
        const std::size_t which = task % prepared_.size();
        const auto replication = static_cast<std::uint32_t>(state_.folded) +
                                 static_cast<std::uint32_t>(task / prepared_.size());
        const executors::Row row{static_cast<std::uint32_t>(1 + which), replication};
        if (plan_.checkpoint == nullptr) {
            state_.outcomes[task] =
                run_future(plan_, prepared_[which], types_[which], row, nullptr, &pace_[which]);
            state_.finished[task] = 1;
            return;
        }
        Bookmark bookmark(*plan_.checkpoint, state_, task, pace_[which]);
        plan_.checkpoint->end(state_, task,
                              run_future(plan_, prepared_[which], types_[which], row, &bookmark));
    }

    void fold_one(std::int64_t of_wave) {
        for (std::size_t which = 0; which < prepared_.size(); ++which) {
            const std::size_t draws = prepared_[which].plants.size();
            const auto task = static_cast<std::size_t>(of_wave * alternatives_) + which;
            fold(state_.all[which], state_.outcomes[task],
                 static_cast<std::size_t>(state_.folded) % draws, draws);
        }
        ++state_.folded;
        if (stopping_) stopping_->add(state_.all.front().kpis[watched_].back());
    }

    const StudyPlan& plan_;
    const std::vector<PreparedAlternative>& prepared_;
    std::int64_t alternatives_;
    std::vector<std::vector<std::string>> types_;  ///< of parts, per alternative
    std::optional<statistics::SequentialStopping> stopping_;
    std::size_t watched_;
    StudyState own_state_;
    StudyState& state_;
    std::vector<Pace> pace_;  ///< per alternative
    Counter counter_;
};

}  // namespace

int threads_of(const StudyPlan& plan) {
    if (plan.threads > 0) return plan.threads;
    static const int processors =  // asking for them reads a file
        std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
    return processors;
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
    const external::Hold hold;
    std::vector<PreparedAlternative> prepared(plan.alternatives.size());
    assembly::SharedTariffs tariffs;
    // Whatever is wrong with several alternatives, the first one is told.
    std::vector<std::exception_ptr> thrown(prepared.size());
    in_arena(plan, [&] {
        tbb::parallel_for(std::size_t{0}, prepared.size(), [&](std::size_t i) {
            try {
                prepared[i] = prepare_one(plan, draws, plan.alternatives[i], tariffs);
            } catch (...) {
                thrown[i] = std::current_exception();
            }
        });
    });
    for (const std::exception_ptr& one : thrown) {
        if (one != nullptr) std::rethrow_exception(one);
    }
    return prepared;
}

void discard(const StudyPlan& plan, std::vector<PreparedAlternative> prepared) {
    in_arena(plan, [&] {
        for (PreparedAlternative& own : prepared) {
            tbb::parallel_for(std::size_t{0}, own.plants.size(), [&](std::size_t draw) {
                own.plants[draw] = {};
                own.specs[draw] = {};
            });
        }
    });
}

std::vector<Replications> replicate(const StudyPlan& plan,
                                    const std::vector<PreparedAlternative>& prepared) {
    return Waves(plan, prepared).run();
}

}  // namespace foretwin::experiments
