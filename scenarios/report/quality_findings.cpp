#include "scenarios/report/quality_findings.hpp"

#include <algorithm>
#include <cmath>

#include "engine/core/quantity.hpp"
#include "scenarios/report/number.hpp"
#include "scenarios/report/wording.hpp"

namespace foretwin::report {

namespace {

using telemetry::Defect;
using telemetry::QualityReport;
using telemetry::SeriesCounts;

struct Finding {
    std::int64_t samples = 0;
    std::string sentence;
};

std::string count_of(std::int64_t number, const std::string& one, const std::string& several) {
    return count(static_cast<double>(number)) + " " + (number == 1 ? one : several);
}

std::string samples(std::int64_t number) {
    return count_of(number, "sample", "samples");
}

/// What one device and signal has of its own.
void add_of_series(const SeriesCounts& one, std::vector<Finding>& findings) {
    const std::string name = one.signal + " of " + one.device + ": ";
    const std::int64_t off = one.of(Defect::wrong_unit);
    if (off > 0)
        findings.push_back({off, name + samples(off) + " in " + one.found_unit + " instead of " +
                                     one.unit + ", from " + minute_text(one.unit_from) + " to " +
                                     minute_text(one.unit_to) + " UTC"});
    const std::int64_t stuck = one.of(Defect::stuck);
    if (stuck > 0) findings.push_back({stuck, name + samples(stuck) + " stuck at one value"});
    const std::int64_t outside = one.of(Defect::out_of_range);
    if (outside > 0) findings.push_back({outside, name + samples(outside) + " out of range"});
}

std::string listed(const std::vector<std::string>& names) {
    std::string text;
    for (std::size_t i = 0; i < names.size(); ++i)
        text += (i == 0 ? "" : i + 1 == names.size() ? " and " : ", ") + names[i];
    return text;
}

/// Signals of one device that fall silent together are told in one sentence.
void add_gaps(const QualityReport& report, std::vector<Finding>& findings) {
    std::vector<bool> told(report.series.size());
    for (std::size_t i = 0; i < report.series.size(); ++i) {
        const SeriesCounts& one = report.series[i];
        if (told[i] || one.gaps == 0) continue;
        std::vector<std::string> names;
        for (std::size_t j = i; j < report.series.size(); ++j) {
            const SeriesCounts& other = report.series[j];
            if (other.device != one.device || other.gaps != one.gaps ||
                other.gap_time != one.gap_time || other.missing != one.missing)
                continue;
            told[j] = true;
            names.push_back(other.signal);
        }
        std::string text = listed(names) + " of " + one.device + ": " +
                           count_of(one.gaps, "gap", "gaps") + ", the longest " +
                           duration(to_hours(one.longest_gap));
        if (one.missing > 0)
            text += ", " + samples(one.missing) + " missing" + (names.size() > 1 ? " each" : "");
        const auto several = static_cast<std::int64_t>(names.size());
        findings.push_back({several * std::max(one.missing, one.gaps), text});
    }
}

/// What a whole signal has, wherever it comes from.
void add_of_signal(const SeriesCounts& one, std::vector<Finding>& findings) {
    const auto add = [&](Defect defect, const std::string& what) {
        const std::int64_t number = one.of(defect);
        if (number > 0)
            findings.push_back({number, one.signal + ": " + samples(number) + " " + what});
    };
    add(Defect::empty, "left empty");
    add(Defect::text, "with text where a number should be");
    add(Defect::not_finite, "NaN or infinite");
    add(Defect::sentinel, "with a number that stands for \"not measured\"");
    add(Defect::not_recorded, "that are 0, which says that nothing was recorded");
    add(Defect::overlap, "that begin before the one before ends; the first one stays");
    add(Defect::conflicting_duplicate, "of an instant that had another value; the first one stays");
}

void add_of_rows(const QualityReport& report, std::vector<Finding>& findings) {
    for (std::size_t i = 1; i < telemetry::row_defects; ++i) {
        const std::int64_t number = report.rows_rejected[i];
        const auto defect = static_cast<telemetry::RowDefect>(i);
        if (number > 0)
            findings.push_back({number, count_of(number, "row", "rows") +
                                            " rejected: " + std::string(to_text(defect))});
    }
    if (report.rows_repeated > 0)
        findings.push_back(
            {report.rows_repeated, count_of(report.rows_repeated, "row repeats", "rows repeat") +
                                       " what was there already"});
    if (report.rows_late > 0)
        findings.push_back({report.total().late, count_of(report.rows_late, "row", "rows") +
                                                     " came too late to be put in order"});
}

}  // namespace

std::string clock_finding(const telemetry::ClockDelays& clock) {
    const auto offset = clock.offset();
    if (!offset) return "";
    const std::string size = duration(to_hours(std::abs(*offset)));
    std::string text = clock.device + ": the clock is ";
    if (*offset > 0)
        text += "ahead by at least " + size + ": " + count_of(clock.early, "row", "rows") +
                " came in before their own time";
    else
        text += "behind by " + size + ", or its data travel so long: no row came in sooner";
    return text + "; if it is the clock, add " +
           shortest_text(std::round(to_seconds(*offset) * 1e3) / 1e3) + " s to clock_offset";
}

std::string name_with_unit(const SeriesCounts& signal) {
    return signal.signal + (signal.unit.empty() ? "" : " [" + signal.unit + "]");
}

std::string share_text(double share) {
    if (share > 0 && share < 0.00005) return "under 0.01 %";
    if (share < 1 && share > 0.99995) return "over 99.99 %";
    return shortest_text(std::round(share * 1e4) / 1e2) + " %";
}

std::string minute_text(telemetry::Instant at) {
    const std::string text = telemetry::instant_text(at);
    return text.empty() ? "" : text.substr(0, 10) + " " + text.substr(11, 5);
}

std::vector<SeriesCounts> by_signal(const QualityReport& report) {
    std::vector<std::string> names;
    for (const SeriesCounts& one : report.series)
        if (std::find(names.begin(), names.end(), one.signal) == names.end())
            names.push_back(one.signal);
    std::vector<SeriesCounts> signals;
    for (const std::string& name : names) {
        QualityReport part;
        for (const SeriesCounts& one : report.series)
            if (one.signal == name) part.series.push_back(one);
        SeriesCounts sum = part.total();
        sum.signal = name;
        sum.unit = part.series.front().unit;
        signals.push_back(std::move(sum));
    }
    return signals;
}

std::string quality_headline(const QualityReport& report) {
    const SeriesCounts sum = report.total();
    if (report.refused)
        return "Refused, nothing was stored: " + share_text(report.bad_share()) +
               " is rejected or late, and " + share_text(report.refuse_above) + " is allowed";
    if (sum.received == 0) return "There is no sample in this file";
    const std::int64_t repeated = sum.of(Defect::exact_duplicate);
    const std::int64_t told = std::max<std::int64_t>(sum.received - repeated, 1);
    if (sum.accepted == 0 && repeated > 0)
        return "Nothing new: " + samples(repeated) + " were in the store already";
    const auto share = [&](std::int64_t number) {
        return share_text(static_cast<double>(number) / static_cast<double>(told));
    };
    std::string text = share(sum.accepted - sum.marked) + " of " + samples(told) + " are good";
    if (sum.marked > 0) text += ", " + share(sum.marked) + " are doubtful";
    if (sum.accepted < told) text += ", " + share(told - sum.accepted) + " are lost";
    return text;
}

std::vector<std::string> quality_findings(const QualityReport& report, std::size_t most) {
    std::vector<Finding> findings;
    for (const SeriesCounts& one : report.series) add_of_series(one, findings);
    add_gaps(report, findings);
    for (const SeriesCounts& one : by_signal(report)) add_of_signal(one, findings);
    for (const telemetry::ClockDelays& one : report.clocks)
        if (one.offset()) findings.push_back({one.rows, clock_finding(one)});
    add_of_rows(report, findings);
    std::stable_sort(findings.begin(), findings.end(),
                     [](const Finding& a, const Finding& b) { return a.samples > b.samples; });
    std::vector<std::string> sentences;
    for (std::size_t i = 0; i < findings.size() && i < most; ++i)
        sentences.push_back(findings[i].sentence);
    if (findings.size() > most)
        sentences.push_back("and " + count(static_cast<double>(findings.size() - most)) +
                            " more, in the tables below");
    return sentences;
}

}  // namespace foretwin::report
