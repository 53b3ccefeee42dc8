#include "engine/calibration/backtest.hpp"

#include "engine/core/rule.hpp"

namespace foretwin::calibration {

namespace {

Issued issue(const FailureForecaster& forecaster, const Records& records, const History& history,
             LocalSeconds origin, LocalSeconds horizon) {
    const std::size_t models = records.models.size();
    Issued issued;
    issued.origin = origin;
    issued.forecast = forecaster.at(origin, horizon);
    issued.by_class.assign(records.causes.size() * models, 0);
    for (std::uint32_t device = 0; device < records.devices.size(); ++device) {
        std::int64_t own = 0;
        for (std::uint32_t cause = 0; cause < records.causes.size(); ++cause) {
            const int failures = history.failures(device, cause, origin, origin + horizon);
            issued.by_class[cause * models + records.model_of[device]] += failures;
            own += failures;
        }
        issued.total += own;
        issued.stop.push_back(own > 0);
    }
    return issued;
}

void refuse_without_origins(const Records& records, const RecordMapping& mapping,
                            const BacktestPlan& plan) {
    for (const LocalSeconds horizon : plan.horizons) {
        // Two origins at least: a difference without a standard error says nothing.
        if (plan.first_origin + plan.every + horizon <= records.observed_to) continue;
        throw InputError(mapping.failures.place,
                         "the records end at " + telemetry::to_text(records.observed_to) +
                             ", too early to score a horizon of " + std::to_string(horizon / 3600) +
                             " h from " + telemetry::to_text(plan.first_origin),
                         "shorten the horizon or begin the origins earlier");
    }
}

/// Of all three forecasters.
std::int64_t number_of_forecasts(const Records& records, const BacktestPlan& plan) {
    std::int64_t number = 0;
    for (const LocalSeconds horizon : plan.horizons)
        number += 3 * ((records.observed_to - horizon - plan.first_origin) / plan.every + 1);
    return number;
}

}  // namespace

std::vector<ForecastRun> roll(const Records& records, const RecordMapping& mapping,
                              const BacktestPlan& plan) {
    FORETWIN_RULE(plan.every > 0, "origins move on");
    FORETWIN_RULE(plan.first_origin >= plan.known_until, "no forecast knows its own future");
    refuse_without_origins(records, mapping, plan);
    const Records known = known_at(records, plan.known_until);
    const History history(records, mapping);
    HazardDesign plain = plan.design;
    plain.codes = false;
    plain.attributes.clear();
    const MemorylessForecaster rate(known, mapping);
    const VisitForecaster age(known, records, mapping, plain);
    const VisitForecaster all(known, records, mapping, plan.design);
    std::vector<ForecastRun> runs;
    std::int64_t issued = 0;
    const std::int64_t all_of_them = number_of_forecasts(records, plan);
    const auto run = [&](const char* name, const FailureForecaster& forecaster) {
        for (const LocalSeconds horizon : plan.horizons) {
            runs.push_back({name, horizon, {}});
            LocalSeconds origin = plan.first_origin;
            for (; origin + horizon <= records.observed_to; origin += plan.every, ++issued) {
                if (plan.told) plan.told(issued, all_of_them);
                runs.back().issued.push_back(issue(forecaster, records, history, origin, horizon));
            }
        }
    };
    run(memoryless, rate);
    run(age_and_visits, age);
    run(age_visits_and_alarms, all);
    return runs;
}

}  // namespace foretwin::calibration
