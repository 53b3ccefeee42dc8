#include "models/economics/annuity.hpp"

#include <cmath>
#include <string>

#include "engine/core/error.hpp"

namespace foretwin::economics {
namespace {

void check(double rate, int years) {
    if (!(std::isfinite(rate) && rate > -1))
        throw InputError({}, "a rate of " + std::to_string(rate) + " per year has no present value",
                         "rates are above -100 %/year");
    if (years < 1)
        throw InputError({}, std::to_string(years) + " years is no duration", "use at least 1");
}

/// (1 - (1 + rate)^-years) / rate, through expm1 and log1p so that small rates do not cancel.
double annuity(double rate, double years) {
    if (rate == 0) return years;
    return -std::expm1(-years * std::log1p(rate)) / rate;
}

}  // namespace

double present_value_annuity(double rate, int years) {
    check(rate, years);
    return annuity(rate, years);
}

double annuity_due(double rate, int years) {
    return present_value_annuity(rate, years) * (1 + rate);
}

double capital_recovery_factor(double rate, int years) {
    return 1 / present_value_annuity(rate, years);
}

double future_value_annuity(double rate, int years) {
    check(rate, years);
    if (rate == 0) return years;
    return std::expm1(years * std::log1p(rate)) / rate;
}

double arithmetic_gradient_pv(double rate, int years) {
    check(rate, years);
    // Summed term by term: the closed form subtracts two nearly equal numbers for small rates.
    double sum = 0;
    for (int k = years; k >= 1; --k) sum = (sum + (k - 1)) / (1 + rate);
    return sum;
}

double geometric_growth_pv(double rate, double growth, int years) {
    check(rate, years);
    check(growth, years);
    // An annuity at the rate by which discounting outruns growth.
    const double net_rate = (rate - growth) / (1 + growth);
    return annuity(net_rate, years) / (1 + growth);
}

std::optional<double> perpetuity_pv(double rate) {
    check(rate, 1);
    if (rate <= 0) return std::nullopt;
    return 1 / rate;
}

double continuous_stream_pv(double rate, int years) {
    check(rate, years);
    if (rate == 0) return years;
    return -std::expm1(-years * std::log1p(rate)) / std::log1p(rate);
}

double effective_annual_rate(double nominal, int periods_per_year) {
    check(nominal / periods_per_year, periods_per_year);
    return std::expm1(periods_per_year * std::log1p(nominal / periods_per_year));
}

double continuous_pv(double rate, double time) {
    return std::exp(-rate * time);
}

double continuous_stream_between_pv(double rate, double begin, double end) {
    if (rate == 0) return end - begin;
    return -std::exp(-rate * begin) * std::expm1(-rate * (end - begin)) / rate;
}

double annual_equivalent(double present_value, double rate, int years) {
    return present_value * capital_recovery_factor(rate, years);
}

double present_cost(const Asset& asset, double rate) {
    const double running = asset.opex_per_year * present_value_annuity(rate, asset.life_years);
    return asset.capex + running - asset.salvage * std::pow(1 + rate, -asset.life_years);
}

double equivalent_annual_cost(const Asset& asset, double rate) {
    return annual_equivalent(present_cost(asset, rate), rate, asset.life_years);
}

std::vector<double> after_tax_straight_line(double capex, double salvage, double tax_rate,
                                            std::span<const double> pre_tax_cash) {
    if (pre_tax_cash.empty()) throw InputError({}, "no yearly cash", "give one amount per year");
    const double depreciation = (capex - salvage) / static_cast<double>(pre_tax_cash.size());
    std::vector<double> flows{-capex};
    for (const double cash : pre_tax_cash) flows.push_back(cash - tax_rate * (cash - depreciation));
    flows.back() += salvage;
    return flows;
}

double nominal_rate(double real_rate, double inflation) {
    return real_rate + inflation + real_rate * inflation;
}

}  // namespace foretwin::economics
