#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "engine/executors/observer.hpp"
#include "scenarios/experiments/parameter_draws.hpp"
#include "scenarios/loader/scenario_file.hpp"

namespace foretwin::experiments {

class Checkpoint;

/// An alternative to be run: a set of changes of the scenario; the baseline has none.
struct Alternative {
    std::string name = "baseline";
    std::string description;
    std::vector<std::string> changes;
};

/// How the events of one replication are run; the answer is the same.
enum class Executor { sequential, parallel, optimistic, reference };
const char* name_of(Executor executor);

/// Told while a study runs; called from one thread at a time.
using Progress = std::function<void(std::int64_t done, std::int64_t expected)>;

/// What to run, and how. The answer depends on file, alternatives, seed, replications and life
/// model alone: never on threads or executor.
struct StudyPlan {
    loader::ScenarioFile file;
    std::vector<Alternative> alternatives;  ///< baseline first
    std::uint32_t seed = 1;
    std::int64_t replications = 64;
    /// Stop when the interval of the KPI below is this small, relative to the mean; replications
    /// is then the limit. Decided after whole batches of 16.
    std::optional<double> precision;
    std::string precision_kpi = "throughput";
    double level = 0.95;
    int threads = 0;  ///< 0: as many as there are processors
    LifeModel life_model = LifeModel::best;
    Executor executor = Executor::sequential;
    bool trace = false;  ///< also fingerprint every handled event
    /// Wall time for counters and timeline; nullptr: nothing is counted.
    executors::Clock clock = nullptr;
    std::shared_ptr<executors::Timeline> timeline;  ///< filled while it runs; may be null
    Progress progress;
    const std::atomic<bool>* cancelled = nullptr;  ///< set from outside to stop early
    /// A study that is stopped answers with the futures that were finished, from the first one on,
    /// and says so; Cancelled only when there is none.
    bool keep_finished = false;
    std::shared_ptr<Checkpoint> checkpoint;  ///< where a killed study goes on; may be null
};

/// Thrown when a study was stopped from outside: no answer was written.
class Cancelled : public std::runtime_error {
  public:
    Cancelled() : std::runtime_error("stopped; nothing was written") {}
    explicit Cancelled(const std::string& what) : std::runtime_error(what) {}
};

/// Baseline and one alternative per change of the scenario, in file order.
std::vector<Alternative> all_alternatives(const loader::Value& tree);

}  // namespace foretwin::experiments
