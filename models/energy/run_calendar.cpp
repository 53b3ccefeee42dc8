#include "models/energy/run_calendar.hpp"

#include <date/tz.h>

#include <algorithm>
#include <chrono>
#include <stdexcept>

#include "engine/core/error.hpp"
#include "engine/core/rule.hpp"
#include "engine/core/wide.hpp"

namespace foretwin::energy {
namespace {

using std::chrono::seconds;

constexpr std::int64_t day_s = 86'400;
constexpr std::int64_t hour_s = 3'600;

const date::time_zone* find_zone(const std::string& name) {
    try {
        return date::locate_zone(name.empty() ? "UTC" : name);
    } catch (const std::runtime_error&) {
        throw InputError({}, "\"" + name + "\" is no time zone", "names look like Europe/Berlin");
    }
}

std::int64_t floor_divide(std::int64_t a, std::int64_t b) {
    return a / b - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0);
}

/// Run time of a second since 1970 UTC, cut to the run.
Time in_run(const RunCalendar& calendar, std::int64_t unix_s) {
    // Far outside the run the product would not fit; a zone's spans may be centuries long.
    const Wide time = static_cast<Wide>(unix_s) * second - calendar.origin_unix_ns;
    if (time <= 0) return 0;
    return time >= calendar.end ? calendar.end : static_cast<Time>(time);
}

void add_hours(const RunCalendar& calendar, const ClockSpan& span, std::vector<LocalHour>& hours) {
    std::int64_t local = floor_divide(span.begin_s + span.offset_s, hour_s) * hour_s;
    for (; local - span.offset_s < span.end_s; local += hour_s) {
        const Time begin = in_run(calendar, std::max(local - span.offset_s, span.begin_s));
        if (begin >= calendar.end) return;
        const std::int64_t day = floor_divide(local, day_s);
        const IsoDay iso = iso_day(day);
        const bool repeated =
            local < span.begin_s + span.offset_before_s && span.offset_before_s > span.offset_s;
        // The stretch that holds time 0 begins before the run.
        if (!hours.empty() && hours.back().begin == begin) hours.pop_back();
        hours.push_back({begin, iso.year, iso.week, iso.weekday,
                         static_cast<int>((local - day * day_s) / hour_s), repeated, local});
    }
}

}  // namespace

std::vector<ClockSpan> clock_spans(const RunCalendar& calendar, const std::string& zone_name) {
    FORETWIN_RULE(calendar.end > 0, "a run has a positive length");
    const date::time_zone* zone = find_zone(zone_name);
    const std::int64_t first_s = floor_divide(calendar.origin_unix_ns, second);
    const std::int64_t last_s = first_s + calendar.end / second + 2;
    std::vector<ClockSpan> spans;
    for (std::int64_t at = first_s; at < last_s;) {
        const auto info = zone->get_info(date::sys_seconds(seconds(at)));
        const auto before = zone->get_info(info.begin - seconds(1));
        const std::int64_t end = std::min(last_s, info.end.time_since_epoch().count());
        const std::int64_t begin = info.begin.time_since_epoch().count();
        // The first span keeps the instant at which its clock began, to know repeated hours.
        const bool began_lately = at - begin < day_s;
        spans.push_back({spans.empty() && began_lately ? begin : at, end, info.offset.count(),
                         began_lately ? before.offset.count() : info.offset.count()});
        at = end;
    }
    return spans;
}

LocalHours local_hours(const RunCalendar& calendar, const std::string& zone) {
    LocalHours result;
    bool first = true;
    for (const ClockSpan& span : clock_spans(calendar, zone)) {
        const std::int64_t forward = span.offset_s - span.offset_before_s;
        if (!first && forward > 0)
            result.skipped += static_cast<int>((forward + hour_s - 1) / hour_s);
        add_hours(calendar, span, result.hours);
        first = false;
    }
    for (const LocalHour& hour : result.hours) result.repeated += hour.repeated ? 1 : 0;
    return result;
}

std::vector<Month> months(const RunCalendar& calendar) {
    const date::time_zone* zone = find_zone(calendar.zone);
    const auto instant = [&](date::year_month month) {
        const date::local_seconds local = date::local_days(month / 1);
        return zone->to_sys(local, date::choose::earliest).time_since_epoch().count();
    };
    const date::sys_seconds origin(seconds(floor_divide(calendar.origin_unix_ns, second)));
    const date::year_month_day start(date::floor<date::days>(zone->to_local(origin)));
    std::vector<Month> result;
    for (date::year_month month = start.year() / start.month();; month += date::months(1)) {
        const std::int64_t begin_s = instant(month);
        const std::int64_t end_s = instant(month + date::months(1));
        const Month cut{in_run(calendar, begin_s), in_run(calendar, end_s),
                        (end_s - begin_s) * second};
        if (cut.begin >= calendar.end) return result;
        if (cut.end > 0) result.push_back(cut);
    }
}

bool is_skipped(const std::string& zone, std::int64_t local_s) {
    const auto info = find_zone(zone)->get_info(date::local_seconds(seconds(local_s)));
    return info.result == date::local_info::nonexistent;
}

bool is_repeated(const std::string& zone, std::int64_t local_s) {
    const auto info = find_zone(zone)->get_info(date::local_seconds(seconds(local_s)));
    return info.result == date::local_info::ambiguous;
}

IsoDay iso_day(std::int64_t day) {
    // 1970-01-01 was a Thursday. A week belongs to the year that holds its Thursday.
    const std::int64_t weekday = ((day + 3) % 7 + 7) % 7;
    const date::sys_days thursday{date::days(static_cast<int>(day - weekday + 3))};
    const date::year year = date::year_month_day(thursday).year();
    const auto since = (thursday - date::sys_days(year / date::January / 1)).count();
    return {static_cast<int>(year), static_cast<int>(since / 7) + 1, static_cast<int>(weekday)};
}

std::int64_t day_of(const IsoDay& iso) {
    // January 4th always lies in week 1.
    const date::sys_days fourth{date::year(iso.year) / date::January / 4};
    const std::int64_t day = fourth.time_since_epoch().count();
    return day - iso_day(day).weekday + 7 * (iso.week - 1) + iso.weekday;
}

}  // namespace foretwin::energy
