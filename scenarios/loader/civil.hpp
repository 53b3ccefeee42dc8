#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace foretwin::loader {

/// Civil dates without zones. Private to scenarios/loader.

/// Days since 1970-01-01 of a date of the Gregorian calendar; nothing when there is no such date.
std::optional<std::int64_t> days_of(std::string_view year_month_day);

/// "06:00" as minutes; nothing when it is no time of day from 00:00 to 24:00.
std::optional<int> minutes_of(std::string_view hours_minutes);

/// Monday 1 to Sunday 7.
int weekday_of(std::int64_t civil_day);

/// A moment as written: date, time of day, and an own offset from UTC when it gives one.
struct CivilMoment {
    std::int64_t day = 0;
    std::int64_t nanosecond_of_day = 0;
    std::optional<int> offset_minutes;
};
std::optional<CivilMoment> moment_of(std::string_view text);

}  // namespace foretwin::loader
