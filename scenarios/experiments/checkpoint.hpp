#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "engine/snapshot/snapshot.hpp"
#include "scenarios/experiments/future.hpp"
#include "scenarios/experiments/study_plan.hpp"

namespace foretwin::experiments {

/// A future that has begun and not ended.
struct UnderWay {
    bool measuring = false;     ///< its warm-up is over
    snapshot::Bytes bytes;      ///< its last snapshot; empty before the first
    bool running = false;       ///< in this process, now
    std::int64_t interval = 0;  ///< in which the snapshot was taken, or the future begun
};

/// Where one study stands: the replications folded in so far, and those of the wave that follows.
struct StudyState {
    std::uint64_t key = 0;               ///< of what is simulated
    std::int64_t folded = 0;             ///< replications in `all`
    std::vector<Replications> all;       ///< per alternative
    std::vector<Outcome> outcomes;       ///< of the wave: replication x alternatives + alternative
    std::vector<std::uint8_t> finished;  ///< of the wave: which outcomes are there
    std::map<std::size_t, UnderWay> under_way;  ///< by place in `outcomes`
};

/// Keeps the studies of one command where a killed process loses little: at most about an interval
/// of wall time. One file holds them all, whole at every moment (who saves sees to that). Between
/// two stretches a future that is due leaves a snapshot; when all futures under way have, whoever
/// comes last saves. Thread-safe. Bound to everything that the answer depends on, never to threads
/// or executor.
class Checkpoint {
  public:
    /// Writes the bytes whole or not at all; EnvironmentError when it cannot.
    using Save = std::function<void(const snapshot::Bytes&)>;
    /// Is told when saving failed. The study goes on, and it is tried again an interval later.
    using Complain = std::function<void(const std::string&)>;

    Checkpoint(const StudyPlan& plan, double every_s, Save save, Complain complain);

    /// Goes on where these bytes end. InputError when they are damaged, of another study, version
    /// or seed, with the reason.
    void resume(const snapshot::Bytes& bytes);
    /// Saves what is known now; complains when it cannot, and returns false.
    bool save();
    /// Whether there is something to go on from.
    bool is_saved() const { return is_saved_; }

    // -- for replicate() -------------------------------------------------------------------------
    /// The study of this key, anew or where it was left; stays where it is.
    StudyState& enter(std::uint64_t key);
    void begin(StudyState& study, std::size_t task);
    std::optional<UnderWay> snapshot_of(const StudyState& study, std::size_t task);
    void end(StudyState& study, std::size_t task, Outcome outcome);
    void leave_snapshot(StudyState& study, std::size_t task, const kernel::Simulation& simulation,
                        bool measuring, bool at_once);
    double every_s() const { return every_s_; }

  private:
    using Clock = std::chrono::steady_clock;
    /// Intervals since the beginning.
    double intervals() const;
    void save_if_due();
    bool is_due() const;  ///< with the lock held
    snapshot::Bytes bytes() const;
    bool write(std::unique_lock<std::mutex>& lock);  ///< whether it could

    std::string key_;  ///< line by line, what the answer depends on
    double every_s_;
    Save save_;
    Complain complain_;
    Clock::time_point begun_ = Clock::now();
    std::list<StudyState> studies_;
    std::mutex mutex_;
    std::int64_t saved_interval_ = 0;
    bool saving_ = false;
    std::atomic<bool> is_saved_{false};
};

/// Follows one future of one study: says where it pauses, and keeps where it stands.
class Bookmark {
  public:
    /// `pace`: wall seconds per simulated second.
    Bookmark(Checkpoint& checkpoint, StudyState& study, std::size_t task, Pace& pace);

    /// The snapshot that an earlier process left, if any.
    std::optional<UnderWay> where_it_lies() const;
    /// So far that a pause costs next to nothing, yet several come in an interval.
    Time next_pause(Time now, Time end);
    /// Called there. `stopped`: it will not go on.
    void pause(const kernel::Simulation& simulation, bool measuring, bool stopped);

  private:
    Checkpoint& checkpoint_;
    StudyState& study_;
    std::size_t task_;
    Pace& pace_;
    double span_ = 0;  ///< ns of the stretch under way
    std::chrono::steady_clock::time_point begun_;
};

/// What the states of a study hang on: plant of every alternative, parameters, life model.
std::uint64_t study_key(const StudyPlan& plan, const std::vector<PreparedAlternative>& prepared);

/// Whether a state has the shape of the study that is to go on from it.
bool fits(const StudyState& state, const std::vector<PreparedAlternative>& prepared,
          const std::vector<std::vector<std::string>>& types, std::int64_t replications,
          std::int64_t wave);

}  // namespace foretwin::experiments
