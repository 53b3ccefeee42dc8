#include <algorithm>
#include <cstdio>

#include "engine/core/rule.hpp"
#include "engine/statistics/goodness_of_fit.hpp"
#include "engine/statistics/quantile.hpp"
#include "engine/statistics/scores.hpp"
#include "scenarios/energy_backtest.hpp"

namespace foretwin {

namespace {

using experiments::BacktestResult;
using Score = BacktestDemand::Score;

constexpr std::size_t pit_bins = 10;
/// Climatology, seasonal naive, recent days: as roll_energy() orders them.
constexpr std::size_t forecasters = 3;

std::vector<double> crps_of(const EnergyRun& run) {
    std::vector<double> scores;
    for (const IssuedEnergy& issued : run.issued)
        scores.push_back(statistics::crps_fair(issued.members, issued.truth));
    return scores;
}

std::vector<double> pits_of(const EnergyRun& run) {
    std::vector<double> pits;
    for (const IssuedEnergy& issued : run.issued)
        pits.push_back(statistics::pit(issued.members, issued.truth));
    return pits;
}

/// A score, by forecaster, of every forecast at one horizon.
using Scores = std::vector<std::vector<double>>;

BacktestResult::Row row_of(const EnergyRun& run, const Scores& scores, std::size_t own,
                           const EnergyRun* references, const BacktestFile& file) {
    BacktestResult::Row row;
    row.target = run.figure;
    row.unit = run.unit;
    row.horizon = file.horizons[run.horizon].text;
    row.horizon_h = file.horizons[run.horizon].hours;
    row.forecaster = run.forecaster;
    row.forecasts = static_cast<std::int64_t>(run.issued.size());
    const auto n = static_cast<double>(run.issued.size());
    for (const IssuedEnergy& issued : run.issued) {
        row.truth += issued.truth / n;
        row.bias += (statistics::mean_of(issued.members) - issued.truth) / n;
    }
    row.crps = statistics::mean_of(scores[own]);
    row.against_reference = statistics::paired_difference(scores[own], scores[0], run.days);
    for (std::size_t i = 0; i + 1 < forecasters; ++i)
        row.skill.emplace_back(references[i].forecaster,
                               statistics::skill(row.crps, statistics::mean_of(scores[i])));
    const auto pits = pits_of(run);
    row.coverage = statistics::coverage(pits, file.level, run.days);
    const auto all = statistics::coverage(pits, file.level, 1);
    row.share_inside = all.share();
    return row;
}

BacktestResult::Fan fan_of(const EnergyRun& run, const BacktestFile& file) {
    BacktestResult::Fan fan;
    fan.target = run.figure;
    fan.unit = run.unit;
    fan.horizon = file.horizons[run.horizon].text;
    fan.forecaster = run.forecaster;
    const double tail = (1 - file.level) / 2;
    for (const IssuedEnergy& issued : run.issued) {
        const auto at = [&](double p) { return statistics::sorted_quantile(issued.members, p); };
        fan.points.push_back({telemetry::to_text(issued.origin), at(tail), at(0.25), at(0.5),
                              at(0.75), at(1 - tail), issued.truth});
    }
    const auto pits = pits_of(run);
    fan.pit_histogram = statistics::pit_histogram(pits, pit_bins);
    std::vector<double> apart;
    for (std::size_t i = 0; i < pits.size(); i += run.days)
        apart.push_back(std::clamp(pits[i], 1e-12, 1 - 1e-12));
    fan.pit_p_value = statistics::goodness_of_fit(apart).p_exact;
    return fan;
}

BacktestResult::Beyond beyond_of(const EnergyRun& run, const BacktestFile& file) {
    BacktestResult::Beyond beyond;
    beyond.horizon = file.horizons[run.horizon].text;
    beyond.forecasts = static_cast<std::int64_t>(run.issued.size());
    beyond.least = 1;
    for (const IssuedEnergy& issued : run.issued) {
        const auto& members = issued.members;
        const auto higher =
            members.end() - std::upper_bound(members.begin(), members.end(), issued.highest_before);
        const double chance = static_cast<double>(higher) / static_cast<double>(members.size());
        beyond.chance += chance / static_cast<double>(run.issued.size());
        beyond.least = std::min(beyond.least, chance);
        beyond.most = std::max(beyond.most, chance);
        beyond.came += issued.truth > issued.highest_before ? 1 : 0;
    }
    return beyond;
}

std::string text_of(const char* format, double value) {
    char text[40];
    std::snprintf(text, sizeof text, format, value);
    return text;
}

const BacktestResult::Row& row_of(const BacktestResult& result, const BacktestDemand& demand,
                                  const std::string& forecaster, const BacktestFile& file) {
    const bool energy = demand.of == BacktestDemand::Of::energy;
    for (const auto& row : result.rows)
        if (row.forecaster == forecaster && row.horizon == file.horizons[demand.horizon].text &&
            row.target == (energy ? "energy" : "peak demand"))
            return row;
    FORETWIN_RULE(false, "demands were checked against forecasters and horizons");
    return result.rows.front();
}

BacktestResult::Demand judge_one(const BacktestDemand& demand, const BacktestFile& file,
                                 const BacktestResult& result) {
    const auto& own = row_of(result, demand, result.best, file);
    const std::string of = own.target + " over " + own.horizon;
    if (demand.score == Score::coverage) {
        const double p = own.coverage.p_value;
        return {"coverage of " + of + ": " + text_of("%.3g", 100 * file.level) +
                    " % not rejected at " + text_of("%.3g", 100 * demand.value) + " %",
                std::to_string(own.coverage.inside) + " of " + std::to_string(own.coverage.trials) +
                    ", p = " + text_of("%.2g", p),
                p >= demand.value};
    }
    if (demand.score == Score::beyond_maximum) {
        const double chance = result.tail->beyond[demand.horizon].chance;
        return {"chance of a higher peak than ever before, over " + own.horizon + ": at least " +
                    text_of("%.3g", 100 * demand.value) + " %",
                text_of("%.3g", 100 * chance) + " %", chance >= demand.value};
    }
    const double ratio = own.crps / row_of(result, demand, demand.against, file).crps;
    return {"CRPS of " + of + ": at most " + text_of("%.3g", demand.value) + " times that of " +
                demand.against,
            text_of("%.3g", ratio), ratio <= demand.value};
}

}  // namespace

void score_energy(const std::vector<EnergyRun>& runs, const BacktestFile& file,
                  BacktestResult& result) {
    for (std::size_t first = 0; first < runs.size(); first += forecasters) {
        Scores scores;
        for (std::size_t i = 0; i < forecasters; ++i) scores.push_back(crps_of(runs[first + i]));
        for (std::size_t i = 0; i < forecasters; ++i) {
            const EnergyRun& run = runs[first + i];
            result.rows.push_back(row_of(run, scores, i, &runs[first], file));
            result.fans.push_back(fan_of(run, file));
            if (result.tail && run.figure == "peak demand" && run.forecaster == result.best)
                result.tail->beyond.push_back(beyond_of(run, file));
        }
    }
}

void judge_energy(const BacktestFile& file, BacktestResult& result) {
    for (const BacktestDemand& demand : file.demands)
        result.demands.push_back(judge_one(demand, file, result));
}

}  // namespace foretwin
