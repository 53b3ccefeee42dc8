#pragma once

#include <string>
#include <vector>

#include "scenarios/experiments/study_result.hpp"
#include "scenarios/report/number.hpp"

namespace foretwin::report {

/// A KPI's name for people: "energy_per_part" -> "Energy per part", "downtime_waiting" ->
/// "Downtime: waiting".
std::string label(const std::string& kpi);

/// Names of the KPIs of a study in the order a planner reads them; those that no alternative
/// defines are left out.
std::vector<std::string> kpi_order(const experiments::StudyResult& study);

/// KPIs for the first look at a comparison; those with a target always are.
bool is_leading(const experiments::StudyResult& study, const std::string& kpi);

/// Half the width of an interval; NaN when it is unknown.
double half_width(const experiments::FigureResult& figure);
double half_width(const roi::Interval& interval);

/// How a KPI is shown in all alternatives alike.
Shown shown_kpi(const experiments::StudyResult& study, const std::string& kpi);
/// How its differences are shown: like the KPI, shares in percentage points, decimals of their own.
Shown shown_difference(const experiments::StudyResult& study, const std::string& kpi);
/// How net present values are shown in all alternatives alike.
Shown shown_npv(const experiments::StudyResult& study);
/// One figure shown on its own.
Shown shown_alone(const experiments::FigureResult& figure, const std::string& currency);

/// "380,000 to 440,000"; "unknown" when either end is.
std::string range(double low, double high, const Shown& shown);
std::string signed_range(double low, double high, const Shown& shown);

/// Whether a difference is one that a reader sees: its interval leaves zero out, and what is shown
/// of it is not zero.
bool is_seen(const experiments::FigureResult& difference, const Shown& shown);

/// A fitted value for people, from its YAML in block style; numbers to three digits, which is finer
/// than any fit: "weibull:\n  shape: 0.535866\n  scale: 79.2243 days" -> "weibull, shape 0.536,
/// scale 79.2 days".
std::string fitted_words(const std::string& yaml);
/// What it rests on: "21 failures, 13 late_entries" -> "21 failures, 13 late entries". Counts are
/// told whole.
std::string record_words(const std::string& counts);

/// "5 years", "1 year", "2.5 years".
std::string years(double value);
/// Hours as people say them: "365 days", "8 weeks", "36 h".
std::string duration(double hours);

/// The internal rate of return with its status: "38 % per year", "12 % and 85 % (not unique)",
/// "none (no change of sign)".
std::string internal_rate(const roi::MoneyAnswer& money);
/// "1.8 years", "7 months", "under 1 month", or "not within 5 years".
std::string payback(const std::optional<economics::Payback>& payback, double study_years);

}  // namespace foretwin::report
