#include "scenarios/report/headline.hpp"

#include <algorithm>
#include <cmath>

#include "scenarios/report/wording.hpp"

namespace foretwin::report {

namespace {

std::string quoted(const std::string& name) {
    return "“" + name + "”";
}

/// At the beginning of a sentence.
std::string quoted_first(const std::string& name) {
    std::string text = name;
    if (!text.empty() && text[0] >= 'a' && text[0] <= 'z')
        text[0] = static_cast<char>(text[0] - 'a' + 'A');
    return quoted(text);
}

std::string interval_text(double low, double high, double level, const Shown& shown) {
    if (!std::isfinite(low) || !std::isfinite(high)) return " (interval unknown)";
    return " (" + level_text(level) + ": " + range(low, high, shown) + ")";
}

/// The KPI that decides where there is no money.
std::string leading_kpi(const StudyResult& study) {
    if (study.alternatives.empty()) return "";
    for (const KpiResult& kpi : study.alternatives[0].kpis)
        if (kpi.target) return kpi.value.name;
    for (const char* name : {"downtime", "throughput", "production"})
        if (find_kpi(study.alternatives[0], name) != nullptr) return name;
    return study.alternatives[0].kpis.empty() ? "" : study.alternatives[0].kpis[0].value.name;
}

/// How much better an alternative is in a KPI; minus infinity when nobody knows.
double improvement(const AlternativeResult& alternative, const std::string& kpi) {
    const KpiResult* found = find_kpi(alternative, kpi);
    if (found == nullptr || !found->difference || !std::isfinite(found->difference->mean))
        return -HUGE_VAL;
    return found->value.more_is_better ? found->difference->mean : -found->difference->mean;
}

/// "downtime falls by 38 %"; empty when the KPI or its difference is unknown.
std::string change_clause(const StudyResult& study, const AlternativeResult& alternative,
                          const std::string& kpi) {
    const KpiResult* before = find_kpi(study.alternatives[0], kpi);
    const KpiResult* after = find_kpi(alternative, kpi);
    if (before == nullptr || after == nullptr || !after->difference) return "";
    const FigureResult& change = *after->difference;
    if (!std::isfinite(change.mean)) return "";
    std::string name = label(kpi);
    if (name.size() > 1 && !(name[1] >= 'A' && name[1] <= 'Z'))  // "Downtime", not "MTBF"
        name[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(name[0])));
    if (change.mean == 0) return name + " stays as it is";
    if (change.low <= 0 && change.high >= 0) return name + " does not change measurably";
    const std::string verb = change.mean < 0 ? " falls by " : " rises by ";
    const double share = std::abs(change.mean / before->value.mean);
    if (std::isfinite(share) && share < 10 && before->value.unit != "1")
        return name + verb + number(share * 100, Shown{1, "", false, share < 0.095 ? 1 : 0}) + " %";
    const Shown shown = shown_difference(study, kpi);
    return name + verb + with_unit(std::abs(change.mean), shown);
}

std::string npv_clause(const StudyResult& study, const roi::MoneyAnswer& money) {
    const Shown shown = shown_npv(study);
    const double low = money.npv.low.value_or(NAN), high = money.npv.high.value_or(NAN);
    return with_unit(money.npv.estimate, shown) + " over " + years(study.study_years) +
           interval_text(low, high, money.npv.level, shown) +
           ", P(NPV > 0) = " + percent(money.positive.estimate) + " given your assumptions";
}

/// "; but under the second-best life model ..." when the sign of the alternative turns.
std::string life_model_clause(const StudyResult& study, const AlternativeResult& alternative) {
    const std::vector<std::string> turned = turned_by_life_model(study);
    if (std::find(turned.begin(), turned.end(), alternative.name) == turned.end()) return "";
    for (const StudyResult& other : study.under_second_best) {
        const AlternativeResult* same = find_alternative(other, alternative.name);
        if (same == nullptr || !same->money) continue;
        const bool gains = same->money->npv.estimate > 0;
        if (gains == (alternative.money->npv.estimate > 0)) continue;
        return std::string("; but the sign turns under the second-best life model, where it ") +
               (gains ? "gains " : "loses ") +
               money(std::abs(same->money->npv.estimate), study.currency);
    }
    return "";
}

std::string money_headline(const StudyResult& study, const AlternativeResult& best) {
    std::string opening;
    switch (verdict(study)) {
        case Verdict::pays:
            opening = quoted_first(best.name) + " pays: ";
            break;
        case Verdict::may_pay:
            opening = quoted_first(best.name) + " may pay, which is not certain: ";
            break;
        case Verdict::loses:
        case Verdict::no_money:
            opening = "No change pays; the best, " + quoted(best.name) + ", is worth ";
            break;
    }
    std::string text = opening + npv_clause(study, *best.money);
    for (const char* kpi : {"downtime", "throughput", "production"}) {
        const std::string clause = change_clause(study, best, kpi);
        if (clause.empty()) continue;
        text += "; " + clause;
        break;
    }
    return text + life_model_clause(study, best) + ".";
}

std::string target_clause(const KpiResult& kpi) {
    return percent(kpi.target->met.estimate) + " of futures meet the target " +
           quoted(kpi.target->text) + " (" + level_text(kpi.target->met.level) + ": " +
           percent(kpi.target->met.low) + " to " + percent(kpi.target->met.high) + ")";
}

std::string kpi_headline(const StudyResult& study, const AlternativeResult& best) {
    const std::string kpi = leading_kpi(study);
    const KpiResult* found = find_kpi(best, kpi);
    std::string text = quoted(best.name);
    if (found == nullptr || !found->difference) return text + " was compared with the baseline.";
    const bool better = improvement(best, kpi) > 0;
    text = better ? "Best is " + text : "Nothing is better than the baseline; nearest is " + text;
    const Shown shown = shown_difference(study, kpi);
    const std::string clause = change_clause(study, best, kpi);
    if (!clause.empty()) text += ": " + clause;
    text += interval_text(found->difference->low, found->difference->high, study.level, shown);
    if (!shown.unit.empty() && std::isfinite(found->difference->low)) {
        text.pop_back();
        text += " " + shown.unit + ")";
    }
    if (found->target) text += "; " + target_clause(*found);
    return text + ".";
}

std::string figure_clause(const StudyResult& study, const FigureResult& figure) {
    const Shown shown = shown_alone(figure, study.currency);
    return label(figure.name) + " " + with_unit(figure.mean, shown) +
           interval_text(figure.low, figure.high, study.level, shown);
}

/// The headline of a run: its targets, or its first figures.
std::string run_headline(const StudyResult& study) {
    if (study.alternatives.empty()) return "Nothing was simulated.";
    const AlternativeResult& baseline = study.alternatives[0];
    const KpiResult* hardest = nullptr;
    for (const KpiResult& kpi : baseline.kpis)
        if (kpi.target &&
            (hardest == nullptr || kpi.target->met.estimate < hardest->target->met.estimate))
            hardest = &kpi;
    if (hardest != nullptr)
        return figure_clause(study, hardest->value) +
               (hardest->target->met_by_mean ? " meets its target on average; "
                                             : " misses its target on average; ") +
               target_clause(*hardest) + ".";
    std::string text;
    int told = 0;
    for (const char* name : {"throughput", "production", "availability", "downtime", "energy_cost"})
        if (const KpiResult* kpi = find_kpi(baseline, name); kpi != nullptr && told < 2) {
            text += (told++ == 0 ? "" : "; ") + figure_clause(study, kpi->value);
        }
    if (text.empty() && !baseline.kpis.empty()) text = figure_clause(study, baseline.kpis[0].value);
    return text.empty() ? "The study has no KPI." : text + ".";
}

std::string with_input_unit(double value, const std::string& unit) {
    if (unit == "1") return number(value);
    if (unit == "%") return number(value) + " %";
    return number(value) + " " + unit;
}

std::string break_even_sentence(const roi::Swing& swing, double npv) {
    const std::string name = quoted(swing.name) + " (" + (swing.assumed ? "assumed " : "fitted ") +
                             number(swing.low) + " to " + with_input_unit(swing.high, swing.unit) +
                             ")";
    if (!swing.break_even || !std::isfinite(*swing.break_even))
        return name + " has no effect that could turn the answer.";
    const bool below = (swing.slope > 0) == (npv > 0);
    const bool impossible = *swing.break_even < 0 && swing.low >= 0;
    std::string text = name;
    if (impossible)
        text += ": no value above zero turns the answer";
    else
        text += std::string(": the answer turns ") + (below ? "below " : "above ") +
                with_input_unit(*swing.break_even, swing.unit) +
                (swing.break_even_in_range ? ", inside its range" : ", outside its range");
    return text + ".";
}

/// More names than this make a sentence that nobody reads.
constexpr std::size_t most_unsure_named = 3;

/// Inputs whose bars chance alone could have made: named, not ranked, and no break-even.
std::string noise_sentence(const std::vector<roi::Swing>& swings) {
    std::string names;
    std::size_t count = 0;
    for (const roi::Swing& swing : swings) {
        if (!swing.within_noise()) continue;
        if (++count <= most_unsure_named) names += (names.empty() ? "" : ", ") + quoted(swing.name);
    }
    if (count == 0) return "";
    if (count > most_unsure_named)
        names += " and " + std::to_string(count - most_unsure_named) + " more";
    return "Not told apart from chance (less than two standard errors), so not ranked: " + names +
           "; more replications would tell.";
}

}  // namespace

const KpiResult* find_kpi(const AlternativeResult& alternative, const std::string& name) {
    for (const KpiResult& kpi : alternative.kpis)
        if (kpi.value.name == name) return &kpi;
    return nullptr;
}

const AlternativeResult* find_alternative(const StudyResult& study, const std::string& name) {
    for (const AlternativeResult& alternative : study.alternatives)
        if (alternative.name == name) return &alternative;
    return nullptr;
}

const AlternativeResult* best_alternative(const StudyResult& study) {
    const AlternativeResult* best = nullptr;
    for (std::size_t i = 1; i < study.alternatives.size(); ++i) {
        const AlternativeResult& one = study.alternatives[i];
        if (!one.money || std::isnan(one.money->npv.estimate)) continue;
        if (best == nullptr || one.money->npv.estimate > best->money->npv.estimate) best = &one;
    }
    if (best != nullptr || study.alternatives.size() < 2) return best;
    const std::string kpi = leading_kpi(study);
    best = &study.alternatives[1];
    for (std::size_t i = 2; i < study.alternatives.size(); ++i)
        if (improvement(study.alternatives[i], kpi) > improvement(*best, kpi))
            best = &study.alternatives[i];
    return best;
}

Verdict verdict(const StudyResult& study) {
    const AlternativeResult* best = best_alternative(study);
    if (best == nullptr || !best->money) return Verdict::no_money;
    const roi::Interval& npv = best->money->npv;
    if (!(npv.estimate > 0)) return Verdict::loses;
    return npv.low && *npv.low > 0 ? Verdict::pays : Verdict::may_pay;
}

std::vector<std::string> turned_by_life_model(const StudyResult& study) {
    std::vector<std::string> turned;
    for (const AlternativeResult& alternative : study.alternatives) {
        if (!alternative.money) continue;
        const bool gains = alternative.money->npv.estimate > 0;
        const bool turns = std::any_of(
            study.under_second_best.begin(), study.under_second_best.end(),
            [&](const StudyResult& other) {
                const AlternativeResult* same = find_alternative(other, alternative.name);
                return same != nullptr && same->money && (same->money->npv.estimate > 0) != gains;
            });
        if (turns) turned.push_back(alternative.name);
    }
    return turned;
}

std::string headline(const StudyResult& study) {
    const AlternativeResult* best = best_alternative(study);
    if (best == nullptr) return run_headline(study);
    return best->money ? money_headline(study, *best) : kpi_headline(study, *best);
}

std::vector<std::string> headline_warnings(const StudyResult& study) {
    std::vector<std::string> warnings = study.warnings;
    for (const std::string& name : turned_by_life_model(study))
        warnings.push_back("The sign of the net present value of " + quoted(name) +
                           " turns under the second-best life model.");
    const AlternativeResult* best = best_alternative(study);
    for (const StudyResult& other : study.under_second_best) {
        const AlternativeResult* same = best_alternative(other);
        if (best != nullptr && same != nullptr && same->name != best->name)
            warnings.push_back("Under the second-best life model " + quoted(same->name) +
                               " is the best alternative.");
    }
    for (const AlternativeResult& alternative : study.alternatives) {
        if (!alternative.money) continue;
        if (!alternative.money->npv.low)
            warnings.push_back("The net present value of " + quoted(alternative.name) +
                               " has no interval: " + alternative.money->npv.reason + ".");
        if (alternative.money->irr.status == economics::RateStatus::multiple)
            warnings.push_back("The internal rate of return of " + quoted(alternative.name) +
                               " is not unique; judge it by its net present value.");
    }
    return warnings;
}

std::vector<std::string> what_would_change(const StudyResult& study) {
    std::vector<std::string> sentences;
    const AlternativeResult* best = best_alternative(study);
    if (best == nullptr || !best->money) return sentences;
    std::vector<const roi::Swing*> strongest;
    for (const bool assumed : {true, false})
        for (const roi::Swing& swing : best->tornado.swings)
            if (swing.assumed == assumed && !swing.within_noise() && strongest.size() < 2)
                strongest.push_back(&swing);
    for (const roi::Swing* swing : strongest)
        sentences.push_back(break_even_sentence(*swing, best->money->npv.estimate));
    const std::string unsure = noise_sentence(best->tornado.swings);
    if (strongest.size() < 2 && !unsure.empty()) sentences.push_back(unsure);
    if (strongest.empty() && !best->tornado.note.empty()) sentences.push_back(best->tornado.note);
    const std::string turned = life_model_clause(study, *best);
    if (!turned.empty())
        sentences.push_back("The life model: the second-best one turns the sign of the answer.");
    return sentences;
}

}  // namespace foretwin::report
