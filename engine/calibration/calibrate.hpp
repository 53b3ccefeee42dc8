#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/calibration/announcements.hpp"
#include "engine/calibration/goodness.hpp"
#include "engine/calibration/life_data.hpp"
#include "engine/calibration/life_fit.hpp"
#include "engine/calibration/policy.hpp"
#include "engine/calibration/records.hpp"
#include "engine/calibration/visits.hpp"

namespace foretwin::calibration {

/// Everything fitted to the lives of one cause on one machine model.
struct ClassResult {
    std::string name;  ///< "comp1 model3"
    std::uint32_t cause = 0;
    std::uint32_t model = 0;
    int failures = 0;
    int censored = 0;
    int late_entries = 0;
    std::vector<LifeFit> candidates;  ///< under the chosen treatment, best AIC first
    std::size_t second = 0;  ///< best candidate that is no special or wider case of the best one;
                             ///< 0 when there is none
    std::vector<LifeFit> other_treatment;  ///< for comparison; its AIC does not compare
    Goodness goodness;                     ///< of the best candidate
    Goodness two_parameter_weibull;        ///< what the usual choice would expect

    const LifeFit& best() const { return candidates.front(); }
};

/// What the records say about a plant, with the evidence.
struct CalibrationResult {
    RecordMapping mapping;
    Records records;
    VisitGrid grid;
    Treatment treatment = Treatment::exact;  ///< chosen: never automatic
    LifeData data;
    std::vector<ClassResult> classes;  ///< by cause, model
    VisitPolicy policy;
    std::vector<Announcement> announcements;
    PresentState present;  ///< at the end of the records
    std::vector<std::string> warnings;
};

/// The whole way from record files to parameters. Paths are relative to `base_folder`. Throws
/// InputError with every problem of the records.
CalibrationResult calibrate(const RecordMapping& mapping, const std::filesystem::path& base_folder);

/// The same from records in memory.
CalibrationResult calibrate(const RecordMapping& mapping, Records records);

/// What a planner must know before trusting the fits: grid, coincidences, misfits, empty classes.
std::vector<std::string> find_warnings(const CalibrationResult& result);

}  // namespace foretwin::calibration
