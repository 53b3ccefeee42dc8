#include "scenarios/experiments/checkpoint.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/core/error.hpp"
#include "engine/core/fingerprint.hpp"
#include "engine/core/quantity.hpp"
#include "scenarios/experiments/checkpoint_bytes.hpp"
#include "scenarios/experiments/describe_study.hpp"

namespace foretwin::experiments {
namespace {

using std::chrono::steady_clock;

double seconds_since(steady_clock::time_point begin) {
    return std::chrono::duration<double>(steady_clock::now() - begin).count();
}

/// Whoever has not paused by then is not waited for: its last snapshot serves.
constexpr double longest_wait = 0.25;  // intervals
/// Pauses in an interval; fewer when the interval is long, since somebody may press Ctrl-C.
constexpr double pauses = 8;
constexpr double longest_stretch_s = 10;
/// Of the first stretch of the first future, nobody knows how long it will take.
constexpr double first_share = 1.0 / 1024;
constexpr double most_growth = 16;

std::string key_of(const StudyPlan& plan) {
    std::string key;
    const auto add = [&](const std::string& name, const std::string& value) {
        key.append(name).append(" ").append(value).append("\n");
    };
    Fingerprint text;
    text.add(std::string_view(plan.file.text));
    add("Foretwin", FORETWIN_VERSION);
    add("scenario", text.text());
    for (const InputFile& input : inputs_of(plan)) add("file " + input.path, input.fingerprint);
    add("seed", std::to_string(plan.seed));
    add("replications", std::to_string(plan.replications));
    add("precision", plan.precision ? shortest_text(*plan.precision) + " of " + plan.precision_kpi +
                                          " at " + shortest_text(plan.level)
                                    : "as it comes");
    add("life model", text_of(plan.life_model));
    add("trace", plan.trace ? "on" : "off");
    for (const Alternative& alternative : plan.alternatives) add("alternative", alternative.name);
    return key;
}

bool fits(const Outcome& outcome, const PreparedAlternative& prepared, std::size_t types) {
    return outcome.kpis.size() == prepared.kpis.size() &&
           outcome.devices.size() == prepared.devices.size() && outcome.parts.size() == types;
}

bool fits(const Replications& all, const PreparedAlternative& prepared, std::size_t types,
          std::size_t folded) {
    if (folded == 0) return all.fingerprints.empty() && all.kpis.empty() && all.devices.empty();
    const auto as_many = [&](const auto& values) { return values.size() == folded; };
    return all.kpis.size() == prepared.kpis.size() &&
           all.devices.size() == prepared.devices.size() && all.part_counts.size() == types &&
           as_many(all.fingerprints) && as_many(all.traces) &&
           std::all_of(all.kpis.begin(), all.kpis.end(), as_many) &&
           std::all_of(all.part_counts.begin(), all.part_counts.end(), as_many) &&
           std::all_of(all.devices.begin(), all.devices.end(),
                       [&](const auto& draws) { return draws.size() == prepared.plants.size(); });
}

}  // namespace

bool fits(const StudyState& state, const std::vector<PreparedAlternative>& prepared,
          const std::vector<std::vector<std::string>>& types, std::int64_t replications,
          std::int64_t wave) {
    if (state.folded < 0 || state.folded > replications) return false;
    if (state.all.size() != prepared.size()) return false;
    for (std::size_t i = 0; i < prepared.size(); ++i) {
        const auto folded = static_cast<std::size_t>(state.folded);
        if (!fits(state.all[i], prepared[i], types[i].size(), folded)) return false;
    }
    const auto tasks =
        static_cast<std::size_t>(std::min(wave, replications - state.folded)) * prepared.size();
    if (!state.finished.empty() && state.finished.size() != tasks) return false;
    for (std::size_t task = 0; task < state.finished.size(); ++task) {
        const std::size_t which = task % prepared.size();
        if (state.finished[task] == 0) continue;
        if (!fits(state.outcomes[task], prepared[which], types[which].size())) return false;
    }
    return state.under_way.empty() || state.under_way.rbegin()->first < state.finished.size();
}

std::uint64_t study_key(const StudyPlan& plan, const std::vector<PreparedAlternative>& prepared) {
    Fingerprint key;
    key.add(std::string_view(loader::to_yaml(plan.file.tree)));
    for (const loader::Value& file : plan.file.parameter_files) {
        key.add(std::string_view(loader::to_yaml(file)));
    }
    key.add(std::string_view(text_of(plan.life_model)));
    for (const PreparedAlternative& own : prepared) {
        key.add(std::string_view(own.alternative.name));
        for (const std::string& change : own.alternative.changes) key.add(std::string_view(change));
        for (const assembly::Plant& plant : own.plants) key.add(plant.model.identity);
        for (const kpis::Formula& kpi : own.kpis) key.add(std::string_view(kpi.name));
    }
    return key.value();
}

Checkpoint::Checkpoint(const StudyPlan& plan, double every_s, Save save, Complain complain)
    : key_(key_of(plan)),
      every_s_(every_s),
      save_(std::move(save)),
      complain_(std::move(complain)) {}

void Checkpoint::resume(const snapshot::Bytes& bytes) {
    studies_ = read_checkpoint(key_, bytes);
    is_saved_ = true;
}

double Checkpoint::intervals() const {
    return seconds_since(begun_) / every_s_;
}

StudyState& Checkpoint::enter(std::uint64_t key) {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (StudyState& study : studies_) {
        if (study.key == key) return study;
    }
    studies_.emplace_back().key = key;
    return studies_.back();
}

void Checkpoint::begin(StudyState& study, std::size_t task) {
    const std::lock_guard<std::mutex> lock(mutex_);
    UnderWay& own = study.under_way[task];
    own.running = true;
    own.interval = static_cast<std::int64_t>(intervals());
}

std::optional<UnderWay> Checkpoint::snapshot_of(const StudyState& study, std::size_t task) {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto found = study.under_way.find(task);
    if (found == study.under_way.end() || found->second.bytes.empty()) return std::nullopt;
    return found->second;
}

void Checkpoint::end(StudyState& study, std::size_t task, Outcome outcome) {
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        study.outcomes[task] = std::move(outcome);
        study.finished[task] = 1;
        study.under_way.erase(task);
    }
    save_if_due();
}

void Checkpoint::leave_snapshot(StudyState& study, std::size_t task,
                                const kernel::Simulation& simulation, bool measuring,
                                bool at_once) {
    const auto interval = static_cast<std::int64_t>(intervals());
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        if (!at_once && study.under_way[task].interval >= interval) return;
    }
    snapshot::Bytes bytes = snapshot::capture(simulation);
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        study.under_way[task] = {measuring, std::move(bytes), true, interval};
    }
    save_if_due();
}

bool Checkpoint::is_due() const {
    const double now = intervals();
    const auto interval = static_cast<std::int64_t>(now);
    if (saving_ || saved_interval_ >= interval) return false;
    if (now - static_cast<double>(interval) > longest_wait) return true;
    for (const StudyState& study : studies_) {
        for (const auto& [task, own] : study.under_way) {
            if (own.running && own.interval < interval) return false;
        }
    }
    return true;
}

void Checkpoint::save_if_due() {
    std::unique_lock<std::mutex> lock(mutex_);
    if (is_due()) write(lock);
}

bool Checkpoint::save() {
    std::unique_lock<std::mutex> lock(mutex_);
    return write(lock);
}

bool Checkpoint::write(std::unique_lock<std::mutex>& lock) {
    saving_ = true;
    saved_interval_ = static_cast<std::int64_t>(intervals());
    const snapshot::Bytes all = checkpoint_bytes(key_, studies_);
    lock.unlock();
    bool is_written = false;
    try {
        save_(all);
        is_saved_ = is_written = true;
    } catch (const EnvironmentError& error) {
        complain_(error.what());
    }
    lock.lock();
    saving_ = false;
    return is_written;
}

Bookmark::Bookmark(Checkpoint& checkpoint, StudyState& study, std::size_t task, Pace& pace)
    : checkpoint_(checkpoint), study_(study), task_(task), pace_(pace) {
    checkpoint_.begin(study_, task_);
}

std::optional<UnderWay> Bookmark::where_it_lies() const {
    return checkpoint_.snapshot_of(study_, task_);
}

Time Bookmark::next_pause(Time now, Time end) {
    const double stretch_s = std::min(checkpoint_.every_s() / pauses, longest_stretch_s);
    const double pace = pace_.load(std::memory_order_relaxed);
    const double wanted =
        pace > 0 ? stretch_s / pace * 1e9 : static_cast<double>(end) * first_share;
    // A beginning is often faster than what follows.
    span_ = span_ > 0 ? std::min(wanted, most_growth * span_) : wanted;
    begun_ = steady_clock::now();
    const auto left = static_cast<double>(end - now);
    if (!(span_ < left)) {
        span_ = left;
        return end;
    }
    return now + std::max<Time>(1, static_cast<Time>(span_));
}

void Bookmark::pause(const kernel::Simulation& simulation, bool measuring, bool stopped) {
    if (span_ > 0) {
        pace_.store(seconds_since(begun_) / (span_ * 1e-9), std::memory_order_relaxed);
    }
    checkpoint_.leave_snapshot(study_, task_, simulation, measuring, stopped);
}

}  // namespace foretwin::experiments
