// From paired futures to money: lives made of several horizons, intervals, rates, cost of
// ownership.
#include "scenarios/roi/money_answer.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "engine/core/error.hpp"
#include "engine/random/stream.hpp"
#include "engine/statistics/variance_components.hpp"
#include "scenarios/roi/timeline.hpp"

using namespace foretwin;
using namespace foretwin::roi;
using doctest::Approx;

namespace {

/// Futures whose alternative earns `gains[r]` more per horizon than the baseline, by margin.
PairedFutures futures_of(const std::vector<double>& gains, Time horizon, bool uncertain) {
    PairedFutures futures;
    futures.horizon = horizon;
    futures.uncertain_parameters = uncertain;
    futures.draw = statistics::draw_of_future(static_cast<std::int64_t>(gains.size()), uncertain);
    for (const double gain : gains) {
        futures.baseline.push_back({1000, 300, 200, 0, 0});
        futures.alternative.push_back({1000 + gain, 300, 200, 0, 0});
    }
    return futures;
}

const std::vector<ChangeMoney> sensor{{"sensor", 1000, 50, 5}};

}  // namespace

TEST_CASE("a certain gain of 400 a year for four years: all figures by hand") {
    const PairedFutures futures = futures_of({400, 400, 400, 400}, 365 * day, false);
    const MoneyAnswer answer = money_answer({0.10, 4}, sensor, futures);
    CHECK(answer.mean_flows == std::vector<double>{-1000, 350, 350, 350, 350});
    const double npv = -1000 + 350 * (1 - std::pow(1.1, -4)) / 0.1;
    CHECK(answer.npv.estimate == Approx(npv));
    CHECK(*answer.npv.low == Approx(npv));  // no variance, no width
    CHECK(answer.positive.estimate == 1);
    CHECK(answer.positive.low < 1);
    CHECK(answer.expected_positive.estimate == 1);
    CHECK(answer.irr.status == economics::RateStatus::unique);
    CHECK(answer.irr_not_unique_share == 0);
    CHECK(answer.payback->years == Approx(1000.0 / 350));
    CHECK(answer.annual_equivalent.estimate == Approx(npv * 0.1 / (1 - std::pow(1.1, -4))));
    CHECK(*answer.profitability_index == Approx(1 + npv / 1000));
    CHECK(*answer.simple_roi == Approx(0.4));
    CHECK(*answer.break_even_invest == Approx(1000 + npv));
    CHECK(answer.present_purchases == 1000);
    CHECK(answer.difference_per_year.production_margin == Approx(400));
    CHECK(answer.difference_per_year.energy_cost == 0);
    // Costs of 500 a year; the alternative adds 1000 today and 50 a year.
    const double annuity = (1 - std::pow(1.1, -4)) / 0.1;
    CHECK(answer.cost_of_ownership_baseline == Approx(500 * annuity));
    CHECK(answer.cost_of_ownership_alternative == Approx(1000 + 550 * annuity));
    REQUIRE(answer.fan.size() == 5);
    CHECK(answer.fan[4].mean == Approx(400));
    CHECK(answer.fan[0].q95 == -1000);
}

TEST_CASE("mid-year timing earns half a year's interest more, purchases stay at year beginnings") {
    const PairedFutures futures = futures_of({400, 400}, 365 * day, false);
    StudyMoney money{0.21, 2};
    money.timing = Timing::mid_year;
    const MoneyAnswer answer = money_answer(money, {{"pump", 300, 0, 1}}, futures);
    // Bought at 0 and 1; 400 at 0.5 and 1.5: 1.21^0.5 = 1.1, 1.21^1.5 = 1.331.
    CHECK(answer.npv.estimate == Approx(-300 - 300 / 1.21 + 400 / 1.1 + 400 / 1.331));
    CHECK(answer.payback->years == Approx(0.375));  // 300 of 400, in the first half year
    CHECK(answer.payback->falls_below_again == true);
    CHECK(answer.mean_flows == std::vector<double>{-300, 100, 400});
    // Rates are yearly: the half-year grid of two flows -100, +121 half a year later.
    const Timeline half = timeline({-100, 0}, {0, 121}, true);
    CHECK(irr(half).rates.at(0) == Approx(1.21 * 1.21 - 1));
    CHECK(*mirr(half, 0.1, 0.0) == Approx(1.21 - 1));
}

TEST_CASE(
    "a horizon shorter than the life is continued with other replications, never multiplied") {
    // 64 futures of half a year with gains 0..63: one year holds two different ones.
    std::vector<double> gains(64);
    std::iota(gains.begin(), gains.end(), 0.0);
    const PairedFutures futures = futures_of(gains, 365 * day / 2, false);
    const StretchChoice choice(futures, 1);
    CHECK(choice.smallest_pool() == 64);
    for (std::size_t future = 0; future < 64; ++future) {
        const auto chosen = choice.stretches(future, 64);
        CHECK(chosen[0] == future);
        CHECK(std::set<std::size_t>(chosen.begin(), chosen.end()).size() == 64);
    }
    const auto amounts = yearly_amounts(gains, futures.horizon, {2.0, 365 * day}, choice);
    for (std::size_t future = 0; future < 64; ++future) {
        const auto chosen = choice.stretches(future, 4);
        CHECK(amounts[future][0] == Approx(gains[chosen[0]] + gains[chosen[1]]));
        CHECK(amounts[future][1] == Approx(gains[chosen[2]] + gains[chosen[3]]));
    }
    CHECK(StretchChoice(futures, 2).stretches(0, 9) != choice.stretches(0, 9));
}

TEST_CASE("lives longer than the pack keep the spread that chance has") {
    // Gains of +1 and -1 in turn. A life of 100 horizons has variance 100; repeating one run would
    // give 10000, dealing both in turn 0. Drawn with replacement: 1 + 99, with 0.1 for luck.
    std::vector<double> gains;
    for (int r = 0; r < 2000; ++r) gains.push_back(r % 64 < 32 ? 1 : -1);
    const PairedFutures futures = futures_of(gains, 365 * day / 100, true);
    const StretchChoice choice(futures, 1);
    REQUIRE(choice.smallest_pool() == 62);
    double squares = 0;
    for (std::size_t future = 0; future < gains.size(); ++future) {
        double sum = 0;
        for (const std::size_t r : choice.stretches(future, 100)) sum += gains[r];
        squares += sum * sum;
    }
    CHECK(squares / 2000 == Approx(100).epsilon(0.15));
}

TEST_CASE("stretches stay under the same parameter draw") {
    const PairedFutures futures = futures_of(std::vector<double>(70, 1.0), 30 * day, true);
    REQUIRE(*std::max_element(futures.draw.begin(), futures.draw.end()) == 31);
    const StretchChoice choice(futures, 1);
    for (std::size_t future = 0; future < 70; ++future)
        for (const std::size_t other : choice.stretches(future, 61))
            CHECK(futures.draw[other] == futures.draw[future]);
}

TEST_CASE("a lone replication is repeated, and the answer says so") {
    const PairedFutures futures = futures_of({100}, 30 * day, false);
    const MoneyAnswer answer = money_answer({0.05, 1}, {}, futures);
    CHECK(answer.npv.estimate == Approx(100.0 * 365 / 30 / 1.05));
    CHECK_FALSE(answer.npv.low.has_value());
    CHECK_FALSE(answer.npv.reason.empty());
    CHECK(answer.notes.front().find("One short run") == 0);
}

TEST_CASE("stretches are cut at year ends pro rata, and at the end of the study") {
    // One future of 146 days (0.4 years) that earns 40: a year is 2.5 stretches.
    const PairedFutures futures = futures_of({40, 40}, 146 * day, false);
    const StretchChoice choice(futures, 1);
    const auto amounts = yearly_amounts({40, 40}, futures.horizon, {2.5, 365 * day}, choice);
    REQUIRE(amounts[0].size() == 3);
    CHECK(amounts[0][0] == Approx(100));
    CHECK(amounts[0][1] == Approx(100));
    CHECK(amounts[0][2] == Approx(50));
    // A horizon of two years, of which the study takes one and a half.
    const auto longer = yearly_amounts({100, 100}, 730 * day, {1.5, 365 * day}, choice);
    CHECK(longer[0] == std::vector<double>{50, 25});
}

TEST_CASE("a horizon of a year is taken whole, without rounding") {
    const PairedFutures futures = futures_of({0.1, 0.1}, 365 * day, false);
    const StretchChoice choice(futures, 1);
    CHECK(yearly_amounts({0.1, 0.1}, 365 * day, {3.0, 365 * day}, choice)[0] ==
          std::vector<double>{0.1, 0.1, 0.1});
}

TEST_CASE("with uncertain parameters the interval rests on the draws, not on the futures") {
    // Draw d earns d for certain: no chance at all, and 32 draws however many futures.
    std::vector<double> gains;
    for (int r = 0; r < 320; ++r) gains.push_back(r % 32);
    const MoneyAnswer answer = money_answer({0.0, 1}, {}, futures_of(gains, 365 * day, true));
    CHECK(answer.npv.count == 32);
    CHECK(answer.npv_by_draw.size() == 32);
    CHECK(answer.npv.estimate == Approx(15.5));
    // t(0.975, 31) = 2.0395; the variance of 0..31 is 88.
    CHECK(*answer.npv.high - 15.5 == Approx(2.0395 * std::sqrt(88.0 / 32)).epsilon(1e-4));
    CHECK(answer.variance.chance == Approx(0));
    CHECK(answer.variance.draws == Approx(88));
    CHECK(answer.expected_positive.count == 32);
    CHECK(answer.expected_positive.estimate == Approx(31.0 / 32));
}

TEST_CASE("without uncertain parameters all variance is chance") {
    const MoneyAnswer answer =
        money_answer({0.0, 1}, {}, futures_of({1, 2, 3, 4}, 365 * day, false));
    CHECK(answer.variance.chance == Approx(5.0 / 3));
    CHECK(answer.variance.draws == 0);
    CHECK_FALSE(answer.variance.reason.empty());
    CHECK(answer.npv_futures.q50 == Approx(2.5));
}

TEST_CASE("futures without exactly one internal rate are counted, their rates never averaged") {
    // Two futures that continue with each other: -100, 230, -132 has two rates, -100, -132, 230
    // one.
    const PairedFutures futures = futures_of({230, -132}, 365 * day, false);
    const MoneyAnswer answer = money_answer({0.05, 2}, {{"blade", 100, 0, 9}}, futures);
    CHECK(answer.irr_not_unique_share == 0.5);
    CHECK(answer.mean_flows == std::vector<double>{-100, 49, 49});
    CHECK(answer.irr.status == economics::RateStatus::unique);
    CHECK(answer.irr.rates.at(0) < 0);
}

TEST_CASE("where nothing is invested and nothing gained there is no rate and no payback") {
    const PairedFutures futures = futures_of({3, 2, 1}, 365 * day, false);
    const MoneyAnswer answer = money_answer({0.05, 3}, {{"blade", 0, 10, 1}}, futures);
    CHECK(answer.irr_not_unique_share == 1);
    CHECK(answer.irr.status == economics::RateStatus::no_sign_change);
    CHECK_FALSE(answer.payback.has_value());
    CHECK_FALSE(answer.break_even_invest.has_value());
}

TEST_CASE("the same seed gives the same money; alternatives share their lives") {
    std::vector<double> gains;
    for (int r = 0; r < 50; ++r) gains.push_back(r * r % 17);
    const PairedFutures futures = futures_of(gains, 30 * day, false);
    const MoneyAnswer first = money_answer({0.08, 5}, sensor, futures);
    CHECK(money_answer({0.08, 5}, sensor, futures).npv_by_future == first.npv_by_future);
    StudyMoney other{0.08, 5};
    other.seed = 2;
    CHECK(money_answer(other, sensor, futures).npv_by_future != first.npv_by_future);
}

TEST_CASE("impossible economics are told") {
    const PairedFutures futures = futures_of({1, 2}, 365 * day, false);
    CHECK_THROWS_AS(money_answer({-1.5, 5}, sensor, futures), InputError);
    CHECK_THROWS_AS(money_answer({0.1, 0}, sensor, futures), InputError);
    CHECK_THROWS_AS(money_answer({0.1, 5}, {{"x", -5, 0, 5}}, futures), InputError);
    CHECK_THROWS_AS(money_answer({0.1, 50}, sensor, futures_of({1, 2}, minute, false)), InputError);
}

TEST_CASE("what a change costs may be uncertain: each future is valued under its draw") {
    // Four futures under two draws, one gain of 100 at the end of the only year. Draw 0: 40 today,
    // no interest; draw 1: 80 today, 25 %: 100 - 40 = 60 and 80 - 80 = 0.
    const PairedFutures futures = futures_of({100, 100, 100, 100}, 365 * day, true);
    const auto change = [](double invest) {
        return std::vector<ChangeMoney>{{"pump", invest, 0, 9}};
    };
    const MoneyAnswer answer =
        money_answer({0.1, 1}, change(50), futures, {{0, change(40)}, {0.25, change(80)}});
    CHECK(answer.npv_by_future == std::vector<double>{60, 0, 60, 0});
    CHECK(answer.npv.estimate == 30);
    CHECK(answer.positive.estimate == 0.5);
    CHECK(answer.expected_positive.estimate == 0.5);
    CHECK(answer.mean_flows == std::vector<double>{-60, 100});
    CHECK(answer.present_purchases == 60);
    CHECK(answer.fan[0].mean == -60);
    CHECK(answer.variance.draws == Approx(1800));  // of 60 and 0
}

TEST_CASE("a life made of few replications: its chance is not taken for the draws'") {
    // 32 draws that all earn 0 on average, +1 and -1 in their two replications; a life is ten
    // horizons. A year like one replication earns +10 or -10: variance 200 within a draw, none
    // between. Ten independent stretches of variance 2 make 20.
    std::vector<double> gains;
    for (int r = 0; r < 64; ++r) gains.push_back(r < 32 ? 1 : -1);
    const PairedFutures futures = futures_of(gains, 365 * day / 10, true);
    const MoneyAnswer answer = money_answer({0.0, 1}, {}, futures);
    CHECK(answer.variance.chance == Approx(20));
    CHECK(answer.variance.draws == 0);
    // What the draws say of the price of the change stays theirs: 40 or 80, variance 32/31 x 400.
    std::vector<DrawMoney> by_draw;
    for (int d = 0; d < 32; ++d) by_draw.push_back({0, {{"pump", d % 2 == 0 ? 40.0 : 80.0, 0, 9}}});
    const MoneyAnswer priced = money_answer({0.0, 1}, by_draw[0].changes, futures, by_draw);
    CHECK(priced.variance.chance == Approx(20));
    // The components' estimate takes off what chance adds to a draw's mean: 200 / 2.
    CHECK(priced.variance.draws == Approx(32.0 / 31 * 400 - 100));
}

TEST_CASE("index and return of money count every purchase, not only the first") {
    // 300 today and again after a year, 400 a year for two years, no interest: 800 for 600.
    const PairedFutures futures = futures_of({400, 400}, 365 * day, false);
    const MoneyAnswer answer = money_answer({0.0, 2}, {{"pump", 300, 0, 1}}, futures);
    CHECK(answer.present_purchases == 600);
    CHECK(*answer.profitability_index == Approx(800.0 / 600));
    CHECK(*answer.simple_roi == Approx(200.0 / 600));
}
