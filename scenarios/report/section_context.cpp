#include <cmath>

#include "scenarios/report/markup.hpp"
#include "scenarios/report/sections.hpp"
#include "scenarios/report/wording.hpp"

namespace foretwin::report {

namespace {

std::string text_cell(const std::string& text) {
    return text_element("td", "", text);
}
std::string number_cell(const std::string& text) {
    return text_element("td", "number", typeset(text));
}

std::string head(std::initializer_list<std::string> names) {
    std::string row;
    for (const std::string& name : names) row += text_element("th", "", name);
    return element("thead", "", element("tr", "", row));
}

std::string plain_table(const std::string& head_markup, const std::string& rows) {
    return element("div", "scroll",
                   element("table", "plain", head_markup + element("tbody", "", rows)));
}

std::string fact(const std::string& name, const std::string& value) {
    if (value.empty()) return "";
    return text_element("dt", "", name) + text_element("dd", "", value);
}

}  // namespace

std::string section(const std::string& heading, const std::string& lead,
                    const std::string& inside) {
    if (inside.empty()) return "";
    return element("section", "",
                   text_element("h2", "", heading) +
                       (lead.empty() ? "" : text_element("p", "lead", lead)) + inside) +
           "\n";
}

std::string assumptions_section(const StudyResult& study) {
    std::string rows;
    for (const experiments::AssumptionResult& one : study.assumptions) {
        const std::string unit = one.unit == "1" ? "" : one.unit;
        rows += element("tr", "",
                        text_cell(one.name) + number_cell(number(one.value)) +
                            number_cell(number(one.low) + " to " + number(one.high)) +
                            text_cell(unit) + text_cell(one.why)) +
                "\n";
    }
    if (rows.empty()) return "";
    return section("What you assumed",
                   "No record supports these. Each is drawn from its range, so that every interval "
                   "above contains what is not known about them.",
                   plain_table(head({"assumption", "value", "range", "unit", "why"}), rows));
}

std::string fitted_section(const StudyResult& study) {
    std::string rows;
    for (const experiments::FittedResult& one : study.fitted)
        rows += element("tr", "",
                        text_cell(one.name) + text_cell(fitted_words(one.text)) +
                            text_cell(record_words(one.records))) +
                "\n";
    if (rows.empty()) return "";
    return section("What was fitted to records",
                   "Drawn anew for every parameter draw from the uncertainty of its fit. Life "
                   "models in use: " +
                       study.life_model + ".",
                   plain_table(head({"parameter", "fitted", "records"}), rows));
}

std::string provenance_section(const StudyResult& study) {
    std::string facts;
    facts += fact("Foretwin", study.version);
    facts += fact("Scenario", study.file);
    facts += fact("Fingerprint of the result", study.fingerprint);
    facts += fact("Seed", std::to_string(study.seed));
    facts += fact("Futures", count(static_cast<double>(study.replications)));
    facts += fact("Parameter draws", study.uncertain_parameters
                                         ? count(static_cast<double>(study.parameter_draws))
                                         : "none: no parameter is uncertain");
    facts += fact("Start", study.start + (study.zone.empty() ? "" : " " + study.zone));
    facts += fact("Measured time", duration(study.horizon_h));
    if (study.warm_up_h > 0) facts += fact("Warm-up before it", duration(study.warm_up_h));
    facts += fact("Level of the intervals", level_text(study.level));
    if (study.study_years > 0)
        facts += fact("Discount rate", with_unit(study.discount_rate, {100, "%", false, 1}) +
                                           "/year over " + years(study.study_years));
    std::string rows;
    for (const experiments::InputFile& input : study.inputs)
        rows += element("tr", "",
                        text_cell(input.path) +
                            element("td", "", text_element("code", "", input.fingerprint)) +
                            number_cell(count(static_cast<double>(input.bytes)))) +
                "\n";
    std::string inside = element("dl", "", facts);
    if (!rows.empty())
        inside += text_element("h3", "", "Files it was computed from") +
                  plain_table(head({"file", "fingerprint", "bytes"}), rows);
    for (const std::string& note : study.notes) inside += text_element("p", "lead", note);
    return section("Where this comes from",
                   "The same files, seed and version give the same fingerprint on any computer.",
                   inside);
}

std::string definitions_section(const StudyResult& study) {
    std::string facts;
    for (const std::string& name : kpi_order(study))
        for (const AlternativeResult& alternative : study.alternatives)
            if (const KpiResult* kpi = find_kpi(alternative, name); kpi != nullptr) {
                facts += fact(label(name), kpi->value.formula);
                break;
            }
    facts += fact("Interval of a mean",
                  "t interval over the means of the parameter draws; where no parameter is "
                  "uncertain, over the futures.");
    facts += fact("Difference", "alternative minus baseline in the same futures, then averaged.");
    if (best_alternative(study) != nullptr && best_alternative(study)->money) {
        facts += fact("Net present value",
                      "sum over years k of (alternative minus baseline) / (1 + discount rate)^k, "
                      "the investment at k = 0.");
        facts += fact("P(NPV > 0)", "share of futures whose NPV is above zero, Wilson interval.");
        facts += fact("P(expected NPV > 0)",
                      "share of parameter draws whose mean NPV is above zero, Wilson interval.");
        facts += fact("Internal rate of return",
                      "all real rates at which the mean flows have an "
                      "NPV of zero.");
    }
    return section("What the figures mean", "", element("dl", "", facts));
}

}  // namespace foretwin::report
