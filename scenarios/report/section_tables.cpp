#include <algorithm>
#include <cmath>
#include <functional>

#include "scenarios/report/markup.hpp"
#include "scenarios/report/sections.hpp"
#include "scenarios/report/wording.hpp"

namespace foretwin::report {

namespace {

std::string told(const std::string& text) {
    return escaped(typeset(text));
}

/// " ± 310" after a mean; both ends where the interval is not symmetric.
std::string spread(double mean, double low, double high, const Shown& shown) {
    if (!std::isfinite(low) || !std::isfinite(high)) return "";
    const double above = high - mean, below = mean - low;
    if (std::abs(above - below) <= 0.02 * (above + below))
        return element("span", "range", told(" ± " + number((high - low) / 2, shown)));
    return element("span", "range", told(" (" + range(low, high, shown) + ")"));
}

std::string cell(const std::string& inside) {
    return element("td", "", inside);
}

std::string row_head(const std::string& name, const std::string& unit) {
    std::string inside = escaped(name);
    if (!unit.empty()) inside += " " + text_element("span", "unit", unit);
    return "<th scope=\"row\">" + inside + "</th>";
}

std::string head_row(const StudyResult& study) {
    const AlternativeResult* best = best_alternative(study);
    std::string row = "<th></th>";
    for (const AlternativeResult& alternative : study.alternatives) {
        const bool is_best = &alternative == best && best->money && best->money->npv.estimate > 0;
        row += std::string("<th scope=\"col\"") + (is_best ? " class=\"best\"" : "") + ">" +
               escaped(alternative.name) + (is_best ? " ★" : "") + "</th>";
    }
    return "<thead><tr>" + row + "</tr></thead>";
}

std::string band(const StudyResult& study, const std::string& title) {
    return "<tr class=\"band\"><th colspan=\"" + std::to_string(study.alternatives.size() + 1) +
           "\">" + escaped(title) + "</th></tr>";
}

/// "▲ better", "▼ worse": the arrow shows the way of the figure, the colour whether that is good.
std::string change_text(const FigureResult& change, const Shown& shown) {
    std::string tone = "neutral", word;
    if (is_seen(change, shown)) {
        const bool better = (change.mean > 0) == change.more_is_better;
        tone = better ? "better" : "worse";
        word = std::string(change.mean > 0 ? "▲ " : "▼ ");
    }
    std::string text = word + signed_number(change.mean, shown);
    if (shown.unit == "points") text += " pp";
    return element("div", "change " + tone,
                   told(text) + spread(change.mean, change.low, change.high, shown));
}

std::string kpi_cell(const StudyResult& study, const AlternativeResult& alternative,
                     const std::string& name) {
    const KpiResult* kpi = find_kpi(alternative, name);
    if (kpi == nullptr) return cell("–");
    const Shown shown = shown_kpi(study, name);
    const FigureResult& value = kpi->value;
    std::string inside =
        element("div", "nowrap",
                told(number(value.mean, shown)) + spread(value.mean, value.low, value.high, shown));
    if (!std::isfinite(value.mean)) inside += text_element("div", "range", value.reason);
    if (kpi->difference) inside += change_text(*kpi->difference, shown_difference(study, name));
    return cell(inside);
}

std::string kpi_rows(const StudyResult& study, bool leading) {
    std::string rows;
    for (const std::string& name : kpi_order(study)) {
        if (is_leading(study, name) != leading) continue;
        std::string row = row_head(label(name), shown_kpi(study, name).unit);
        for (const AlternativeResult& alternative : study.alternatives)
            row += kpi_cell(study, alternative, name);
        rows += element("tr", "", row) + "\n";
    }
    return rows;
}

using MoneyCell = std::function<std::string(const AlternativeResult&)>;

std::string money_row(const StudyResult& study, const std::string& name, const std::string& unit,
                      const MoneyCell& inside) {
    std::string row = row_head(name, unit);
    for (const AlternativeResult& alternative : study.alternatives)
        row += cell(alternative.money ? inside(alternative) : "");
    return element("tr", "", row) + "\n";
}

std::string two_lines(const std::string& first, const std::string& second) {
    return element("div", "", told(first)) + element("div", "range", told(second));
}

std::string interval_cell(const roi::Interval& interval, const Shown& shown) {
    if (!interval.low || !interval.high)
        return two_lines(number(interval.estimate, shown), interval.reason);
    return element("div", "nowrap",
                   told(number(interval.estimate, shown)) +
                       spread(interval.estimate, *interval.low, *interval.high, shown));
}

std::string share_cell(const roi::Share& share) {
    return two_lines(percent(share.estimate),
                     "(" + number(share.low * 100, Shown{}) + " to " + percent(share.high) + ")");
}

std::string main_money_rows(const StudyResult& study) {
    const Shown npv = shown_npv(study);
    std::string rows = band(study, "Money over " + years(study.study_years) +
                                       ", against the baseline, given your assumptions");
    rows += money_row(study, "Investment", study.currency,
                      [](const AlternativeResult& a) { return told(number(a.investment)); });
    rows += money_row(study, "Net present value", npv.unit,
                      [&](const AlternativeResult& a) { return interval_cell(a.money->npv, npv); });
    rows += money_row(study, "P(NPV > 0)", "",
                      [](const AlternativeResult& a) { return share_cell(a.money->positive); });
    rows += money_row(study, "P(expected NPV > 0)", "", [](const AlternativeResult& a) {
        return share_cell(a.money->expected_positive);
    });
    rows += money_row(study, "Internal rate of return", "",
                      [](const AlternativeResult& a) { return told(internal_rate(*a.money)); });
    rows += money_row(study, "Payback", "", [&](const AlternativeResult& a) {
        return told(payback(a.money->payback, study.study_years));
    });
    for (const StudyResult& other : study.under_second_best)
        rows += money_row(study, "NPV, " + other.life_model + " life model", npv.unit,
                          [&](const AlternativeResult& a) {
                              const AlternativeResult* same = find_alternative(other, a.name);
                              if (same == nullptr || !same->money) return std::string("–");
                              return interval_cell(same->money->npv, npv);
                          });
    return rows;
}

bool has_money(const StudyResult& study) {
    return std::any_of(study.alternatives.begin(), study.alternatives.end(),
                       [](const AlternativeResult& a) { return a.money.has_value(); });
}

std::string whole_table(const StudyResult& study, const std::string& rows) {
    if (rows.empty()) return "";
    return element("div", "scroll",
                   element("table", "", head_row(study) + element("tbody", "", rows)));
}

/// Whence the spread of a single future comes; assumptions are never merged with what was fitted.
std::string chance_text(const AlternativeResult& alternative) {
    const roi::VarianceSplit& variance = alternative.money->variance;
    const roi::DrawSplit& split = alternative.draw_split;
    const double whole = variance.chance + variance.draws;
    if (!variance.reason.empty() || !(whole > 0)) return "not split";
    const std::string chance = "chance " + percent(variance.chance / whole);
    if (!(split.fitted + split.assumed > 0)) {
        return chance + ", parameters " + percent(variance.draws / whole);
    }
    return chance + ", fitted " + percent(split.fitted / whole) + ", assumed " +
           percent(split.assumed / whole);
}

}  // namespace

std::string alternatives_table(const StudyResult& study) {
    if (study.alternatives.size() < 2) return "";
    std::string rows = kpi_rows(study, true);
    if (has_money(study)) rows += main_money_rows(study);
    return whole_table(study, rows);
}

std::string further_table(const StudyResult& study) {
    return study.alternatives.size() < 2 ? "" : whole_table(study, kpi_rows(study, false));
}

std::string run_table(const StudyResult& study) {
    if (study.alternatives.size() != 1) return "";
    std::string rows = "<thead><tr><th></th><th>mean</th><th>" + level_text(study.level) +
                       " interval of the mean</th><th>a single future lies between</th>" +
                       "<th>futures</th></tr></thead><tbody>";
    for (const std::string& name : kpi_order(study)) {
        const FigureResult& value = find_kpi(study.alternatives[0], name)->value;
        const Shown shown = shown_kpi(study, name);
        std::string row = row_head(label(name), shown.unit);
        row += cell(told(number(value.mean, shown)));
        row += cell(
            told(std::isfinite(value.mean) ? range(value.low, value.high, shown) : value.reason));
        row += cell(told(range(value.future_low, value.future_high, shown)));
        row += cell(told(count(static_cast<double>(value.replications))));
        rows += element("tr", "", row) + "\n";
    }
    return element("div", "scroll", element("table", "", rows + "</tbody>"));
}

std::string money_table(const StudyResult& study) {
    if (!has_money(study)) return "";
    const Shown npv = shown_npv(study);
    const auto rate = [](const std::optional<double>& value) {
        return value ? told(with_unit(*value, {100, "%", false, 1}) + "/year") : std::string("–");
    };
    std::string rows;
    rows += money_row(study, "NPV of a single future: median, 5 % to 95 %", npv.unit,
                      [&](const AlternativeResult& a) {
                          return two_lines(
                              number(a.money->npv_futures.q50, npv),
                              range(a.money->npv_futures.q05, a.money->npv_futures.q95, npv));
                      });
    rows += money_row(
        study, "Mean of the worst 5 % of futures", npv.unit,
        [&](const AlternativeResult& a) { return told(number(a.money->npv_cvar05, npv)); });
    rows += money_row(study, "What the spread of a future comes from", "",
                      [](const AlternativeResult& a) { return escaped(chance_text(a)); });
    rows += money_row(study, "Modified rate of return", "",
                      [&](const AlternativeResult& a) { return rate(a.money->mirr); });
    rows += money_row(study, "Discounted payback", "", [&](const AlternativeResult& a) {
        return told(payback(a.money->discounted_payback, study.study_years));
    });
    const std::string yearly = study.currency + "/year";
    rows += money_row(study, "Annual equivalent", yearly, [&](const AlternativeResult& a) {
        const roi::Interval& even = a.money->annual_equivalent;
        return interval_cell(even,
                             shown_as("", "1", "", std::abs(even.estimate), half_width(even)));
    });
    rows += money_row(study, "Running cost", yearly, [](const AlternativeResult& a) {
        return told(number(a.running_cost_per_year));
    });
    rows += money_row(study, "Total cost of ownership", "", [&](const AlternativeResult& a) {
        return two_lines(money(a.money->cost_of_ownership_alternative, study.currency),
                         "baseline " + money(a.money->cost_of_ownership_baseline, study.currency));
    });
    return whole_table(study, rows);
}

}  // namespace foretwin::report
