#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/core/time.hpp"

namespace foretwin::energy {

/// Where simulated time lies in the calendar. Time 0 is the start of the run, warm-up included.
struct RunCalendar {
    std::int64_t origin_unix_ns = 0;  ///< time 0, in nanoseconds since 1970-01-01T00:00Z
    std::string zone = "UTC";  ///< IANA name, e.g. Europe/Berlin: local clock of bands and months
    Time end = 0;              ///< end of the run, > 0
};

/// A stretch of the run that has one local clock hour (or is cut by the clock being changed).
struct LocalHour {
    Time begin = 0;                  ///< of the stretch in the run; the first begins at 0
    int iso_year = 0, iso_week = 0;  ///< week 1..53
    int weekday = 0;                 ///< 0 Monday .. 6 Sunday
    int hour = 0;                    ///< 0..23 on the local clock
    bool repeated = false;           ///< the second passage of an hour after the clock went back
    std::int64_t local_s = 0;        ///< local clock at the hour's full hour, as seconds since 1970
};

/// All local hours of the run in the given zone, and how many local hours the clock skipped in it.
struct LocalHours {
    std::vector<LocalHour> hours;
    int skipped = 0;
    int repeated = 0;
};
LocalHours local_hours(const RunCalendar& calendar, const std::string& zone);

/// A calendar month of the run, cut to [0, end].
struct Month {
    Time begin = 0;
    Time end = 0;
    Time length = 0;  ///< of the whole month, clock changes included
};
std::vector<Month> months(const RunCalendar& calendar);

/// A stretch of the run with one offset between the local clock and UTC.
struct ClockSpan {
    std::int64_t begin_s = 0, end_s = 0;  ///< seconds since 1970 UTC; together they cover the run
    std::int64_t offset_s = 0;            ///< local = UTC + offset
    std::int64_t offset_before_s = 0;     ///< of the stretch before, also before the run's begin
};
/// Throws InputError for a zone that is not in the time zone database.
std::vector<ClockSpan> clock_spans(const RunCalendar& calendar, const std::string& zone);

/// Whether the clock of `zone` skips or repeats this local time (seconds since 1970 on that clock).
bool is_skipped(const std::string& zone, std::int64_t local_s);
bool is_repeated(const std::string& zone, std::int64_t local_s);

/// Year, week and weekday of ISO 8601 for a day counted from 1970-01-01.
struct IsoDay {
    int year = 0;
    int week = 0;     ///< 1..53
    int weekday = 0;  ///< 0 Monday .. 6 Sunday
};
IsoDay iso_day(std::int64_t day);
/// The day (from 1970-01-01) of an ISO week date; week 53 of a year without it is the next week 1.
std::int64_t day_of(const IsoDay& iso);

}  // namespace foretwin::energy
