#pragma once

#include <functional>
#include <string>
#include <vector>

#include "engine/calibration/failure_forecast.hpp"

namespace foretwin::calibration {

/// When forecasts are issued, for how long, and what they may have learned from.
struct BacktestPlan {
    HazardDesign design;           ///< of the forecaster that knows all
    LocalSeconds known_until = 0;  ///< fits see nothing later
    LocalSeconds first_origin = 0;
    LocalSeconds every = 86400;
    std::vector<LocalSeconds> horizons;  ///< seconds
    /// Told now and then how many forecasts were issued, of how many. May throw to end the work.
    std::function<void(std::int64_t done, std::int64_t all)> told = {};
};

/// One forecast and what came of it.
struct Issued {
    LocalSeconds origin = 0;
    FailureForecast forecast;
    std::int64_t total = 0;              ///< failures in (origin, origin + horizon]
    std::vector<std::int64_t> by_class;  ///< cause * models + model
    std::vector<bool> stop;              ///< per device: at least one
};

/// All that one forecaster issued for one horizon, in time order.
struct ForecastRun {
    std::string forecaster;
    LocalSeconds horizon = 0;
    std::vector<Issued> issued;
};

/// The names of the three forecasters: a constant rate per model and cause; a hazard per visit by
/// age and model; the same knowing attributes and alarms, too.
inline constexpr const char* memoryless = "memoryless";
inline constexpr const char* age_and_visits = "age and visits";
inline constexpr const char* age_visits_and_alarms = "age, visits and alarms";

/// Rolls the origin from plan.first_origin on, as long as the target lies within the observation:
/// one run per forecaster (in the order above) and horizon. Each forecaster is fitted once, to what
/// was known at plan.known_until. InputError where there are no visits or no origin fits.
std::vector<ForecastRun> roll(const Records& records, const RecordMapping& mapping,
                              const BacktestPlan& plan);

}  // namespace foretwin::calibration
