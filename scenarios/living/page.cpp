#include "scenarios/living/page.hpp"

#include <algorithm>

#include "scenarios/report/backtest.hpp"
#include "scenarios/report/markup.hpp"
#include "scenarios/report/number.hpp"
#include "scenarios/report/page.hpp"
#include "scenarios/report/sections.hpp"
#include "scenarios/report/text_grid.hpp"
#include "scenarios/report/wording.hpp"

namespace foretwin::living {

using report::element;
using report::escaped;
using report::Shown;
using report::text_element;
using report::typeset;

namespace {

/// The pictures show so many of the last forecasts.
constexpr std::size_t most_in_picture = 96;
constexpr const char* baseline = "baseline";

Shown shown(const std::string& figure, const std::string& unit, const Spread& values) {
    constexpr int most_decimals = 3;
    Shown how =
        report::shown_as(figure, unit, "EUR", std::max(std::abs(values.high), std::abs(values.low)),
                         (values.high - values.low) / 2);
    how.decimals = std::min(how.decimals, most_decimals);
    return how;
}

std::string words(const std::string& figure, const std::string& unit, const Spread& values) {
    const Shown how = shown(figure, unit, values);
    return report::with_unit(values.mean, how) + " (" +
           report::range(values.low, values.high, how) + ")";
}

/// "Filler/downtime" -> "downtime".
std::string kind_of(const std::string& figure) {
    return figure.substr(figure.rfind('/') + 1);
}

std::string cells(const std::vector<std::string>& texts, const std::string& tag) {
    std::string row;
    for (const std::string& text : texts) row += text_element(tag, "", typeset(text));
    return element("tr", "", row);
}

std::string table(const std::vector<std::string>& head, const std::string& rows) {
    if (rows.empty()) return "";
    return element(
        "div", "scroll",
        element("table", "", element("thead", "", cells(head, "th")) + element("tbody", "", rows)));
}

std::vector<std::string> horizons_of(const LivingTwin& twin, const std::string& first) {
    std::vector<std::string> head{first};
    for (const Horizon& horizon : twin.description().horizons)
        head.push_back("next " + horizon.name);
    return head;
}

std::string answer(const std::string& title, const LivingTwin& twin, const Issue& issue) {
    const Description& description = twin.description();
    std::string inside =
        text_element("p", "eyebrow",
                     title + " · living twin · issued " + telemetry::instant_text(issue.at) + ", " +
                         report::level_text(description.level) + " intervals of single futures");
    const Horizon& longest = description.horizons.back();
    const Issue::Item* production = issue.find(baseline, "production", longest.name);
    std::string headline = "No forecast of the production";
    if (production != nullptr)
        headline = "Next " + longest.name + ": " +
                   words("production", production->unit, production->spread);
    inside += text_element("h1", "", typeset(headline));
    std::string items;
    for (const Issue::Item& item : issue.items)
        if (item.alternative == baseline && !item.doubt.empty() &&
            (item.figure == "production" || item.doubt.starts_with("coverage")))
            items += text_element(
                "li", "worse",
                report::label(item.figure) + ", next " + item.horizon + ": " + item.doubt);
    for (const std::string& warning : issue.warnings) items += text_element("li", "worse", warning);
    if (!items.empty()) inside += element("ul", "turns", items);
    return element("header", items.empty() ? "pays" : "loses", inside) + "\n";
}

std::string plant_rows(const LivingTwin& twin, const Issue& issue) {
    std::string rows;
    for (const auto& figure : twin.figures()) {
        if (figure.name.find('/') != std::string::npos) continue;
        std::vector<std::string> row{report::label(figure.name)};
        for (const Horizon& horizon : twin.description().horizons) {
            const Issue::Item* item = issue.find(baseline, figure.name, horizon.name);
            row.push_back(item == nullptr ? "–" : words(figure.name, figure.unit, item->spread));
        }
        rows += cells(row, "td");
    }
    return rows;
}

std::string machine_rows(const LivingTwin& twin, const Issue& issue) {
    std::string rows;
    for (const std::string& machine : twin.description().machines) {
        std::vector<std::string> row{machine};
        for (const Horizon& horizon : twin.description().horizons) {
            const Issue::Item* stops = issue.find(baseline, machine + "/stops", horizon.name);
            const Issue::Item* down = issue.find(baseline, machine + "/downtime", horizon.name);
            if (stops == nullptr || down == nullptr) {
                row.emplace_back("–");
                continue;
            }
            row.push_back(report::percent(stops->chance) + ", down " +
                          report::with_unit(down->spread.mean * 60, Shown{1, "min", false, 0}));
        }
        rows += cells(row, "td");
    }
    return rows;
}

/// Paired by future, so that what differs is the change alone.
std::string change_rows(const LivingTwin& twin, const Issue& issue) {
    std::string rows;
    for (const std::string& alternative : twin.description().alternatives) {
        for (const char* figure : {"production", "energy", "downtime"}) {
            std::vector<std::string> row{alternative + ": " + report::label(figure)};
            for (const Horizon& horizon : twin.description().horizons) {
                const Issue::Item* with = issue.find(alternative, figure, horizon.name);
                if (with == nullptr || !with->difference) continue;
                const Spread& values = *with->difference;
                const Shown how = shown(figure, with->unit, values);
                row.push_back(report::signed_number(values.mean, how) + " " + how.unit + " (" +
                              report::signed_range(values.low, values.high, how) + ")");
            }
            rows += cells(row, "td");
        }
    }
    return rows;
}

/// The last forecasts of one figure with what came.
experiments::BacktestResult::Fan fan_of(const Ledger& ledger, const std::string& figure,
                                        const Horizon& horizon) {
    experiments::BacktestResult::Fan fan;
    fan.target = report::label(figure);
    fan.horizon = horizon.name;
    fan.forecaster = "living twin";
    std::vector<const Ledger::Entry*> entries;
    for (const Ledger::Entry& entry : ledger.scores())
        if (entry.figure == figure && entry.horizon == horizon.name) entries.push_back(&entry);
    const std::size_t from =
        entries.size() > most_in_picture ? entries.size() - most_in_picture : 0;
    for (std::size_t i = from; i < entries.size(); ++i) {
        const Issue* issue = ledger.issue(entries[i]->score.issued);
        const Issue::Item* item =
            issue == nullptr ? nullptr : issue->find(baseline, figure, horizon.name);
        if (item == nullptr) continue;
        fan.unit = item->unit;
        const Spread& spread = item->spread;
        fan.points.push_back({telemetry::instant_text(issue->at), spread.low, spread.quarter,
                              spread.median, spread.three_quarters, spread.high,
                              entries[i]->score.truth});
    }
    return fan;
}

std::string pictures(const LivingTwin& twin, const Ledger& ledger) {
    std::string markup;
    for (const char* figure : {"production", "downtime", "energy"}) {
        const Horizon& horizon = twin.description().horizons.back();
        const auto fan = fan_of(ledger, figure, horizon);
        if (fan.points.size() < 2) continue;
        markup += report::section(
            report::label(figure) + ", next " + horizon.name + ": foretold, and what came",
            "By the time of issue. Light band: " + report::level_text(twin.description().level) +
                " of futures; dark band: half of them; diamonds: what came, filled where it lay "
                "outside.",
            report::fan_chart(fan));
    }
    return markup;
}

std::string skill_text(const Standing::Reference& reference) {
    if (reference.forecasts == 0) return "–";
    return report::number(reference.skill, Shown{1, "", false, 2});
}

std::vector<std::string> standing_cells(const LivingTwin& twin, const Standing& standing) {
    const present::Figure& figure = twin.figures()[standing.figure];
    Spread scale;
    scale.high = std::max(std::abs(standing.truth), standing.score);
    Shown how = shown(kind_of(figure.name), figure.chance ? "1" : figure.unit, scale);
    how.decimals += 1;
    if (figure.chance) how = Shown{1, "", false, 3};
    return {figure.name,
            twin.description().horizons[standing.horizon].name,
            report::count(static_cast<double>(standing.forecasts)),
            report::with_unit(standing.score, how),
            report::signed_number(standing.bias, how),
            figure.chance
                ? "–"
                : report::count(static_cast<double>(standing.coverage.inside)) + " of " +
                      report::count(static_cast<double>(standing.coverage.trials)) + " (p = " +
                      report::number(standing.coverage.p_value, Shown{1, "", false, 2}) + ")",
            skill_text(standing.persistence),
            skill_text(standing.seasonal)};
}

const std::vector<std::string> standing_head{
    "figure", "horizon",        "forecasts",         "score",
    "bias",   "intervals held", "skill over before", "over last week"};

std::string standing_rows(const LivingTwin& twin) {
    std::string rows;
    for (const Standing& standing : twin.scoreboard().standings())
        rows += cells(standing_cells(twin, standing), "td");
    return rows;
}

std::string agreement_section(LivingTwin& twin) {
    const Agreement agreement = twin.agreement();
    const auto figure = [](double value, int decimals) {
        return report::number(value, Shown{1, "", false, decimals});
    };
    std::string rows;
    for (const auto& [name, innovation] : agreement.counters)
        rows += cells(
            {name, report::count(static_cast<double>(innovation.readings)),
             report::signed_number(innovation.bias, Shown{1, "", false, 2}),
             figure(innovation.spread, 2), report::count(static_cast<double>(innovation.outside)),
             report::count(static_cast<double>(innovation.lost))},
            "td");
    std::string inside = table(
        {"counter", "readings", "plant - twin", "in standard errors", "outside 95 %", "set anew"},
        rows);
    std::string hidden;
    for (const PresentFigure& one : twin.present())
        hidden += cells({one.device, figure(one.mean, 1),
                         report::range(one.low, one.high, Shown{1, "", false, 0})},
                        "td");
    inside += table({"parts inside now", "mean", "interval"}, hidden);
    std::string paces;
    for (const auto& [device, factor] : agreement.paces)
        paces += (paces.empty() ? "" : ", ") + device + " " + figure(factor, 3);
    std::string notes = report::count(static_cast<double>(agreement.states_read)) +
                        " states read, " +
                        report::count(static_cast<double>(agreement.states_surprising)) +
                        " surprised most of the twins.";
    if (!paces.empty())
        notes += " Cycles learned from telemetry, over the scenario's: " + paces + ".";
    if (agreement.unknown_causes > 0)
        notes += " Failures of a cause that the scenario does not have: " +
                 report::count(static_cast<double>(agreement.unknown_causes)) + ".";
    return report::section("Twin and plant",
                           "How the readings of the plant agreed with the cloud of twins that "
                           "follows it, and what that cloud says of what no sensor shows.",
                           inside + text_element("p", "lead", typeset(notes)));
}

}  // namespace

std::string live_page(const std::string& title, LivingTwin& twin, const Ledger& ledger) {
    std::string body;
    if (const Issue* issue = ledger.latest()) {
        body += answer(title, twin, *issue);
        body += report::section("What comes", "Mean, and in brackets the interval.",
                                table(horizons_of(twin, "plant"), plant_rows(twin, *issue)));
        body += report::section("Which machine stops",
                                "The chance of at least one stop, and the mean time down.",
                                table(horizons_of(twin, "machine"), machine_rows(twin, *issue)));
        body += report::section("What if, from now",
                                "Differences to the plant as it is, over the same futures.",
                                table(horizons_of(twin, "change"), change_rows(twin, *issue)));
    }
    body += pictures(twin, ledger);
    body += report::section(
        "How good the forecasts were",
        "Mean CRPS (of chances: Brier score; smaller is better), and skill over what anybody could "
        "say: as in the stretch of equal length before, as a week before. Intervals are tested on "
        "targets that do not overlap.",
        table(standing_head, standing_rows(twin)));
    body += agreement_section(twin);
    constexpr int reload_after_s = 30;
    return report::whole_page(
        {title + " · Foretwin live", "Foretwin " FORETWIN_VERSION, reload_after_s}, body);
}

std::string issue_text(const Issue& issue) {
    std::string text = telemetry::instant_text(issue.at) + "\n";
    for (const Issue::Item& item : issue.items) {
        if (item.alternative != baseline || item.figure.find('/') != std::string::npos) continue;
        text += "  " + item.horizon + ": " + report::label(item.figure) + " " +
                words(item.figure, item.unit, item.spread) +
                (item.doubt.empty() ? "" : "; " + item.doubt) + "\n";
    }
    for (const std::string& warning : issue.warnings) text += "  " + warning + "\n";
    return text;
}

std::string standing_text(const LivingTwin& twin, int columns) {
    constexpr int label_width = 20;
    report::TextGrid grid(columns, label_width);
    grid.add_row(standing_head);
    grid.add_line();
    for (const Standing& standing : twin.scoreboard().standings())
        grid.add_row(standing_cells(twin, standing));
    return grid.text();
}

}  // namespace foretwin::living
