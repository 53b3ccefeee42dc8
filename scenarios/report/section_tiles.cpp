#include <cmath>

#include "scenarios/report/markup.hpp"
#include "scenarios/report/sections.hpp"
#include "scenarios/report/wording.hpp"

namespace foretwin::report {

namespace {

std::string tile(const std::string& name, const std::string& big, const std::string& note,
                 const std::string& tone) {
    return element("div", "tile " + tone,
                   text_element("div", "name", name) + text_element("div", "big", typeset(big)) +
                       text_element("div", "note", typeset(note)));
}

std::string interval_note(double low, double high, double level, const Shown& shown) {
    if (!std::isfinite(low) || !std::isfinite(high)) return "interval unknown";
    return level_text(level) + ": " + range(low, high, shown);
}

std::string money_tiles(const StudyResult& study, const roi::MoneyAnswer& money) {
    const Shown shown = shown_npv(study);
    const bool gains = money.npv.estimate > 0;
    const std::string tone = gains ? "better" : "worse";
    std::string markup = tile("Net present value, " + years(study.study_years),
                              (gains ? "▲ " : "▼ ") + with_unit(money.npv.estimate, shown),
                              interval_note(money.npv.low.value_or(NAN),
                                            money.npv.high.value_or(NAN), money.npv.level, shown),
                              tone);
    markup +=
        tile("P(NPV > 0), given your assumptions", percent(money.positive.estimate),
             level_text(money.positive.level) + ": " + number(money.positive.low * 100, Shown{}) +
                 " to " + percent(money.positive.high) +
                 "; of the expected NPV: " + percent(money.expected_positive.estimate),
             tone);
    markup += tile("Payback", payback(money.payback, study.study_years),
                   "internal rate of return: " + internal_rate(money), tone);
    return markup;
}

/// The relative change of a KPI, e.g. "▼ 38 %" of downtime.
std::string change_tile(const StudyResult& study, const AlternativeResult& best,
                        const std::string& name) {
    const KpiResult* before = find_kpi(study.alternatives[0], name);
    const KpiResult* after = find_kpi(best, name);
    if (before == nullptr || after == nullptr || !after->difference) return "";
    const FigureResult& change = *after->difference;
    if (!std::isfinite(change.mean)) return "";
    const Shown shown = shown_difference(study, name);
    const bool seen = is_seen(change, shown);
    const double share = change.mean / before->value.mean;
    const std::string unit = shown.unit.empty() ? "" : " " + shown.unit;
    std::string big = signed_number(change.mean, shown) + unit;
    if (std::isfinite(share) && before->value.unit != "1")
        big =
            signed_number(share * 100, Shown{1, "", false, std::abs(share) < 0.095 ? 1 : 0}) + " %";
    const std::string arrow = !seen ? "" : change.mean > 0 ? "▲ " : "▼ ";
    const std::string note = signed_number(change.mean, shown) + unit + " (" +
                             signed_range(change.low, change.high, shown) + ")";
    const bool better = (change.mean > 0) == change.more_is_better;
    return tile(label(name), arrow + big, note, !seen ? "" : better ? "better" : "worse");
}

std::string run_tiles(const StudyResult& study) {
    std::string markup;
    int told = 0;
    for (const std::string& name : kpi_order(study)) {
        const KpiResult& kpi = *find_kpi(study.alternatives[0], name);
        if (told == 4 || !is_leading(study, name)) continue;
        if (name == "downtime_waiting" || name == "downtime_repair") continue;
        const Shown shown = shown_kpi(study, name);
        std::string note = interval_note(kpi.value.low, kpi.value.high, study.level, shown);
        std::string tone;
        if (kpi.target) {
            tone = kpi.target->met_by_mean ? "better" : "worse";
            note += "; target met in " + percent(kpi.target->met.estimate);
        }
        markup += tile(label(name), with_unit(kpi.value.mean, shown), note, tone);
        ++told;
    }
    return markup;
}

}  // namespace

std::string tiles(const StudyResult& study) {
    if (study.alternatives.empty()) return "";
    const AlternativeResult* best = best_alternative(study);
    if (best == nullptr) return element("div", "tiles", run_tiles(study));
    std::string markup;
    if (best->money) markup += money_tiles(study, *best->money);
    markup += change_tile(study, *best, "downtime");
    if (!best->money)
        for (const char* name : {"throughput", "production", "energy_cost"})
            markup += change_tile(study, *best, name);
    return markup.empty() ? "" : element("div", "tiles", markup);
}

}  // namespace foretwin::report
