#pragma once

#include <optional>
#include <span>
#include <vector>

namespace foretwin::economics {

/// Factors of engineering economy (Park, "Contemporary Engineering Economics"): `years` whole
/// payments of one money unit at year ends. Every rate above -1, years at least 1, else InputError.
/// The limits rate -> 0 and rate -> growth are exact; small rates do not cancel.
double present_value_annuity(double rate, int years);
double annuity_due(double rate, int years);              ///< payments at year starts
double capital_recovery_factor(double rate, int years);  ///< yearly payment per present money
double future_value_annuity(double rate, int years);
double arithmetic_gradient_pv(double rate, int years);  ///< payments 0, 1, 2, ...
double geometric_growth_pv(double rate, double growth,
                           int years);                ///< payments 1, 1+g, (1+g)^2, ...
std::optional<double> perpetuity_pv(double rate);     ///< empty unless rate > 0
double continuous_stream_pv(double rate, int years);  ///< one per year, evenly spread
double effective_annual_rate(double nominal_rate, int periods_per_year);

/// Continuous discounting at `rate` per unit of time: of one amount at `time`, and of a stream of
/// one per unit of time between two instants (rate 0: its length).
double continuous_pv(double rate, double time);
double continuous_stream_between_pv(double rate, double begin, double end);

/// Yearly amount over `years` that is worth `present_value` today.
double annual_equivalent(double present_value, double rate, int years);

/// Something bought, run and sold, for comparison across unequal lives.
struct Asset {
    double capex = 0;
    double opex_per_year = 0;
    int life_years = 1;
    double salvage = 0;  ///< received at the end of life
};
double present_cost(const Asset& asset, double rate);
double equivalent_annual_cost(const Asset& asset, double rate);

/// Flows 0..n after tax under straight-line depreciation from capex to salvage, sold at book value.
/// A loss earns its tax back at once.
std::vector<double> after_tax_straight_line(double capex, double salvage, double tax_rate,
                                            std::span<const double> pre_tax_cash);

/// (1 + nominal) = (1 + real) (1 + inflation).
double nominal_rate(double real_rate, double inflation);

}  // namespace foretwin::economics
