#include "scenarios/loader/calendar.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "engine/core/suggestion.hpp"
#include "scenarios/loader/civil.hpp"

namespace foretwin::loader {
namespace {

constexpr std::array weekday_names{"monday", "tuesday",  "wednesday", "thursday",
                                   "friday", "saturday", "sunday"};
constexpr std::size_t most_intervals = 5'000'000;

/// Minutes of the local day; `to` may pass 1440 into the next day.
struct Range {
    int from = 0;
    int to = 0;
};

struct Weekly {
    std::array<std::vector<Range>, 7> days;  ///< Monday first
    std::set<std::int64_t> closed;           ///< civil days on which no range begins
};

struct Periodic {
    Time period = 0;
    std::vector<Interval> open;
};

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    return text;
}

[[noreturn]] void refuse(const Value& at, const std::string& what, const std::string& hint) {
    throw InputError(at.place(), what, hint);
}

Range read_range(std::string_view text, const Value& at) {
    const std::size_t dash = text.find('-');
    const auto minutes = [&](std::string_view part) { return minutes_of(trimmed(part)); };
    const std::optional<int> from = minutes(text.substr(0, dash));
    const std::optional<int> to =
        dash == std::string_view::npos ? std::nullopt : minutes(text.substr(dash + 1));
    if (!from || !to || *from == 24 * 60)
        refuse(at, "'" + std::string(text) + "' is not a range of clock times",
               "write it as \"06:00-22:00\", in quotes");
    // Nobody can tell whether no time or a whole day was meant.
    if (*from == *to)
        refuse(at, "'" + std::string(text) + "' begins and ends at the same time",
               "write \"00:00-24:00\" for the whole day, or leave the range out");
    return {*from, *to > *from ? *to : *to + 24 * 60};
}

void read_ranges(const Value& given, std::vector<Range>& ranges) {
    if (given.is_list()) {
        for (const Value& item : given.items()) read_ranges(item, ranges);
        return;
    }
    if (!given.is_scalar())
        refuse(given, "clock ranges are expected here", "write them as \"06:00-22:00\"");
    std::string_view text = given.text();
    while (true) {
        const std::size_t comma = text.find(',');
        ranges.push_back(read_range(trimmed(text.substr(0, comma)), given));
        if (comma == std::string_view::npos) return;
        text.remove_prefix(comma + 1);
    }
}

void read_closed(const Value& given, std::set<std::int64_t>& closed) {
    if (given.is_list()) {
        for (const Value& item : given.items()) read_closed(item, closed);
        return;
    }
    const std::optional<std::int64_t> day =
        given.is_scalar() ? days_of(given.text()) : std::nullopt;
    if (!day) refuse(given, "'" + given.text() + "' is not a date", "write it as 2026-05-01");
    closed.insert(*day);
}

void set_days(const Value& given, std::size_t first, std::size_t last, Weekly& weekly) {
    std::vector<Range> ranges;
    read_ranges(given, ranges);
    for (std::size_t i = first; i <= last; ++i) weekly.days[i] = ranges;
}

void refuse_unknown_keys(const Value& calendar) {
    std::vector<std::string> known(weekday_names.begin(), weekday_names.end());
    for (const char* key :
         {"weekdays", "weekend", "every_day", "except", "holidays", "period", "open"})
        known.emplace_back(key);
    for (const Value::Entry& entry : calendar.entries())
        if (std::find(known.begin(), known.end(), entry.key) == known.end())
            throw InputError(calendar.place_of_key(entry.key),
                             "a calendar has no key '" + entry.key + "'",
                             suggestion(entry.key, known));
}

Weekly read_weekly(const Value& calendar) {
    Weekly weekly;
    // From wide to narrow, whatever their order in the file, so that the narrower key wins.
    if (const Value* every = calendar.find("every_day")) set_days(*every, 0, 6, weekly);
    if (const Value* weekdays = calendar.find("weekdays")) set_days(*weekdays, 0, 4, weekly);
    if (const Value* weekend = calendar.find("weekend")) set_days(*weekend, 5, 6, weekly);
    for (std::size_t i = 0; i < weekday_names.size(); ++i)
        if (const Value* one = calendar.find(weekday_names[i])) set_days(*one, i, i, weekly);
    for (const char* key : {"except", "holidays"})
        if (const Value* dates = calendar.find(key)) read_closed(*dates, weekly.closed);
    return weekly;
}

Periodic read_periodic(const Value& calendar, const Reader& reader) {
    for (const Value::Entry& entry : calendar.entries())
        if (entry.key != "period" && entry.key != "open")
            throw InputError(calendar.place_of_key(entry.key),
                             "'" + entry.key + "' does not go with `period` and `open`",
                             "use either weekdays or a period");
    if (!calendar.has("period") || !calendar.has("open"))
        refuse(calendar, "a periodic calendar needs `period` and `open`",
               "as in {period: 1440 min, open: [[360 min, 840 min]]}");
    Periodic periodic;
    periodic.period = reader.duration(*calendar.find("period"));
    if (periodic.period <= 0)
        refuse(*calendar.find("period"), "the period must be above 0", "as in 1440 min");
    const Value& open = *calendar.find("open");
    for (const Value& pair : open.items()) {
        if (pair.items().size() != 2)
            refuse(pair, "an open stretch has a begin and an end", "as in [360 min, 840 min]");
        const Interval stretch{reader.duration(pair.items()[0]), reader.duration(pair.items()[1])};
        const Time earliest = periodic.open.empty() ? 0 : periodic.open.back().to;
        if (stretch.from < earliest || stretch.to <= stretch.from || stretch.to > periodic.period)
            refuse(pair, "open stretches must ascend and lie within the period",
                   "as in [[360 min, 840 min], [900 min, 1200 min]]");
        periodic.open.push_back(stretch);
    }
    if (periodic.open.empty())
        refuse(open, "the calendar never opens", "as in open: [[360 min, 840 min]]");
    return periodic;
}

bool is_periodic(const Value& calendar) {
    return calendar.has("period") || calendar.has("open");
}

void check_size(const Value& calendar, double intervals) {
    if (intervals > static_cast<double>(most_intervals))
        refuse(calendar, "the calendar has more than 5 million edges in the run",
               "lengthen its period or shorten the run");
}

std::vector<Interval> unrolled(const Value& calendar, const Periodic& periodic, Time end) {
    check_size(calendar, static_cast<double>(end) / static_cast<double>(periodic.period) *
                             static_cast<double>(periodic.open.size()));
    std::vector<Interval> result;
    for (Time start = 0; start < end; start = later(start, periodic.period))
        for (const Interval& stretch : periodic.open)
            result.push_back({later(start, stretch.from), later(start, stretch.to)});
    return result;
}

std::vector<Interval> unrolled(const Weekly& weekly, const Clock& clock) {
    std::vector<Interval> result;
    // One day more at both ends: a night shift may reach into the run.
    const std::int64_t last = clock.civil_day(clock.end()) + 1;
    for (std::int64_t day = clock.civil_day(0) - 1; day <= last; ++day) {
        if (weekly.closed.count(day) > 0) continue;
        const auto weekday = static_cast<std::size_t>(weekday_of(day) - 1);
        for (const Range& range : weekly.days[weekday])
            result.push_back({clock.from_unix(clock.unix_of_day(day, range.from)),
                              clock.from_unix(clock.unix_of_day(day, range.to))});
    }
    return result;
}

/// Sorted, cut to [0, end), overlapping and touching ones merged.
std::vector<Interval> tidied(std::vector<Interval> intervals, Time end) {
    std::sort(intervals.begin(), intervals.end(), [](const Interval& a, const Interval& b) {
        return a.from != b.from ? a.from < b.from : a.to < b.to;
    });
    std::vector<Interval> result;
    for (const Interval& interval : intervals) {
        const Interval cut{std::max<Time>(interval.from, 0), std::min(interval.to, end)};
        if (cut.to <= cut.from) continue;
        if (!result.empty() && cut.from <= result.back().to)
            result.back().to = std::max(result.back().to, cut.to);
        else
            result.push_back(cut);
    }
    return result;
}

}  // namespace

Calendar open_intervals(const Value& calendar, const Clock& clock, const Reader& reader) {
    if (!calendar.is_map()) refuse(calendar, "a calendar is a map", "{weekdays: \"06:00-22:00\"}");
    refuse_unknown_keys(calendar);
    Calendar result;
    if (is_periodic(calendar))
        result.on =
            tidied(unrolled(calendar, read_periodic(calendar, reader), clock.end()), clock.end());
    else
        result.on = tidied(unrolled(read_weekly(calendar), clock), clock.end());
    return result;
}

Problems calendar_problems(const Value& calendar, const Reader& reader) {
    try {
        if (!calendar.is_map())
            refuse(calendar, "a calendar is a map", "{weekdays: \"06:00-22:00\"}");
        refuse_unknown_keys(calendar);
        if (is_periodic(calendar))
            static_cast<void>(read_periodic(calendar, reader));
        else
            static_cast<void>(read_weekly(calendar));
        return {};
    } catch (const InputError& error) {
        return error.problems();
    }
}

}  // namespace foretwin::loader
