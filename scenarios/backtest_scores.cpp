#include <algorithm>
#include <cmath>

#include "engine/core/name_hash.hpp"
#include "engine/random/stream.hpp"
#include "engine/statistics/goodness_of_fit.hpp"
#include "engine/statistics/scores.hpp"
#include "scenarios/backtest.hpp"

namespace foretwin {

namespace {

using calibration::ForecastRun;
using calibration::Issued;
using calibration::Records;
using experiments::BacktestResult;
using statistics::CountDistribution;

constexpr std::size_t pit_bins = 10;
/// Most chances are near 0, so bins are finer there.
constexpr double edges[] = {0, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1};

/// Randomised PITs of the fleet; all forecasters of a horizon share the draws.
std::vector<double> pits_of(const ForecastRun& run, const std::string& horizon) {
    const std::uint64_t name = name_hash("backtest/" + horizon + "/pit");
    std::vector<double> pits;
    for (const Issued& issued : run.issued) {
        random::Draws draws({1, 0}, name, static_cast<std::uint32_t>(pits.size()), 0);
        pits.push_back(statistics::pit(issued.forecast.total, issued.total, draws.uniform()));
    }
    return pits;
}

/// One of every `stride`.
std::vector<double> thinned(const std::vector<double>& values, std::size_t stride) {
    std::vector<double> few;
    for (std::size_t i = 0; i < values.size(); i += stride)
        few.push_back(std::clamp(values[i], 1e-12, 1 - 1e-12));
    return few;
}

BacktestResult::Row row_of(const ForecastRun& run, const ForecastRun& reference,
                           const BacktestFile::Horizon& horizon, const std::vector<double>& crps,
                           const std::vector<double>& other, std::size_t overlap) {
    BacktestResult::Row row;
    row.horizon = horizon.text;
    row.horizon_h = horizon.hours;
    row.forecaster = run.forecaster;
    row.forecasts = static_cast<std::int64_t>(reference.issued.size());
    row.crps = statistics::mean_of(crps);
    row.against_reference = statistics::paired_difference(crps, other, overlap);
    return row;
}

BacktestResult::Row fleet_row(const ForecastRun& run, const ForecastRun& reference,
                              const BacktestFile::Horizon& horizon, const BacktestFile& file) {
    const std::size_t overlap = overlap_of(run, file);
    auto row =
        row_of(run, reference, horizon, crps_of_fleet(run), crps_of_fleet(reference), overlap);
    row.target = "fleet";
    const auto n = static_cast<double>(run.issued.size());
    for (const Issued& issued : run.issued) {
        row.failures += issued.total;
        row.bias += (issued.forecast.total.mean() - static_cast<double>(issued.total)) / n;
    }
    row.coverage = statistics::coverage(pits_of(run, horizon.text), file.level, overlap);
    return row;
}

BacktestResult::Row class_row(const ForecastRun& run, const ForecastRun& reference,
                              const BacktestFile::Horizon& horizon, const BacktestFile& file,
                              const Records& records, std::size_t index) {
    auto row = row_of(run, reference, horizon, crps_of_class(run, index),
                      crps_of_class(reference, index), overlap_of(run, file));
    const std::size_t models = records.models.size();
    row.target = records.causes[index / models] + " " + records.models[index % models];
    const auto n = static_cast<double>(run.issued.size());
    for (const Issued& issued : run.issued) {
        row.failures += issued.by_class[index];
        row.bias +=
            (issued.forecast.by_class[index].mean() - static_cast<double>(issued.by_class[index])) /
            n;
    }
    return row;
}

/// Chances and outcomes of all devices and origins.
struct StopPairs {
    std::vector<double> chances;
    std::vector<bool> outcomes;
};

StopPairs stops_of(const ForecastRun& run) {
    StopPairs pairs;
    for (const Issued& issued : run.issued) {
        pairs.chances.insert(pairs.chances.end(), issued.forecast.stop.begin(),
                             issued.forecast.stop.end());
        pairs.outcomes.insert(pairs.outcomes.end(), issued.stop.begin(), issued.stop.end());
    }
    return pairs;
}

BacktestResult::Stops stops_row(const ForecastRun& run, const ForecastRun& reference,
                                const BacktestFile::Horizon& horizon) {
    const StopPairs pairs = stops_of(run);
    BacktestResult::Stops stops;
    stops.horizon = horizon.text;
    stops.forecaster = run.forecaster;
    stops.brier = brier_of(run);
    stops.skill = statistics::skill(stops.brier, brier_of(reference));
    stops.reliability = statistics::reliability(pairs.chances, pairs.outcomes, edges);
    return stops;
}

BacktestResult::Fan fan_of(const ForecastRun& run, const BacktestFile::Horizon& horizon,
                           const BacktestFile& file) {
    BacktestResult::Fan fan;
    fan.target = "fleet";
    fan.horizon = horizon.text;
    fan.forecaster = run.forecaster;
    const double tail = (1 - file.level) / 2;
    for (const Issued& issued : run.issued) {
        const CountDistribution& total = issued.forecast.total;
        const auto at = [&](double p) { return static_cast<double>(total.quantile(p)); };
        fan.points.push_back({telemetry::to_text(issued.origin), at(tail), at(0.25), at(0.5),
                              at(0.75), at(1 - tail), static_cast<double>(issued.total)});
    }
    const auto pits = pits_of(run, horizon.text);
    fan.pit_histogram = statistics::pit_histogram(pits, pit_bins);
    fan.pit_p_value = statistics::goodness_of_fit(thinned(pits, overlap_of(run, file))).p_exact;
    return fan;
}

}  // namespace

std::vector<double> crps_of_fleet(const ForecastRun& run) {
    std::vector<double> scores;
    for (const Issued& issued : run.issued)
        scores.push_back(statistics::crps(issued.forecast.total, issued.total));
    return scores;
}

std::vector<double> crps_of_class(const ForecastRun& run, std::size_t index) {
    std::vector<double> scores;
    for (const Issued& issued : run.issued)
        scores.push_back(statistics::crps(issued.forecast.by_class[index], issued.by_class[index]));
    return scores;
}

std::size_t overlap_of(const ForecastRun& run, const BacktestFile& file) {
    const double overlap = static_cast<double>(run.horizon) / (file.every_hours * 3600);
    return static_cast<std::size_t>(std::max(1.0, std::ceil(overlap - 1e-9)));
}

double brier_of(const ForecastRun& run) {
    const StopPairs pairs = stops_of(run);
    return statistics::brier_score(pairs.chances, pairs.outcomes);
}

void score(const std::vector<ForecastRun>& runs, const Records& records, const BacktestFile& file,
           BacktestResult& result) {
    const std::size_t horizons = file.horizons.size();
    result.reference = runs.front().forecaster;
    result.best = runs.back().forecaster;
    for (std::size_t h = 0; h < horizons; ++h)
        for (std::size_t i = h; i < runs.size(); i += horizons) {
            result.rows.push_back(fleet_row(runs[i], runs[h], file.horizons[h], file));
            result.stops.push_back(stops_row(runs[i], runs[h], file.horizons[h]));
            result.fans.push_back(fan_of(runs[i], file.horizons[h], file));
        }
    const std::size_t classes = records.causes.size() * records.models.size();
    for (std::size_t h = 0; h < horizons; ++h)
        for (std::size_t index = 0; index < classes; ++index)
            for (std::size_t i = h; i < runs.size(); i += horizons)
                result.rows.push_back(
                    class_row(runs[i], runs[h], file.horizons[h], file, records, index));
    result.notes.push_back(
        "Coverage and the uniformity of the PITs are tested on targets that do not overlap; "
        "standard errors of differences know the overlap (Newey and West, Bartlett weights).");
    result.notes.push_back(
        "Forecasts are statistical, one hazard per visit; the twin itself does not simulate from "
        "its present state here.");
}

}  // namespace foretwin
