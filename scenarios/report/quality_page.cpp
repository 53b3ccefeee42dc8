#include "scenarios/report/quality_page.hpp"

#include "scenarios/report/markup.hpp"
#include "scenarios/report/number.hpp"
#include "scenarios/report/page.hpp"
#include "scenarios/report/quality_findings.hpp"
#include "scenarios/report/sections.hpp"
#include "scenarios/report/wording.hpp"

namespace foretwin::report {

namespace {

using telemetry::Defect;
using telemetry::QualityReport;
using telemetry::RowDefect;
using telemetry::SeriesCounts;

constexpr std::size_t most_series = 500;

std::string whole(std::int64_t number) {
    return count(static_cast<double>(number));
}

std::string seconds_text(Time time) {
    return number(to_seconds(time)) + " s";
}

std::string cell(const std::string& text) {
    return text_element("td", "", text);
}

/// Nothing stands out from what is something.
std::string number_cell(std::int64_t number) {
    return number == 0 ? text_element("td", "range", "–") : text_element("td", "", whole(number));
}

std::string head(const std::vector<std::string>& names) {
    std::string row;
    for (const std::string& name : names) row += text_element("th", "", name);
    return element("thead", "", element("tr", "", row));
}

std::string table(const std::vector<std::string>& names, const std::string& rows) {
    return element("div", "scroll", element("table", "", head(names) + element("tbody", "", rows)));
}

std::string tile(const std::string& name, std::int64_t number, const std::string& note,
                 const std::string& tone) {
    return element("div", "tile " + (number > 0 ? tone : std::string()),
                   text_element("div", "name", name) + text_element("div", "big", whole(number)) +
                       text_element("div", "note", note));
}

std::string tiles_of(const QualityReport& report) {
    const SeriesCounts sum = report.total();
    const std::int64_t repeated = sum.of(Defect::exact_duplicate);
    std::string gaps = sum.gaps == 0 ? "longer than a value holds"
                                     : "the longest " + duration(to_hours(sum.longest_gap));
    if (sum.missing > 0) gaps += ", " + whole(sum.missing) + " samples missing";
    return element("div", "tiles",
                   tile(report.refused ? "Good" : "Stored, good", sum.accepted - sum.marked,
                        "of " + whole(sum.received) + " samples received", "better") +
                       tile(report.refused ? "Doubtful" : "Stored, doubtful", sum.marked,
                            "stuck, out of range or in a wrong unit", "") +
                       tile("Rejected", sum.rejected,
                            whole(repeated) + " of them only repeat what is there", "worse") +
                       tile("Late", sum.late, "set aside", "worse") +
                       tile("Gaps", sum.gaps, gaps, "worse"));
}

std::string facts_line(const QualityReport& report) {
    std::string text = report.source + " · " + whole(report.rows_received) + " rows · " +
                       whole(static_cast<std::int64_t>(report.series.size())) +
                       (report.series.size() == 1 ? " series" : " series of device and signal");
    return text;
}

std::string answer(const QualityReport& report) {
    std::string inside = text_element("p", "eyebrow", facts_line(report));
    inside += text_element("h1", "", typeset(quality_headline(report))) + tiles_of(report);
    std::string items;
    for (const std::string& one : quality_findings(report, 6))
        items += text_element("li", "", typeset(one));
    if (!items.empty())
        inside += element("div", "warnings",
                          text_element("b", "", "What was found") + element("ul", "", items));
    return element("header", report.refused ? "loses" : "pays", inside) + "\n";
}

std::string signal_row(const std::string& label, const std::vector<SeriesCounts>& signals,
                       const std::function<std::int64_t(const SeriesCounts&)>& value,
                       const std::string& fate) {
    std::string row = "<th scope=\"row\">" + escaped(label) + "</th>";
    std::int64_t sum = 0;
    for (const SeriesCounts& one : signals) {
        row += number_cell(value(one));
        sum += value(one);
    }
    return element("tr", "", row + number_cell(sum) + cell(fate)) + "\n";
}

std::string fate_of(Defect defect) {
    if (defect == Defect::late) return "set aside";
    return defect < Defect::late ? "rejected" : "marked, or rejected if so described";
}

std::string defects_section(const QualityReport& report) {
    const std::vector<SeriesCounts> signals = by_signal(report);
    if (signals.empty()) return "";
    std::vector<std::string> names{""};
    for (const SeriesCounts& one : signals) names.push_back(name_with_unit(one));
    names.emplace_back("all");
    names.emplace_back("what became of it");
    std::string rows = signal_row(
        "received", signals, [](const auto& one) { return one.received; }, "");
    rows += signal_row(
        "accepted", signals, [](const auto& one) { return one.accepted; },
        report.refused ? "would have been stored" : "stored");
    for (std::size_t i = 0; i < telemetry::sample_defects; ++i) {
        const auto defect = static_cast<Defect>(i);
        rows += signal_row(
            std::string(to_text(defect)), signals, [&](const auto& one) { return one.of(defect); },
            fate_of(defect));
    }
    rows += signal_row(
        "out of order", signals, [](const auto& one) { return one.out_of_order; }, "put in order");
    rows += signal_row(
        "gaps", signals, [](const auto& one) { return one.gaps; }, "marked behind the gap");
    rows += signal_row(
        "missing in gaps", signals, [](const auto& one) { return one.missing; }, "");
    return section("What was found, by signal",
                   "Samples. Received is accepted and rejected and late; each is counted under the "
                   "first thing that is wrong with it.",
                   table(names, rows));
}

std::string rows_section(const QualityReport& report) {
    std::string rows;
    const auto add = [&](const std::string& name, std::int64_t number) {
        rows += element("tr", "",
                        "<th scope=\"row\">" + escaped(name) + "</th>" + number_cell(number)) +
                "\n";
    };
    add("received", report.rows_received);
    add("read", report.rows_read);
    for (std::size_t i = 1; i < telemetry::row_defects; ++i)
        if (report.rows_rejected[i] > 0)
            add("rejected: " + std::string(to_text(static_cast<RowDefect>(i))),
                report.rows_rejected[i]);
    add("read, repeating what was there already", report.rows_repeated);
    add("read, with another value for an instant that had one", report.rows_conflicting);
    add("read, with a late sample", report.rows_late);
    return section("Rows of the file", "A rejected row holds no sample that can be read.",
                   table({"", "rows"}, rows));
}

std::string clocks_section(const QualityReport& report) {
    std::string rows;
    for (std::size_t i = 0; i < report.clocks.size() && i < most_series; ++i) {
        const telemetry::ClockDelays& one = report.clocks[i];
        const std::string finding = clock_finding(one);
        rows += element("tr", "",
                        "<th scope=\"row\">" + escaped(one.device) + "</th>" +
                            number_cell(one.rows) + number_cell(one.early) +
                            cell(seconds_text(one.least)) + cell(seconds_text(one.most)) +
                            cell(finding.empty() ? "may be right" : finding)) +
                "\n";
    }
    if (rows.empty()) return "";
    return section("Clocks", "How long after their own time rows came in, where the file tells it.",
                   table({"", "rows", "came before their time", "shortest delay", "longest delay",
                          "the clock"},
                         rows));
}

std::string series_section(const QualityReport& report) {
    std::string rows;
    for (std::size_t i = 0; i < report.series.size() && i < most_series; ++i) {
        const SeriesCounts& one = report.series[i];
        std::string row = "<th scope=\"row\">" + escaped(one.signal + " of " + one.device) +
                          "</th>" + text_element("td", "nowrap", minute_text(one.first)) +
                          text_element("td", "nowrap", minute_text(one.last));
        for (const std::int64_t number : {one.received, one.accepted, one.marked, one.rejected,
                                          one.late, one.gaps, one.missing})
            row += number_cell(number);
        rows += element("tr", "", row) + "\n";
    }
    const std::string left_out =
        report.series.size() > most_series
            ? " Only the first " + std::to_string(most_series) + " are shown; --json has all."
            : "";
    return rows.empty()
               ? ""
               : section("Every device and signal", "Times are UTC." + left_out,
                         table({"", "first accepted", "last accepted", "received", "accepted",
                                "of them doubtful", "rejected", "late", "gaps", "missing"},
                               rows));
}

}  // namespace

std::string quality_page(const QualityReport& report) {
    std::string body = answer(report);
    body += section("When and where", "Each strip is one device and signal over time (UTC).",
                    quality_strips(report));
    body += defects_section(report) + rows_section(report) + clocks_section(report) +
            series_section(report);
    PageFrame frame{"Quality of " + report.source + " · Foretwin", "Foretwin " FORETWIN_VERSION};
    frame.hatched = false;
    return whole_page(frame, body);
}

}  // namespace foretwin::report
