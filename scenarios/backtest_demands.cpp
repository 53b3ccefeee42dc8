#include <algorithm>
#include <cstdio>

#include "engine/core/rule.hpp"
#include "engine/statistics/scores.hpp"
#include "scenarios/backtest.hpp"

namespace foretwin {

namespace {

using calibration::ForecastRun;
using calibration::Records;
using Rule = BacktestDemand::Rule;
using Demand = experiments::BacktestResult::Demand;

std::string short_number(double value) {
    char text[40];
    std::snprintf(text, sizeof text, "%.3g", value);
    return text;
}

const ForecastRun& find(const std::vector<ForecastRun>& runs, const BacktestFile& file,
                        const std::string& forecaster, std::size_t horizon) {
    for (std::size_t i = horizon; i < runs.size(); i += file.horizons.size())
        if (runs[i].forecaster == forecaster) return runs[i];
    FORETWIN_RULE(false, "demands were checked against the forecasters");
    return runs.front();
}

/// How far own scores are above those of another forecaster, in what the rule counts.
double excess(const std::vector<double>& own, const std::vector<double>& other, Rule rule,
              std::size_t overlap) {
    const auto difference = statistics::paired_difference(own, other, overlap);
    if (rule == Rule::standard_errors) {
        if (difference.mean <= 0) return 0;
        return difference.mean / difference.standard_error;
    }
    double sum = 0, sum_of_other = 0;
    for (const double value : own) sum += value;
    for (const double value : other) sum_of_other += value;
    return sum == 0 ? 0 : sum / sum_of_other;
}

std::string bound_text(const BacktestDemand& demand) {
    switch (demand.rule) {
        case Rule::at_most:
            return "at most " + short_number(demand.value) + " times that of ";
        case Rule::standard_errors:
            return "worse by at most " + short_number(demand.value) + " standard errors than ";
        case Rule::at_least:
        case Rule::not_rejected_at:  // of energy only
            break;
    }
    return "at least " + short_number(demand.value) + " against ";
}

Demand judge_skill(const BacktestDemand& demand, const ForecastRun& own, const ForecastRun& other) {
    const double found = statistics::skill(brier_of(own), brier_of(other));
    return {"", short_number(found), found >= demand.value};
}

Demand judge_fleet(const BacktestDemand& demand, const ForecastRun& own, const ForecastRun& other,
                   std::size_t overlap) {
    const double found = excess(crps_of_fleet(own), crps_of_fleet(other), demand.rule, overlap);
    return {"", short_number(found), found <= demand.value};
}

Demand judge_classes(const BacktestDemand& demand, const ForecastRun& own, const ForecastRun& other,
                     std::size_t overlap, const Records& records) {
    const std::size_t models = records.models.size();
    double worst = 0;
    std::string failed;
    for (std::size_t i = 0; i < records.causes.size() * models; ++i) {
        const double found =
            excess(crps_of_class(own, i), crps_of_class(other, i), demand.rule, overlap);
        worst = std::max(worst, found);
        if (!(found <= demand.value))
            failed += (failed.empty() ? "; missed by " : ", ") + records.causes[i / models] + " " +
                      records.models[i % models];
    }
    return {"", "worst " + short_number(worst) + failed, failed.empty()};
}

}  // namespace

void judge(const std::vector<ForecastRun>& runs, const Records& records, const BacktestFile& file,
           experiments::BacktestResult& result) {
    for (const BacktestDemand& demand : file.demands) {
        const ForecastRun& own = find(runs, file, runs.back().forecaster, demand.horizon);
        const ForecastRun& other = find(runs, file, demand.against, demand.horizon);
        const std::size_t overlap = overlap_of(own, file);
        const bool skill = demand.score == BacktestDemand::Score::brier_skill;
        const bool fleet = demand.of == BacktestDemand::Of::fleet;
        Demand judged = skill   ? judge_skill(demand, own, other)
                        : fleet ? judge_fleet(demand, own, other, overlap)
                                : judge_classes(demand, own, other, overlap, records);
        judged.text = std::string(skill   ? "Brier skill of a stop within "
                                  : fleet ? "CRPS of the fleet at "
                                          : "CRPS of each class at ") +
                      file.horizons[demand.horizon].text + ": " + bound_text(demand) +
                      demand.against;
        result.demands.push_back(std::move(judged));
    }
}

}  // namespace foretwin
