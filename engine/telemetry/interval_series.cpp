#include "engine/telemetry/interval_series.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "engine/core/rule.hpp"

namespace foretwin::telemetry {

namespace {

constexpr LocalSeconds day = 86400;

/// "16-09-2018 23:45" as "2018-09-16 23:45"; what is no such date is left to be refused.
std::string year_first(const std::string& text) {
    const bool shaped = text.size() >= 10 && text[2] == text[5] &&
                        (text[2] == '-' || text[2] == '/' || text[2] == '.');
    if (!shaped) return "";
    return text.substr(6, 4) + "-" + text.substr(3, 2) + "-" + text.substr(0, 2) + text.substr(10);
}

/// The end of the interval that a stamp means.
std::optional<LocalSeconds> end_of(const std::string& stamp, const IntervalColumns& columns) {
    const bool year_last = columns.dates == IntervalColumns::Dates::day_month_year;
    auto at = parse_local_time(year_last ? year_first(stamp) : stamp);
    if (!at) return std::nullopt;
    if (columns.midnight_closes_its_day && *at % day == 0) *at += day;
    return columns.stamps == IntervalColumns::Stamps::start ? *at + columns.step : *at;
}

std::optional<double> reading(const std::string& text) {
    double value = 0;
    const char* end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, value);
    if (read.ec != std::errc() || read.ptr != end || !std::isfinite(value) || value < 0)
        return std::nullopt;
    return value;
}

/// Where a row stands against the end of the one before.
std::string out_of_step(LocalSeconds end, LocalSeconds before, LocalSeconds step) {
    if (end == before) return "this interval was told before";
    if (end < before) return "time steps back from " + to_text(before) + " to " + to_text(end);
    if ((end - before) % step != 0)
        return "the interval ends at " + to_text(end) + ", between the steps of the rows before";
    return "readings are missing between " + to_text(before) + " and " + to_text(end - step);
}

}  // namespace

IntervalSeries read_intervals(const CsvFile& file, const IntervalColumns& columns,
                              Problems& problems) {
    FORETWIN_RULE(columns.step >= 1, "an interval has a length");
    IntervalSeries series;
    series.step = columns.step;
    const auto time = find_column(file, columns.time, problems);
    const auto value = find_column(file, columns.value, problems);
    if (!time || !value) return series;
    ProblemList told(problems, file.name);
    std::optional<LocalSeconds> before;
    for (const CsvRow& row : file.rows) {
        const std::string& stamp = row.fields[*time].text;
        const auto end = end_of(stamp, columns);
        const auto read = reading(row.fields[*value].text);
        if (!read)
            told.add(file.place(row, *value), "'" + row.fields[*value].text + "' is no reading",
                     "a finite number, 0 or more");
        if (!end) {
            told.add(file.place(row, *time), "'" + stamp + "' is no date and time",
                     "check the key `dates`");
            continue;
        }
        if (before && *end != *before + columns.step)
            told.add(file.place(row, *time), out_of_step(*end, *before, columns.step),
                     "readings follow one another without gaps; check the keys `every`, `stamps` "
                     "and `midnight`");
        if (!before) series.from = *end - columns.step;
        before = end;
        series.values.push_back(read.value_or(0));
    }
    return series;
}

void append(IntervalSeries& series, const IntervalSeries& more, const std::string& name,
            Problems& problems) {
    const LocalSeconds shift = more.from - series.from;
    if (more.step != series.step || shift < 0 || shift % series.step != 0 ||
        more.from > series.to()) {
        problems.push_back({{name, 0, 0},
                            "the readings begin at " + to_text(more.from) +
                                ", those before end at " + to_text(series.to()),
                            "they must go on where the first file ends"});
        return;
    }
    const auto at = static_cast<std::size_t>(shift / series.step);
    const std::size_t both = std::min(series.values.size() - at, more.values.size());
    for (std::size_t i = 0; i < both; ++i)
        if (series.values[at + i] != more.values[i]) {
            const auto moment = more.from + series.step * static_cast<LocalSeconds>(i);
            problems.push_back(
                {{name, 0, 0},
                 "both files tell the interval from " + to_text(moment) + ", and differ",
                 "keep the row that is right"});
            return;
        }
    series.values.insert(series.values.end(),
                         more.values.begin() + static_cast<std::ptrdiff_t>(both),
                         more.values.end());
}

}  // namespace foretwin::telemetry
