#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace foretwin::economics {

/// One amount of money per year: flow 0 is today, flow k falls at the end of year k. What comes in
/// is positive. All amounts must be finite and every rate above -1 (-100 %/year), else InputError.
using Flows = std::span<const double>;

/// Net present value, sum of flow_k / (1 + rate)^k. Flow 0 is not discounted, unlike the first
/// argument of NPV() in spreadsheets.
double npv(Flows flows, double rate);

/// Net present value with every flow but the first in the middle of its year: (1 + rate)^(k - 1/2).
double npv_mid_year(Flows flows, double rate);

struct DatedFlow {
    std::int64_t day = 0;  ///< any day count; only differences to the first flow matter
    double amount = 0;
};

/// Net present value at the first flow's day; exponent (day - first day) / 365 as in XNPV().
double npv_dated(std::span<const DatedFlow> flows, double rate);

/// Modified internal rate of return: inflows carried to the end at `reinvest_rate`, outflows
/// brought to today at `finance_rate`. Empty unless there are both inflows and outflows.
std::optional<double> mirr(Flows flows, double finance_rate, double reinvest_rate);

/// When the cumulative flow first reaches zero, straight lines inside a year.
struct Payback {
    double years = 0;              ///< from today
    double years_after_spend = 0;  ///< from the first flow that is not zero
    bool falls_below_again =
        false;  ///< a later cumulative flow is negative again: do not rely on it
};

/// Empty when it never happens, or when the first flow that is not zero is an inflow.
std::optional<Payback> payback(Flows flows);
std::optional<Payback> discounted_payback(Flows flows, double rate);

/// Present value of flows 1..n per money invested in flow 0; empty unless flow 0 is an outflow.
std::optional<double> profitability_index(Flows flows, double rate);

/// Undiscounted gain per money invested in flow 0; empty unless flow 0 is an outflow.
std::optional<double> simple_roi(Flows flows);

}  // namespace foretwin::economics
