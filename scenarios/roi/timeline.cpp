#include "scenarios/roi/timeline.hpp"

#include <cmath>

namespace foretwin::roi {
namespace {

/// Rate of one period that compounds to a yearly rate, and back. expm1 and log1p keep small rates.
double per_period(double rate_per_year, int periods) {
    return periods == 1 ? rate_per_year : std::expm1(std::log1p(rate_per_year) / periods);
}
double per_year(double rate_per_period, int periods) {
    return periods == 1 ? rate_per_period : std::expm1(std::log1p(rate_per_period) * periods);
}

std::optional<economics::Payback> in_years(std::optional<economics::Payback> payback, int periods) {
    if (payback) {
        payback->years /= periods;
        payback->years_after_spend /= periods;
    }
    return payback;
}

}  // namespace

Timeline timeline(const std::vector<double>& purchases, const std::vector<double>& yearly,
                  bool mid_year) {
    Timeline line;
    line.periods = mid_year ? 2 : 1;
    const auto step = static_cast<std::size_t>(line.periods);
    line.flows.assign((purchases.size() - 1) * step + 1, 0.0);
    for (std::size_t year = 0; year < purchases.size(); ++year) {
        line.flows[year * step] += purchases[year];
        if (year > 0) line.flows[year * step - (mid_year ? 1 : 0)] += yearly[year];
    }
    return line;
}

double npv(const Timeline& line, double rate_per_year) {
    return economics::npv(line.flows, per_period(rate_per_year, line.periods));
}

economics::InternalRate irr(const Timeline& line) {
    economics::InternalRate result = economics::irr(line.flows);
    for (double& rate : result.rates) rate = per_year(rate, line.periods);
    return result;
}

std::optional<double> mirr(const Timeline& line, double finance_rate, double reinvest_rate) {
    const auto rate = economics::mirr(line.flows, per_period(finance_rate, line.periods),
                                      per_period(reinvest_rate, line.periods));
    return rate ? std::optional(per_year(*rate, line.periods)) : std::nullopt;
}

std::optional<economics::Payback> payback(const Timeline& line) {
    return in_years(economics::payback(line.flows), line.periods);
}

std::optional<economics::Payback> discounted_payback(const Timeline& line, double rate_per_year) {
    const double rate = per_period(rate_per_year, line.periods);
    return in_years(economics::discounted_payback(line.flows, rate), line.periods);
}

}  // namespace foretwin::roi
