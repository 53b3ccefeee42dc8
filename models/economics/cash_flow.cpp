#include "models/economics/cash_flow.hpp"

#include <cmath>
#include <string>
#include <vector>

#include "engine/core/error.hpp"

namespace foretwin::economics {
namespace {

void check_rate(double rate) {
    if (std::isfinite(rate) && rate > -1) return;
    throw InputError({}, "a rate of " + std::to_string(rate) + " per year has no present value",
                     "rates are above -100 %/year");
}

void check_flows(Flows flows) {
    if (flows.empty()) throw InputError({}, "no cash flows", "flow 0 is today");
    for (const double flow : flows)
        if (!std::isfinite(flow))
            throw InputError({}, "a cash flow is not a finite number", "check prices and amounts");
}

/// Sum of flow_k / (1 + rate)^k by Horner's rule from the last flow.
double discounted_sum(Flows flows, double rate) {
    double sum = 0;
    for (std::size_t k = flows.size(); k-- > 0;) sum = sum / (1 + rate) + flows[k];
    return sum;
}

std::optional<Payback> first_return(const std::vector<double>& flows) {
    double scale = 0;
    for (const double flow : flows) scale += std::fabs(flow);
    // Flows given in decimal never sum to zero exactly; this is far below any coin.
    const double nothing = 1e-12 * scale;
    std::size_t spend = 0;
    while (spend < flows.size() && flows[spend] == 0) ++spend;
    if (spend == flows.size() || flows[spend] > 0) return std::nullopt;

    std::optional<Payback> result;
    double before = 0;
    for (std::size_t k = spend; k < flows.size(); ++k) {
        const double after = before + flows[k];
        if (result && after < -nothing) result->falls_below_again = true;
        if (!result && after >= -nothing && k > spend) {
            const double part = std::fmin(-before / flows[k], 1.0);
            const double years = static_cast<double>(k - 1) + part;
            result = Payback{years, years - static_cast<double>(spend), false};
        }
        before = after;
    }
    return result;
}

}  // namespace

double npv(Flows flows, double rate) {
    check_rate(rate);
    check_flows(flows);
    return discounted_sum(flows, rate);
}

double npv_mid_year(Flows flows, double rate) {
    check_rate(rate);
    check_flows(flows);
    const double later = discounted_sum(flows, rate) - flows[0];
    return flows[0] + later * std::sqrt(1 + rate);
}

double npv_dated(std::span<const DatedFlow> flows, double rate) {
    check_rate(rate);
    if (flows.empty()) throw InputError({}, "no cash flows", "the first flow is today");
    double sum = 0;
    for (const DatedFlow& flow : flows) {
        if (!std::isfinite(flow.amount))
            throw InputError({}, "a cash flow is not a finite number", "check prices and amounts");
        const double years = static_cast<double>(flow.day - flows[0].day) / 365.0;
        sum += flow.amount * std::exp(-years * std::log1p(rate));
    }
    return sum;
}

std::optional<double> mirr(Flows flows, double finance_rate, double reinvest_rate) {
    check_rate(finance_rate);
    check_rate(reinvest_rate);
    check_flows(flows);
    double spent_today = 0;
    double earned_at_end = 0;
    const std::size_t last = flows.size() - 1;
    for (std::size_t k = 0; k <= last; ++k) {
        if (flows[k] < 0)
            spent_today -= flows[k] * std::pow(1 + finance_rate, -static_cast<double>(k));
        else
            earned_at_end += flows[k] * std::pow(1 + reinvest_rate, static_cast<double>(last - k));
    }
    if (spent_today <= 0 || earned_at_end <= 0) return std::nullopt;
    return std::pow(earned_at_end / spent_today, 1 / static_cast<double>(last)) - 1;
}

std::optional<Payback> payback(Flows flows) {
    check_flows(flows);
    return first_return({flows.begin(), flows.end()});
}

std::optional<Payback> discounted_payback(Flows flows, double rate) {
    check_rate(rate);
    check_flows(flows);
    std::vector<double> discounted(flows.begin(), flows.end());
    double factor = 1;
    for (double& flow : discounted) {
        flow *= factor;
        factor /= 1 + rate;
    }
    return first_return(discounted);
}

std::optional<double> profitability_index(Flows flows, double rate) {
    const double value = npv(flows, rate);
    if (flows[0] >= 0) return std::nullopt;
    return 1 + value / -flows[0];
}

std::optional<double> simple_roi(Flows flows) {
    check_flows(flows);
    if (flows[0] >= 0) return std::nullopt;
    return discounted_sum(flows, 0) / -flows[0];
}

}  // namespace foretwin::economics
