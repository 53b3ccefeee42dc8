#pragma once

#include <filesystem>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <variant>

#include "engine/calibration/fit_plan.hpp"
#include "scenarios/experiments/study_plan.hpp"
#include "scenarios/validation.hpp"

namespace foretwin::scenarios {

/// What is to be fitted: a scenario with a section `records`, a description (`foretwin_fit: 1`), or
/// a plain CSV file of lifetimes, which needs the unit of its times.
struct FitQuestion {
    std::filesystem::path file;
    std::string as_of;  ///< local time: with what was known then; empty: with everything
    std::string unit, time = "time", status = "status";  ///< of a plain CSV file
    bool to_check = false;  ///< then only a scenario will do: InputError for anything else
    /// Told after each record file that was fitted. May throw to end it.
    experiments::Progress told;
};

/// What `foretwin fit` finds.
struct Fitting {
    std::variant<calibration::FitPlanResult, calibration::CalibrationResult> found;
    std::optional<loader::ScenarioFile> scenario;  ///< whose records these are
    /// The file that scenario or description name for the fitted parameters; may be empty.
    std::filesystem::path out;

    /// For people, in 100 columns; for programs; as a file of fitted parameters.
    std::string text() const;
    nlohmann::ordered_json json() const;
    std::string parameter_file() const;
    /// The file that a scenario names under `parameters`; InputError when it names none.
    std::filesystem::path usual_out() const;
};

/// InputError with every problem of description and records.
Fitting fit(const FitQuestion& question);

/// The same of a scenario that was read already, with its parameter files or without.
Fitting fit(loader::ScenarioFile scenario, const std::string& as_of);

/// Replays the records of a scenario with the fitted twin; whether the past lies in its range.
/// `plan` has all but the file. InputError when no scenario was fitted.
Validation check_fit(const Fitting& fitting, experiments::StudyPlan plan);

}  // namespace foretwin::scenarios
