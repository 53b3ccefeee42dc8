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

Score scored(const std::vector<double>& members, double truth, std::optional<double> before,
             std::optional<double> week_before, double u) {
    Score result;
    result.truth = truth;
    result.mean = statistics::mean_of(members);
    result.score = members.size() > 1 ? statistics::crps_fair(members, truth)
                                      : statistics::crps(members, truth);
    // One more future than there are, anywhere among those equal to it.
    const auto below = std::count_if(members.begin(), members.end(),
                                     [&](double member) { return member < truth; });
    const auto equal = std::count(members.begin(), members.end(), truth);
    result.pit = (static_cast<double>(below) + u * static_cast<double>(equal + 1)) /
                 static_cast<double>(members.size() + 1);
    if (before) result.persistence = std::abs(*before - truth);
    if (week_before) result.seasonal = std::abs(*week_before - truth);
    return result;
}

Score scored_chance(double chance, double truth, std::optional<double> before,
                    std::optional<double> week_before) {
    Score result;
    result.truth = truth > 0 ? 1 : 0;
    result.mean = chance;
    const auto brier = [&](double told) { return (told - result.truth) * (told - result.truth); };
    result.score = brier(chance);
    if (before) result.persistence = brier(*before > 0 ? 1 : 0);
    if (week_before) result.seasonal = brier(*week_before > 0 ? 1 : 0);
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
    const bool too_few = now.coverage.share() < now.coverage.level;
    if (chance || !too_few || now.coverage.p_value >= too_unlikely) return "";
    return "coverage broke: intervals held " + std::to_string(now.coverage.inside) + " of " +
           std::to_string(now.coverage.trials) + " truths";
}

}  // namespace foretwin::living
