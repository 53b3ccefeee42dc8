#include "engine/calibration/failure_forecast.hpp"

#include <numbers>

#include "engine/core/rule.hpp"

namespace foretwin::calibration {

namespace {

/// Devices, models and causes, without events.
Records names_of(const Records& records) {
    Records names = records;
    names.failures.clear();
    names.replacements.clear();
    names.alarms.clear();
    return names;
}

/// What `known` tells of visits; InputError when nothing does.
VisitGrid grid_of(const Records& known, const RecordMapping& mapping) {
    VisitGrid grid = find_visit_grid(known, mapping);
    if (!grid.found)
        throw InputError(mapping.failures.place,
                         "failures and replacements lie on no common grid of visits",
                         "forecasts of failures are made per visit; records of exact failure times "
                         "cannot be backtested yet");
    return grid;
}

}  // namespace

FailureForecast of_independent(const Records& records, std::span<const CountDistribution> parts) {
    const std::size_t causes = records.causes.size(), models = records.models.size();
    FORETWIN_RULE(parts.size() == records.devices.size() * causes, "one part per component");
    FailureForecast forecast;
    forecast.by_class.resize(causes * models);
    for (std::size_t device = 0; device < records.devices.size(); ++device) {
        double none = 1;
        for (std::size_t cause = 0; cause < causes; ++cause) {
            const CountDistribution& part = parts[device * causes + cause];
            CountDistribution& own = forecast.by_class[cause * models + records.model_of[device]];
            own = sum_of(own, part);
            none *= part.mass.front();
        }
        forecast.stop.push_back(1 - none);
    }
    for (const CountDistribution& own : forecast.by_class)
        forecast.total = sum_of(forecast.total, own);
    return forecast;
}

FailureForecast of_futures(const Records& records,
                           std::span<const std::vector<std::int64_t>> futures) {
    FORETWIN_RULE(!futures.empty(), "a forecast of futures needs one");
    const std::size_t causes = records.causes.size(), models = records.models.size();
    const std::size_t devices = records.devices.size();
    std::vector<std::int64_t> totals;
    std::vector<std::vector<std::int64_t>> classes(causes * models);
    FailureForecast forecast;
    forecast.stop.assign(devices, 0.0);
    for (const auto& future : futures) {
        FORETWIN_RULE(future.size() == devices * causes, "one count per component");
        totals.push_back(0);
        for (auto& own : classes) own.push_back(0);
        for (std::size_t device = 0; device < devices; ++device) {
            std::int64_t stops = 0;
            for (std::size_t cause = 0; cause < causes; ++cause) {
                const std::int64_t failures = future[device * causes + cause];
                classes[cause * models + records.model_of[device]].back() += failures;
                stops += failures;
            }
            totals.back() += stops;
            if (stops > 0) forecast.stop[device] += 1 / static_cast<double>(futures.size());
        }
    }
    forecast.total = statistics::of_ensemble(totals);
    for (const auto& own : classes) forecast.by_class.push_back(statistics::of_ensemble(own));
    return forecast;
}

MemorylessForecaster::MemorylessForecaster(const Records& known, const RecordMapping& mapping)
    : fleet_(names_of(known)) {
    const std::size_t models = known.models.size();
    std::vector<double> seconds(models, 0.0);
    for (const std::uint32_t model : known.model_of)
        seconds[model] += static_cast<double>(known.observed_to - known.observed_from);
    rates_.assign(known.causes.size() * models, 0.0);
    for (const auto& failure : known.failures) {
        const bool counts = failure.at > known.observed_from && failure.at <= known.observed_to;
        if (!counts || is_excluded(mapping, failure)) continue;
        const std::uint32_t model = known.model_of[failure.device];
        rates_[failure.kind * models + model] += 1 / seconds[model];
    }
    for (std::size_t i = 0; i < rates_.size(); ++i)
        if (rates_[i] == 0 && seconds[i % models] > 0)
            rates_[i] = std::numbers::ln2 / seconds[i % models];
}

double MemorylessForecaster::rate(std::uint32_t cause, std::uint32_t model) const {
    return rates_[cause * fleet_.models.size() + model];
}

FailureForecast MemorylessForecaster::at(LocalSeconds, LocalSeconds horizon) const {
    std::vector<CountDistribution> parts;
    for (const std::uint32_t model : fleet_.model_of)
        for (std::uint32_t cause = 0; cause < fleet_.causes.size(); ++cause)
            parts.push_back(statistics::poisson(rate(cause, model) * static_cast<double>(horizon)));
    return of_independent(fleet_, parts);
}

VisitForecaster::VisitForecaster(const Records& known, const Records& all,
                                 const RecordMapping& mapping, const HazardDesign& design)
    : fleet_(names_of(known)),
      history_(all, mapping),
      grid_(grid_of(known, mapping)),
      hazard_(known, mapping, grid_, design),
      memoryless_(known, mapping) {}

double VisitForecaster::chance(const Met& met, LocalSeconds origin, LocalSeconds visit) const {
    const HazardDesign& design = hazard_.design();
    if (!design.codes || visit - origin > design.ahead) return hazard_.chance(met);
    return hazard_.chance(met, hazard_.codes_before(history_, met.device, visit, origin));
}

CountDistribution VisitForecaster::component(Met met, LocalSeconds origin,
                                             LocalSeconds until) const {
    constexpr auto ages = static_cast<std::size_t>(VisitHazard::oldest_class);
    LocalSeconds visit = grid_.at_or_after(met.device, origin + 1);
    const auto begin = history_.renewed(met.device, met.cause, origin);
    const int first =
        begin ? VisitHazard::age_class_of(visit - *begin, grid_.period) : VisitHazard::oldest_class;
    // share[age][n]: the component meets the next visit in this age class, n failures so far.
    std::vector<std::vector<double>> share(ages + 1, {0.0});
    share[static_cast<std::size_t>(first)][0] = 1;
    for (std::size_t visits = 1; visit <= until; visit += grid_.period, ++visits) {
        std::vector<std::vector<double>> next(ages + 1, std::vector<double>(visits + 1, 0.0));
        for (std::size_t age = 1; age <= ages; ++age) {
            met.age_class = static_cast<int>(age);
            const double fails = chance(met, origin, visit), renewed = hazard_.replaced(met);
            for (std::size_t n = 0; n < visits; ++n) {
                const double here = share[age][n];
                if (here == 0) continue;
                next[1][n + 1] += here * fails;
                next[1][n] += here * (1 - fails) * renewed;
                next[std::min(age + 1, ages)][n] += here * (1 - fails) * (1 - renewed);
            }
        }
        share = std::move(next);
        for (auto& own : share) own.resize(visits + 1, 0.0);
    }
    CountDistribution count;
    count.mass.assign(share[1].size(), 0.0);
    for (const auto& own : share)
        for (std::size_t n = 0; n < own.size(); ++n) count.mass[n] += own[n];
    return count;
}

FailureForecast VisitForecaster::at(LocalSeconds origin, LocalSeconds horizon) const {
    std::vector<CountDistribution> parts;
    for (std::uint32_t device = 0; device < fleet_.devices.size(); ++device)
        for (std::uint32_t cause = 0; cause < fleet_.causes.size(); ++cause) {
            const double rate = memoryless_.rate(cause, fleet_.model_of[device]);
            parts.push_back(grid_.devices[device].known
                                ? component({device, cause, 1}, origin, origin + horizon)
                                : statistics::poisson(rate * static_cast<double>(horizon)));
        }
    return of_independent(fleet_, parts);
}

}  // namespace foretwin::calibration
