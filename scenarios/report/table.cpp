#include "scenarios/report/table.hpp"

#include <algorithm>
#include <cmath>

#include "scenarios/report/headline.hpp"
#include "scenarios/report/text_grid.hpp"
#include "scenarios/report/wording.hpp"

namespace foretwin::report {

namespace {

constexpr int label_width = 24;
constexpr int least_cell = 17;

/// "±310", or both ends where the interval is not symmetric.
std::string spread(double mean, double low, double high, const Shown& shown) {
    if (!std::isfinite(low) || !std::isfinite(high)) return "";
    const double above = high - mean, below = mean - low;
    if (std::abs(above - below) <= 0.02 * (above + below))
        return "±" + number((high - low) / 2, shown);
    return "(" + range(low, high, shown) + ")";
}

std::string label_with_unit(std::string name, const Shown& shown) {
    // Short enough for a column: "waiting, h" stands below "Downtime, h".
    if (name.starts_with("Downtime: ")) name = "  " + name.substr(10);
    return shown.unit.empty() ? name : name + ", " + shown.unit;
}

std::string value_cell(const StudyResult& study, const AlternativeResult& alternative,
                       const std::string& name) {
    const KpiResult* kpi = find_kpi(alternative, name);
    if (kpi == nullptr) return "-";
    const Shown shown = shown_kpi(study, name);
    return number(kpi->value.mean, shown) + " " +
           spread(kpi->value.mean, kpi->value.low, kpi->value.high, shown);
}

std::string difference_cell(const StudyResult& study, const AlternativeResult& alternative,
                            const std::string& name) {
    const KpiResult* kpi = find_kpi(alternative, name);
    if (kpi == nullptr || !kpi->difference) return "";
    const FigureResult& change = *kpi->difference;
    const Shown shown = shown_difference(study, name);
    return signed_number(change.mean, shown) + " " +
           spread(change.mean, change.low, change.high, shown);
}

using Alternatives = std::vector<const AlternativeResult*>;

void add_kpis(TextGrid& grid, const StudyResult& study, const Alternatives& shown_here) {
    for (const std::string& name : kpi_order(study)) {
        if (!is_leading(study, name)) continue;
        std::vector<std::string> values{label_with_unit(label(name), shown_kpi(study, name))};
        std::vector<std::string> changes{"  difference"};
        if (shown_difference(study, name).unit == "points") changes[0] += ", pp";
        for (const AlternativeResult* alternative : shown_here) {
            values.push_back(value_cell(study, *alternative, name));
            changes.push_back(difference_cell(study, *alternative, name));
        }
        grid.add_row(values);
        grid.add_row(changes);
    }
}

void add_money_row(TextGrid& grid, const Alternatives& shown_here, const std::string& name,
                   const auto& cell) {
    std::vector<std::string> row{name};
    for (const AlternativeResult* alternative : shown_here)
        row.push_back(alternative->money ? cell(*alternative) : "");
    grid.add_row(row);
}

void add_money(TextGrid& grid, const StudyResult& study, const Alternatives& shown_here) {
    const bool any = std::any_of(shown_here.begin(), shown_here.end(),
                                 [](const AlternativeResult* a) { return a->money.has_value(); });
    if (!any) return;
    grid.add_line();
    const Shown shown = shown_npv(study);
    add_money_row(grid, shown_here, "Investment, " + study.currency,
                  [](const AlternativeResult& a) { return number(a.investment); });
    add_money_row(grid, shown_here, label_with_unit("NPV", shown), [&](const AlternativeResult& a) {
        const roi::Interval& npv = a.money->npv;
        return number(npv.estimate, shown) + " " +
               spread(npv.estimate, npv.low.value_or(NAN), npv.high.value_or(NAN), shown);
    });
    add_money_row(grid, shown_here, "P(NPV > 0) *", [](const AlternativeResult& a) {
        return percent(a.money->positive.estimate) + " (" +
               number(a.money->positive.low * 100, Shown{}) + " to " +
               number(a.money->positive.high * 100, Shown{}) + ")";
    });
    add_money_row(grid, shown_here, "P(mean NPV > 0) *", [](const AlternativeResult& a) {
        return percent(a.money->expected_positive.estimate);
    });
    add_money_row(grid, shown_here, "IRR",
                  [](const AlternativeResult& a) { return internal_rate(*a.money); });
    add_money_row(grid, shown_here, "Payback", [&](const AlternativeResult& a) {
        return payback(a.money->payback, study.study_years);
    });
}

/// Baseline and as many alternatives as fit side by side; the rest in further tables.
std::string comparison(const StudyResult& study, int columns) {
    const std::size_t cells = static_cast<std::size_t>(
        std::max(2, (columns - label_width) / (least_cell + TextGrid::gap)));
    std::string text;
    for (std::size_t first = 1; first < study.alternatives.size(); first += cells - 1) {
        Alternatives shown_here{&study.alternatives[0]};
        for (std::size_t i = first; i < std::min(first + cells - 1, study.alternatives.size()); ++i)
            shown_here.push_back(&study.alternatives[i]);
        TextGrid grid(columns, label_width);
        std::vector<std::string> head{""};
        for (const AlternativeResult* alternative : shown_here) head.push_back(alternative->name);
        grid.add_row(head);
        grid.add_line();
        add_kpis(grid, study, shown_here);
        add_money(grid, study, shown_here);
        text += grid.text() + "\n";
    }
    return text;
}

std::string target_cell(const KpiResult& kpi) {
    if (!kpi.target) return "";
    return kpi.target->text + ": met in " + percent(kpi.target->met.estimate) + " (" +
           percent(kpi.target->met.low) + " to " + percent(kpi.target->met.high) + ")";
}

std::string single(const StudyResult& study, int columns) {
    if (study.alternatives.empty()) return "";
    TextGrid grid(columns, label_width);
    grid.add_row({"", "mean", level_text(study.level) + " interval", "a single future", "target"});
    grid.add_line();
    for (const std::string& name : kpi_order(study)) {
        const KpiResult& kpi = *find_kpi(study.alternatives[0], name);
        const Shown shown = shown_kpi(study, name);
        grid.add_row({label_with_unit(label(name), shown), number(kpi.value.mean, shown),
                      range(kpi.value.low, kpi.value.high, shown),
                      range(kpi.value.future_low, kpi.value.future_high, shown), target_cell(kpi)});
    }
    return grid.text() + "\n";
}

std::string list(const std::string& title, const std::vector<std::string>& sentences, int columns) {
    if (sentences.empty()) return "";
    std::string text = wrapped(title, columns, 0) + "\n";
    for (const std::string& sentence : sentences)
        text += wrapped("  - " + sentence, columns, 4) + "\n";
    return text + "\n";
}

std::string facts(const StudyResult& study) {
    std::string text = study.scenario + ": " + duration(study.horizon_h) + " from " + study.start;
    text += ", " + count(static_cast<double>(study.replications)) + " futures";
    if (study.uncertain_parameters)
        text += " under " + count(static_cast<double>(study.parameter_draws)) + " parameter draws";
    text += ", seed " + std::to_string(study.seed) + ", fingerprint " + study.fingerprint + ".";
    if (study.alternatives.size() > 1)
        text += " ± and brackets: " + level_text(study.level) +
                " intervals; differences are paired, same futures.";
    if (best_alternative(study) != nullptr && best_alternative(study)->money)
        text += " *: given your assumptions.";
    return text;
}

}  // namespace

std::string table(const StudyResult& study, int columns) {
    columns = std::max(columns, 60);
    std::string text = wrapped(printable(headline(study)), columns, 0) + "\n\n";
    text += list("Read this with it:", headline_warnings(study), columns);
    text += study.alternatives.size() > 1 ? comparison(study, columns) : single(study, columns);
    text += list("What would change this answer:", what_would_change(study), columns);
    return text + wrapped(facts(study), columns, 0) + "\n";
}

}  // namespace foretwin::report
