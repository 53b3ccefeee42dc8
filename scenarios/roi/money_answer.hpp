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

enum class Timing { year_end, mid_year };

/// The economics section of a scenario.
struct StudyMoney {
    double discount_rate = 0;  ///< per year, above -1
    double study_years = 1;    ///< > 0, at most 100
    Timing timing = Timing::year_end;
    std::optional<double> finance_rate;   ///< of the modified rate; default: discount_rate
    std::optional<double> reinvest_rate;  ///< default: discount_rate
    double level = 0.95;                  ///< of every interval
    Time year = 365 * day;
    std::uint32_t seed = 1;
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
    Share positive;                     ///< P(NPV > 0) over futures, Wilson interval
    Share expected_positive;            ///< P(expected NPV > 0): over parameter draws
    VarianceSplit variance;             ///< of one future: chance and parameter draws
    std::vector<double> mean_flows;     ///< 0..n
    economics::InternalRate irr;        ///< of the mean flows
    double irr_not_unique_share = 0;    ///< of futures without exactly one internal rate
    std::optional<double> mirr;         ///< of the mean flows
    std::optional<economics::Payback> payback, discounted_payback;  ///< of the mean flows
    std::optional<double> profitability_index, simple_roi;          ///< of the mean flows
    Interval annual_equivalent;                ///< npv as an even yearly amount over the study
    double cost_of_ownership_baseline = 0;     ///< mean present cost over the study
    double cost_of_ownership_alternative = 0;  ///< with investment and running cost
    std::vector<FanYear> fan;
    std::vector<std::string> notes;  ///< what a reader must know: short pools, ages not valued
};

/// `changes`: the changes that the alternative applies. Throws InputError for impossible economics.
MoneyAnswer money_answer(const StudyMoney& money, const std::vector<ChangeMoney>& changes,
                         const PairedFutures& futures);

}  // namespace foretwin::roi
