#include "scenarios/report/html.hpp"

#include "scenarios/report/charts.hpp"
#include "scenarios/report/markup.hpp"
#include "scenarios/report/page.hpp"
#include "scenarios/report/sections.hpp"
#include "scenarios/report/whole_file.hpp"
#include "scenarios/report/wording.hpp"

namespace foretwin::report {

namespace {

std::string list(const std::string& css, const std::vector<std::string>& sentences) {
    std::string items;
    for (const std::string& sentence : sentences)
        items += text_element("li", "", typeset(sentence));
    return items.empty() ? "" : element("ul", css, items);
}

std::string tone(const StudyResult& study) {
    switch (verdict(study)) {
        case Verdict::pays:
            return "pays";
        case Verdict::loses:
            return "loses";
        case Verdict::may_pay:
        case Verdict::no_money:
            break;
    }
    return "";
}

std::string facts_line(const StudyResult& study) {
    std::string text = study.scenario + " · " + duration(study.horizon_h) + " from " + study.start +
                       " · " + count(static_cast<double>(study.replications)) + " futures";
    if (study.uncertain_parameters)
        text += " · " + count(static_cast<double>(study.parameter_draws)) + " parameter draws";
    return text;
}

/// The answer, and what must be read with it: all that is needed in ten seconds.
std::string answer(const StudyResult& study) {
    const std::vector<std::string> warnings = headline_warnings(study);
    std::string inside = text_element("p", "eyebrow", facts_line(study));
    inside += text_element("h1", "", typeset(headline(study))) + tiles(study);
    if (!warnings.empty())
        inside += element("div", "warnings",
                          text_element("b", "", "Read this with it") + list("", warnings));
    return element("header", tone(study), inside) + "\n";
}

std::string which_change(const StudyResult& study) {
    std::string lead = "Dot and bar: expected net present value with its " +
                       level_text(study.level) + " interval. Line: 5 % to 95 % of single futures.";
    if (!study.under_second_best.empty()) lead += " Diamond: under the second-best life model.";
    return section("Which change pays", lead + " All given your assumptions.", npv_chart(study));
}

std::string loss_section(const StudyResult& study) {
    const AlternativeResult* best = best_alternative(study);
    std::string lead =
        "Hours by cause; waiting for crew or spare apart from repair, planned "
        "maintenance apart from both";
    if (best != nullptr) lead += "; the alternative is “" + best->name + "”";
    return section("Where the downtime goes", lead + ".", loss_tree(study, best));
}

std::string money_sections(const StudyResult& study) {
    const AlternativeResult* best = best_alternative(study);
    if (best == nullptr || !best->money) return "";
    const roi::MoneyAnswer& money = *best->money;
    std::string notes;
    for (const std::string& note : money.notes) notes += text_element("p", "lead", note);
    std::string markup =
        section("What would change this answer",
                "The expected net present value of “" + best->name +
                    "” over the range of each input, the others at their means.",
                list("turns", what_would_change(study)) + tornado_chart(study, *best));
    markup += section("How the money comes back",
                      "Cumulative cash flow of “" + best->name +
                          "” against the baseline, not discounted; dark band: half of all "
                          "futures, light band: nine in ten, dashed: the mean.",
                      cash_fan(study, *best) + money_table(study) + notes);
    return markup;
}

std::string validation_section(const StudyResult& study) {
    if (!study.validation) return "";
    const std::string css = study.validation->good ? "verdict better" : "verdict worse";
    const std::string sign = study.validation->good ? "✓ " : "✗ ";
    return section(
        "Does the twin repeat history",
        "The records of " + study.validation->period + " against the twin over the same time.",
        text_element("p", css, sign + study.validation->verdict) + validation_chart(study));
}

std::string body(const StudyResult& study) {
    const std::string level = level_text(study.level);
    std::string markup = answer(study);
    markup += which_change(study);
    markup += section("What changes",
                      "Alternative minus baseline in the same futures, with " + level +
                          " intervals. Blue is better, orange and hatched is worse, grey cannot "
                          "be told from zero.",
                      difference_chart(study));
    markup += section("The alternatives side by side",
                      "Mean and " + level +
                          " interval (±); below it the paired difference to the baseline. ▲ more, "
                          "▼ less; blue is better, orange is worse; pp: percentage points.",
                      alternatives_table(study));
    markup += section("The figures", "", run_table(study));
    markup +=
        section("Targets", "How often a single future meets them, with " + level + " intervals.",
                target_chart(study));
    markup += loss_section(study);
    markup += money_sections(study);
    markup += validation_section(study);
    markup += assumptions_section(study);
    markup += fitted_section(study);
    markup += section("Further figures", "", further_table(study));
    markup += provenance_section(study);
    markup += definitions_section(study);
    return markup;
}

}  // namespace

std::string html(const StudyResult& study) {
    return whole_page({study.scenario + " · Foretwin",
                       "Foretwin " + study.version + " · fingerprint " + study.fingerprint},
                      body(study));
}

void write_html(const StudyResult& study, const std::filesystem::path& path) {
    write_whole_file(path, html(study));
}

}  // namespace foretwin::report
