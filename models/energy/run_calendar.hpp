#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/core/time.hpp"

namespace foretwin::energy {

/// Where simulated time lies in the calendar. Time 0 is the start of the run, warm-up included.
struct RunCalendar {
    std::int64_t origin_utc_s = 0;  ///< time 0, in seconds since 1970-01-01T00:00Z
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
/// Throws InputError for a zone that is not in the time zone database.
LocalHours local_hours(const RunCalendar& calendar, const std::string& zone);

/// A calendar month of the run, cut to [0, end].
struct Month {
    Time begin = 0;
    Time end = 0;
    Time length = 0;  ///< of the whole month, clock changes included
};
std::vector<Month> months(const RunCalendar& calendar);

/// First instant of `text` ("2026-01-05T06:00", a blank for T, seconds optional) on the local clock
/// of `zone`, in seconds since 1970 UTC. An hour that the clock skips counts from its end, of a
/// repeated hour the first passage is meant. Throws InputError.
std::int64_t utc_seconds(const std::string& text, const std::string& zone);

}  // namespace foretwin::energy
