#pragma once

#include <optional>
#include <vector>

#include "models/economics/cash_flow.hpp"
#include "models/economics/internal_rate.hpp"

namespace foretwin::roi {

/// Money on an even grid of `periods` per year: 1 when everything falls at year ends, 2 when yearly
/// amounts fall in the middle of their year and purchases at its beginning. Measures are those of
/// models/economics with rates and durations turned back into years.
struct Timeline {
    std::vector<double> flows;
    int periods = 1;
};

/// Purchases 0..n at year beginnings, yearly amounts 1..n (entry 0 unused) at the end or the
/// middle.
Timeline timeline(const std::vector<double>& purchases, const std::vector<double>& yearly,
                  bool mid_year);

double npv(const Timeline& line, double rate_per_year);
economics::InternalRate irr(const Timeline& line);
std::optional<double> mirr(const Timeline& line, double finance_rate, double reinvest_rate);
std::optional<economics::Payback> payback(const Timeline& line);
std::optional<economics::Payback> discounted_payback(const Timeline& line, double rate_per_year);

}  // namespace foretwin::roi
