#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/time.hpp"
#include "models/contract/calendar.hpp"
#include "scenarios/loader/read.hpp"
#include "scenarios/loader/value.hpp"

namespace date {
class time_zone;
}

namespace foretwin::loader {

/// A stretch [from, to) of the run.
using Interval = Calendar::Interval;

/// A civil date and time of day in the scenario's zone.
struct LocalTime {
    int year = 1970;
    int month = 1;    ///< 1 to 12
    int day = 1;      ///< 1 to 31
    int weekday = 1;  ///< 1 Monday to 7 Sunday
    int hour = 0;
    int minute = 0;
    double second = 0;
};

/// The one place where civil time and kernel time meet. Kernel time 0 is the start of the warm-up:
/// `warm_up` of elapsed time before `start`. Without a zone every day has 24 hours (as UTC).
class Clock {
  public:
    Clock() = default;  ///< 2024-01-01T00:00 without zone, no warm-up, horizon 0
    /// Reads the section `time` of a checked scenario; a missing start is 2024-01-01T00:00 (a
    /// Monday). Throws InputError for a date that does not exist and for an unknown zone.
    Clock(const Value& time_section, const Reader& reader);

    Time warm_up() const { return warm_up_; }
    Time horizon() const { return horizon_; }
    Time start() const { return warm_up_; }                 ///< measuring begins
    Time end() const { return warm_up_ + horizon_; }        ///< the run ends
    const std::string& zone() const { return zone_name_; }  ///< empty: none

    /// Nanoseconds since 1970-01-01T00:00 UTC of a kernel time, and back (may be negative).
    std::int64_t to_unix(Time time) const { return origin_ + time; }
    Time from_unix(std::int64_t unix_nanoseconds) const { return unix_nanoseconds - origin_; }

    /// `2026-01-05T06:00`, `2026-01-05 06:00:30` or `2026-01-05` in the zone; with a trailing `Z`
    /// or `+02:00` that counts instead. An hour that daylight saving skips is the instant of the
    /// skip; one given twice is the first. Throws InputError at `place`.
    std::int64_t unix_of(std::string_view local, const Place& place) const;
    Time time_of(std::string_view local, const Place& place) const;
    /// Unix nanoseconds of the instant when a local clock shows `minute_of_day` on that civil day
    /// (days since 1970-01-01; minutes may pass 1440 into the next day).
    std::int64_t unix_of_day(std::int64_t civil_day, int minute_of_day) const;

    LocalTime local(Time time) const;
    std::int64_t civil_day(Time time) const;  ///< days since 1970-01-01 in the zone
    std::string to_text(Time time) const;     ///< "2026-01-05T06:00:00"

  private:
    std::int64_t origin_ = 1'704'067'200LL * second;
    Time warm_up_ = 0;
    Time horizon_ = 0;
    std::string zone_name_;
    const date::time_zone* zone_ = nullptr;
};

/// Why a text is no date (with or without time of day); empty when it is one.
std::string moment_problem(std::string_view text);

/// When a calendar is open, over the whole run [0, end): sorted, apart, touching ones merged. A
/// calendar that is open for the whole run is one interval [0, end).
///
///   two shifts: {weekdays: "06:00-22:00", except: [2026-05-01]}
///   three shifts: {monday: "06:00-24:00", tuesday: ["00:00-06:00", "22:00-06:00"], weekend: []}
///   breaks: {period: 1440 min, open: [[360 min, 840 min], [870 min, 1320 min]]}
///
/// Keys: monday ... sunday, weekdays, weekend, every_day (the narrower wins), except or holidays
/// (no range begins on these dates), or period and open. Ranges are quoted "from-to", several by
/// comma or as a list; a range that ends at or before its begin runs over midnight; 24:00 is
/// allowed. Periodic calendars are aligned with the start of the warm-up.
Calendar open_intervals(const Value& calendar, const Clock& clock, const Reader& reader);

/// Problems of a calendar's text, with places. For check().
Problems calendar_problems(const Value& calendar, const Reader& reader);

}  // namespace foretwin::loader
