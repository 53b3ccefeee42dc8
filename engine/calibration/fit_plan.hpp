#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "engine/calibration/arrivals.hpp"
#include "engine/calibration/candidates.hpp"
#include "engine/calibration/change_point.hpp"
#include "engine/calibration/fit_task.hpp"
#include "engine/calibration/records.hpp"
#include "engine/calibration/recurrence.hpp"
#include "engine/calibration/regression.hpp"
#include "engine/calibration/shrinkage.hpp"
#include "engine/calibration/state_power.hpp"
#include "engine/calibration/thermal.hpp"

namespace foretwin::calibration {

/// What one task found; what its kind has not stays empty.
struct TaskResult {
    FitTask task;
    RecordFile file;
    std::optional<LawChoice> law;
    std::vector<ChangePoint> changes;     ///< of dated lives, over all that was known
    std::optional<double> used_from;      ///< seconds since 1970: the window that was used
    std::optional<LifePool> lives_pool;   ///< groups with lives cut short
    std::optional<NormalPool> logs_pool;  ///< groups of complete durations: means of logarithms
    double log_deviation = 0;             ///< within groups, of the logarithm
    std::optional<CoxFit> cox;
    std::optional<WeibullRegression> weibull;
    std::optional<Recurrence> recurrence;
    std::optional<StatePowers> powers;
    std::optional<Arrivals> arrivals;
    std::optional<ThermalFit> thermal;
    std::vector<std::string> warnings;
};

struct FitPlanResult {
    FitPlan plan;
    /// The instant whose knowledge was used: `as_of`, or the last scheduled refit before it.
    std::optional<telemetry::LocalSeconds> known_until;
    std::vector<TaskResult> tasks;
};

/// Reads the records of every task and fits. Throws InputError with every problem of every file.
FitPlanResult run_fit_plan(const FitPlan& plan);

/// Everything that a task's parts warn of.
std::vector<std::string> all_warnings(const TaskResult& task);

/// For people; for programs; as a fitted-parameter file. Deterministic. Names in that file, N being
/// the task's: lives and gaps "N" (a law), their groups "N GROUP"; recurrent events "N" (the law of
/// a first event; with repairs as_bad_as_old the power law process) and "N rate"; demand "N" (gaps)
/// and "N rate"; power "N STATE"; thermal "N time constant", "N gain". Units that no scenario
/// understands ("Mcycles") leave a comment instead.
std::string to_text(const FitPlanResult& result);
nlohmann::ordered_json to_json(const FitPlanResult& result);
std::string to_parameter_file(const FitPlanResult& result);

}  // namespace foretwin::calibration
