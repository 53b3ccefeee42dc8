#include "scenarios/report/quality_report.hpp"

#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>

#include "scenarios/report/quality_findings.hpp"
#include "scenarios/report/text_grid.hpp"

namespace foretwin::report {

namespace {

using nlohmann::ordered_json;
using telemetry::Defect;
using telemetry::QualityReport;
using telemetry::RowDefect;
using telemetry::SeriesCounts;

std::string number(std::int64_t value) {
    return std::to_string(value);
}

std::string rows_text(const QualityReport& report) {
    std::string text = "Rows: " + number(report.rows_received) +
                       " received = " + number(report.rows_read) + " read + " +
                       number(report.rejected_rows()) + " rejected";
    std::string reasons;
    for (std::size_t i = 1; i < telemetry::row_defects; ++i)
        if (report.rows_rejected[i] > 0)
            reasons += (reasons.empty() ? "" : ", ") +
                       std::string(to_text(static_cast<RowDefect>(i))) + " " +
                       number(report.rows_rejected[i]);
    text += reasons.empty() ? "" : " (" + reasons + ")";
    return text + ". Of those read, " + number(report.rows_repeated) + " repeat others, " +
           number(report.rows_conflicting) + " contradict others, " + number(report.rows_late) +
           " are late.";
}

/// The signals of a table that a terminal can show: all, or those with most that is wrong.
std::vector<SeriesCounts> shown_signals(const QualityReport& report) {
    constexpr std::size_t most = 8;
    std::vector<SeriesCounts> signals = by_signal(report);
    if (signals.size() <= most) return signals;
    const auto flawed = [](const SeriesCounts& one) {
        return one.received - one.accepted + one.marked + one.missing;
    };
    std::stable_sort(signals.begin(), signals.end(),
                     [&](const auto& a, const auto& b) { return flawed(a) > flawed(b); });
    signals.resize(most);
    return signals;
}

/// Counts by signal, and of all of them together.
class SignalGrid {
  public:
    using Number = std::function<std::int64_t(const SeriesCounts&)>;
    SignalGrid(const QualityReport& report, int columns)
        : grid_(columns, 24), signals_(shown_signals(report)), all_(report.total()) {
        std::vector<std::string> head{"Samples"};
        for (const SeriesCounts& signal : signals_)
            head.push_back(printable(name_with_unit(signal)));
        head.emplace_back("all");
        grid_.add_row(std::move(head));
        grid_.add_line();
    }
    void add_row(const std::string& label, const Number& value) {
        std::vector<std::string> cells{label};
        for (const SeriesCounts& signal : signals_) cells.push_back(number(value(signal)));
        cells.push_back(number(value(all_)));
        grid_.add_row(std::move(cells));
    }
    void add_line() { grid_.add_line(); }
    std::string text() const { return grid_.text(); }
    std::size_t signals() const { return signals_.size(); }

  private:
    TextGrid grid_;
    std::vector<SeriesCounts> signals_;
    SeriesCounts all_;
};

ordered_json counts_json(const SeriesCounts& counts) {
    ordered_json json{{"received", counts.received},
                      {"accepted", counts.accepted},
                      {"rejected", counts.rejected},
                      {"late", counts.late}};
    for (std::size_t i = 0; i < telemetry::sample_defects; ++i)
        json["defects"][std::string(to_text(static_cast<Defect>(i)))] = counts.defects[i];
    json["marked"] = counts.marked;
    json["out_of_order"] = counts.out_of_order;
    json["gaps"] = {{"count", counts.gaps},
                    {"total_s", to_seconds(counts.gap_time)},
                    {"longest_s", to_seconds(counts.longest_gap)},
                    {"missing", counts.missing}};
    return json;
}

}  // namespace

std::string quality_table(const QualityReport& report, int columns) {
    std::string text = wrapped(printable(quality_headline(report)), columns, 2) + "\n";
    for (const std::string& finding : quality_findings(report, 8))
        text += wrapped("- " + printable(finding), columns, 2) + "\n";
    text += "\n" + wrapped(rows_text(report), columns, 2) + "\n";
    SignalGrid grid(report, columns);
    grid.add_row("received", [](const auto& one) { return one.received; });
    grid.add_row("accepted", [](const auto& one) { return one.accepted; });
    grid.add_row("rejected", [](const auto& one) { return one.rejected; });
    grid.add_row("late", [](const auto& one) { return one.late; });
    grid.add_line();
    for (std::size_t i = 0; i < telemetry::sample_defects; ++i) {
        const auto defect = static_cast<Defect>(i);
        if (defect != Defect::late)
            grid.add_row(std::string(to_text(defect)),
                         [&](const auto& one) { return one.of(defect); });
    }
    grid.add_row("out of order", [](const auto& one) { return one.out_of_order; });
    grid.add_row("gaps", [](const auto& one) { return one.gaps; });
    grid.add_row("missing in gaps", [](const auto& one) { return one.missing; });
    text += grid.text();
    const std::size_t left_out = by_signal(report).size() - grid.signals();
    if (left_out > 0)
        text += wrapped(number(static_cast<std::int64_t>(left_out)) +
                            " signals with less that is wrong are left out; --json has all",
                        columns, 2) +
                "\n";
    const std::string verdict =
        share_text(report.bad_share()) + " is rejected or late, exact duplicates apart; " +
        (report.refused ? "more than " : "refused above ") + share_text(report.refuse_above) +
        (report.refused ? " is refused: nothing was stored" : "");
    return text + wrapped(verdict, columns, 2) + "\n";
}

ordered_json quality_json(const QualityReport& report) {
    ordered_json json{{"source", report.source},
                      {"refused", report.refused},
                      {"bad_share", report.bad_share()},
                      {"refuse_above", report.refuse_above}};
    ordered_json& rows = json["rows"];
    rows = {{"received", report.rows_received},       {"read", report.rows_read},
            {"rejected", report.rejected_rows()},     {"repeated", report.rows_repeated},
            {"conflicting", report.rows_conflicting}, {"late", report.rows_late}};
    for (std::size_t i = 1; i < telemetry::row_defects; ++i)
        rows["defects"][std::string(to_text(static_cast<RowDefect>(i)))] = report.rows_rejected[i];
    json["samples"] = counts_json(report.total());
    json["signals"] = ordered_json::object();
    for (const SeriesCounts& one : by_signal(report)) {
        ordered_json signal{{"unit", one.unit}};
        signal.update(counts_json(one));
        json["signals"][one.signal] = std::move(signal);
    }
    json["clocks"] = ordered_json::object();
    for (const telemetry::ClockDelays& one : report.clocks) {
        ordered_json& clock = json["clocks"][one.device];
        clock = {{"rows", one.rows},
                 {"early", one.early},
                 {"least_delay_s", to_seconds(one.least)},
                 {"most_delay_s", to_seconds(one.most)},
                 {"offset_s", nullptr}};
        if (one.offset()) clock["offset_s"] = to_seconds(*one.offset());
    }
    json["devices"] = ordered_json::object();
    for (const SeriesCounts& one : report.series) {
        ordered_json series = counts_json(one);
        series["first"] = telemetry::instant_text(one.first);
        series["last"] = telemetry::instant_text(one.last);
        json["devices"][one.device][one.signal] = std::move(series);
    }
    return json;
}

std::string quality_json_text(const QualityReport& report) {
    return quality_json(report).dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace foretwin::report
