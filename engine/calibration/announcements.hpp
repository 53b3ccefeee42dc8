#pragma once

#include <string>
#include <vector>

#include "engine/calibration/records.hpp"

namespace foretwin::calibration {

/// How well one declared rule announces failures of its cause.
struct Announcement {
    std::string rule;
    std::string cause;
    int failures = 0;  ///< that could have been announced: not excluded, not within the first hours
    int announced = 0;
    int alarms = 0;           ///< episodes: repetitions within the window ahead count once
    int false_alarms = 0;     ///< episodes that no failure of the cause followed within the window
    int before_excluded = 0;  ///< episodes followed by an excluded failure: neither true nor false
    double exposure_years = 0;        ///< machine-years in which an alarm could be judged
    std::vector<double> leads_hours;  ///< of announced failures, ascending: failure - first alarm

    int missed() const { return failures - announced; }
    double false_alarms_per_year() const { return false_alarms / exposure_years; }
    double median_lead_hours() const;
};

/// Measures every rule of the mapping. An alarm stands when all codes of a rule occurred within
/// `within_hours`, at the last of them. The final window is not judged: its failures are unknown.
std::vector<Announcement> measure_announcements(const Records& records,
                                                const RecordMapping& mapping);

}  // namespace foretwin::calibration
