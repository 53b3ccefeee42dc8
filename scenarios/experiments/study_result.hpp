#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/experiments/run_counters.hpp"
#include "scenarios/roi/money_answer.hpp"
#include "scenarios/roi/sensitivity.hpp"

namespace foretwin::experiments {

/// A figure as it is told: the mean over futures with its interval, and the spread of single
/// futures. NaN where it is undefined (0/0) or unknown; `reason` then says why.
struct FigureResult {
    std::string name;
    std::string unit;
    std::string formula;
    bool more_is_better = true;
    double mean = 0;
    double low = 0, high = 0;  ///< interval of the mean, t over parameter draws
    double standard_deviation = 0;
    double future_low = 0, future_high = 0;  ///< a single future lies between, with chance `level`
    std::int64_t replications = 0;           ///< that define it
    std::string reason;
};

/// A target of a KPI and how often futures meet it.
struct TargetResult {
    std::string text;  ///< "at least 9800 part/day"
    double bound = 0;  ///< in the KPI's unit
    bool at_least = true;
    roi::Share met;
    bool met_by_mean = false;
};

/// One KPI of one alternative, with what changed against the baseline on the same futures.
struct KpiResult {
    FigureResult value;
    std::optional<FigureResult> difference;  ///< alternative minus baseline; none for the baseline
    std::optional<TargetResult> target;
    std::vector<double> by_replication;
};

struct DeviceResult {
    std::string name;  ///< device, or fleet
    std::string type;
    bool is_fleet = false;
    std::string fleet;  ///< the fleet it belongs to, whose figures contain its own; mostly empty
    std::vector<FigureResult> figures;  ///< names are paths, e.g. "downtime_by_cause/comp1/repair"
};

/// A circle of devices that waited for one another at the end of some futures: nothing in it moved
/// any more.
struct DeadlockResult {
    std::vector<std::string> devices;    ///< each waits for the next, the last for the first
    std::int64_t replications = 0;       ///< that ended so
    std::int64_t first_replication = 0;  ///< its number, from 0
    std::string since;                   ///< in the first one, local time
    double standstill_h = 0;  ///< hours of the measured time that these futures stood still, mean
};

struct AlternativeResult {
    std::string name;                  ///< "baseline" or as in the scenario
    std::string description;           ///< may be empty
    std::vector<std::string> changes;  ///< what is applied; none for the baseline
    std::string fingerprint;           ///< of its figures, all replications
    std::string trace_fingerprint;     ///< of every handled event; empty unless traced
    std::vector<KpiResult> kpis;
    std::vector<DeviceResult> devices;
    std::vector<DeadlockResult> deadlocks;
    std::optional<roi::MoneyAnswer> money;  ///< none for the baseline
    roi::Tornado tornado;
    roi::DrawSplit draw_split;  ///< variance between draws: fitted parameters, assumptions
    double investment = 0;      ///< at the central values of the assumptions
    double running_cost_per_year = 0;
};

/// An assumption as the scenario declares it.
struct AssumptionResult {
    std::string name;
    std::string unit;
    double value = 0, low = 0, high = 0;  ///< in `unit`
    std::string text;                     ///< as written, e.g. "8 h (4 h to 16 h)"
    std::string why;
};

/// A fitted parameter as the study used it.
struct FittedResult {
    std::string name;
    std::string text;     ///< e.g. "exponential(mean 52 days) + 30 days"
    std::string records;  ///< e.g. "50 failures, 120 censored"
};

struct InputFile {
    std::string path;  ///< relative to the scenario
    std::string fingerprint;
    std::uint64_t bytes = 0;
};

/// Everything a study found: what the JSON, the HDF5 file and the HTML report are written from.
struct StudyResult {
    std::string scenario;  ///< title
    std::string description;
    std::string file;  ///< file name without folder
    std::string text;  ///< the scenario file itself
    std::string version;
    std::string question;  ///< "compare" or "run"
    std::uint32_t seed = 1;
    std::int64_t replications = 0;
    bool stopped = false;  ///< from outside, before all futures that were asked for were finished
    std::int64_t parameter_draws = 0;  ///< K; equals replications without uncertain parameters
    bool uncertain_parameters = false;
    double level = 0.95;
    std::string start, zone;  ///< local
    double horizon_h = 0, warm_up_h = 0;
    std::string currency;
    double discount_rate = 0;  ///< per year
    double study_years = 0;
    std::string life_model = "best";              ///< rank of the fitted life models in use
    std::string fingerprint;                      ///< of the whole study
    std::string trace_fingerprint;                ///< of all alternatives; empty unless traced
    std::vector<AlternativeResult> alternatives;  ///< baseline first
    std::vector<AssumptionResult> assumptions;
    std::vector<FittedResult> fitted;
    std::vector<InputFile> inputs;
    std::vector<std::string> notes;
    std::vector<std::string> warnings;  ///< belong in the headline
    /// The same study under the second-best life models; empty when there are none.
    std::vector<StudyResult> under_second_best;
    /// Recorded against simulated history, when the scenario has records (from `fit --check`).
    struct Validation {
        struct Row {
            std::string group;     ///< e.g. "comp1"
            std::string quantity;  ///< "failures" or "replacements"
            double recorded = 0;
            double simulated = 0, low = 0, high = 0;  ///< a single future lies between
            bool inside = false;
        };
        std::string period;
        std::string verdict;
        bool good = false;
        double level = 0.95;
        std::vector<Row> rows;
    };
    std::optional<Validation> validation;
    std::optional<RunCounters> counters;  ///< when the plan has a clock
};

}  // namespace foretwin::experiments
