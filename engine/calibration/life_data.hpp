#pragma once

#include <vector>

#include "engine/calibration/records.hpp"
#include "engine/calibration/visits.hpp"

namespace foretwin::calibration {

enum class Ending { failure, replacement, still_running };

/// One component from its replacement to the next, as far as it was observed. Ages in days.
struct Life {
    std::uint32_t device = 0;
    std::uint32_t model = 0;
    std::uint32_t cause = 0;
    LocalSeconds begin = 0;
    Ending ending = Ending::still_running;
    double entry = 0;  ///< age at which it came under observation (0: begun since)
    double exit = 0;   ///< age at failure, replacement or the end of the observation
    bool excluded = false;
    /// Inspections, where a visit grid was found. `checked` is the age at the last visit before it
    /// came under observation (0: begun since): it had not failed by then. Visits under observation
    /// find it at ages first_visit, + period, ... up to last_visit, which is `exit` unless the
    /// component is still running. No visit: last_visit < first_visit.
    double checked = 0;
    double first_visit = 0;
    double last_visit = 0;

    bool failed() const { return ending == Ending::failure; }
    bool late() const { return entry > 0; }
};

/// What became of the records on the way to lives.
struct LifeCounts {
    int failures = 0;                    ///< recorded within the observation
    int failures_used = 0;               ///< end a life that takes part in the fits
    int failures_excluded = 0;           ///< at the instant of an exclusion
    int lives_excluded = 0;              ///< ended or begun by an excluded failure
    int failures_of_excluded_lives = 0;  ///< recorded, not excluded, but of a life left out
    int without_replacement = 0;         ///< failures with no replacement row at their instant
    int of_unknown_age = 0;              ///< failures and replacements with no earlier replacement
};

struct LifeData {
    std::vector<Life> lives;  ///< by cause, device, begin
    LifeCounts counts;
};

/// Turns events into lives. A failure replaces its component too. Lives that ended before the
/// observation began are left out: their failures were not recorded.
LifeData make_lives(const Records& records, const RecordMapping& mapping, const VisitGrid& grid);

/// Ages (days) of all components at one instant, and the visits around it.
struct PresentState {
    LocalSeconds at = 0;
    struct Component {
        std::uint32_t device = 0;
        std::uint32_t cause = 0;
        double age = 0;      ///< at `at`
        double checked = 0;  ///< age when it was last known to be good, at most `age`
    };
    std::vector<Component> components;     ///< by device, cause
    std::vector<LocalSeconds> next_visit;  ///< per device: the first after `at`
    int renewed_by_exclusion = 0;  ///< components whose life an excluded failure is about to end
};

/// The state just after whatever is recorded at `at`. With `at` = observed_from, next_visit is the
/// first recorded visit, and a component whose life an excluded failure ended within a period is
/// new: so a replay starts from what the records continue from.
PresentState state_at(const Records& records, const RecordMapping& mapping, const LifeData& data,
                      const VisitGrid& grid, LocalSeconds at);

}  // namespace foretwin::calibration
