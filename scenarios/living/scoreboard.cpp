#include "scenarios/living/scoreboard.hpp"

#include <algorithm>
#include <cmath>

#include "engine/core/math.hpp"
#include "engine/statistics/scores.hpp"
#include "scenarios/report/number.hpp"

namespace foretwin::living {
namespace {

/// Coverage that is this unlikely for honest intervals speaks against the next one.
constexpr double too_unlikely = 0.01;

double share_above_nothing(const std::vector<double>& members) {
    const auto count =
        std::count_if(members.begin(), members.end(), [](double value) { return value > 0; });
    return static_cast<double>(count) / static_cast<double>(members.size());
}

/// Mean over the scores for which a reference is known.
Standing::Reference against(const std::vector<Score>& scores,
                            std::optional<double> Score::*reference) {
    Standing::Reference all;
    double own = 0;
    for (const Score& score : scores) {
        if (!(score.*reference)) continue;
        ++all.forecasts;
        all.score += *(score.*reference);
        own += score.score;
    }
    if (all.forecasts == 0) return all;
    const auto count = static_cast<double>(all.forecasts);
    all.score /= count;
    all.skill = statistics::skill(own / count, all.score);
    return all;
}

}  // namespace

Score scored(const std::vector<double>& members, bool chance, double truth,
             std::optional<double> before, std::optional<double> week_before) {
    Score result;
    if (chance) {
        const double came = truth > 0 ? 1 : 0;
        result.truth = came;
        result.mean = share_above_nothing(members);
        result.score = (result.mean - came) * (result.mean - came);
        const auto brier = [&](double told) { return (told > 0) == (came > 0) ? 0.0 : 1.0; };
        if (before) result.persistence = brier(*before);
        if (week_before) result.seasonal = brier(*week_before);
        return result;
    }
    result.truth = truth;
    result.mean = statistics::mean_of(members);
    result.score = members.size() > 1 ? statistics::crps_fair(members, truth)
                                      : statistics::crps(members, truth);
    result.pit = statistics::pit(members, truth);
    if (before) result.persistence = std::abs(*before - truth);
    if (week_before) result.seasonal = std::abs(*week_before - truth);
    return result;
}

Scoreboard::Scoreboard(double level, std::vector<std::size_t> strides)
    : level_(level), strides_(std::move(strides)) {}

void Scoreboard::add(const Score& score) {
    scores_[{score.figure, score.horizon}].push_back(score);
}

const std::vector<Score>* Scoreboard::of(std::size_t figure, std::size_t horizon) const {
    const auto found = scores_.find({figure, horizon});
    return found == scores_.end() ? nullptr : &found->second;
}

Standing Scoreboard::standing(std::size_t figure, std::size_t horizon) const {
    Standing result;
    result.horizon = horizon;
    result.figure = figure;
    const std::vector<Score>* scores = of(figure, horizon);
    if (scores == nullptr) return result;
    std::vector<double> pits;
    for (const Score& score : *scores) {
        ++result.forecasts;
        result.score += score.score;
        result.bias += score.mean - score.truth;
        result.truth += score.truth;
        pits.push_back(score.pit);
    }
    const auto count = static_cast<double>(result.forecasts);
    result.score /= count;
    result.bias /= count;
    result.truth /= count;
    result.coverage = statistics::coverage(pits, level_, strides_[horizon]);
    result.persistence = against(*scores, &Score::persistence);
    result.seasonal = against(*scores, &Score::seasonal);
    return result;
}

std::vector<Standing> Scoreboard::standings() const {
    std::vector<Standing> all;
    for (const auto& [key, scores] : scores_) all.push_back(standing(key.first, key.second));
    return all;
}

std::string Scoreboard::doubt(std::size_t figure, std::size_t horizon, bool chance) const {
    const Standing now = standing(figure, horizon);
    if (now.forecasts < fewest) {
        return "not validated yet: " + std::to_string(now.forecasts) + " of " +
               std::to_string(fewest) + " forecasts scored";
    }
    if (chance || now.coverage.p_value >= too_unlikely) return "";
    return "coverage broke: intervals held " + std::to_string(now.coverage.inside) + " of " +
           std::to_string(now.coverage.trials) + " truths";
}

}  // namespace foretwin::living
