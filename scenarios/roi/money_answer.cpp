#include "scenarios/roi/money_answer.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "engine/core/error.hpp"
#include "engine/core/rule.hpp"
#include "engine/statistics/interval.hpp"
#include "engine/statistics/summary.hpp"
#include "engine/statistics/variance_components.hpp"
#include "models/economics/annuity.hpp"
#include "scenarios/roi/timeline.hpp"

namespace foretwin::roi {
namespace {

using Yearly = std::vector<std::vector<double>>;  ///< [future][year - 1]

/// One figure of every replication: of the baseline, the alternative, or their paired difference.
template <class Figure>
std::vector<double> each(const std::vector<HorizonFigures>& futures, Figure figure) {
    std::vector<double> values;
    values.reserve(futures.size());
    for (const HorizonFigures& future : futures) values.push_back(figure(future));
    return values;
}

double mean_of(const std::vector<double>& values) {
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

/// Purchases and running costs of the changes, flows 0..n, and the rate that discounts.
struct ChangeFlows {
    std::vector<double> purchases;
    std::vector<double> running;
    double discount_rate = 0;
};

ChangeFlows change_flows(const std::vector<ChangeMoney>& changes, const StudyMoney& money,
                         double discount_rate) {
    return {economics::purchase_flows(changes, money.study_years),
            economics::running_flows(changes, money.study_years), discount_rate};
}

/// What the changes cost in each future, and in the mean.
struct FutureChanges {
    const PairedFutures& futures;
    std::vector<ChangeFlows> by_draw;  ///< empty: `mean` in every future
    ChangeFlows mean;

    const ChangeFlows& of(std::size_t future) const {
        return by_draw.empty() ? mean : by_draw[futures.draw[future]];
    }
};

FutureChanges future_changes(const StudyMoney& money, const std::vector<ChangeMoney>& changes,
                             const PairedFutures& futures, const std::vector<DrawMoney>& by_draw) {
    FutureChanges result{futures, {}, change_flows(changes, money, money.discount_rate)};
    if (by_draw.empty()) return result;
    for (const DrawMoney& draw : by_draw)
        result.by_draw.push_back(change_flows(draw.changes, money, draw.discount_rate));
    const auto count = static_cast<double>(futures.draw.size());
    for (std::size_t year = 0; year < result.mean.purchases.size(); ++year) {
        double purchases = 0;
        double running = 0;
        for (const std::uint32_t draw : futures.draw) {
            purchases += result.by_draw[draw].purchases[year];
            running += result.by_draw[draw].running[year];
        }
        result.mean.purchases[year] = purchases / count;
        result.mean.running[year] = running / count;
    }
    return result;
}

Timeline timeline_of(const ChangeFlows& changes, const std::vector<double>& amounts,
                     Timing timing) {
    std::vector<double> yearly = changes.running;
    for (std::size_t year = 1; year < yearly.size(); ++year) yearly[year] += amounts[year - 1];
    return timeline(changes.purchases, yearly, timing == Timing::mid_year);
}

std::vector<double> mean_amounts(const Yearly& amounts) {
    std::vector<double> mean(amounts[0].size(), 0.0);
    for (const auto& future : amounts)
        for (std::size_t year = 0; year < mean.size(); ++year) mean[year] += future[year];
    for (double& amount : mean) amount /= static_cast<double>(amounts.size());
    return mean;
}

/// Present value of 1 that is earned in each stretch of a life: their sum, and that of the squares.
struct StretchWeights {
    double sum = 0;
    double squares = 0;
};

StretchWeights stretch_weights(const StudyMoney& money, Time horizon, const StudySpan& span,
                               double discount_rate) {
    StretchWeights weights;
    const ChangeFlows nothing = change_flows({}, money, discount_rate);
    for (const auto& amounts : stretch_shares(horizon, span)) {
        const double weight = npv(timeline_of(nothing, amounts, money.timing), discount_rate);
        weights.sum += weight;
        weights.squares += weight * weight;
    }
    return weights;
}

/// Lives that are made of several replications share them within a draw, so they tell too little of
/// chance and too much of the draws. Told from the replications themselves, each valued as if the
/// whole life were like it; the chance of a life is that of its stretches, which are independent.
VarianceSplit split_of_lives(const StudyMoney& money, const PairedFutures& futures,
                             const std::vector<double>& differences, const FutureChanges& changes,
                             const StudySpan& span) {
    std::vector<double> alike;
    const double rate = changes.mean.discount_rate;
    const StretchWeights central = stretch_weights(money, futures.horizon, span, rate);
    std::vector<double> by_draw;
    for (const ChangeFlows& own : changes.by_draw)
        by_draw.push_back(stretch_weights(money, futures.horizon, span, own.discount_rate).sum);
    for (std::size_t r = 0; r < differences.size(); ++r) {
        const ChangeFlows& own = changes.of(r);
        const std::vector<double> no_amounts(own.purchases.size() - 1, 0.0);
        const double weight = by_draw.empty() ? central.sum : by_draw[futures.draw[r]];
        alike.push_back(npv(timeline_of(own, no_amounts, money.timing), own.discount_rate) +
                        weight * differences[r]);
    }
    VarianceSplit split = variance_split(alike, futures.draw, futures.uncertain_parameters);
    if (central.sum != 0) split.chance *= central.squares / (central.sum * central.sum);
    return split;
}

/// Mean present cost of owning the plant with these changes (none for the baseline).
double cost_of_ownership(const StudyMoney& money, const ChangeFlows& changes,
                         const std::vector<HorizonFigures>& figures, Time horizon,
                         const StudySpan& span, const StretchChoice& choice) {
    const auto cost = each(figures, [](const HorizonFigures& f) { return -f.cost(); });
    const auto mean = mean_amounts(yearly_amounts(cost, horizon, span, choice));
    return -npv(timeline_of(changes, mean, money.timing), money.discount_rate);
}

std::vector<FanYear> fan_of(const FutureChanges& changes, const Yearly& amounts) {
    std::vector<FanYear> fan;
    std::vector<double> cumulative(amounts.size(), 0.0);
    for (std::size_t year = 0; year < changes.mean.purchases.size(); ++year) {
        for (std::size_t future = 0; future < amounts.size(); ++future) {
            const ChangeFlows& own = changes.of(future);
            cumulative[future] += own.purchases[year] + own.running[year] +
                                  (year > 0 ? amounts[future][year - 1] : 0.0);
        }
        const Quantiles q = quantiles_of(cumulative);
        fan.push_back(
            {static_cast<int>(year), mean_of(cumulative), q.q05, q.q25, q.q50, q.q75, q.q95});
    }
    return fan;
}

HorizonFigures difference_per_year(const PairedFutures& futures, Time year) {
    const double scale = static_cast<double>(year) / static_cast<double>(futures.horizon) /
                         static_cast<double>(futures.baseline.size());
    HorizonFigures sum;
    for (std::size_t r = 0; r < futures.baseline.size(); ++r) {
        const HorizonFigures& with = futures.alternative[r];
        const HorizonFigures& without = futures.baseline[r];
        sum.production_margin += scale * (with.production_margin - without.production_margin);
        sum.energy_cost += scale * (with.energy_cost - without.energy_cost);
        sum.maintenance_cost += scale * (with.maintenance_cost - without.maintenance_cost);
        sum.carbon_cost += scale * (with.carbon_cost - without.carbon_cost);
        sum.other_cost += scale * (with.other_cost - without.other_cost);
    }
    return sum;
}

Share expected_positive(const MoneyAnswer& answer, const PairedFutures& futures, double level) {
    if (futures.uncertain_parameters) return share_above(answer.npv_by_draw, 0, level);
    const statistics::Summary summary = statistics::summarise(answer.npv_by_future);
    // One future tells nothing of the mean's error: unknown, not certain.
    constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
    if (summary.count < 2) return {unknown, unknown, unknown, level, 0};
    double chance = summary.mean > 0 ? 1 : 0;
    if (summary.standard_error() > 0)
        chance = statistics::student_t_cdf(summary.mean / summary.standard_error(),
                                           static_cast<double>(summary.count - 1));
    return {chance, chance, chance, level, 0};
}

void answer_for_futures(const StudyMoney& money, const PairedFutures& futures,
                        const FutureChanges& changes, const Yearly& amounts, MoneyAnswer& answer) {
    std::size_t not_unique = 0;
    for (std::size_t future = 0; future < amounts.size(); ++future) {
        const ChangeFlows& own = changes.of(future);
        const Timeline line = timeline_of(own, amounts[future], money.timing);
        answer.npv_by_future.push_back(npv(line, own.discount_rate));
        if (economics::irr_status(line.flows) != economics::RateStatus::unique) ++not_unique;
    }
    answer.irr_not_unique_share =
        static_cast<double>(not_unique) / static_cast<double>(amounts.size());
    answer.npv_by_draw = statistics::group_means(answer.npv_by_future, futures.draw);
    answer.npv = mean_over_draws(answer.npv_by_future, futures.draw, money.level);
    answer.npv_futures = quantiles_of(answer.npv_by_future);
    answer.npv_cvar05 = conditional_value_at_risk(answer.npv_by_future, 0.05);
    answer.expected_loss = expected_loss(answer.npv_by_future);
    answer.positive = share_above(answer.npv_by_future, 0, money.level);
    answer.expected_positive = expected_positive(answer, futures, money.level);
    answer.variance =
        variance_split(answer.npv_by_future, futures.draw, futures.uncertain_parameters);
}

void answer_for_mean(const StudyMoney& money, const ChangeFlows& changes, const Yearly& amounts,
                     MoneyAnswer& answer) {
    const std::vector<double> mean = mean_amounts(amounts);
    const Timeline line = timeline_of(changes, mean, money.timing);
    answer.mean_flows = timeline_of(changes, mean, Timing::year_end).flows;
    answer.irr = irr(line);
    answer.mirr = mirr(line, money.finance_rate.value_or(money.discount_rate),
                       money.reinvest_rate.value_or(money.discount_rate));
    answer.payback = payback(line);
    answer.discounted_payback = discounted_payback(line, money.discount_rate);
    answer.present_purchases = -economics::npv(changes.purchases, money.discount_rate);
    if (answer.present_purchases > 0) {
        // Everything that is bought counts, not only what is bought today.
        const double bought = -economics::npv(changes.purchases, 0);
        answer.profitability_index = 1 + npv(line, money.discount_rate) / answer.present_purchases;
        answer.simple_roi = economics::npv(answer.mean_flows, 0) / bought;
    }
    if (answer.present_purchases > 0)
        answer.break_even_invest =
            -changes.purchases[0] * (1 + answer.npv.estimate / answer.present_purchases);
    const double factor = economics::capital_recovery_factor(
        money.discount_rate, static_cast<int>(answer.mean_flows.size()) - 1);
    answer.annual_equivalent = answer.npv;
    answer.annual_equivalent.estimate *= factor;
    if (answer.npv.low) answer.annual_equivalent.low = *answer.npv.low * factor;
    if (answer.npv.high) answer.annual_equivalent.high = *answer.npv.high * factor;
}

std::vector<std::string> notes_of(const StudyMoney& money, const PairedFutures& futures,
                                  const std::vector<ChangeMoney>& changes,
                                  const StretchChoice& choice, const StudySpan& span) {
    std::vector<std::string> notes;
    const std::size_t stretches = stretch_count(futures.horizon, span);
    const std::size_t pool = choice.smallest_pool();
    if (stretches > 1 && pool == 1)
        notes.push_back(
            "One short run was repeated over the whole life, since no other replication shares its "
            "parameter draw. Run more replications.");
    else if (stretches > pool)
        notes.push_back("A life of " + std::to_string(stretches) + " horizons is made from " +
                        std::to_string(pool) +
                        " replications per parameter draw. More replications or a longer horizon "
                        "make it surer.");
    if (futures.horizon < money.year - 2 * day)
        notes.push_back(
            "The horizon is shorter than a year: seasons that it does not cover are "
            "missing from the money.");
    notes.push_back("Ages left at the end of the study are not valued.");
    if (std::any_of(changes.begin(), changes.end(), [&](const ChangeMoney& change) {
            return change.life_years < money.study_years;
        }))
        notes.push_back("Changes that live shorter than the study are bought again.");
    return notes;
}

void check_rate(double discount_rate) {
    if (!(std::isfinite(discount_rate) && discount_rate > -1))
        throw InputError({}, "the discount rate is not above -100 %/year", "e.g. 8 %/year");
}

void check(const StudyMoney& money, const PairedFutures& futures) {
    FORETWIN_RULE(!futures.baseline.empty(), "money needs at least one replication");
    FORETWIN_RULE(futures.baseline.size() == futures.alternative.size() &&
                      futures.baseline.size() == futures.draw.size(),
                  "baseline and alternative share their futures");
    FORETWIN_RULE(money.level > 0 && money.level < 1, "a level lies between 0 and 1");
    check_rate(money.discount_rate);
}

}  // namespace

MoneyAnswer money_answer(const StudyMoney& money, const std::vector<ChangeMoney>& changes,
                         const PairedFutures& futures, const std::vector<DrawMoney>& by_draw) {
    check(money, futures);
    for (const DrawMoney& draw : by_draw) check_rate(draw.discount_rate);
    const StudySpan span{money.study_years, money.year};
    const StretchChoice choice(futures, money.seed);
    const FutureChanges all = future_changes(money, changes, futures, by_draw);
    const ChangeFlows& flows = all.mean;
    const ChangeFlows no_changes = change_flows({}, money, money.discount_rate);

    std::vector<double> differences;
    for (std::size_t r = 0; r < futures.baseline.size(); ++r)
        differences.push_back(futures.alternative[r].net() - futures.baseline[r].net());
    const Yearly amounts = yearly_amounts(differences, futures.horizon, span, choice);

    MoneyAnswer answer;
    answer_for_futures(money, futures, all, amounts, answer);
    if (futures.uncertain_parameters && stretch_count(futures.horizon, span) > 1)
        answer.variance = split_of_lives(money, futures, differences, all, span);
    answer_for_mean(money, flows, amounts, answer);
    answer.fan = fan_of(all, amounts);
    answer.cost_of_ownership_baseline =
        cost_of_ownership(money, no_changes, futures.baseline, futures.horizon, span, choice);
    answer.cost_of_ownership_alternative =
        cost_of_ownership(money, flows, futures.alternative, futures.horizon, span, choice);
    answer.difference_per_year = difference_per_year(futures, money.year);
    for (const ChangeMoney& change : changes)
        answer.running_cost_per_year += change.running_cost_per_year;
    answer.notes = notes_of(money, futures, changes, choice, span);
    return answer;
}

}  // namespace foretwin::roi
