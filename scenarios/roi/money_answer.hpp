#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "models/economics/cash_flow.hpp"
#include "models/economics/internal_rate.hpp"
#include "models/economics/investment.hpp"
#include "scenarios/roi/life_flows.hpp"
#include "scenarios/roi/risk.hpp"

namespace foretwin::roi {

using economics::ChangeMoney;

/// When margins, costs and running costs of a year fall. Purchases fall at year beginnings.
enum class Timing { year_end, mid_year };

/// The economics section of a scenario.
struct StudyMoney {
    double discount_rate = 0;  ///< per year, above -1
    double study_years = 1;    ///< > 0, at most 100
    Timing timing = Timing::year_end;
    std::optional<double> finance_rate =
        std::nullopt;  ///< of the modified rate; default: discount_rate
    std::optional<double> reinvest_rate = std::nullopt;  ///< default: discount_rate
    double level = 0.95;                                 ///< of every interval
    Time year = 365 * day;
    std::uint32_t seed = 1;
};

/// What one parameter draw says of what the changes cost and of the value of time.
struct DrawMoney {
    double discount_rate = 0;  ///< per year, above -1
    std::vector<ChangeMoney> changes;
};

/// Cumulative undiscounted flow at the end of year 0..n over the futures.
struct FanYear {
    int year = 0;
    double mean = 0, q05 = 0, q25 = 0, q50 = 0, q75 = 0, q95 = 0;
};

/// What a change is worth against the simulated baseline (DESIGN, section 7).
struct MoneyAnswer {
    Interval npv;                       ///< of the mean: t interval over the draw means
    std::vector<double> npv_by_future;  ///< in replication order
    std::vector<double> npv_by_draw;    ///< mean per parameter draw (one per future without any)
    Quantiles npv_futures;              ///< of a single future
    double npv_cvar05 = 0;              ///< mean of the worst 5 % of futures
    double expected_loss = 0;           ///< mean of max(-NPV, 0)
    Share positive;                     ///< P(NPV > 0) over futures
    /// P(expected NPV > 0): share of parameter draws whose mean is positive. Without uncertain
    /// parameters only the number of replications makes the expectation uncertain: the chance by
    /// the t distribution, with count 0 and no interval of its own (low = high = estimate).
    Share expected_positive;
    VarianceSplit variance;           ///< of one future: chance and parameter draws
    std::vector<double> mean_flows;   ///< 0..n, purchases and running costs included
    economics::InternalRate irr;      ///< of the mean flows
    double irr_not_unique_share = 0;  ///< of futures without exactly one internal rate
    std::optional<double> mirr;       ///< of the mean flows
    std::optional<economics::Payback> payback, discounted_payback;  ///< of the mean flows
    /// Of the mean flows, per money spent on purchases, renewals included; empty without any.
    std::optional<double> profitability_index, simple_roi;
    Interval annual_equivalent;    ///< npv as an even yearly amount over the study
    double present_purchases = 0;  ///< present value of all purchases, a positive amount
    /// Investment at t = 0 (all changes together, renewals in proportion) at which the mean NPV is
    /// zero; empty when nothing is invested.
    std::optional<double> break_even_invest;
    double cost_of_ownership_baseline = 0;     ///< mean present cost over the study
    double cost_of_ownership_alternative = 0;  ///< with purchases and running cost
    HorizonFigures difference_per_year;  ///< mean paired difference; costs positive when they rise
    double running_cost_per_year = 0;
    std::vector<FanYear> fan;
    std::vector<std::string> notes;  ///< what a reader must know
};

/// `changes`: those that the alternative applies, at the central values. `by_draw`: the same under
/// each parameter draw, where some of it is uncertain; empty: certain. Each future is then valued
/// under its draw; figures of the mean flows take the flows' mean and the central rate. Throws
/// InputError for impossible economics. At least one replication; baseline, alternative and draw of
/// equal length.
MoneyAnswer money_answer(const StudyMoney& money, const std::vector<ChangeMoney>& changes,
                         const PairedFutures& futures, const std::vector<DrawMoney>& by_draw = {});

}  // namespace foretwin::roi
